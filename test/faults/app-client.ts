/**
 * An application by the book, whose session outlives its connections and the server: it sends PUBLISH again until its PUBACK or
 * PUBREC, PUBREL until PUBCOMP, with the same packet ids and in the same order, and takes a QoS 2 message once until its PUBREL.
 */
import { decodeAck, encodeAck } from '../../src/mqtt/codec/acks.ts'
import { decodeConnack } from '../../src/mqtt/codec/connack.ts'
import { encodeConnect } from '../../src/mqtt/codec/connect.ts'
import { encodeDisconnect } from '../../src/mqtt/codec/disconnect.ts'
import { PacketType } from '../../src/mqtt/codec/fixed-header.ts'
import type { Version } from '../../src/mqtt/codec/packets.ts'
import { decodePublish, emptyOffsets, encodePublish, topicText } from '../../src/mqtt/codec/publish.ts'
import { decodeSuback } from '../../src/mqtt/codec/suback.ts'
import { encodeSubscribe } from '../../src/mqtt/codec/subscribe.ts'
import type { PacketHandler } from '../../src/mqtt/input.ts'
import { Input } from '../../src/mqtt/input.ts'
import { dial } from '../../src/mqtt/transport/dial.ts'
import type { Wire, WireUser } from '../../src/mqtt/transport/transport.ts'

/** A message of its own that is on its way. */
export interface Outgoing {
  readonly topic: string
  readonly text: string
  readonly qos: 1 | 2
  readonly retain: boolean
  /** The PUBREC came: PUBREL is what is sent again. */
  released: boolean
}

export interface Arrived {
  readonly topic: string
  readonly text: string
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  readonly dup: boolean
}

export interface AppOptions {
  readonly version: Version
  readonly clientId: string
  readonly clean?: boolean
  readonly userName?: string
  readonly password?: string
  /** Seconds; 0 by default. */
  readonly keepAlive?: number
  /** The server took a message over: PUBACK, or PUBREC. */
  readonly accepted?: (message: Outgoing) => void
  readonly arrived?: (message: Arrived) => void
}

const offsets = emptyOffsets()

export class AppClient implements WireUser, PacketHandler {
  readonly halted = false
  readonly packetLimit = 268_435_460
  /** In the order sent; kept over connections. */
  readonly outgoing = new Map<number, Outgoing>()
  readonly options: AppOptions
  /** Settles when the connection has ended. */
  closed: Promise<void> = Promise.resolve()
  /** A SUBACK with these codes. */
  codes: readonly number[] = []
  /** The server said that it had the session. */
  present = false
  /** What the server should not have sent. */
  fault: string | null = null
  #wire: Wire | null = null
  #input: Input | null = null
  #end: () => void = () => {}
  #connack = Promise.withResolvers<void>()
  #suback = Promise.withResolvers<void>()
  #lastId = 0
  /** Packet ids of QoS 2 messages that were taken, until PUBREL. */
  readonly #taken = new Set<number>()

  constructor(options: AppOptions) {
    this.options = options
  }

  get connected(): boolean {
    return this.#wire !== null
  }

  /** Connects, resumes the session, and sends again what was not acknowledged. */
  async connect(port: number): Promise<void> {
    const { version, clientId, clean = false, userName = null, password, keepAlive = 0 } = this.options
    const wire = await dial(port, '127.0.0.1')
    // One that still stands is left to the server, which closes it: a take-over.
    const before = this.#wire
    if (before !== null) before.user = null
    this.#end()
    this.#wire = wire
    this.#input = new Input(this, wire)
    this.#connack = Promise.withResolvers()
    this.closed = new Promise((resolve) => {
      this.#end = resolve
    })
    wire.user = this
    const expiry = clean || version !== 5 ? null : { sessionExpiryInterval: 3600 }
    const secret = password === undefined ? null : Buffer.from(password)
    const who = { clientId, userName, password: secret, will: null, properties: expiry }
    this.#write(encodeConnect({ version, cleanStart: clean, keepAlive, ...who }))
    await Promise.race([this.#connack.promise, this.closed])
    if (!this.connected) throw new Error(`${clientId}: the connection ended before CONNACK`)
    for (const [packetId, message] of this.outgoing) this.#send(packetId, message, true)
  }

  async subscribe(filter: string, qos: 1 | 2): Promise<void> {
    const asked = { filter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const
    this.#suback = Promise.withResolvers()
    this.#write(encodeSubscribe({ packetId: this.#nextId(), filters: [asked], properties: null }, this.options.version))
    await this.#suback.promise
    if (this.codes[0] !== qos) throw new Error(`SUBACK ${this.codes}`)
  }

  /** At QoS 0: sent once, and forgotten. */
  send(topic: string, payload: string): void {
    this.#write(encodePublish({ topic, payload }, this.options.version))
  }

  publish(topic: string, text: string, qos: 1 | 2, retain: boolean): void {
    const packetId = this.#nextId()
    const message: Outgoing = { topic, text, qos, retain, released: false }
    this.outgoing.set(packetId, message)
    this.#send(packetId, message, false)
  }

  /** DISCONNECT: the session stays. */
  async leave(): Promise<void> {
    this.#write(encodeDisconnect({ reason: 0, properties: null }, this.options.version))
    this.#wire?.end()
    await this.closed
  }

  /** As a cable that is cut. */
  cut(): void {
    this.#wire?.destroy()
    this.ended()
  }

  #send(packetId: number, message: Outgoing, dup: boolean): void {
    const { version } = this.options
    const { topic, text: payload, qos, retain, released } = message
    if (released) this.#answer('pubrel', packetId)
    else this.#write(encodePublish({ topic, payload, qos, retain, packetId, dup }, version))
  }

  #nextId(): number {
    do this.#lastId = this.#lastId === 0xffff ? 1 : this.#lastId + 1
    while (this.outgoing.has(this.#lastId))
    return this.#lastId
  }

  #write(bytes: Uint8Array): void {
    this.#wire?.write(bytes)
  }

  #answer(type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp', packetId: number): void {
    this.#write(encodeAck(type, { packetId, reason: 0, properties: null }, this.options.version))
  }

  // ---- What comes

  received(buffer: Buffer, length: number): void {
    this.#input?.received(buffer, length)
  }

  drained(): void {}

  begins(): void {}

  ended(): void {
    this.#wire = null
    this.#end()
  }

  packet(type: number, flags: number, buffer: Buffer, start: number, end: number): void {
    const { version } = this.options
    if (type === PacketType.connack) {
      const { code, sessionPresent } = decodeConnack(buffer, start, end, flags, version)
      if (code !== 0) this.fault ??= `CONNACK ${code}`
      this.present = sessionPresent
      this.#connack.resolve()
    } else if (type === PacketType.suback) {
      this.codes = [...decodeSuback(buffer, start, end, flags, version).codes]
      this.#suback.resolve()
    } else if (type === PacketType.publish) this.#published(flags, buffer, start, end)
    else if (type === PacketType.disconnect) this.fault ??= `DISCONNECT ${buffer[start] ?? 0}`
    else this.#acked(type, flags, buffer, start, end)
  }

  #published(flags: number, buffer: Buffer, start: number, end: number): void {
    decodePublish(buffer, start, end, flags, this.options.version, offsets, true)
    const { qos, packetId, dup, retain } = offsets
    const topic = topicText(buffer, offsets.topicStart, offsets.topicEnd)
    const text = buffer.toString('utf8', offsets.payloadStart, offsets.payloadEnd)
    if (!this.#taken.has(packetId) || qos < 2) this.options.arrived?.({ topic, text, qos, retain, dup })
    if (qos === 2) this.#taken.add(packetId)
    if (qos > 0) this.#answer(qos === 1 ? 'puback' : 'pubrec', packetId)
  }

  #acked(type: number, flags: number, buffer: Buffer, start: number, end: number): void {
    const name = (['puback', 'pubrec', 'pubrel', 'pubcomp'] as const)[type - PacketType.puback]
    if (name === undefined) return
    const { packetId, reason } = decodeAck(name, buffer, start, end, flags, this.options.version)
    if (name === 'pubrel') {
      this.#taken.delete(packetId)
      this.#answer('pubcomp', packetId)
      return
    }
    const message = this.outgoing.get(packetId)
    if (!message) return
    // 0x92: it had all of the exchange before it was killed, and what it said of it was lost.
    if (reason >= 0x80 && reason !== 0x92) this.fault ??= `${name} of ${message.text} with reason ${reason}`
    if (name === 'pubrec') {
      if (!message.released) this.options.accepted?.(message)
      message.released = true
      this.#answer('pubrel', packetId)
      return
    }
    if (name === 'puback') this.options.accepted?.(message)
    this.outgoing.delete(packetId)
  }
}
