/** Characters up to which a loop is quicker than the way into native code. */
const SHORT = 24

/** A growing buffer that records are written into, little-endian; it is reused, so a view of it lives until `clear`. */
export class ByteWriter {
  buffer: Buffer
  length = 0
  readonly #initial: number

  constructor(initial = 64 * 1024) {
    this.#initial = initial
    this.buffer = Buffer.allocUnsafe(initial)
  }

  clear(): void {
    this.length = 0
    if (this.buffer.length > 16 * this.#initial) this.buffer = Buffer.allocUnsafe(this.#initial)
  }

  view(): Buffer {
    return this.buffer.subarray(0, this.length)
  }

  reserve(count: number): void {
    if (this.length + count <= this.buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + count))
    this.buffer.copy(grown, 0, 0, this.length)
    this.buffer = grown
  }

  u8(value: number): void {
    this.reserve(1)
    this.buffer[this.length++] = value
  }

  u16(value: number): void {
    this.reserve(2)
    put16(this.buffer, this.length, value)
    this.length += 2
  }

  u32(value: number): void {
    this.reserve(4)
    put32(this.buffer, this.length, value)
    this.length += 4
  }

  f64(value: number): void {
    this.reserve(8)
    this.length = this.buffer.writeDoubleLE(value, this.length)
  }

  /** A string of at most 65,535 bytes of UTF-8, with its length before it. */
  text(value: string): void {
    this.reserve(2 + value.length * 3)
    const size =
      value.length <= SHORT ? this.#short(value) : this.buffer.utf8Write(value, this.length + 2, value.length * 3)
    put16(this.buffer, this.length, size)
    this.length += 2 + size
  }

  #short(value: string): number {
    const { buffer } = this
    let at = this.length + 2
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code > 127) return buffer.utf8Write(value, this.length + 2, value.length * 3)
      buffer[at++] = code
    }
    return value.length
  }

  /** Bytes with their length (32 bits) before them. */
  blob(value: Uint8Array): void {
    this.reserve(4 + value.length)
    put32(this.buffer, this.length, value.length)
    this.buffer.set(value, this.length + 4)
    this.length += 4 + value.length
  }
}

// There is room for them: the ways of Buffer's own were a fortieth of what a post through a gateway took.

function put16(buffer: Buffer, at: number, value: number): void {
  if ((value & 0xffff) !== value) throw new RangeError(`${value} does not fit into 16 bits`)
  buffer[at] = value
  buffer[at + 1] = value >>> 8
}

function put32(buffer: Buffer, at: number, value: number): void {
  if (value >>> 0 !== value) throw new RangeError(`${value} does not fit into 32 bits`)
  buffer[at] = value
  buffer[at + 1] = value >>> 8
  buffer[at + 2] = value >>> 16
  buffer[at + 3] = value >>> 24
}

/** Reads what {@link ByteWriter} wrote. Throws `RangeError` where the bytes end too soon. */
export class ByteReader {
  readonly buffer: Buffer
  offset: number
  readonly end: number

  constructor(buffer: Buffer, offset = 0, end: number = buffer.length) {
    this.buffer = buffer
    this.offset = offset
    this.end = end
  }

  get left(): number {
    return this.end - this.offset
  }

  #take(count: number): number {
    const at = this.offset
    if (at + count > this.end) throw new RangeError('record ends too soon')
    this.offset = at + count
    return at
  }

  u8(): number {
    return this.buffer[this.#take(1)] as number
  }

  u16(): number {
    return this.buffer.readUInt16LE(this.#take(2))
  }

  u32(): number {
    return this.buffer.readUInt32LE(this.#take(4))
  }

  f64(): number {
    return this.buffer.readDoubleLE(this.#take(8))
  }

  text(): string {
    const size = this.u16()
    const at = this.#take(size)
    return this.buffer.toString('utf8', at, at + size)
  }

  /** A view, valid as long as the buffer is. */
  blob(): Buffer {
    const size = this.u32()
    const at = this.#take(size)
    return this.buffer.subarray(at, at + size)
  }
}
