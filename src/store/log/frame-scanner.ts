import { readSync } from 'node:fs'
import type { FrameHead } from './frame.ts'
import { FRAME_HEADER, isWhole, readHead } from './frame.ts'

const CHUNK = 1024 * 1024

/** Walks the whole frames of an open file. Stops at the end, or at the first place where no whole frame stands. */
export class FrameScanner {
  /** Offset in the file behind the last whole frame. */
  offset: number
  /** The frame that `next` found; `records` is a view that lives until the next call. */
  head: FrameHead = { length: 0, flags: 0, group: 0, time: 0 }
  records: Buffer = Buffer.alloc(0)
  readonly #file: number
  #buffer: Buffer = Buffer.allocUnsafe(CHUNK)
  #start = 0
  #end = 0
  readonly #size: number

  /** @param size bytes of the file, or how many of them to read. */
  constructor(file: number, from: number, size: number) {
    this.#file = file
    this.offset = from
    this.#size = size
  }

  next(): boolean {
    if (!this.#fill(FRAME_HEADER)) return false
    const head = readHead(this.#buffer, this.#start, this.#end)
    if (!head || !this.#fill(FRAME_HEADER + head.length) || !isWhole(this.#buffer, this.#start, head)) return false
    const whole = FRAME_HEADER + head.length
    this.head = head
    this.records = this.#buffer.subarray(this.#start + FRAME_HEADER, this.#start + whole)
    this.#start += whole
    this.offset += whole
    return true
  }

  /** Sees to it that `count` bytes from the current place on are in the buffer; false where the file is shorter. */
  #fill(count: number): boolean {
    if (this.#end - this.#start >= count) return true
    if (this.offset + count > this.#size) return false
    const have = this.#end - this.#start
    const target = count > this.#buffer.length ? Buffer.allocUnsafe(Math.max(count, CHUNK)) : this.#buffer
    this.#buffer.copy(target, 0, this.#start, this.#end)
    this.#buffer = target
    this.#start = 0
    this.#end = have
    while (this.#end < count) {
      const room = Math.min(target.length - this.#end, this.#size - this.offset - this.#end)
      const read = readSync(this.#file, target, this.#end, room, this.offset + this.#end)
      if (read === 0) return false
      this.#end += read
    }
    return true
  }
}
