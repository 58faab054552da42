/** Publish rates of a device, where they are set (direct.md §5): what goes beyond is dropped and recorded. */
import type { Clock } from '../clock/clock.ts'
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
