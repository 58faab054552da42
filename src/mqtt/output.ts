/**
 * What waits to be written to the connections. Packets are encoded straight into chunks of three sizes; a chunk goes to the wire
 * at the end of the loop turn, one write a connection, and back to the pool when the write has finished.
 */
import type { Clock } from '../clock/clock.ts'
import type { Wire } from './transport/transport.ts'

const SIZES = [512, 4 * 1024, 64 * 1024] as const
/** Free chunks kept for each size; what comes back beyond that is left to the collector. At most 2, 4 and 8 MB. */
const KEPT = [4096, 1024, 128] as const
/** Small chunks are cut from slabs of this many bytes. */
const SLAB = 64 * 1024
/** How often one flush lets held links go on before it leaves the rest to the next turn. */
const ROUNDS = 8

export class Chunk {
  readonly bytes: Buffer
  length = 0
  /** Index of its size, 3 for one of its own. */
  readonly sizeClass: number

  constructor(bytes: Buffer, sizeClass: number) {
    this.bytes = bytes
    this.sizeClass = sizeClass
  }
}

/** The free chunks of one listener or more. */
export class ChunkPool {
  readonly #free: Chunk[][] = [[], [], []]
  /** Bytes of the chunks that are out: what waits on all connections, with the room left in them. */
  inUse = 0

  /** A chunk with room for `size` bytes. */
  take(size: number): Chunk {
    for (let sizeClass = 0; sizeClass < 3; sizeClass++) {
      if (size > (SIZES[sizeClass] as number)) continue
      const free = this.#free[sizeClass] as Chunk[]
      if (free.length === 0) this.#make(sizeClass, free)
      this.inUse += SIZES[sizeClass] as number
      return free.pop() as Chunk
    }
    this.inUse += size
    return new Chunk(Buffer.allocUnsafeSlow(size), 3)
  }

  give(chunk: Chunk): void {
    this.inUse -= chunk.bytes.length
    chunk.length = 0
    const free = this.#free[chunk.sizeClass]
    if (free && free.length < (KEPT[chunk.sizeClass] as number)) free.push(chunk)
  }

  #make(sizeClass: number, free: Chunk[]): void {
    const size = SIZES[sizeClass] as number
    const slab = Buffer.allocUnsafeSlow(SLAB)
    for (let at = 0; at < SLAB; at += size) free.push(new Chunk(slab.subarray(at, at + size), sizeClass))
  }
}

/** The output of one connection. */
export class Output {
  readonly #flusher: Flusher
  readonly #wire: Wire
  #current: Chunk | null = null
  /** Chunks that are full, before `#current`; made on first use. */
  #full: Chunk[] | null = null
  #flying: Chunk | null = null
  #fullBytes = 0
  #ending = false
  marked = false

  constructor(flusher: Flusher, wire: Wire) {
    this.#flusher = flusher
    this.#wire = wire
  }

  /** Bytes that the other side has not taken yet. */
  get waiting(): number {
    return this.#fullBytes + (this.#current === null ? 0 : this.#current.length)
  }

  /** A write is under way that the kernel did not take at once. */
  get blocked(): boolean {
    return this.#flying !== null
  }

  /** A chunk with room for `size` bytes behind its `length`; the caller writes there and moves `length`. */
  reserve(size: number): Chunk {
    if (!this.marked) this.#flusher.mark(this)
    const current = this.#current
    if (current !== null && current.length + size <= current.bytes.length) return current
    return this.#grow(current, size)
  }

  #grow(current: Chunk | null, size: number): Chunk {
    const pool = this.#flusher.pool
    if (current === null) {
      this.#current = pool.take(size)
      return this.#current
    }
    if (current.sizeClass < 2 && current.length + size <= SIZES[2]) {
      const larger = pool.take(Math.max(current.length + size, SIZES[current.sizeClass + 1] as number))
      current.bytes.copy(larger.bytes, 0, 0, current.length)
      larger.length = current.length
      pool.give(current)
      this.#current = larger
      return larger
    }
    this.#full ??= []
    this.#full.push(current)
    this.#fullBytes += current.length
    this.#current = null
    this.#writeOut()
    this.#current = pool.take(size)
    return this.#current
  }

  /** Writes as much as the wire takes. */
  flush(): void {
    this.marked = false
    this.#writeOut()
  }

  #writeOut(): void {
    while (this.#flying === null) {
      const chunk = this.#next()
      if (chunk === null) {
        if (this.#ending) this.#endWire()
        return
      }
      if (this.#write(chunk)) this.#flusher.pool.give(chunk)
      else {
        this.#flying = chunk
        this.#fullBytes += chunk.length
      }
    }
  }

  /** Ends the wire once all that was sent is written. */
  end(): void {
    this.#ending = true
    if (!this.marked) this.#flusher.mark(this)
  }

  #endWire(): void {
    this.#ending = false
    this.#wire.end()
  }

  #next(): Chunk | null {
    const full = this.#full
    if (full !== null && full.length > 0) {
      const chunk = full.shift() as Chunk
      this.#fullBytes -= chunk.length
      return chunk
    }
    const current = this.#current
    this.#current = null
    return current
  }

  #write(chunk: Chunk): boolean {
    if (chunk.length === 0) return true
    return this.#wire.write(chunk.length === chunk.bytes.length ? chunk.bytes : chunk.bytes.subarray(0, chunk.length))
  }

  /** The wire took the write that was under way. */
  drained(): void {
    const flown = this.#flying
    if (flown === null) return
    this.#flying = null
    this.#fullBytes -= flown.length
    this.#flusher.pool.give(flown)
    this.#writeOut()
  }

  /** Lets go of all that waits: the wire is gone. A chunk under way is left to the collector, since the wire may still hold it. */
  drop(): void {
    const pool = this.#flusher.pool
    if (this.#current) pool.give(this.#current)
    for (const chunk of this.#full ?? []) pool.give(chunk)
    if (this.#flying) pool.inUse -= this.#flying.bytes.length
    this.#current = null
    this.#full = null
    this.#flying = null
    this.#ending = false
    this.#fullBytes = 0
  }
}

/** Somebody who waits for the end of the turn to go on reading. */
export interface Resumable {
  resume(): void
}

/** Who gets a PINGRESP at the end of the turn. */
export interface Pinged {
  pong(): void
}

/**
 * What all connections do at the end of a loop turn: one entry in the clock for all of them. It is armed by the first input of a
 * turn, hence before the store arms its own commit; `before` lets the store commit, so what that releases leaves in the same turn.
 */
export class Flusher {
  readonly pool = new ChunkPool()
  readonly #clock: Clock
  readonly #before: () => void
  readonly #run = () => {
    this.#armed = false
    this.flush()
  }
  #armed = false
  #flushing = false
  #marked: Output[] = []
  #spare: Output[] = []
  #resumable: Resumable[] = []
  #pinged: Pinged[] = []

  constructor(clock: Clock, before: () => void) {
    this.#clock = clock
    this.#before = before
  }

  arm(): void {
    if (this.#armed) return
    this.#armed = true
    this.#clock.endOfTurn(this.#run)
  }

  mark(output: Output): void {
    output.marked = true
    this.#marked.push(output)
    if (!this.#armed) this.arm()
  }

  /** Calls `link.resume` at the end of the turn, outside of whatever step is under way. */
  later(link: Resumable): void {
    this.#resumable.push(link)
    if (!this.#armed) this.arm()
  }

  /**
   * Answers a PINGREQ behind what this turn's packets of the link are answered: an acknowledgement that waits for the store's group
   * would come after it otherwise, and a client that counts on the order of its packets would be surprised.
   */
  pinged(link: Pinged): void {
    this.#pinged.push(link)
    if (!this.#armed) this.arm()
  }

  /** Writes out what waits. Within a flush it does nothing: the one under way will. */
  flush(): void {
    if (this.#flushing) return
    this.#flushing = true
    try {
      this.#resume()
      this.#pong()
      this.#write()
    } finally {
      this.#flushing = false
      if (this.#marked.length > 0 || this.#resumable.length > 0) this.arm()
    }
  }

  #resume(): void {
    this.#before()
    for (let round = 0; round < ROUNDS && this.#resumable.length > 0; round++) {
      const resumable = this.#resumable
      this.#resumable = []
      for (const link of resumable) link.resume()
      this.#before()
    }
  }

  #pong(): void {
    if (this.#pinged.length === 0) return
    for (const link of this.#pinged) link.pong()
    this.#pinged.length = 0
  }

  #write(): void {
    const marked = this.#marked
    this.#marked = this.#spare
    for (const output of marked) output.flush()
    marked.length = 0
    this.#spare = marked
  }
}
