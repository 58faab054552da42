import type { Clock, Timer } from './clock.ts'

interface Due {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

/**
 * A clock that a test moves. Due timers fire one by one in the order of their time; before the next fires, all that ended with
 * the turn of the one before has run. With `realTurns` the end of a turn is the event loop's own (tests over sockets).
 */
export class VirtualClock implements Clock {
  #now: number
  #order = 0
  #due: Due[] = []
  #ends: (() => void)[] = []
  readonly #realTurns: boolean

  constructor(options: { start?: number; realTurns?: boolean } = {}) {
    this.#now = options.start ?? 1_800_000_000_000
    this.#realTurns = options.realTurns ?? false
  }

  mono(): number {
    return this.#now
  }

  wall(): number {
    return this.#now
  }

  real(): number {
    return Date.now()
  }

  after(ms: number, run: () => void): Timer {
    const due: Due = { at: this.#now + Math.max(0, ms), order: this.#order++, run }
    this.#due.push(due)
    return {
      cancel: () => {
        const index = this.#due.indexOf(due)
        if (index >= 0) this.#due.splice(index, 1)
      },
    }
  }

  endOfTurn(run: () => void): void {
    if (this.#realTurns) setImmediate(run)
    else this.#ends.push(run)
  }

  /** Runs what waits for the end of the turn, and what that asks for in its turn. */
  settle(): void {
    while (this.#ends.length > 0) {
      const ends = this.#ends
      this.#ends = []
      for (const end of ends) end()
    }
  }

  /** Moves time forward and fires what is due on the way. Returns how many timers fired. */
  advance(ms: number): number {
    const until = this.#now + ms
    let fired = 0
    this.settle()
    for (;;) {
      let next: Due | undefined
      for (const due of this.#due) {
        if (due.at <= until && (!next || due.at < next.at || (due.at === next.at && due.order < next.order))) next = due
      }
      if (!next) break
      this.#due.splice(this.#due.indexOf(next), 1)
      this.#now = Math.max(this.#now, next.at)
      fired++
      next.run()
      this.settle()
    }
    this.#now = until
    return fired
  }
}
