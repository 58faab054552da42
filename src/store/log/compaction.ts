import { closeSync, fsync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import type { Clock } from '../../clock/clock.ts'
import { ByteWriter } from '../../facts/bytes.ts'
import { beginFrame, FRAME_HEADER, FrameFlag, sealFrame } from './frame.ts'
import type { SegmentLog } from './segment-log.ts'
import type { LogLine } from './segments.ts'

/** The log is compacted when it is larger than twice what lived at the last compaction, and this. */
const SLACK_BYTES = 1024 * 1024
/** Records of a snapshot written in one loop turn. */
const SLICE = 1000
/** Milliseconds until a compaction that failed is tried again. */
const RETRY_MS = 60_000

/** The store closes while a snapshot is written. */
const ABORTED = new Error('the store is closed')

export type Snapshot = () => Iterable<(out: ByteWriter) => void>

export interface CompactionOptions {
  readonly clock: Clock
  readonly keep: SegmentLog
  readonly log: LogLine
  /** Every group up to this one is decided. */
  readonly decided: () => number
  /** The group that is written next. */
  readonly open: () => number
}

/**
 * Replaces the keep log by a snapshot of what lives. The log goes on in a new segment, one number is left free before it, and the
 * snapshot takes that place once it is written and synced. Records say what is, so a snapshot that is newer than its place ends
 * in the same state. Whatever moment the process ends at, the log reads right: without the snapshot the older segments are there,
 * with it they say nothing more.
 */
export class Compaction {
  snapshot: Snapshot | undefined
  /** Bytes that lived at the last compaction. */
  #live: number
  #writer: SnapshotWriter | undefined
  #notBefore = 0
  #closed = false
  readonly #options: CompactionOptions

  constructor(options: CompactionOptions) {
    this.#options = options
    const { keep } = options
    const newest = keep.segments().findLast((segment) => segment.snapshot)
    this.#live = newest?.size ?? 0
    if (newest) keep.deleteOldest((segment) => segment.number < newest.number)
  }

  /** Begins a compaction if the log has grown enough. Called after a group, with nothing half written. */
  check(): void {
    if (this.#writer || this.#closed || !this.snapshot) return
    const { keep, clock } = this.#options
    if (keep.uncut || keep.size() <= 2 * this.#live + SLACK_BYTES || clock.mono() < this.#notBefore) return
    keep.next(2)
    const number = keep.position().segment - 1
    this.#writer = new SnapshotWriter(this.#options, this.snapshot, number, (live) => this.#ended(live))
    this.#writer.begin()
  }

  /** Gives up what is under way: the log reads right without it. */
  close(): void {
    this.#closed = true
    this.#writer?.abort()
  }

  #ended(live: number | undefined): void {
    this.#writer = undefined
    if (live === undefined) {
      this.#notBefore = this.#options.clock.mono() + RETRY_MS
      return
    }
    this.#live = live
    // It may have grown beyond the limit meanwhile, and nothing may come to notice.
    this.check()
  }
}

/** One snapshot on its way to the disk. */
class SnapshotWriter {
  readonly #options: CompactionOptions
  readonly #snapshot: Snapshot
  /** The segment that it becomes. */
  readonly #number: number
  readonly #path: string
  readonly #ended: (live: number | undefined) => void
  readonly #out = new ByteWriter()
  readonly #time: number
  /** Groups up to this one may stand in older segments. */
  readonly #after: number
  #records: Iterator<(out: ByteWriter) => void> | undefined
  #file = -1
  #size = 0
  #aborted = false

  constructor(
    options: CompactionOptions,
    snapshot: Snapshot,
    number: number,
    ended: (live: number | undefined) => void,
  ) {
    this.#options = options
    this.#snapshot = snapshot
    this.#number = number
    this.#path = `${options.keep.path(number)}.tmp`
    this.#ended = ended
    this.#time = options.clock.wall()
    this.#after = options.open() - 1
  }

  begin(): void {
    this.#options.clock.endOfTurn(this.#step)
  }

  abort(): void {
    this.#aborted = true
  }

  readonly #step = (): void => {
    const { clock, keep, decided } = this.#options
    try {
      if (this.#aborted) throw ABORTED
      // What the snapshot tells must be stored already; and a group that fails may still take the new segment back.
      if (decided() < this.#after) return void clock.after(1, this.#step)
      if (keep.position().segment <= this.#number) throw new Error('the log was cut back meanwhile')
      if (this.#file < 0) this.#file = openSync(this.#path, 'w', 0o600)
      this.#records ??= this.#snapshot()[Symbol.iterator]()
      if (this.#writeSlice(this.#records)) this.#sync()
      else clock.endOfTurn(this.#step)
    } catch (error) {
      this.#giveUp(error as Error)
    }
  }

  /** True if the records ended. A snapshot without records is one empty frame. */
  #writeSlice(records: Iterator<(out: ByteWriter) => void>): boolean {
    const out = this.#out
    let ended = false
    beginFrame(out)
    for (let count = 0; count < SLICE && !ended; count++) {
      const next = records.next()
      if (next.done) ended = true
      else writeRecord(out, next.value)
    }
    if (out.length === FRAME_HEADER && this.#size > 0) return ended
    sealFrame(out, this.#after, this.#time, FrameFlag.snapshot)
    const taken = writeSync(this.#file, out.buffer, 0, out.length, this.#size)
    if (taken !== out.length) throw new Error(`short write: ${taken} of ${out.length} bytes (disk full?)`)
    this.#size += taken
    return ended
  }

  #sync(): void {
    fsync(this.#file, (error) => {
      try {
        if (error) throw error
        if (this.#aborted) throw ABORTED
        this.#finish()
      } catch (cause) {
        this.#giveUp(cause as Error)
      }
    })
  }

  #finish(): void {
    const { keep, log } = this.#options
    closeSync(this.#file)
    this.#file = -1
    renameSync(this.#path, keep.path(this.#number))
    keep.adopt({ number: this.#number, size: this.#size, firstTime: this.#time, snapshot: true })
    keep.sync((error) => {
      // Without its name on the disk, the older segments are still needed; the next start or compaction deletes them.
      if (!error) keep.deleteOldest((segment) => segment.number < this.#number)
      log('debug', 'the log of MQTT sessions was compacted', { bytes: this.#size })
      this.#ended(this.#size)
    })
  }

  #giveUp(cause: Error): void {
    if (cause !== ABORTED) {
      this.#options.log('warn', 'the log of MQTT sessions could not be compacted', { cause: cause.message })
    }
    if (this.#file >= 0) closeSync(this.#file)
    this.#file = -1
    rmSync(this.#path, { force: true })
    this.#ended(undefined)
  }
}

function writeRecord(out: ByteWriter, write: (out: ByteWriter) => void): void {
  const at = out.length
  out.u32(0)
  write(out)
  out.buffer.writeUInt32LE(out.length - at - 4, at)
}
