/**
 * A frame is what one group has in one log, and the unit that is there whole or not at all. Little-endian:
 *
 * | bytes | what |
 * |---|---|
 * | 0–3 | magic, `HPL1` |
 * | 4–7 | length of the records, in bytes |
 * | 8–11 | CRC-32 of everything behind it: bytes 12 to the end of the records |
 * | 12–15 | {@link FrameFlag} |
 * | 16–23 | number of the group (a double) |
 * | 24–31 | when it was written, milliseconds since 1970 (a double) |
 * | 32– | records, each with its length (32 bits) before it |
 */
import { crc32 } from 'node:zlib'
import type { ByteWriter } from '../../facts/bytes.ts'

export const FRAME_HEADER = 32
const MAGIC = 0x314c5048
const CHECKED_FROM = 12

export const FrameFlag = {
  /** The group has a frame in the other log too; without that one this one does not count. */
  paired: 1,
  /** Part of a snapshot that a compaction wrote: what stands in older segments is in it. */
  snapshot: 2,
} as const

export interface FrameHead {
  readonly length: number
  readonly flags: number
  readonly group: number
  readonly time: number
}

/** Empties the writer for the next group, leaving room for the header. */
export function beginFrame(out: ByteWriter): void {
  out.clear()
  out.reserve(FRAME_HEADER)
  out.length = FRAME_HEADER
}

/** Fills the header in before the records that the writer holds. */
export function sealFrame(out: ByteWriter, group: number, time: number, flags: number): void {
  const { buffer, length } = out
  buffer.writeUInt32LE(MAGIC, 0)
  buffer.writeUInt32LE(length - FRAME_HEADER, 4)
  buffer.writeUInt32LE(flags, 12)
  buffer.writeDoubleLE(group, 16)
  buffer.writeDoubleLE(time, 24)
  buffer.writeUInt32LE(crc32(buffer.subarray(CHECKED_FROM, length)), 8)
}

/** Reads the header at `offset`; undefined where none can stand (too few bytes, other bytes). The sum is not checked yet. */
export function readHead(buffer: Buffer, offset: number, end: number): FrameHead | undefined {
  if (offset + FRAME_HEADER > end || buffer.readUInt32LE(offset) !== MAGIC) return undefined
  return {
    length: buffer.readUInt32LE(offset + 4),
    flags: buffer.readUInt32LE(offset + 12),
    group: buffer.readDoubleLE(offset + 16),
    time: buffer.readDoubleLE(offset + 24),
  }
}

/** Whether the frame at `offset`, of which all bytes must be there, is as it was written. */
export function isWhole(buffer: Buffer, offset: number, head: FrameHead): boolean {
  const end = offset + FRAME_HEADER + head.length
  return crc32(buffer.subarray(offset + CHECKED_FROM, end)) === buffer.readUInt32LE(offset + 8)
}

const MAGIC_BYTES = Buffer.from('HPL1', 'latin1')

/** Offset of the first whole frame at or behind `from`, -1 if there is none. */
export function findFrame(buffer: Buffer, from: number): number {
  for (let at = buffer.indexOf(MAGIC_BYTES, from); at >= 0; at = buffer.indexOf(MAGIC_BYTES, at + 1)) {
    const head = readHead(buffer, at, buffer.length)
    if (head && at + FRAME_HEADER + head.length <= buffer.length && isWhole(buffer, at, head)) return at
  }
  return -1
}
