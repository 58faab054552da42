import type { Clock, Timer } from '../clock/clock.ts'
import type { Checked } from './log/segment-log.ts'
import type { LogLine } from './log/segments.ts'
import type { Records } from './records/records.ts'
import type { StatusRow } from './records/rows.ts'

/** Milliseconds between two checkpoints. */
const EVERY_MS = 30_000
/** Rows folded in one transaction, in one loop turn. */
const SLICE = 2000
/** Milliseconds until a slice that could not be stored is tried again. */
const RETRY_MS = 1000

const NAME = 'store.checkpoint'

export interface CheckpointOptions {
  readonly clock: Clock
  readonly records: Records
  readonly log: LogLine
  /** True while registry transactions wait: the checkpoint stands back. */
  readonly registryBusy: () => boolean
  /** Where the facts begin that memory may not show yet. */
  readonly position: () => Checked
  /** Called when a checkpoint is complete: what the log holds before the place is in the registry. */
  readonly completed: (position: Checked) => void
}

/** Where the facts begin that the registry does not have yet. */
export function loadCheckpoint(records: Records): Checked {
  for (const { name, value } of records.namedValues.all()) {
    if (name === NAME) return JSON.parse(value) as Checked
  }
  return { segment: 0, offset: 0, group: 0 }
}

/**
 * Folds the status of devices into the registry. The place in the log is taken before the first row is asked for, and stored with
 * the last: rows may be newer than the place, never older. A checkpoint that was begun is tried until it is complete, since what
 * it took out of `changed` is told by nobody else.
 */
export class Checkpoints {
  /** The last complete one. */
  position: Checked
  changed: (() => Iterable<StatusRow>) | undefined
  readonly #options: CheckpointOptions
  #timer: Timer | undefined
  #rows: Iterator<StatusRow> | undefined
  #slice: StatusRow[] = []
  #target: Checked
  #closed = false

  constructor(options: CheckpointOptions) {
    this.#options = options
    this.position = loadCheckpoint(options.records)
    this.#target = this.position
    this.#arm(EVERY_MS)
  }

  /** Completes a checkpoint without pauses; false if SQLite does not take it. */
  close(): boolean {
    this.#timer?.cancel()
    this.#closed = true
    // One that is under way has an older place: complete it, then make the last.
    if (this.#rows && !this.#foldAll()) return false
    return this.#foldAll()
  }

  readonly #due = (): void => {
    if (this.#closed) return
    if (this.#options.registryBusy()) this.#arm(RETRY_MS)
    else if (!this.#foldSlice()) this.#arm(RETRY_MS)
    else if (this.#rows) this.#options.clock.endOfTurn(this.#due)
    else this.#arm(EVERY_MS)
  }

  #foldAll(): boolean {
    do {
      if (!this.#foldSlice()) return false
    } while (this.#rows)
    return true
  }

  /** Stores the next slice, the last with the place. False if it could not be stored. */
  #foldSlice(): boolean {
    if (!this.changed) return true
    if (!this.#rows) {
      const target = this.#options.position()
      if (target.segment === this.position.segment && target.offset === this.position.offset) return true
      this.#target = target
      this.#rows = this.changed()[Symbol.iterator]()
    }
    const last = this.#fillSlice(this.#rows)
    const { records, log } = this.#options
    try {
      records.transactions.run(() => {
        for (const row of this.#slice) records.devices.fold(row)
        if (last) records.namedValues.put({ name: NAME, value: JSON.stringify(this.#target) })
      })
    } catch (error) {
      log('debug', 'status checkpoint waits', { cause: (error as Error).message })
      return false
    }
    this.#slice = []
    if (last) this.#complete()
    return true
  }

  /** True if the rows end with this slice. A slice that is full already is one that is tried again. */
  #fillSlice(rows: Iterator<StatusRow>): boolean {
    while (this.#slice.length < SLICE) {
      const next = rows.next()
      if (next.done) return true
      this.#slice.push(next.value)
    }
    return false
  }

  #complete(): void {
    this.#rows = undefined
    this.position = this.#target
    this.#options.completed(this.position)
  }

  #arm(ms: number): void {
    this.#timer = this.#options.clock.after(ms, this.#due)
  }
}
