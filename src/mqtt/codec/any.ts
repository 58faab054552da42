/** Any packet as one value: for clients and tests, where a switch a packet costs nothing. The broker calls the decoders. */
import type { AckName } from './acks.ts'
import { decodeAck, encodeAck } from './acks.ts'
import { decodeAuth, encodeAuth } from './auth.ts'
import { decodeConnack, encodeConnack } from './connack.ts'
import { decodeConnect, encodeConnect } from './connect.ts'
import { decodeDisconnect, encodeDisconnect } from './disconnect.ts'
import type { FixedHeader } from './fixed-header.ts'
import { PacketType } from './fixed-header.ts'
import type {
  AckPacket,
  AuthPacket,
  ConnackPacket,
  ConnectPacket,
  DisconnectPacket,
  Properties,
  SubackPacket,
  SubscribePacket,
  UnsubscribePacket,
  Version,
} from './packets.ts'
import { PacketError } from './packets.ts'
import { checkPing, PINGREQ, PINGRESP } from './ping.ts'
import { decodePublish, emptyOffsets, encodePublish, topicText } from './publish.ts'
import { decodeSuback, decodeUnsuback, encodeSuback, encodeUnsuback } from './suback.ts'
import { decodeSubscribe, encodeSubscribe } from './subscribe.ts'
import { decodeUnsubscribe, encodeUnsubscribe } from './unsubscribe.ts'

/** A PUBLISH with its parts copied. */
export interface PublishPacket {
  /** `''` where a topic alias stands for it. */
  readonly topic: string
  readonly payload: Buffer
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  readonly dup: boolean
  /** 0 at QoS 0. */
  readonly packetId: number
  readonly properties: Properties | null
}

export type AnyPacket =
  | { readonly type: 'connect'; readonly packet: ConnectPacket }
  | { readonly type: 'connack'; readonly packet: ConnackPacket }
  | { readonly type: 'publish'; readonly packet: PublishPacket }
  | { readonly type: AckName; readonly packet: AckPacket }
  | { readonly type: 'subscribe'; readonly packet: SubscribePacket }
  | { readonly type: 'suback' | 'unsuback'; readonly packet: SubackPacket }
  | { readonly type: 'unsubscribe'; readonly packet: UnsubscribePacket }
  | { readonly type: 'pingreq' | 'pingresp'; readonly packet: null }
  | { readonly type: 'disconnect'; readonly packet: DisconnectPacket }
  | { readonly type: 'auth'; readonly packet: AuthPacket }

/**
 * Decodes the packet that `readHeader` found, all of which must be in the buffer.
 *
 * @param toClient whether a client reads it
 * @throws {PacketError}
 */
export function decodePacket(buffer: Buffer, header: FixedHeader, version: Version, toClient: boolean): AnyPacket {
  const { type, flags, bodyStart: start, bodyEnd: end } = header
  switch (type) {
    case PacketType.connect:
      return { type: 'connect', packet: decodeConnect(buffer, start, end, flags) }
    case PacketType.connack:
      return { type: 'connack', packet: decodeConnack(buffer, start, end, flags, version) }
    case PacketType.publish:
      return { type: 'publish', packet: copyPublish(buffer, header, version, toClient) }
    case PacketType.puback:
      return { type: 'puback', packet: decodeAck('puback', buffer, start, end, flags, version) }
    case PacketType.pubrec:
      return { type: 'pubrec', packet: decodeAck('pubrec', buffer, start, end, flags, version) }
    case PacketType.pubrel:
      return { type: 'pubrel', packet: decodeAck('pubrel', buffer, start, end, flags, version) }
    case PacketType.pubcomp:
      return { type: 'pubcomp', packet: decodeAck('pubcomp', buffer, start, end, flags, version) }
    case PacketType.subscribe:
      return { type: 'subscribe', packet: decodeSubscribe(buffer, start, end, flags, version) }
    case PacketType.suback:
      return { type: 'suback', packet: decodeSuback(buffer, start, end, flags, version) }
    case PacketType.unsubscribe:
      return { type: 'unsubscribe', packet: decodeUnsubscribe(buffer, start, end, flags, version) }
    case PacketType.unsuback:
      return { type: 'unsuback', packet: decodeUnsuback(buffer, start, end, flags, version) }
    case PacketType.pingreq:
    case PacketType.pingresp:
      checkPing(start, end, flags, version)
      return { type: type === PacketType.pingreq ? 'pingreq' : 'pingresp', packet: null }
    case PacketType.disconnect:
      return { type: 'disconnect', packet: decodeDisconnect(buffer, start, end, flags, version) }
    case PacketType.auth:
      if (version === 5) return { type: 'auth', packet: decodeAuth(buffer, start, end, flags) }
  }
  throw new PacketError(`packet type ${type} is reserved`)
}

function copyPublish(buffer: Buffer, header: FixedHeader, version: Version, toClient: boolean): PublishPacket {
  const at = emptyOffsets()
  decodePublish(buffer, header.bodyStart, header.bodyEnd, header.flags, version, at, toClient)
  const { qos, retain, dup, packetId, properties } = at
  const topic = topicText(buffer, at.topicStart, at.topicEnd)
  const payload = Buffer.from(buffer.subarray(at.payloadStart, at.payloadEnd))
  return { topic, payload, qos, retain, dup, packetId, properties }
}

/** Encodes any packet, as whichever side sends it. */
export function encodePacket(any: AnyPacket, version: Version): Buffer {
  switch (any.type) {
    case 'connect':
      return encodeConnect(any.packet)
    case 'connack':
      return encodeConnack(any.packet, version)
    case 'publish':
      return encodePublish(any.packet, version)
    case 'subscribe':
      return encodeSubscribe(any.packet, version)
    case 'suback':
      return encodeSuback(any.packet.packetId, any.packet.codes, version, any.packet.properties)
    case 'unsubscribe':
      return encodeUnsubscribe(any.packet, version)
    case 'unsuback':
      return encodeUnsuback(any.packet.packetId, any.packet.codes, version, any.packet.properties)
    case 'pingreq':
      return PINGREQ
    case 'pingresp':
      return PINGRESP
    case 'disconnect':
      return encodeDisconnect(any.packet, version)
    case 'auth':
      return encodeAuth(any.packet)
    default:
      return encodeAck(any.type, any.packet, version)
  }
}
