/** The bytes of one simulated client, without promises: what it sends is called, what it hears is handed on at once. */

import type { ConnectOptions } from '../../src/mqtt/client.ts'
import { connectPacket } from '../../src/mqtt/client.ts'
import { decodeAck, encodeAck } from '../../src/mqtt/codec/acks.ts'
import { decodeConnack } from '../../src/mqtt/codec/connack.ts'
import { encodeDisconnect } from '../../src/mqtt/codec/disconnect.ts'
import { PacketType } from '../../src/mqtt/codec/fixed-header.ts'
import { PINGREQ } from '../../src/mqtt/codec/ping.ts'
import { decodePublish, emptyOffsets, encodePublish, topicText } from '../../src/mqtt/codec/publish.ts'
import { decodeSuback } from '../../src/mqtt/codec/suback.ts'
import { encodeSubscribe } from '../../src/mqtt/codec/subscribe.ts'
import type { PacketHandler } from '../../src/mqtt/input.ts'
import { Input } from '../../src/mqtt/input.ts'
import type { Wire, WireUser } from '../../src/mqtt/transport/transport.ts'

export interface Heard {
  connack(code: number): void
  message(topic: string, text: string, qos: number, packetId: number, dup: boolean): void
  puback(packetId: number): void
  suback(codes: readonly number[]): void
  ended(): void
}

const offsets = emptyOffsets()

export class WireClient implements WireUser, PacketHandler {
  readonly halted = false
  readonly packetLimit = 268_435_460
  readonly #wire: Wire
  readonly #heard: Heard
  readonly #input: Input
  #packetId = 0

  constructor(wire: Wire, heard: Heard) {
    this.#wire = wire
    this.#heard = heard
    this.#input = new Input(this, wire)
    wire.user = this
  }

  connect(options: ConnectOptions): void {
    this.raw(connectPacket(options, 4))
  }

  /** Returns the packet id, 0 at QoS 0. */
  publish(topic: string, payload: string, qos: 0 | 1): number {
    const packetId = qos === 0 ? 0 : this.nextId()
    this.raw(encodePublish({ topic, payload, qos, packetId }, 4))
    return packetId
  }

  subscribe(filters: readonly string[]): void {
    const asked = filters.map((filter) => ({
      filter,
      qos: 1 as const,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 0 as const,
    }))
    this.raw(encodeSubscribe({ packetId: this.nextId(), filters: asked, properties: null }, 4))
  }

  puback(packetId: number): void {
    this.raw(encodeAck('puback', { packetId, reason: 0, properties: null }, 4))
  }

  ping(): void {
    this.raw(PINGREQ)
  }

  /** DISCONNECT, then the end of the stream. */
  disconnect(): void {
    this.raw(encodeDisconnect({ reason: 0, properties: null }, 4))
    this.#wire.end()
  }

  /** The cable is cut, and the server sees it. */
  cut(): void {
    this.#wire.destroy()
  }

  raw(bytes: Uint8Array): void {
    this.#wire.write(bytes)
  }

  nextId(): number {
    this.#packetId = this.#packetId === 0xffff ? 1 : this.#packetId + 1
    return this.#packetId
  }

  received(buffer: Buffer, length: number): void {
    this.#input.received(buffer, length)
  }

  drained(): void {}

  ended(): void {
    this.#heard.ended()
  }

  begins(): void {}

  packet(type: number, flags: number, buffer: Buffer, start: number, end: number): void {
    switch (type) {
      case PacketType.connack:
        this.#heard.connack(decodeConnack(buffer, start, end, flags, 4).code)
        break
      case PacketType.publish: {
        decodePublish(buffer, start, end, flags, 4, offsets, true)
        const { qos, packetId, dup, topicStart, topicEnd, payloadStart, payloadEnd } = offsets
        const text = buffer.toString('utf8', payloadStart, payloadEnd)
        this.#heard.message(topicText(buffer, topicStart, topicEnd), text, qos, packetId, dup)
        break
      }
      case PacketType.puback:
        this.#heard.puback(decodeAck('puback', buffer, start, end, flags, 4).packetId)
        break
      case PacketType.suback:
        this.#heard.suback([...decodeSuback(buffer, start, end, flags, 4).codes])
        break
      case PacketType.pingresp:
        break
      default:
        throw new Error(`a server does not send packets of type ${type}`)
    }
  }
}
