/** Counts per minute and per second that login is throttled by (errors.md, Readings: 429). All in memory: a restart empties them. */
import type { Clock } from '../clock/clock.ts'
import type { DeviceRef, LinkRef } from '../effects/effect.ts'
import type { SessionSlot } from './session.ts'

const MINUTE = 60_000

/** Pairs (gateway, sub-device) whose wrong signatures are remembered; beyond, the pair that failed longest ago is forgotten. */
export const MAX_FAILING_PAIRS = 100_000

export interface WindowLimits {
  /** Successful logins of one sub-device within 60 s, through any gateway. */
  readonly loginsPerMinute: number
  /** Login requests of one gateway connection, a batch is one; as many may come at once. 0 = off. */
  readonly loginRequestsPerSecond: number
  /** Wrong signatures for one sub-device through one gateway within 60 s. 0 = off. */
  readonly failedLoginsPerMinute: number
}

class Bucket {
  tokens: number
  at: number

  constructor(tokens: number, at: number) {
    this.tokens = tokens
    this.at = at
  }
}

export class LoginWindows {
  readonly limits: WindowLimits
  readonly #clock: Clock
  readonly #buckets = new WeakMap<LinkRef, Bucket>()
  readonly #failed = new Map<string, number[]>()

  constructor(options: { readonly clock: Clock; readonly limits: WindowLimits }) {
    this.limits = options.limits
    this.#clock = options.clock
  }

  /** Takes a place for one login request of this connection; false if there is none: then it takes nothing. */
  request(link: LinkRef): boolean {
    const rate = this.limits.loginRequestsPerSecond
    if (rate === 0) return true
    const now = this.#clock.mono()
    let bucket = this.#buckets.get(link)
    if (bucket === undefined) {
      bucket = new Bucket(rate, now)
      this.#buckets.set(link, bucket)
    }
    bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) * rate) / 1000)
    bucket.at = now
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }

  /** Successful logins of the device within the last minute. */
  logins(slot: SessionSlot | null): number {
    return slot === null || slot.logins === null ? 0 : drop(slot.logins, this.#clock.mono())
  }

  /** A login takes its place when it is decided, before it is stored. Returns what `giveBack` wants. */
  take(slot: SessionSlot): number {
    const now = this.#clock.mono()
    if (slot.logins === null) slot.logins = [now]
    else slot.logins.push(now)
    return now
  }

  /** The login could not be stored: it does not count. */
  giveBack(slot: SessionSlot, place: number): void {
    const at = slot.logins === null ? -1 : slot.logins.lastIndexOf(place)
    if (slot.logins !== null && at >= 0) slot.logins.splice(at, 1)
  }

  /** Wrong signatures for the device through the gateway within the last minute. */
  failures(gateway: DeviceRef, device: DeviceRef): number {
    // Nobody failed, as nearly always: no key is made to ask for.
    if (this.#failed.size === 0) return 0
    const key = pair(gateway, device)
    const times = this.#failed.get(key)
    if (times === undefined) return 0
    const count = drop(times, this.#clock.mono())
    if (count === 0) this.#failed.delete(key)
    return count
  }

  fail(gateway: DeviceRef, device: DeviceRef): void {
    if (this.limits.failedLoginsPerMinute === 0) return
    const key = pair(gateway, device)
    const times = this.#failed.get(key) ?? []
    times.push(this.#clock.mono())
    // Put anew, so that the first key of the map is the pair that failed longest ago.
    this.#failed.delete(key)
    this.#failed.set(key, times)
    if (this.#failed.size > MAX_FAILING_PAIRS) this.#failed.delete(this.#failed.keys().next().value as string)
  }
}

/** Drops what is a minute old, and says how many are left. Times never decrease. */
function drop(times: number[], now: number): number {
  let old = 0
  while (old < times.length && now - (times[old] as number) >= MINUTE) old++
  if (old > 0) times.splice(0, old)
  return times.length
}

function pair(gateway: DeviceRef, device: DeviceRef): string {
  return `${gateway.productKey}/${gateway.deviceName}/${device.productKey}/${device.deviceName}`
}
