import { lstatSync, rmSync } from 'node:fs'
import { ByteReader, ByteWriter } from '../../facts/bytes.ts'
import type { Disk, LogFile } from './disk.ts'
import { readFrames } from './frame-reader.ts'
import type { LogLine, Position, Segment } from './segments.ts'
import { listSegments, recoverSegment, removeTemporary, segmentPath } from './segments.ts'

/** A place in a log, and the last group before it. */
export interface Checked extends Position {
  readonly group: number
}

const NOTHING_CHECKED: Checked = { segment: 0, offset: 0, group: 0 }

export interface SegmentLogOptions {
  readonly directory: string
  /** `facts` or `keep`; the files are `NAME-0000000001.log` and so on. */
  readonly name: string
  /** A segment that has frames takes no frame that would make it larger than this. */
  readonly segmentBytes: number
  readonly disk: Disk
  readonly log: LogLine
  /** What stands before this place was checked by an earlier start. */
  readonly checkedUpTo?: Checked
}

/**
 * An append-only log in segments. `append` leaves either the whole frame or nothing of it behind. No space is set aside ahead of
 * what is written, and a segment's file is made when its first frame comes.
 */
export class SegmentLog {
  readonly directory: string
  readonly name: string
  /** Number of the last group that has a frame here, as found at the start; 0 where there is none. */
  lastGroup = 0
  /** Place and flags of that frame. */
  lastFrame: (Position & { readonly flags: number }) | undefined
  /** What a failed append left could not be cut yet: the current segment must not be left before it is. */
  uncut = false
  readonly #segmentBytes: number
  readonly #disk: Disk
  readonly #log: LogLine
  /** Oldest first, without the current one. */
  #older: Segment[]
  #current: { number: number; size: number; firstTime: number; snapshot: boolean }
  #file: LogFile | null = null
  /** Files with bytes that the disk was not asked to keep yet. */
  #unsynced = new Set<LogFile>()
  /** Files that are closed once they are synced. */
  #leaving = new Set<LogFile>()
  #newNames = false

  constructor(options: SegmentLogOptions) {
    this.directory = options.directory
    this.name = options.name
    this.#segmentBytes = options.segmentBytes
    this.#disk = options.disk
    this.#log = options.log
    removeTemporary(this.directory, this.name)
    const checked = options.checkedUpTo ?? NOTHING_CHECKED
    this.lastGroup = checked.group
    this.#older = this.#recover(checked)
    this.#current = this.#older.pop() ?? { number: 1, size: 0, firstTime: 0, snapshot: false }
    this.#goBehind(checked)
  }

  /** Where the next frame goes, as far as is known before its size is. */
  position(): Position {
    return { segment: this.#current.number, offset: this.#current.size }
  }

  /** Bytes in all segments. */
  size(): number {
    let size = this.#current.size
    for (const segment of this.#older) size += segment.size
    return size
  }

  /** Every segment, oldest first. */
  segments(): readonly Segment[] {
    return [...this.#older, this.#current]
  }

  get dirty(): boolean {
    return this.#unsynced.size > 0
  }

  /** Appends a sealed frame. Throws if it could not be written whole; then the log is as it was. */
  append(frame: ByteWriter, time: number): void {
    if (this.uncut) this.#opened()
    if (this.#current.size > 0 && this.#current.size + frame.length > this.#segmentBytes) this.next(1)
    const current = this.#current
    try {
      const file = this.#opened()
      const taken = file.write(frame.buffer, frame.length, current.size)
      if (taken !== frame.length) throw new Error(`short write: ${taken} of ${frame.length} bytes (disk full?)`)
      this.#unsynced.add(file)
    } catch (error) {
      this.#takeBack()
      throw error
    }
    if (current.size === 0) current.firstTime = time
    current.size += frame.length
  }

  /** The next frame goes to a new segment, `step` numbers further. */
  next(step: number): void {
    this.#leave()
    if (this.#current.size > 0) this.#older.push(this.#current)
    this.#current = { number: this.#current.number + step, size: 0, firstTime: 0, snapshot: false }
  }

  /** Removes everything behind a place that `position` gave before. */
  cutBack(to: Position): void {
    while (this.#current.number > to.segment) {
      this.#forgetFile()
      this.#removeOwn(this.#current.number)
      const before = this.#older.at(-1)
      if (before && before.number >= to.segment) this.#current = this.#older.pop() as Segment
      else this.#current = { number: to.segment, size: 0, firstTime: 0, snapshot: false }
    }
    if (this.#current.size <= to.offset) return
    this.#current.size = to.offset
    if (to.offset === 0) this.#current.firstTime = 0
    this.#takeBack()
  }

  /** Tries whether a frame of that many bytes could be appended now, and leaves nothing of it. Throws if not. */
  probe(bytes: number): void {
    const start = this.position()
    const zeros = new ByteWriter(bytes)
    // No header: if the process ends before the cut, a torn tail is left.
    zeros.buffer.fill(0)
    zeros.length = bytes
    this.append(zeros, 0)
    this.cutBack(start)
  }

  /** Asks the disk to keep all that was appended so far. */
  sync(done: (error: Error | null) => void): void {
    const files = [...this.#unsynced]
    this.#unsynced.clear()
    let left = files.length + (this.#newNames ? 1 : 0)
    if (left === 0) {
      done(null)
      return
    }
    let failed: Error | null = null
    const one = (error: Error | null) => {
      failed ??= error
      if (--left === 0) done(failed)
    }
    if (this.#newNames) this.#disk.syncDirectory(this.directory, one)
    this.#newNames = false
    for (const file of files) {
      file.sync((error) => {
        if (error && (file === this.#file || this.#leaving.has(file))) this.#unsynced.add(file)
        else if (!this.#unsynced.has(file) && this.#leaving.delete(file)) file.close()
        one(error)
      })
    }
  }

  /** Takes a finished segment (a snapshot) into the list, in the place that its number says. */
  adopt(segment: Segment): void {
    this.#older.push(segment)
    this.#older.sort((a, b) => a.number - b.number)
    this.#newNames = true
  }

  /** Deletes closed segments from the oldest on, as long as `unwanted` says so of them; it sees the one behind as well. */
  deleteOldest(unwanted: (segment: Segment, next: Segment) => boolean): number {
    let deleted = 0
    for (;;) {
      const oldest = this.#older[0]
      if (!oldest || !unwanted(oldest, this.#older[1] ?? this.#current)) return deleted
      rmSync(this.path(oldest.number), { force: true })
      this.#older.shift()
      deleted++
    }
  }

  path(number: number): string {
    return segmentPath(this.directory, this.name, number)
  }

  /** The records of all frames from a place on, oldest first. The reader is valid during its step. */
  *read(from: Position = { segment: 0, offset: 0 }): Generator<ByteReader> {
    for (const segment of this.segments()) {
      if (segment.number < from.segment || segment.size === 0) continue
      const offset = segment.number === from.segment ? from.offset : 0
      for (const records of readFrames(this.path(segment.number), offset, segment.size)) yield new ByteReader(records)
    }
  }

  close(): void {
    this.#file?.close()
    this.#file = null
    for (const file of this.#leaving) file.close()
    this.#leaving.clear()
    this.#unsynced.clear()
  }

  #recover(checked: Position): Segment[] {
    const found = listSegments(this.directory, this.name)
    for (const segment of found) {
      if (segment.number < checked.segment) continue
      const from = segment.number === checked.segment ? checked.offset : 0
      const { size, last } = recoverSegment(this.path(segment.number), from, this.#log)
      segment.size = size
      if (size === 0) segment.firstTime = 0
      if (!last) continue
      this.lastGroup = Math.max(this.lastGroup, last.group)
      this.lastFrame = { segment: segment.number, offset: last.offset, flags: last.flags }
    }
    return found
  }

  /** Where the log lost what stood before the checked place, it goes on in a segment behind it: nothing new may look as checked. */
  #goBehind(checked: Position): void {
    const { number, size } = this.#current
    if (number < checked.segment) this.next(checked.segment - number)
    else if (number === checked.segment && size < checked.offset) this.next(1)
  }

  /** The file of the current segment, cut to what counts in it. */
  #opened(): LogFile {
    if (this.#file) return this.#file
    const { number, size } = this.#current
    const file = this.#disk.open(this.path(number))
    try {
      const there = file.size()
      if (there > size) file.truncate(size)
      if (there < size) throw new Error(`log segment ${number} lost bytes: ${there} of ${size}`)
    } catch (error) {
      file.close()
      throw error
    }
    if (size === 0) this.#newNames = true
    this.uncut = false
    this.#file = file
    return file
  }

  /**
   * Cuts what an append that failed has left. The file is closed in any case: the next append opens it anew, by its name, and
   * cuts it then if that is not possible now.
   */
  #takeBack(): void {
    const { number, size } = this.#current
    try {
      if (size > 0) {
        this.#opened().truncate(size)
        this.#reopenNext()
      } else {
        this.#forgetFile()
        this.#removeOwn(number)
      }
    } catch (error) {
      this.#forgetFile()
      this.uncut = true
      this.#log('warn', 'log could not be cut back yet', { path: this.path(number), size, cause: String(error) })
    }
  }

  /** Leaves the current file to the next sync, so that the next append opens the segment by its name. */
  #reopenNext(): void {
    const file = this.#file
    if (!file) return
    this.#unsynced.add(file)
    this.#leave()
  }

  #leave(): void {
    const file = this.#file
    this.#file = null
    if (!file) return
    if (this.#unsynced.has(file)) this.#leaving.add(file)
    else file.close()
  }

  #forgetFile(): void {
    const file = this.#file
    this.#file = null
    if (!file) return
    this.#unsynced.delete(file)
    file.close()
  }

  /** A segment that could take no frame is not left behind; what somebody else put there (a link) is not ours to remove. */
  #removeOwn(number: number): void {
    const path = this.path(number)
    if (lstatSync(path, { throwIfNoEntry: false })?.isFile()) rmSync(path, { force: true })
  }
}
