/** Where the bytes of a message stand that is written to one receiver or many; nothing is encoded twice, little is copied twice. */
import type { Properties } from './codec/packets.ts'
import { encodePropertyBody } from './codec/properties.ts'
import type { RouteMessage } from './host.ts'
import { NO_BYTES, View } from './view.ts'

/** A message that somebody cannot take now: copied once, however many it waits for. */
export class Held {
  readonly topic: string
  /** The topic with its length before it, then the payload. */
  readonly bytes: Buffer
  readonly headEnd: number
  /** 5.0 properties without length, expiry, alias and subscription identifiers. */
  readonly properties: Buffer
  /** Milliseconds since 1970; `Infinity` for never. */
  readonly expiresAt: number

  constructor(topic: string, bytes: Buffer, headEnd: number, properties: Buffer, expiresAt: number) {
    this.topic = topic
    this.bytes = bytes
    this.headEnd = headEnd
    this.properties = properties
    this.expiresAt = expiresAt
  }

  /** From the parts of a keep record; they are copied. */
  static of(topic: string, payload: Uint8Array, properties: Uint8Array, expiresAt: number): Held {
    const size = Buffer.byteLength(topic)
    const bytes = Buffer.allocUnsafeSlow(2 + size + payload.length)
    bytes.writeUInt16BE(size, 0)
    bytes.write(topic, 2)
    bytes.set(payload, 2 + size)
    return new Held(topic, bytes, 2 + size, ownCopy(properties), expiresAt)
  }

  get payload(): Buffer {
    return this.bytes.subarray(this.headEnd)
  }

  /** Bytes that it holds. */
  get size(): number {
    return this.bytes.length + this.properties.length
  }
}

export class Source {
  topic = ''
  /** The topic with its length before it stands at `headStart` … `headEnd` of `head`, the payload likewise. */
  head: Buffer = NO_BYTES
  headStart = 0
  headEnd = 0
  body: Buffer = NO_BYTES
  bodyStart = 0
  bodyEnd = 0
  /** Seconds of message expiry that the packet says (5.0); -1 for none. */
  expiry = -1
  #properties: Buffer | null = NO_BYTES
  #parsed: Properties | null = null
  #scratch: Buffer = NO_BYTES

  /** Payload right behind the topic, in one buffer. */
  get joined(): boolean {
    return this.head === this.body && this.headEnd === this.bodyStart
  }

  /** 5.0 properties of the message, as {@link Held.properties}; encoded when the first receiver needs them. */
  get properties(): Buffer {
    if (this.#properties === null) this.#properties = propertyBody(this.#parsed as Properties)
    return this.#properties
  }

  take(message: RouteMessage): void {
    const { properties } = message
    this.topic = message.topic
    this.#parsed = properties
    this.#properties = properties === null ? NO_BYTES : null
    this.expiry = properties?.messageExpiryInterval ?? -1
    if (message instanceof View) {
      this.body = message.buffer
      this.bodyStart = message.payloadStart
      this.bodyEnd = message.payloadEnd
      if (message.topicStart !== message.topicEnd) {
        this.head = message.buffer
        this.headStart = message.topicStart - 2
        this.headEnd = message.topicEnd
        return
      }
    } else {
      const { payload } = message
      this.body = Buffer.isBuffer(payload)
        ? payload
        : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
      this.bodyStart = 0
      this.bodyEnd = payload.length
    }
    this.#writeTopic(message.topic)
  }

  /** `now`: milliseconds since 1970. */
  takeHeld(held: Held, now: number): void {
    this.topic = held.topic
    this.head = held.bytes
    this.headStart = 0
    this.headEnd = held.headEnd
    this.body = held.bytes
    this.bodyStart = held.headEnd
    this.bodyEnd = held.bytes.length
    this.#properties = held.properties
    this.expiry =
      held.expiresAt === Number.POSITIVE_INFINITY ? -1 : Math.max(1, Math.ceil((held.expiresAt - now) / 1000))
  }

  /** A copy that outlives the read buffer. */
  hold(now: number): Held {
    const head = this.headEnd - this.headStart
    const bytes = Buffer.allocUnsafeSlow(head + this.bodyEnd - this.bodyStart)
    this.head.copy(bytes, 0, this.headStart, this.headEnd)
    this.body.copy(bytes, head, this.bodyStart, this.bodyEnd)
    const expiresAt = this.expiry < 0 ? Number.POSITIVE_INFINITY : now + this.expiry * 1000
    return new Held(this.topic, bytes, head, ownCopy(this.properties), expiresAt)
  }

  /** Lets go of buffers that are not its own. */
  clear(): void {
    this.head = NO_BYTES
    this.body = NO_BYTES
    this.#parsed = null
  }

  #writeTopic(topic: string): void {
    const room = 2 + topic.length * 3
    if (this.#scratch.length < room) this.#scratch = Buffer.allocUnsafeSlow(Math.max(256, room))
    const size = this.#scratch.write(topic, 2)
    this.#scratch.writeUInt16BE(size, 0)
    this.head = this.#scratch
    this.headStart = 0
    this.headEnd = 2 + size
  }
}

/** Outside of Node's pool, 64 KiB of which would live as long as the copy. */
function ownCopy(bytes: Uint8Array): Buffer {
  if (bytes.length === 0) return NO_BYTES
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}

/** What a receiver gets of a message's properties as they came; expiry, alias and identifiers differ from one to the other. */
export function propertyBody(properties: Properties): Buffer {
  const { messageExpiryInterval: _expiry, topicAlias: _alias, subscriptionIdentifier: _ids, ...passed } = properties
  return encodePropertyBody('publish', passed)
}
