import { MAX_REMAINING_LENGTH, varintSize, writeVarint } from './fixed-header.ts'

/** Bytes kept free for the fixed header, which is written last, when the length of the body is known. */
const HEAD = 5

/** Beyond this the buffer is given back after the packet. */
const KEPT = 64 * 1024

/** Writes the body of one packet, then its fixed header before it. For all packets but PUBLISH, whose size is known first. */
export class PacketWriter {
  buffer: Buffer = Buffer.allocUnsafeSlow(1024)
  length = HEAD

  reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.buffer.length * 2, this.length + count))
    this.buffer.copy(grown, 0, 0, this.length)
    this.buffer = grown
  }

  u8(value: number): void {
    this.reserve(1)
    this.buffer[this.length++] = value
  }

  u16(value: number): void {
    this.reserve(2)
    this.length = this.buffer.writeUInt16BE(value, this.length)
  }

  u32(value: number): void {
    this.reserve(4)
    this.length = this.buffer.writeUInt32BE(value, this.length)
  }

  varint(value: number): void {
    this.reserve(4)
    this.length = writeVarint(this.buffer, this.length, value)
  }

  /** @throws {RangeError} beyond 65,535 bytes of UTF-8 */
  text(value: string): void {
    const size = Buffer.byteLength(value)
    this.u16(size)
    this.reserve(size)
    this.length += this.buffer.utf8Write(value, this.length, size)
  }

  /** @throws {RangeError} beyond 65,535 bytes */
  binary(value: Uint8Array): void {
    this.u16(value.length)
    this.bytes(value)
  }

  bytes(value: Uint8Array): void {
    this.reserve(value.length)
    this.buffer.set(value, this.length)
    this.length += value.length
  }

  /** Puts the number of bytes written since `at` before them, as a variable byte integer. */
  lengthBefore(at: number): void {
    const size = this.length - at
    const head = varintSize(size)
    this.reserve(head)
    this.buffer.copyWithin(at + head, at, this.length)
    writeVarint(this.buffer, at, size)
    this.length += head
  }

  /** A copy of what was written since `at`. */
  copyFrom(at: number): Buffer {
    return Buffer.from(this.buffer.subarray(at, this.length))
  }

  /** A copy of the whole packet. @throws {RangeError} beyond the largest remaining length */
  finish(first: number): Buffer {
    const body = this.length - HEAD
    if (body > MAX_REMAINING_LENGTH) throw new RangeError('packet is larger than MQTT can say')
    const start = HEAD - 1 - varintSize(body)
    this.buffer[start] = first
    writeVarint(this.buffer, start + 1, body)
    const packet = this.copyFrom(start)
    if (this.buffer.length > KEPT) this.buffer = Buffer.allocUnsafeSlow(1024)
    return packet
  }
}

const shared = new PacketWriter()

/** The writer of this thread, emptied: one packet is written from start to `finish` without a pause between. */
export function startPacket(): PacketWriter {
  shared.length = HEAD
  return shared
}
