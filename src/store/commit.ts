import type { Clock } from '../clock/clock.ts'
import { ByteWriter } from '../facts/bytes.ts'
import type { Fact } from '../facts/fact.ts'
import { writeFact } from '../facts/fact.ts'
import type { GroupLog } from './group-log.ts'
import type { Health } from './health.ts'
import { beginFrame, FRAME_HEADER } from './log/frame.ts'
import { LogSync } from './log/sync.ts'
import { PendingGroups } from './pending-groups.ts'
import type { Commit, GroupOutcome } from './store.ts'

/** Milliseconds between what is written and the disk being asked to keep it, durability `process`. */
const SYNC_EVERY_MS = 10

/** Milliseconds by the clock and of the machine: monotonic for durations, wall for what is stored. */
export interface CommitOptions<E> {
  readonly clock: Clock
  readonly logs: GroupLog
  readonly health: Health
  readonly durability: 'process' | 'power'
  readonly commitTimeout: number
  readonly outcome: GroupOutcome<E>
}

/**
 * Groups of what one loop turn brought. A group has no limit of its own: it is bounded by what a turn reads from the sockets.
 * Outcomes are told in the order of the groups, never from within `fact`, `keep` or `wait`, and never from within each other:
 * what an outcome records is decided in the next turn, `flush` or not, so a disk that stays full makes no endless loop.
 */
export class GroupCommit<E> implements Commit<E> {
  open: number
  decided: number
  observe: ((milliseconds: number) => void) | undefined
  /** Called after a group was stored, with nothing half done. */
  afterStored: (() => void) | undefined
  readonly #clock: Clock
  readonly #logs: GroupLog
  readonly #health: Health
  readonly #outcome: GroupOutcome<E>
  readonly #facts = new ByteWriter(256 * 1024)
  readonly #keep = new ByteWriter(64 * 1024)
  readonly #sync: LogSync
  readonly #pending: PendingGroups<E> | undefined
  #waiting: E[] = []
  /** Emptied arrays, to be used again. */
  readonly #spare: E[][] = []
  #scheduled = false
  #telling = false
  #closed = false

  constructor(options: CommitOptions<E>) {
    this.#clock = options.clock
    this.#logs = options.logs
    this.#health = options.health
    this.#outcome = options.outcome
    this.decided = this.#logs.lastGroup
    this.open = this.decided + 1
    beginFrame(this.#facts)
    beginFrame(this.#keep)
    this.#sync = new LogSync(this.#clock, [this.#logs.keep, this.#logs.facts], SYNC_EVERY_MS, {
      begun: () => {},
      ended: (error) => (error ? this.#health.failed('sync', error) : this.#health.ok('sync')),
    })
    if (options.durability === 'power') {
      const decide = (group: number, waiting: E[], at: number, error: Error | undefined) =>
        this.#decide(group, waiting, at, error)
      this.#pending = new PendingGroups({
        clock: this.#clock,
        logs: this.#logs,
        health: this.#health,
        commitTimeout: options.commitTimeout,
        decide,
        failOpen: (error) => this.#failOpen(error),
      })
    }
  }

  fact(fact: Fact): void {
    if (!this.#scheduled) this.#schedule()
    const before = this.#facts.length
    try {
      writeFact(this.#facts, fact)
    } catch (error) {
      this.#facts.length = before
      throw error
    }
  }

  keep(write: (out: ByteWriter) => void): void {
    if (!this.#scheduled) this.#schedule()
    const out = this.#keep
    const before = out.length
    try {
      out.u32(0)
      write(out)
      out.buffer.writeUInt32LE(out.length - before - 4, before)
    } catch (error) {
      out.length = before
      throw error
    }
  }

  wait(waiting: E): number {
    if (!this.#scheduled) this.#schedule()
    this.#waiting.push(waiting)
    return this.open
  }

  flush(): void {
    if (!this.#telling) this.#write()
  }

  /** Where the facts of groups that are not decided begin. */
  undecidedFacts(): { readonly segment: number; readonly offset: number } {
    return this.#pending?.undecidedFrom?.facts ?? this.#logs.facts.position()
  }

  /** Tries whether groups could be stored again; the health says what came of it. */
  probe(): void {
    if (this.#closed || this.#pending?.refusal) return
    try {
      this.#logs.probe()
      this.#health.ok('log')
    } catch (error) {
      this.#health.failed('log', error as Error)
    }
    if (this.#pending) this.#pending.probe()
    else this.#sync.request()
  }

  /** Writes what is open, and resolves when all groups are decided and on the disk. Later groups fail. */
  async close(): Promise<void> {
    this.flush()
    this.#closed = true
    const pending = this.#pending
    if (pending) await new Promise<void>((done) => pending.drain(done))
    await new Promise<void>((done) => this.#syncBoth(done))
  }

  #syncBoth(done: () => void): void {
    this.#logs.keep.sync(() => this.#logs.facts.sync(() => done()))
  }

  #schedule(): void {
    this.#scheduled = true
    this.#clock.endOfTurn(this.#endOfTurn)
  }

  readonly #endOfTurn = (): void => {
    this.#scheduled = false
    this.flush()
  }

  #write(): void {
    const hasRecords = this.#facts.length > FRAME_HEADER || this.#keep.length > FRAME_HEADER
    if (!hasRecords && this.#waiting.length === 0) return
    const group = this.open++
    const waiting = this.#waiting
    this.#waiting = this.#spare.pop() ?? []
    const at = this.#clock.mono()
    const start = this.#pending && hasRecords ? this.#logs.start() : undefined
    const error = hasRecords ? this.#append(group) : undefined
    if (this.#pending) this.#pending.add(group, waiting, at, error ? undefined : start, error)
    else {
      if (hasRecords && !error) this.#sync.request()
      this.#decide(group, waiting, at, error)
    }
  }

  /** What the turn under way has recorded was decided against groups that fail now: it fails with them, unwritten. */
  #failOpen(error: Error): void {
    const hasRecords = this.#facts.length > FRAME_HEADER || this.#keep.length > FRAME_HEADER
    if (!hasRecords && this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = this.#spare.pop() ?? []
    beginFrame(this.#facts)
    beginFrame(this.#keep)
    this.#pending?.add(this.open++, waiting, this.#clock.mono(), undefined, error)
  }

  #append(group: number): Error | undefined {
    try {
      if (this.#closed) throw new Error('the store is closed')
      const refusal = this.#pending?.refusal
      if (refusal) throw refusal
      this.#logs.append(group, this.#clock.wall(), this.#keep, this.#facts)
      this.#health.ok('log')
      return undefined
    } catch (error) {
      this.#health.failed('log', error as Error)
      return error as Error
    } finally {
      beginFrame(this.#facts)
      beginFrame(this.#keep)
    }
  }

  #decide(group: number, waiting: E[], at: number, error: Error | undefined): void {
    this.decided = group
    this.observe?.(this.#clock.mono() - at)
    this.#telling = true
    try {
      if (error) this.#outcome.failed(group, waiting, error)
      else this.#outcome.stored(group, waiting)
    } finally {
      this.#telling = false
      waiting.length = 0
      this.#spare.push(waiting)
    }
    if (!error) this.afterStored?.()
  }
}
