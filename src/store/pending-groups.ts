import type { Clock, Timer } from '../clock/clock.ts'
import type { GroupLog, GroupStart } from './group-log.ts'
import type { Health } from './health.ts'
import { LogSync } from './log/sync.ts'

/** Milliseconds a lone group waits for others before the disk is asked: a sync for each would cost five times the CPU. */
const COMPANY_MS = 1

interface Pending<E> {
  readonly group: number
  readonly waiting: E[]
  /** When it was written, monotonic. */
  readonly at: number
  /** Where it begins in the logs; undefined where it wrote nothing. */
  readonly start: GroupStart | undefined
  /** It is known to have failed, and waits for those before it to be decided. */
  readonly error: Error | undefined
}

/** Decides a group: called in their order. */
export type Decide<E> = (group: number, waiting: E[], at: number, error: Error | undefined) => void

/**
 * Durability `power`: groups that are written and wait for the disk. A sync that fails or is not back after the time-out fails
 * all of them, from the oldest on, and cuts them out of the logs; while one still hangs, no further group is taken.
 */
export class PendingGroups<E> {
  readonly #clock: Clock
  readonly #logs: GroupLog
  readonly #health: Health
  readonly #timeout: number
  readonly #decide: Decide<E>
  readonly #failOpen: (error: Error) => void
  readonly #sync: LogSync
  #queue: Pending<E>[] = []
  /** Groups up to this one are covered by the sync under way. */
  #covered = 0
  #timer: Timer | undefined
  /** Where the logs must be cut once the sync that hangs has come back. */
  #cutTo: GroupStart | undefined
  /** Somebody waits until none pends. */
  #idle: (() => void)[] = []
  #telling = false

  constructor(options: {
    clock: Clock
    logs: GroupLog
    health: Health
    commitTimeout: number
    decide: Decide<E>
    /** Adds the group that is open, as one that failed: it was decided against what fails now. */
    failOpen: (error: Error) => void
  }) {
    this.#clock = options.clock
    this.#logs = options.logs
    this.#health = options.health
    this.#timeout = options.commitTimeout
    this.#decide = options.decide
    this.#failOpen = options.failOpen
    this.#sync = new LogSync(this.#clock, [this.#logs.keep, this.#logs.facts], COMPANY_MS, {
      begun: () => {
        this.#covered = this.#queue.at(-1)?.group ?? this.#covered
      },
      ended: (error) => this.#ended(error),
    })
  }

  get empty(): boolean {
    return this.#queue.length === 0
  }

  /** Oldest place that is not decided yet, undefined where all is. */
  get undecidedFrom(): GroupStart | undefined {
    for (const pending of this.#queue) if (pending.start) return pending.start
    return this.#cutTo
  }

  /** Why no group can be taken now. */
  get refusal(): Error | undefined {
    if (this.#cutTo) return new Error('the disk has not answered yet')
    // What comes behind it was decided against it, and goes with it.
    const failed = this.#queue.find((pending) => pending.error)
    return failed?.error && new Error(`a group before it failed: ${failed.error.message}`)
  }

  add(group: number, waiting: E[], at: number, start: GroupStart | undefined, error: Error | undefined): void {
    this.#queue.push({ group, waiting, at, start, error })
    if (start) this.#sync.request()
    this.#walk(0)
    this.#arm()
  }

  /** Asks the disk, though nothing waits for it. */
  probe(): void {
    this.#sync.request()
  }

  /** Begins the sync now; `then` runs when nothing pends any more. */
  drain(then: () => void): void {
    if (this.empty && !this.#sync.running) {
      then()
      return
    }
    this.#idle.push(then)
    if (!this.#sync.running) this.#sync.now()
  }

  #ended(error: Error | null): void {
    const cutTo = this.#cutTo
    if (cutTo) {
      this.#logs.cutBack(cutTo)
      this.#cutTo = undefined
      this.#sync.request()
    } else if (error) {
      this.#health.failed('sync', error)
      this.#failAll(error, true)
    } else {
      this.#health.ok('sync')
      this.#walk(this.#covered)
    }
    this.#rearm()
    if (this.#idle.length === 0) return
    if (!this.empty) {
      this.#sync.now()
      return
    }
    const idle = this.#idle
    this.#idle = []
    for (const then of idle) then()
  }

  /** Decides from the oldest on: groups up to `synced`, and those that had nothing to write. */
  #walk(synced: number): void {
    if (this.#telling) return
    this.#telling = true
    let failing = false
    try {
      for (;;) {
        const first = this.#queue[0]
        if (!first || (first.start && first.group > synced)) return
        if (first.error && !failing) this.#failOpen(first.error)
        failing ||= first.error !== undefined
        this.#queue.shift()
        this.#decide(first.group, first.waiting, first.at, first.error)
      }
    } finally {
      this.#telling = false
    }
  }

  #failAll(error: Error, cut: boolean): void {
    this.#failOpen(error)
    const failed = this.#queue
    const from = this.undecidedFrom
    this.#queue = failed.map((pending) => ({ ...pending, start: undefined, error: pending.error ?? error }))
    if (from && cut) {
      this.#logs.cutBack(from)
      this.#sync.request()
    } else if (from) this.#cutTo = from
    this.#walk(0)
  }

  #rearm(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#arm()
  }

  #arm(): void {
    const oldest = this.#queue[0]
    if (!oldest || this.#timer) return
    this.#timer = this.#clock.after(Math.max(0, oldest.at + this.#timeout - this.#clock.mono()), this.#late)
  }

  readonly #late = (): void => {
    this.#timer = undefined
    const oldest = this.#queue[0]
    if (!oldest) return
    if (oldest.at + this.#timeout > this.#clock.mono()) {
      this.#arm()
      return
    }
    const error = new Error(`not synced after ${this.#timeout} ms`)
    this.#health.failed('sync', error)
    this.#failAll(error, !this.#sync.running)
  }
}
