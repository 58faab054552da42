/** Plays one script over a socket, and holds what the server sends against the standard. */
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { decodePacket } from '../../src/mqtt/codec/any.ts'
import { PacketType } from '../../src/mqtt/codec/fixed-header.ts'
import type { PacketHandler } from '../../src/mqtt/input.ts'
import { Input } from '../../src/mqtt/input.ts'
import { packet } from './bytes.ts'
import { Chance } from './chance.ts'
import { ack } from './packets.ts'
import type { Script } from './script.ts'
import type { Ports } from './target-process.ts'

/** Milliseconds that a write waits for a server that does not read; then the connection ends. */
const WRITE_TIME = 40
/** Bytes of what came that are shown with a fault. */
const TAIL = 100

export class Player implements PacketHandler {
  readonly script: Script
  readonly halted = false
  readonly packetLimit = 268_435_460
  /** Writes that were made. */
  written = 0
  /** Packets that were sent before the connection ended, as far as writes tell. */
  sent = 0
  received = 0
  /** What the server sent and should not have. */
  fault: string | null = null
  over = false
  readonly #socket: Socket
  readonly #chance: Chance
  readonly #input: Input
  /** What came last. */
  #tail: Buffer = Buffer.alloc(0)

  constructor(script: Script, ports: Ports) {
    this.script = script
    this.#chance = new Chance(script.index)
    this.#socket = connect({ port: ports[script.listener], host: '127.0.0.1', noDelay: true })
    this.#input = new Input(this, { pause() {}, resume() {} } as never)
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => {
      this.over = true
    })
    if (script.reads === 'all') this.#socket.on('data', (bytes: Buffer) => this.#read(bytes))
    else this.#socket.pause()
  }

  async play(): Promise<void> {
    const { writes, packets, ending, stays } = this.script
    await new Promise<void>((resolve) => this.#socket.once('connect', resolve).once('close', resolve))
    for (const bytes of writes) {
      if (this.over) break
      this.written++
      if (this.#socket.write(bytes)) await turn()
      else if (!(await this.#drained())) break
    }
    this.sent = Math.ceil((packets * this.written) / writes.length)
    if (stays > 0 && !this.over) await pause(stays)
    if (ending === 'reset') this.#socket.resetAndDestroy()
    else this.#socket.end()
    // Who is not read will not see the end either.
    if (!this.over && this.script.reads === 'all') await Promise.race([this.#closed(), pause(200)])
    this.#socket.destroy()
  }

  #closed(): Promise<void> {
    return new Promise((resolve) => this.#socket.once('close', () => resolve()))
  }

  async #drained(): Promise<boolean> {
    const drained = new Promise<boolean>((resolve) => {
      this.#socket.once('drain', () => resolve(true)).once('close', () => resolve(false))
    })
    return Promise.race([drained, pause(WRITE_TIME, false)])
  }

  #read(bytes: Buffer): void {
    if (!this.script.sound || this.fault !== null) return
    this.#tail = Buffer.concat([this.#tail, bytes]).subarray(-TAIL)
    try {
      this.#input.received(bytes, bytes.length)
    } catch (error) {
      this.fault = `the server sent, last, ${this.#tail.toString('hex')}: ${(error as Error).message}`
    }
  }

  begins(): void {}

  packet(type: number, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void {
    const { version } = this.script
    this.received++
    // 3.1 does not say that a SUBSCRIBE has filters.
    if (type === PacketType.suback && version === 3 && bodyEnd - bodyStart === 2) return
    const { type: name, packet: what } = decodePacket(buffer, { type, flags, bodyStart, bodyEnd }, version, true)
    if (name === 'publish' && what.qos > 0) {
      this.#answer(what.qos === 1 ? PacketType.puback : PacketType.pubrec, what.packetId)
    } else if (name === 'pubrec') this.#answer(PacketType.pubrel, what.packetId)
    else if (name === 'pubrel') this.#answer(PacketType.pubcomp, what.packetId)
  }

  #answer(type: number, packetId: number): void {
    const { answers, version } = this.script
    if (answers === 'none' || this.#socket.destroyed || this.#socket.writableEnded) return
    const maker = { chance: this.#chance, version, device: null, requests: [], filters: [] }
    if (answers === 'wrong' && this.#chance.oneIn(3)) {
      this.#socket.write(ack(this.#chance.pick([4, 5, 6, 7]), packetId, maker))
      return
    }
    const id = Buffer.from([packetId >> 8, packetId & 255])
    this.#socket.write(packet(type, type === PacketType.pubrel ? 2 : 0, id))
  }
}
