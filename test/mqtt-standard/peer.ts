/** One connection of a row: raw bytes over a socket. Waits for events only, each with a deadline. */
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { Packet } from './decode.ts'
import { decode, spell } from './decode.ts'
import type { Version } from './encode.ts'
import { Connection, laws } from './laws.ts'

/** Long enough for a machine under load; nothing waits for it that goes well. */
const PATIENCE = 5000

export class Peer {
  readonly seen: Connection
  /** Packets that came and were not taken. */
  readonly queue: Packet[] = []
  /** What broke a law of laws.ts, or could not be read. */
  readonly faults: string[] = []
  ended = false
  readonly #socket: Socket
  #rest: Buffer = Buffer.alloc(0)
  #changed: () => void = () => {}

  constructor(socket: Socket, version: Version) {
    this.#socket = socket
    this.seen = new Connection(version)
    socket.on('data', (bytes: Buffer) => this.#data(bytes))
    socket.on('error', () => {})
    const over = () => {
      this.ended = true
      this.#changed()
    }
    socket.on('end', over)
    socket.on('close', over)
  }

  static open(port: number, version: Version): Promise<Peer> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new Peer(socket, version))
      })
    })
  }

  #data(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes])
    try {
      for (;;) {
        const packet = decode(this.#rest, this.seen.version)
        if (packet === null) break
        this.#rest = this.#rest.subarray(packet.size)
        for (const { says, breaks } of laws)
          if (breaks(packet, this.seen)) this.faults.push(`${spell(packet)}: ${says}`)
        this.seen.received(packet)
        this.queue.push(packet)
      }
    } catch (error) {
      this.faults.push(`${(error as Error).message}: ${this.#rest.toString('hex').slice(0, 80)}`)
      this.#rest = Buffer.alloc(0)
    }
    this.#changed()
  }

  send(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** Resolves once `find` answers something; null says that nothing came, undefined that it waits on. */
  #until<T>(find: () => T | undefined, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what} did not come; ${this.state}`)), PATIENCE)
      const look = () => {
        const found = find()
        if (found === undefined) return
        clearTimeout(timer)
        this.#changed = () => {}
        resolve(found)
      }
      this.#changed = look
      look()
    })
  }

  /** The next packet; null: the server ended the connection. */
  next(what: string): Promise<Packet | null> {
    return this.#until(() => this.queue.shift() ?? (this.ended ? null : undefined), what)
  }

  /** The first of its kind, past others, which stay. */
  first(fits: (packet: Packet) => boolean, what: string): Promise<Packet | null> {
    return this.#until(() => {
      const at = this.queue.findIndex(fits)
      if (at >= 0) return this.queue.splice(at, 1)[0]
      return this.ended ? null : undefined
    }, what)
  }

  /** Ends this side; resolves when the server has ended its own, so it knows that the connection is gone. */
  async drop(): Promise<void> {
    this.#socket.end()
    await this.#until(() => (this.ended ? true : undefined), 'the end of the connection')
  }

  destroy(): void {
    this.#socket.destroy()
  }

  get state(): string {
    const came = this.queue.map(spell).join('; ')
    return `${this.ended ? 'ended' : 'open'}${came === '' ? '' : `, waiting: ${came}`}`
  }
}
