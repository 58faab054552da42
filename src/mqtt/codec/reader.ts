import { isUtf8 } from 'node:buffer'
import { PacketError } from './packets.ts'

/**
 * Text of the bytes `start` … `end`, which must be UTF-8 without U+0000; control characters are let through, since real client ids
 * hold line feeds (clients.md, wire fact 3).
 *
 * @throws {PacketError} 0x81
 */
export function decodeText(buffer: Buffer, start: number, end: number): string {
  let i = start
  while (i < end) {
    const byte = buffer[i] as number
    if (byte > 127) return decodeUtf8(buffer, start, end)
    if (byte === 0) throw new PacketError('U+0000 in a string')
    i++
  }
  return buffer.latin1Slice(start, end)
}

function decodeUtf8(buffer: Buffer, start: number, end: number): string {
  const bytes = buffer.subarray(start, end)
  if (bytes.includes(0)) throw new PacketError('U+0000 in a string')
  if (!isUtf8(bytes)) throw new PacketError('a string is not UTF-8')
  return buffer.utf8Slice(start, end)
}

/** Reads the fields of one packet's body. Whatever does not fit into the body is a {@link PacketError} 0x81. */
export class PacketReader {
  readonly buffer: Buffer
  offset: number
  end: number

  constructor(buffer: Buffer, start: number, end: number) {
    if (end > buffer.length) throw new PacketError('packet ends too soon')
    this.buffer = buffer
    this.offset = start
    this.end = end
  }

  get left(): number {
    return this.end - this.offset
  }

  #take(count: number): number {
    const at = this.offset
    if (at + count > this.end) throw new PacketError('packet ends too soon')
    this.offset = at + count
    return at
  }

  u8(): number {
    return this.buffer[this.#take(1)] as number
  }

  u16(): number {
    return this.buffer.readUInt16BE(this.#take(2))
  }

  u32(): number {
    return this.buffer.readUInt32BE(this.#take(4))
  }

  /** A variable byte integer, at most four bytes and no more than its value needs [MQTT-1.5.5-1]. */
  varint(): number {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.u8()
      value |= (byte & 127) << shift
      if (byte < 128) {
        if (byte === 0 && shift > 0) throw new PacketError('variable byte integer is longer than its value needs')
        return value
      }
    }
    throw new PacketError('variable byte integer has more than four bytes')
  }

  text(): string {
    const size = this.u16()
    const at = this.#take(size)
    return decodeText(this.buffer, at, at + size)
  }

  /** A copy, so it may be kept. */
  binary(): Buffer {
    const size = this.u16()
    const at = this.#take(size)
    return Buffer.from(this.buffer.subarray(at, at + size))
  }

  packetId(): number {
    const id = this.u16()
    if (id === 0) throw new PacketError('packet id 0')
    return id
  }

  /** Nothing may stand behind the last field. */
  finish(): void {
    if (this.offset !== this.end) throw new PacketError(`${this.left} bytes behind the last field`)
  }
}
