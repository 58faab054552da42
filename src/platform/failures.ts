/** Who failed to sign in, by device, by product and by address: past the limit, a CONNECT is refused without its signature being worked out. */
import type { Clock } from '../clock/clock.ts'
import type { SettingKey } from '../config/settings.ts'
import type { DeviceRef } from '../effects/effect.ts'

/** The window of limits.failed…PerMinute, in milliseconds: from the first failure. */
const MINUTE = 60_000
/** Names that are counted for each limit, at most; beyond, the one whose window ends first is forgotten. */
export const NAMES_AT_MOST = 100_000

interface Count {
  count: number
  readonly until: number
}

/** Failures by name, under one limit; 0: nothing is counted. */
export class Failures {
  readonly limit: number
  readonly #clock: Clock
  /** In the order in which their windows end: each begins at the end of the map, and all are of one length. */
  readonly #counts = new Map<string, Count>()

  constructor(clock: Clock, limit: number) {
    this.#clock = clock
    this.limit = limit
  }

  get size(): number {
    return this.#counts.size
  }

  /** As many failures as there may be stand in the window. */
  reached(name: string): boolean {
    if (this.limit === 0) return false
    const found = this.#counts.get(name)
    return found !== undefined && found.count >= this.limit && found.until > this.#clock.mono()
  }

  add(name: string): void {
    if (this.limit === 0) return
    const now = this.#clock.mono()
    const found = this.#counts.get(name)
    if (found !== undefined && found.until > now) {
      found.count++
      return
    }
    this.#counts.delete(name)
    for (const [oldest, { until }] of this.#counts) {
      if (until > now && this.#counts.size < NAMES_AT_MOST) break
      this.#counts.delete(oldest)
    }
    this.#counts.set(name, { count: 1, until: now + MINUTE })
  }
}

/** A limit that somebody reached. */
export interface Reached {
  readonly setting: SettingKey
  readonly limit: number
  /** Whom it counts: a device, a product, an address. */
  readonly who: string
}

export interface FailureLimits {
  readonly failedConnectsPerMinute: number
  readonly failedConnectsPerMinuteOfProduct: number
  readonly failedConnectsPerMinuteOfAddress: number
}

/** Failed CONNECTs of devices. */
export class FailedConnects {
  readonly on: boolean
  readonly #device: Failures
  readonly #product: Failures
  readonly #address: Failures

  constructor(clock: Clock, limits: FailureLimits) {
    this.#device = new Failures(clock, limits.failedConnectsPerMinute)
    this.#product = new Failures(clock, limits.failedConnectsPerMinuteOfProduct)
    this.#address = new Failures(clock, limits.failedConnectsPerMinuteOfAddress)
    this.on = [this.#device, this.#product, this.#address].some(({ limit }) => limit > 0)
  }

  /** The limit that this device, its product or this address has reached; null: none. */
  reached(device: DeviceRef, address: string): Reached | null {
    const { productKey, deviceName } = device
    if (this.#address.reached(address))
      return { setting: 'limits.failedConnectsPerMinuteOfAddress', limit: this.#address.limit, who: address }
    if (this.#product.reached(productKey))
      return { setting: 'limits.failedConnectsPerMinuteOfProduct', limit: this.#product.limit, who: productKey }
    const key = `${productKey}/${deviceName}`
    if (this.#device.reached(key))
      return { setting: 'limits.failedConnectsPerMinute', limit: this.#device.limit, who: key }
    return null
  }

  /** Counts a failure. `known`: product and device exist; names that anybody may make up count at their address alone. */
  add(device: DeviceRef, known: boolean, address: string): void {
    this.#address.add(address)
    if (!known) return
    this.#product.add(device.productKey)
    this.#device.add(`${device.productKey}/${device.deviceName}`)
  }
}
