/**
 * A small MQTT client of Homeport's own, for its demo and its tests: it does what it is told and nothing more (no reconnect, no
 * queue). PUBLISHes of QoS 1 that arrive are acknowledged by themselves unless `acknowledge` is off.
 */
import type { Clock } from '../clock/clock.ts'
import { SystemClock } from '../clock/system.ts'
import { decodeAck, encodeAck } from './codec/acks.ts'
import { decodeConnack } from './codec/connack.ts'
import { encodeConnect } from './codec/connect.ts'
import { decodeDisconnect, encodeDisconnect } from './codec/disconnect.ts'
import { PacketType } from './codec/fixed-header.ts'
import type { ConnackPacket, Properties, SubscribeFilter, Version } from './codec/packets.ts'
import { PINGREQ } from './codec/ping.ts'
import { decodePublish, emptyOffsets, encodePublish, topicText } from './codec/publish.ts'
import { decodeSuback, decodeUnsuback } from './codec/suback.ts'
import { encodeSubscribe } from './codec/subscribe.ts'
import { encodeUnsubscribe } from './codec/unsubscribe.ts'
import type { PacketHandler } from './input.ts'
import { Input } from './input.ts'
import { topicMatches } from './topics/match.ts'
import { dial } from './transport/dial.ts'
import type { Wire, WireUser } from './transport/transport.ts'

/** Milliseconds that the server has for an answer, unless the caller says otherwise. */
const PATIENCE = 5000

export interface ConnectOptions {
  readonly clientId: string
  readonly userName?: string
  readonly password?: string | Buffer
  /** Clean session; default true. */
  readonly clean?: boolean
  /** Seconds; default 60. Nothing is sent by itself to keep the connection alive: see `ping`. */
  readonly keepAlive?: number
  readonly version?: Version
  /** 5.0. */
  readonly properties?: Properties
  /** PUBACK what arrives at QoS 1; default true. */
  readonly acknowledge?: boolean
  readonly clock?: Clock
}

export interface Received {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: 0 | 1 | 2
  readonly dup: boolean
  readonly retain: boolean
  readonly packetId: number
}

/** CONNACK with another code than 0. */
export class Refused extends Error {
  readonly code: number
  constructor(code: number) {
    super(`CONNECT refused with code ${code}`)
    this.code = code
  }
}

/** What ended a connection: this side, the server, or the server with a DISCONNECT (5.0) and its reason. */
export interface End {
  readonly by: 'client' | 'server'
  readonly reason: number | null
}

interface Waiter<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: Error) => void
}

interface TopicWaiter extends Waiter<Received> {
  readonly filter: string
}

const offsets = emptyOffsets()

export class MqttClient implements WireUser, PacketHandler {
  readonly halted = false
  readonly packetLimit = 268_435_460
  readonly version: Version
  readonly wire: Wire
  /** What arrived and was not taken by `next`, oldest first. */
  readonly unread: Received[] = []
  /** Settles when the connection has ended. */
  readonly closed: Promise<End>
  readonly #clock: Clock
  readonly #input: Input
  readonly #acknowledge: boolean
  readonly #connack = Promise.withResolvers<ConnackPacket>()
  readonly #end = Promise.withResolvers<End>()
  /** By packet id: who waits for PUBACK, SUBACK, UNSUBACK. */
  readonly #answers = new Map<number, Waiter<number[]>>()
  #topics: TopicWaiter[] = []
  #pings: Waiter<void>[] = []
  #reason: number | null = null
  #over = false
  #lastId = 0

  constructor(wire: Wire, options: { version?: Version; acknowledge?: boolean; clock?: Clock } = {}) {
    this.wire = wire
    this.version = options.version ?? 4
    this.#acknowledge = options.acknowledge ?? true
    this.#clock = options.clock ?? new SystemClock()
    this.#input = new Input(this, wire)
    this.closed = this.#end.promise
    this.#connack.promise.catch(() => {})
    wire.user = this
  }

  /** Sends CONNECT and waits for CONNACK. @throws {Refused} */
  async connect(options: ConnectOptions): Promise<ConnackPacket> {
    this.raw(connectPacket(options, this.version))
    const connack = await this.connack()
    if (connack.code !== 0) throw new Refused(connack.code)
    return connack
  }

  /** The CONNACK, when it is there. */
  connack(): Promise<ConnackPacket> {
    return this.#within(this.#connack.promise, 'CONNACK')
  }

  /** Writes bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.wire.write(bytes)
  }

  /** Resolves when it is sent (QoS 0), or with the reason of its PUBACK (QoS 1; 0 on 3.x). */
  async publish(topic: string, payload: string | Uint8Array, qos: 0 | 1 = 0): Promise<number> {
    const packetId = qos === 0 ? 0 : this.nextId()
    this.raw(encodePublish({ topic, payload, qos, packetId }, this.version))
    if (qos === 0) return 0
    return (await this.answer(packetId))[0] as number
  }

  /** Resolves with the codes of the SUBACK. */
  subscribe(filters: string | readonly string[], qos: 0 | 1 | 2 = 1): Promise<number[]> {
    const list = typeof filters === 'string' ? [filters] : filters
    const packetId = this.nextId()
    const asked: SubscribeFilter[] = list.map((filter) => ({
      filter,
      qos,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 0,
    }))
    this.raw(encodeSubscribe({ packetId, filters: asked, properties: null }, this.version))
    return this.answer(packetId)
  }

  /** Resolves with the codes of the UNSUBACK, none on 3.x. */
  unsubscribe(filters: string | readonly string[]): Promise<number[]> {
    const packetId = this.nextId()
    const list = typeof filters === 'string' ? [filters] : filters
    this.raw(encodeUnsubscribe({ packetId, filters: list, properties: null }, this.version))
    return this.answer(packetId)
  }

  ping(): Promise<void> {
    this.raw(PINGREQ)
    const pong = Promise.withResolvers<void>()
    this.#pings.push(pong)
    return this.#within(pong.promise, 'PINGRESP')
  }

  puback(packetId: number): void {
    this.raw(encodeAck('puback', { packetId, reason: 0, properties: null }, this.version))
  }

  /** The answer to a packet sent by `raw`. */
  answer(packetId: number): Promise<number[]> {
    const answer = Promise.withResolvers<number[]>()
    if (this.#over) answer.reject(new Error('the connection has ended'))
    else this.#answers.set(packetId, answer)
    return this.#within(answer.promise, `an answer to packet ${packetId}`)
  }

  nextId(): number {
    this.#lastId = this.#lastId === 0xffff ? 1 : this.#lastId + 1
    return this.#lastId
  }

  /** The next message whose topic matches, of those that came before or will come. Rejects after `timeout` milliseconds. */
  next(filter = '#', timeout = PATIENCE): Promise<Received> {
    const at = this.unread.findIndex((message) => topicMatches(filter, message.topic))
    if (at >= 0) return Promise.resolve(this.unread.splice(at, 1)[0] as Received)
    if (this.#over) return Promise.reject(new Error(`the connection has ended; nothing came on ${filter}`))
    const { promise, resolve, reject } = Promise.withResolvers<Received>()
    const waiter: TopicWaiter = { filter, resolve, reject }
    this.#topics.push(waiter)
    return this.#within(promise, `a message on ${filter}`, timeout, () => {
      this.#topics = this.#topics.filter((other) => other !== waiter)
    })
  }

  /** All messages as they come, until the connection ends. */
  async *messages(): AsyncGenerator<Received> {
    while (!this.#over || this.unread.length > 0) {
      const message = await Promise.race([this.next('#', 0x7fff_ffff), this.closed])
      if (!('topic' in message)) return
      yield message
    }
  }

  /** DISCONNECT, then the end; resolves when the connection is gone. */
  end(): Promise<End> {
    if (!this.#over) {
      this.raw(encodeDisconnect({ reason: 0, properties: null }, this.version))
      this.wire.end()
    }
    return this.closed
  }

  /** Ends the connection without DISCONNECT, as a cable that is cut. */
  destroy(): void {
    this.wire.destroy()
    this.#finish('client')
  }

  received(buffer: Buffer, length: number): void {
    this.#input.received(buffer, length)
  }

  drained(): void {}

  begins(): void {}

  ended(): void {
    this.#finish('server')
  }

  packet(type: number, flags: number, buffer: Buffer, start: number, end: number): void {
    const version = this.version
    switch (type) {
      case PacketType.connack:
        this.#connack.resolve(decodeConnack(buffer, start, end, flags, version))
        break
      case PacketType.publish:
        this.#published(flags, buffer, start, end)
        break
      case PacketType.puback: {
        const ack = decodeAck('puback', buffer, start, end, flags, version)
        this.#answered(ack.packetId, [ack.reason])
        break
      }
      case PacketType.suback: {
        const ack = decodeSuback(buffer, start, end, flags, version)
        this.#answered(ack.packetId, [...ack.codes])
        break
      }
      case PacketType.unsuback: {
        const ack = decodeUnsuback(buffer, start, end, flags, version)
        this.#answered(ack.packetId, [...ack.codes])
        break
      }
      case PacketType.pingresp:
        this.#pings.shift()?.resolve()
        break
      case PacketType.disconnect:
        this.#reason = decodeDisconnect(buffer, start, end, flags, version).reason
        break
      default:
        throw new Error(`a server does not send packets of type ${type}`)
    }
  }

  #published(flags: number, buffer: Buffer, start: number, end: number): void {
    decodePublish(buffer, start, end, flags, this.version, offsets, true)
    const { qos, dup, retain, packetId } = offsets
    const topic = topicText(buffer, offsets.topicStart, offsets.topicEnd)
    const payload = Buffer.from(buffer.subarray(offsets.payloadStart, offsets.payloadEnd))
    const message: Received = { topic, payload, qos, dup, retain, packetId }
    if (qos === 1 && this.#acknowledge) this.puback(packetId)
    const at = this.#topics.findIndex((waiter) => topicMatches(waiter.filter, topic))
    if (at >= 0) this.#topics.splice(at, 1)[0]?.resolve(message)
    else this.unread.push(message)
  }

  #answered(packetId: number, codes: number[]): void {
    this.#answers.get(packetId)?.resolve(codes)
    this.#answers.delete(packetId)
  }

  #finish(by: End['by']): void {
    if (this.#over) return
    this.#over = true
    const error = new Error(`the connection was ended by the ${by}`)
    this.#connack.reject(error)
    for (const waiter of [...this.#answers.values(), ...this.#topics, ...this.#pings]) waiter.reject(error)
    this.#answers.clear()
    this.#topics = []
    this.#pings = []
    this.#end.resolve({ by, reason: this.#reason })
  }

  async #within<T>(promise: Promise<T>, what: string, timeout = PATIENCE, late = () => {}): Promise<T> {
    const { promise: never, reject } = Promise.withResolvers<never>()
    const timer = this.#clock.after(timeout, () => {
      late()
      reject(new Error(`${what} did not come within ${timeout} ms`))
    })
    try {
      return await Promise.race([promise, never])
    } finally {
      timer.cancel()
    }
  }
}

/** A CONNECT for these options. */
export function connectPacket(options: ConnectOptions, version: Version): Buffer {
  const { password } = options
  return encodeConnect({
    version,
    clientId: options.clientId,
    cleanStart: options.clean ?? true,
    keepAlive: options.keepAlive ?? 60,
    userName: options.userName ?? null,
    password: password === undefined ? null : Buffer.from(password),
    will: null,
    properties: options.properties ?? null,
  })
}

/** Opens a TCP connection and sends CONNECT. @throws {Refused} with the code of the CONNACK */
export async function connectClient(
  options: ConnectOptions & { readonly port: number; readonly host?: string },
): Promise<MqttClient> {
  const client = await openClient(options)
  try {
    await client.connect(options)
  } catch (error) {
    client.destroy()
    throw error
  }
  return client
}

/** Opens a TCP connection and sends nothing. */
export async function openClient(options: {
  readonly port: number
  readonly host?: string
  readonly version?: Version
  readonly acknowledge?: boolean
  readonly clock?: Clock
}): Promise<MqttClient> {
  return new MqttClient(await dial(options.port, options.host ?? '127.0.0.1'), options)
}
