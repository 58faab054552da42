/** Connections that are on their way in: their PROXY header, TLS handshake or HTTP upgrade is not done yet. */
import type { Clock, Timer } from '../../clock/clock.ts'

/** Milliseconds in which a connection must be through; then it is dropped. */
export const WAITING_TIME = 10_000

export interface Waiter {
  /** Drops the connection. */
  drop(): void
}

export class Waiting {
  readonly #clock: Clock
  /** Until when each may wait; in order of arrival, hence of time too. */
  readonly #until = new Map<Waiter, number>()
  #timer: Timer | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get count(): number {
    return this.#until.size
  }

  add(waiter: Waiter): void {
    this.#until.set(waiter, this.#clock.mono() + WAITING_TIME)
    this.#timer ??= this.#clock.after(WAITING_TIME, () => this.#expire())
  }

  remove(waiter: Waiter): void {
    this.#until.delete(waiter)
  }

  #expire(): void {
    this.#timer = null
    const now = this.#clock.mono()
    for (const [waiter, until] of this.#until) {
      if (until > now) {
        this.#timer = this.#clock.after(until - now, () => this.#expire())
        return
      }
      this.#until.delete(waiter)
      waiter.drop()
    }
  }

  dropAll(): void {
    const waiters = [...this.#until.keys()]
    this.#until.clear()
    this.#timer?.cancel()
    this.#timer = null
    for (const waiter of waiters) waiter.drop()
  }
}
