/**
 * Bytes of one connection → packets. Whole packets are handled where they stand in the read buffer; the beginning of one that is
 * cut off is copied into a buffer of just its size. While the connection is held, what arrives waits as a copy.
 */
import { emptyHeader, readHeader } from './codec/fixed-header.ts'
import { PacketError } from './codec/packets.ts'
import type { Wire } from './transport/transport.ts'

/** Bytes that wait behind a held packet before the wire is no longer read (direct.md §1.6); one read may come on top. */
const HELD_BYTES = 64 * 1024
/** A fixed header: the first byte, and at most four of length. */
const HEADER = 5

/** Who handles packets. */
export interface PacketHandler {
  /** True while no packet may be handled: held, or closed. */
  readonly halted: boolean
  /** Largest packet taken now, in bytes. */
  readonly packetLimit: number
  /** The first byte of a packet whose rest is on its way. @throws {PacketError} if it cannot be right */
  begins(firstByte: number): void
  packet(type: number, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void
}

/** Filled and read within one step; no two connections are in one at a time. */
const header = emptyHeader()

export class Input {
  readonly #handler: PacketHandler
  readonly #wire: Wire
  /** The beginning of a packet, `#have` bytes of `#want`; `#want` is 0 until its header is whole. */
  #partial: Buffer | null = null
  #have = 0
  #want = 0
  #held: Buffer[] | null = null
  #heldBytes = 0
  #paused = false

  constructor(handler: PacketHandler, wire: Wire) {
    this.#handler = handler
    this.#wire = wire
  }

  /** Bytes wait because the handler is halted. */
  get holding(): boolean {
    return this.#held !== null
  }

  /** @throws {PacketError} where the bytes are no packet, or too large a one */
  received(buffer: Buffer, length: number): void {
    if (this.#held === null && !this.#handler.halted) {
      const at = this.#handle(buffer, length)
      if (at < length) this.#hold(buffer, at, length)
    } else this.#hold(buffer, 0, length)
  }

  /** Goes on with what waited. @throws {PacketError} as above */
  resume(): void {
    while (this.#held !== null && !this.#handler.halted) {
      const bytes = this.#held.shift() as Buffer
      const rest = this.#held.length === 0
      this.#heldBytes -= bytes.length
      if (rest) this.#held = null
      const at = this.#handle(bytes, bytes.length)
      if (at < bytes.length) this.#keep(bytes.subarray(at))
    }
    if (this.#paused && this.#held === null && !this.#handler.halted) {
      this.#paused = false
      this.#wire.resume()
    }
  }

  /** Lets go of what is left. If the wire was paused, it is read again, so that its end is seen. */
  drop(): void {
    this.#partial = null
    this.#held = null
    this.#heldBytes = 0
    if (!this.#paused) return
    this.#paused = false
    this.#wire.resume()
  }

  #hold(buffer: Buffer, start: number, end: number): void {
    this.#held ??= []
    this.#held.push(Buffer.from(buffer.subarray(start, end)))
    this.#heldBytes += end - start
    if (this.#heldBytes < HELD_BYTES || this.#paused) return
    this.#paused = true
    this.#wire.pause()
  }

  #keep(rest: Buffer): void {
    this.#held ??= []
    this.#held.unshift(rest)
    this.#heldBytes += rest.length
  }

  /** Handles packets until the handler halts. Returns how many bytes are done with. */
  #handle(buffer: Buffer, length: number): number {
    let at = this.#partial === null ? 0 : this.#complete(buffer, length)
    const handler = this.#handler
    while (at < length && !handler.halted) {
      const size = readHeader(buffer, at, length, header)
      if (size > handler.packetLimit) throw tooLarge(size)
      if (size === 0 || at + size > length) {
        this.#begin(buffer, at, length, size)
        return length
      }
      handler.packet(header.type, header.flags, buffer, header.bodyStart, header.bodyEnd)
      at += size
    }
    return at
  }

  #begin(buffer: Buffer, at: number, length: number, size: number): void {
    this.#handler.begins(buffer[at] as number)
    this.#want = size
    this.#partial = Buffer.allocUnsafeSlow(size === 0 ? HEADER : size)
    this.#have = buffer.copy(this.#partial, 0, at, length)
  }

  /** Adds bytes to the packet that was cut off and handles it once it is whole. Returns how many it took. */
  #complete(buffer: Buffer, length: number): number {
    let at = 0
    if (this.#want === 0) {
      at = this.#completeHeader(buffer, length)
      if (this.#want === 0) return at
    }
    const packet = this.#partial as Buffer
    const count = Math.min(this.#want - this.#have, length - at)
    buffer.copy(packet, this.#have, at, at + count)
    this.#have += count
    if (this.#have === this.#want) {
      this.#partial = null
      readHeader(packet, 0, this.#want, header)
      this.#handler.packet(header.type, header.flags, packet, header.bodyStart, header.bodyEnd)
    }
    return at + count
  }

  #completeHeader(buffer: Buffer, length: number): number {
    const partial = this.#partial as Buffer
    let at = 0
    while (at < length) {
      partial[this.#have++] = buffer[at++] as number
      const size = readHeader(partial, 0, this.#have, header)
      if (size === 0) continue
      if (size > this.#handler.packetLimit) throw tooLarge(size)
      this.#want = size
      this.#partial = Buffer.allocUnsafeSlow(size)
      partial.copy(this.#partial, 0, 0, this.#have)
      break
    }
    return at
  }
}

function tooLarge(size: number): PacketError {
  return new PacketError(`packet of ${size} bytes`, 0x95)
}
