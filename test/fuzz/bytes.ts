/** Builds packets without asking whether they are right. */
const MAX_VARINT = 268_435_455

export class Bytes {
  #buffer = Buffer.allocUnsafe(256)
  #length = 0

  #reserve(count: number): void {
    if (this.#length + count <= this.#buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + count))
    this.#buffer.copy(grown, 0, 0, this.#length)
    this.#buffer = grown
  }

  u8(value: number): this {
    this.#reserve(1)
    this.#buffer[this.#length++] = value
    return this
  }

  u16(value: number): this {
    return this.u8((value >>> 8) & 255).u8(value & 255)
  }

  u32(value: number): this {
    return this.u16(value >>> 16).u16(value & 0xffff)
  }

  varint(value: number): this {
    let rest = Math.min(value, MAX_VARINT)
    do {
      const digit = rest % 128
      rest = Math.floor(rest / 128)
      this.u8(rest > 0 ? digit | 128 : digit)
    } while (rest > 0)
    return this
  }

  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  /** With its length before it. */
  text(value: string | Uint8Array): this {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value
    return this.u16(Math.min(bytes.length, 65_535)).raw(bytes.subarray(0, 65_535))
  }

  done(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length))
  }
}

/** A packet with a true length. */
export function packet(type: number, flags: number, body: Uint8Array): Buffer {
  return new Bytes()
    .u8((type << 4) | flags)
    .varint(body.length)
    .raw(body)
    .done()
}
