/**
 * Two ends of a byte stream without sockets, for simulations: deterministic, driven by `clock.endOfTurn`. As with a socket's read
 * buffer, the bytes handed up are overwritten once `received` returns, so whoever keeps a view of them is found out.
 */
import type { Clock } from '../../clock/clock.ts'
import type { Wire, WireUser } from './transport.ts'

/** Bytes on their way in one direction before a write is told to wait, as the kernel's socket buffers. */
const CAPACITY = 256 * 1024
/** Bytes of one read, at most. */
const READ = 64 * 1024

export class MemoryWire implements Wire {
  readonly remote: string
  user: WireUser | null = null
  readonly #clock: Clock
  readonly #capacity: number
  #peer: MemoryWire | null = null
  #incoming: Buffer[] = []
  #bytes = 0
  #paused = false
  #scheduled = false
  /** The sender's write was told to wait. */
  #blocked = false
  /** The sender ended. */
  #ending = false
  #over = false

  constructor(clock: Clock, remote: string, capacity: number) {
    this.#clock = clock
    this.remote = remote
    this.#capacity = capacity
  }

  static pair(clock: Clock, capacity = CAPACITY): [MemoryWire, MemoryWire] {
    const one = new MemoryWire(clock, 'memory:1', capacity)
    const other = new MemoryWire(clock, 'memory:2', capacity)
    one.#peer = other
    other.#peer = one
    return [one, other]
  }

  write(bytes: Uint8Array): boolean {
    const peer = this.#peer
    if (!peer || this.#over) return true
    if (!peer.#over) {
      peer.#incoming.push(Buffer.from(bytes))
      peer.#bytes += bytes.length
      peer.#schedule()
    }
    peer.#blocked = !peer.#over && peer.#bytes > this.#capacity
    return !peer.#blocked
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#schedule()
  }

  end(): void {
    const peer = this.#peer
    if (!peer) return
    peer.#ending = true
    peer.#schedule()
  }

  destroy(): void {
    this.#over = true
    this.#incoming = []
    this.#bytes = 0
    this.end()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#clock.endOfTurn(() => this.#deliver())
  }

  #deliver(): void {
    this.#scheduled = false
    while (!this.#paused && !this.#over && this.#incoming.length > 0) this.#read(this.#incoming.shift() as Buffer)
    if (this.#blocked && this.#bytes <= this.#capacity) {
      this.#blocked = false
      this.#peer?.user?.drained()
    }
    if (this.#ending && !this.#over && this.#incoming.length === 0) {
      this.#over = true
      this.user?.ended()
      // As a socket that is not half open: this end closes as well.
      this.end()
    }
  }

  #read(bytes: Buffer): void {
    const read = bytes.length > READ ? bytes.subarray(0, READ) : bytes
    if (read !== bytes) this.#incoming.unshift(bytes.subarray(READ))
    this.#bytes -= read.length
    this.user?.received(read, read.length)
    read.fill(0xdd)
  }
}
