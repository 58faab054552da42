/** Bytes of one block; a secret never crosses blocks. */
const BLOCK = 1 << 20
/** Places are multiples of this, so a handle stays a small integer up to 16 GiB of secrets. */
const GRAIN = 8
/** Bytes of one secret at most: two bytes hold its length. */
const LONGEST = 4096

/**
 * Sealed secrets, packed into large blocks: a million `Uint8Array` objects would cost a million times 100 bytes and the garbage
 * collector a walk over each. A handle is a small integer above 0; freed places are used again by secrets of the same size.
 */
export class SecretArena {
  readonly #blocks: Buffer[] = []
  #end = BLOCK
  readonly #free = new Map<number, number[]>()

  /** Copies the bytes in. Throws `RangeError` beyond 4,096 bytes. */
  put(bytes: Uint8Array): number {
    if (bytes.length > LONGEST)
      throw new RangeError(`a sealed secret has at most ${LONGEST} bytes, this one ${bytes.length}`)
    const size = sizeFor(bytes.length)
    const handle = this.#free.get(size)?.pop() ?? this.#grow(size)
    const [block, at] = this.#place(handle)
    block.writeUInt16LE(bytes.length, at)
    block.set(bytes, at + 2)
    return handle
  }

  /** A view, valid until `free`. */
  get(handle: number): Uint8Array {
    const [block, at] = this.#place(handle)
    return block.subarray(at + 2, at + 2 + block.readUInt16LE(at))
  }

  free(handle: number): void {
    const [block, at] = this.#place(handle)
    const size = sizeFor(block.readUInt16LE(at))
    block.fill(0, at + 2, at + size)
    const list = this.#free.get(size)
    if (list) list.push(handle)
    else this.#free.set(size, [handle])
  }

  equals(handle: number, bytes: Uint8Array): boolean {
    const [block, at] = this.#place(handle)
    const length = block.readUInt16LE(at)
    return length === bytes.length && block.compare(bytes, 0, length, at + 2, at + 2 + length) === 0
  }

  /** Bytes taken from the system. */
  get size(): number {
    return this.#blocks.length * BLOCK
  }

  #grow(size: number): number {
    if (this.#end + size > BLOCK) {
      this.#blocks.push(Buffer.alloc(BLOCK))
      this.#end = this.#blocks.length === 1 ? GRAIN : 0
    }
    const handle = ((this.#blocks.length - 1) * BLOCK + this.#end) / GRAIN
    this.#end += size
    return handle
  }

  #place(handle: number): [Buffer, number] {
    const offset = handle * GRAIN
    const block = this.#blocks[Math.floor(offset / BLOCK)]
    if (!block || handle <= 0) throw new RangeError(`no secret has the handle ${handle}`)
    return [block, offset % BLOCK]
  }
}

function sizeFor(length: number): number {
  return Math.ceil((length + 2) / GRAIN) * GRAIN
}
