/**
 * Time-outs of connections in whole seconds by one timer for all of them: keep-alive, the wait for CONNECT, and the wait for a
 * client to close. A packet costs no more than noting {@link Wheel.now}; a connection is looked at again when its time could be up.
 */
import type { Clock } from '../clock/clock.ts'

/** A connection as the wheel sees it. */
export interface Watched {
  /** The second, by {@link Wheel.now}, at which the wheel looks at it; kept by the wheel, 0 while it does not. */
  watchedAt: number
  /** The time may be up. Returns after how many seconds to look again, 0 for never. */
  look(now: number): number
}

/**
 * A loop that stood still (a debugger, a machine that slept) must not count as silence of the clients, whose packets wait unread:
 * one step of the wheel counts at most so many seconds.
 */
const LONGEST_STEP = 3

export class Wheel {
  /** Seconds that went by since the wheel was made. */
  now = 1
  readonly #clock: Clock
  readonly #slots = new Map<number, Set<Watched>>()
  readonly #tick = () => this.#step()
  #last: number
  #count = 0
  #ticking = false

  constructor(clock: Clock) {
    this.#clock = clock
    this.#last = clock.mono()
  }

  /** Looks at `one` in `seconds`, not earlier, at most two seconds later; replaces an earlier wish. */
  watch(one: Watched, seconds: number): void {
    this.forget(one)
    this.#insert(one, this.now + seconds + 1)
    if (this.#ticking) return
    this.#ticking = true
    this.#last = this.#clock.mono()
    this.#clock.after(1000, this.#tick)
  }

  forget(one: Watched): void {
    if (one.watchedAt === 0) return
    const slot = this.#slots.get(one.watchedAt)
    if (slot?.delete(one)) this.#count--
    if (slot?.size === 0) this.#slots.delete(one.watchedAt)
    one.watchedAt = 0
  }

  #insert(one: Watched, at: number): void {
    one.watchedAt = at
    let slot = this.#slots.get(at)
    if (!slot) {
      slot = new Set()
      this.#slots.set(at, slot)
    }
    slot.add(one)
    this.#count++
  }

  #step(): void {
    const mono = this.#clock.mono()
    const passed = Math.floor((mono - this.#last) / 1000)
    if (passed > LONGEST_STEP) this.#last = mono
    else this.#last += passed * 1000
    for (let second = Math.min(passed, LONGEST_STEP); second > 0; second--) {
      this.now++
      this.#turn()
    }
    this.#ticking = this.#count > 0
    if (this.#ticking) this.#clock.after(1000, this.#tick)
  }

  #turn(): void {
    const slot = this.#slots.get(this.now)
    if (!slot) return
    for (const one of slot) {
      this.forget(one)
      const again = one.look(this.now)
      if (again > 0 && one.watchedAt === 0) this.#insert(one, this.now + again)
    }
  }
}
