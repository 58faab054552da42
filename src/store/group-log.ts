import type { ByteWriter } from '../facts/bytes.ts'
import { FRAME_HEADER, FrameFlag, sealFrame } from './log/frame.ts'
import type { SegmentLog } from './log/segment-log.ts'
import type { Position } from './log/segments.ts'

/** Where a group begins in both logs. */
export interface GroupStart {
  readonly keep: Position
  readonly facts: Position
}

/** The two logs as one: what a group has in them is there in both or in none. */
export class GroupLog {
  readonly keep: SegmentLog
  readonly facts: SegmentLog
  /** Bytes of the frames that could not be appended last. */
  #failed = { keep: FRAME_HEADER, facts: FRAME_HEADER }

  constructor(keep: SegmentLog, facts: SegmentLog) {
    this.keep = keep
    this.facts = facts
    this.#dropHalf()
  }

  /** Number of the last group that either log holds. */
  get lastGroup(): number {
    return Math.max(this.keep.lastGroup, this.facts.lastGroup)
  }

  start(): GroupStart {
    return { keep: this.keep.position(), facts: this.facts.position() }
  }

  /** Writes the group: the keep log first, then the facts. Throws with nothing of it left in either. */
  append(group: number, time: number, keep: ByteWriter, facts: ByteWriter): void {
    try {
      this.#append(group, time, keep, facts)
    } catch (error) {
      this.#failed = { keep: keep.length, facts: facts.length }
      throw error
    }
  }

  /** Throws if a group like the one that failed last could not be appended now; leaves nothing behind. */
  probe(): void {
    this.keep.probe(this.#failed.keep)
    this.facts.probe(this.#failed.facts)
  }

  #append(group: number, time: number, keep: ByteWriter, facts: ByteWriter): void {
    const hasKeep = keep.length > FRAME_HEADER
    const hasFacts = facts.length > FRAME_HEADER
    const keepStart = this.keep.position()
    if (hasKeep) {
      sealFrame(keep, group, time, hasFacts ? FrameFlag.paired : 0)
      this.keep.append(keep, time)
    }
    if (!hasFacts) return
    try {
      sealFrame(facts, group, time, hasKeep ? FrameFlag.paired : 0)
      this.facts.append(facts, time)
    } catch (error) {
      if (hasKeep) this.keep.cutBack(keepStart)
      throw error
    }
  }

  cutBack(to: GroupStart): void {
    this.facts.cutBack(to.facts)
    this.keep.cutBack(to.keep)
  }

  close(): void {
    this.keep.close()
    this.facts.close()
  }

  /** A process that ended between the two writes of a group left half of it; nobody was told of it. */
  #dropHalf(): void {
    const last = this.keep.lastFrame
    if (!last || (last.flags & FrameFlag.paired) === 0 || this.keep.lastGroup <= this.facts.lastGroup) return
    this.keep.cutBack(last)
  }
}
