import type { Version } from './packets.ts'
import { PacketError } from './packets.ts'

/** Types of control packets: the upper half of the first byte. */
export const PacketType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  /** 5.0 only. */
  auth: 15,
} as const
export type PacketType = (typeof PacketType)[keyof typeof PacketType]

/** What {@link readHeader} found; one object a connection, filled in place. */
export interface FixedHeader {
  /** 0 … 15; a {@link PacketType}, or 0, which no decoder takes. */
  type: number
  /** The lower half of the first byte. */
  flags: number
  bodyStart: number
  /** Where the packet ends in the buffer: at or behind `end` if not all of it is there yet. */
  bodyEnd: number
}

export function emptyHeader(): FixedHeader {
  return { type: 0, flags: 0, bodyStart: 0, bodyEnd: 0 }
}

/** The largest remaining length that four bytes can say. */
export const MAX_REMAINING_LENGTH = 268_435_455

/**
 * Reads a fixed header at `offset` of the bytes before `end`.
 *
 * @returns bytes of the whole packet, header included, as soon as they are known (the body may still be on its way: compare with
 * `end - offset`, and with the packet limit first); 0 while more bytes are needed to know.
 * @throws {PacketError} 0x81 if the remaining length has more than four bytes.
 */
export function readHeader(buffer: Buffer, offset: number, end: number, out: FixedHeader): number {
  if (end - offset < 2) return 0
  const first = buffer[offset] as number
  let at = offset + 1
  let byte = buffer[at++] as number
  let length = byte & 127
  let shift = 7
  while (byte > 127) {
    if (shift > 21) throw new PacketError('remaining length has more than four bytes')
    if (at >= end) return 0
    byte = buffer[at++] as number
    length |= (byte & 127) << shift
    shift += 7
  }
  out.type = first >> 4
  out.flags = first & 15
  out.bodyStart = at
  out.bodyEnd = at + length
  return out.bodyEnd - offset
}

/**
 * Holds the flags of a packet other than PUBLISH against what the standard fixes for its type.
 * 3.1 leaves unused flags open, lets a repeated PUBREL, SUBSCRIBE or UNSUBSCRIBE carry DUP, and asks nobody to look at their QoS.
 *
 * @throws {PacketError} 0x81
 */
export function requireFlags(flags: number, expected: 0 | 2, version: Version): void {
  if (version === 3 || flags === expected) return
  throw new PacketError(`flags ${flags} in the fixed header, ${expected} expected`)
}

/** Bytes that a variable byte integer takes: 1 … 4. */
export function varintSize(value: number): number {
  if (value < 128) return 1
  if (value < 16_384) return 2
  return value < 2_097_152 ? 3 : 4
}

/** Writes a variable byte integer of at most {@link MAX_REMAINING_LENGTH} and returns the offset behind it. */
export function writeVarint(buffer: Uint8Array, offset: number, value: number): number {
  let at = offset
  let rest = value
  while (rest > 127) {
    buffer[at++] = (rest & 127) | 128
    rest >>>= 7
  }
  buffer[at++] = rest
  return at
}
