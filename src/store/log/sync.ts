import type { Clock } from '../../clock/clock.ts'
import type { SegmentLog } from './segment-log.ts'

/** What is told of each round. */
export interface SyncRounds {
  /** A round begins: it covers all that was appended so far. */
  begun(): void
  /** It came back; called in a later turn than `begun`. */
  ended(error: Error | null): void
}

/** Asks the disk to keep what the logs hold, in rounds: one at a time, and what comes meanwhile goes with the next. */
export class LogSync {
  readonly #clock: Clock
  readonly #logs: readonly SegmentLog[]
  /** Milliseconds to wait for company before a round begins. */
  readonly #delay: number
  readonly #rounds: SyncRounds
  #armed = false
  #running = false
  #again = false

  constructor(clock: Clock, logs: readonly SegmentLog[], delay: number, rounds: SyncRounds) {
    this.#clock = clock
    this.#logs = logs
    this.#delay = delay
    this.#rounds = rounds
  }

  get running(): boolean {
    return this.#running
  }

  /** Something was appended. */
  request(): void {
    if (this.#running) this.#again = true
    else if (!this.#armed) {
      this.#armed = true
      this.#clock.after(this.#delay, this.#due)
    }
  }

  readonly #due = (): void => {
    if (!this.#armed) return
    this.now()
  }

  /** Begins a round without waiting for company. */
  now(): void {
    if (this.#running) {
      this.#again = true
      return
    }
    this.#armed = false
    this.#running = true
    this.#rounds.begun()
    let left = this.#logs.length
    let failed: Error | null = null
    for (const log of this.#logs) {
      log.sync((error) => {
        failed ??= error
        if (--left === 0) this.#end(failed)
      })
    }
  }

  #end(error: Error | null): void {
    this.#running = false
    const again = this.#again
    this.#again = false
    this.#rounds.ended(error)
    if (again) this.request()
  }
}
