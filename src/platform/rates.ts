/** Rates of a device, where they are set (direct.md §5). Publishes that go beyond are dropped and recorded; downlinks fail at once. */
import type { Clock } from '../clock/clock.ts'
import type { Device } from '../devices/device.ts'
import type { DevicePeer } from './peer.ts'

export class PublishRates {
  readonly #clock: Clock
  readonly #qos0: number
  readonly #qos1: number
  readonly on: boolean

  constructor(clock: Clock, limits: { publishesPerSecondQos0: number; publishesPerSecondQos1: number }) {
    this.#clock = clock
    this.#qos0 = limits.publishesPerSecondQos0
    this.#qos1 = limits.publishesPerSecondQos1
    this.on = this.#qos0 > 0 || this.#qos1 > 0
  }

  /** Counts a publish of the device named; the limit that it exceeds and the count, or null. */
  exceeded(peer: DevicePeer, device: string, qos: number): { limit: number; count: number } | null {
    const limit = qos === 0 ? this.#qos0 : this.#qos1
    if (limit === 0) return null
    const second = Math.floor(this.#clock.mono() / 1000)
    peer.rates ??= new Map()
    let rate = peer.rates.get(device)
    if (!rate || rate.second !== second) {
      rate = { second, qos0: 0, qos1: 0 }
      peer.rates.set(device, rate)
    }
    const count = qos === 0 ? ++rate.qos0 : ++rate.qos1
    return count > limit ? { limit, count } : null
  }
}

/** More messages a second to the device than limits.downlinksPerSecond. */
export class DownlinkRateExceeded extends Error {
  constructor(device: Device, limit: number) {
    super(`more than limits.downlinksPerSecond (${limit}) to ${device.key}`)
  }
}

export class DownlinkRates {
  readonly #clock: Clock
  readonly #limit: number
  #second = 0
  /** Messages of this second; only where a rate is set. */
  #counts = new Map<Device, number>()

  constructor(clock: Clock, limits: { downlinksPerSecond: number }) {
    this.#clock = clock
    this.#limit = limits.downlinksPerSecond
  }

  /** Counts a message to the device. Throws {@link DownlinkRateExceeded}. */
  count(device: Device): void {
    if (this.#limit === 0) return
    const second = Math.floor(this.#clock.mono() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#counts = new Map()
    }
    const count = (this.#counts.get(device) ?? 0) + 1
    if (count > this.#limit) throw new DownlinkRateExceeded(device, this.#limit)
    this.#counts.set(device, count)
  }
}
