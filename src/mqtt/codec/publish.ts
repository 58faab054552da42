/** PUBLISH (3.1.1 and 5.0, §3.3): decoded in place, encoded into the receiver's output. */
import { MAX_REMAINING_LENGTH, PacketType, varintSize, writeVarint } from './fixed-header.ts'
import type { Properties, PublishOffsets, Version } from './packets.ts'
import { PacketError } from './packets.ts'
import { encodeProperties, readProperties } from './properties.ts'
import { decodeText, PacketReader } from './reader.ts'

const PUBLISH = PacketType.publish << 4
const PLUS = 0x2b
const HASH = 0x23

export function emptyOffsets(): PublishOffsets {
  return {
    topicStart: 0,
    topicEnd: 0,
    payloadStart: 0,
    payloadEnd: 0,
    qos: 0,
    retain: false,
    dup: false,
    packetId: 0,
    properties: null,
  }
}

/**
 * Fills `out` with where the parts of a PUBLISH stand; nothing is copied but 5.0 properties. The topic is not looked into:
 * {@link topicText} does that, when its bytes are not those of the link's last topic. An empty topic (`topicStart === topicEnd`)
 * is let through only with a topic alias, whose upper limit is the caller's to check.
 *
 * @param toClient whether a client reads it: only to a client may a subscription identifier be sent.
 * @throws {PacketError} 0x81; 0x82 for an empty topic; 0x94 for topic alias 0
 */
export function decodePublish(
  buffer: Buffer,
  bodyStart: number,
  bodyEnd: number,
  flags: number,
  version: Version,
  out: PublishOffsets,
  toClient = false,
): void {
  const qos = (flags >> 1) & 3
  const dup = flags > 7
  if (qos === 3) throw new PacketError('QoS 3')
  if (dup && qos === 0 && version !== 3) throw new PacketError('DUP at QoS 0')
  const topicStart = bodyStart + 2
  if (topicStart > bodyEnd) throw new PacketError('packet ends too soon')
  let at = topicStart + (((buffer[bodyStart] as number) << 8) | (buffer[bodyStart + 1] as number))
  out.topicStart = topicStart
  out.topicEnd = at
  out.packetId = 0
  if (qos !== 0) {
    if (at + 2 > bodyEnd) throw new PacketError('packet ends too soon')
    const packetId = ((buffer[at] as number) << 8) | (buffer[at + 1] as number)
    if (packetId === 0) throw new PacketError('packet id 0')
    out.packetId = packetId
    at += 2
  }
  if (at > bodyEnd) throw new PacketError('topic is longer than the packet')
  out.qos = qos as 0 | 1 | 2
  out.retain = (flags & 1) === 1
  out.dup = dup
  out.properties = null
  if (version === 5) at = readPublishProperties(buffer, at, bodyEnd, out, toClient)
  if (out.topicEnd === topicStart && !hasAlias(out)) throw new PacketError('empty topic', 0x82)
  out.payloadStart = at
  out.payloadEnd = bodyEnd
}

function readPublishProperties(
  buffer: Buffer,
  at: number,
  bodyEnd: number,
  out: PublishOffsets,
  toClient: boolean,
): number {
  if (at < bodyEnd && buffer[at] === 0) return at + 1
  const reader = new PacketReader(buffer, at, bodyEnd)
  const properties = readProperties(reader, 'publish')
  if (properties?.subscriptionIdentifier && !toClient) {
    throw new PacketError('subscription identifier from a client', 0x82)
  }
  out.properties = properties
  return reader.offset
}

function hasAlias(out: PublishOffsets): boolean {
  return out.properties?.topicAlias !== undefined
}

function hasWildcard(text: string): boolean {
  return text.includes('+') || text.includes('#')
}

/**
 * The topic name in the bytes `start` … `end`.
 *
 * @throws {PacketError} 0x81 if it is not UTF-8 or holds U+0000, 0x90 if it holds a wildcard
 */
export function topicText(buffer: Buffer, start: number, end: number): string {
  for (let i = start; i < end; i++) {
    const byte = buffer[i] as number
    if (byte > 127 || byte === 0 || byte === PLUS || byte === HASH) return unusualTopic(buffer, start, end)
  }
  return buffer.latin1Slice(start, end)
}

function unusualTopic(buffer: Buffer, start: number, end: number): string {
  const text = decodeText(buffer, start, end)
  if (hasWildcard(text)) throw new PacketError('wildcard in a topic name', 0x90)
  return text
}

/** The lower half of a PUBLISH's first byte. */
export function publishFlags(qos: 0 | 1 | 2, retain: boolean, dup: boolean): number {
  return (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0)
}

/**
 * Bytes that {@link writePublish} will write.
 *
 * @param topic at most 65,535 bytes of UTF-8
 * @param payload a string is sent as UTF-8
 * @param properties 5.0: from `encodeProperties('publish', …)`, null for none; not looked at on 3.x
 * @throws {RangeError} beyond what MQTT can say
 */
export function publishSize(
  topic: string,
  payload: string | Uint8Array,
  qos: 0 | 1 | 2,
  version: Version,
  properties: Uint8Array | null = null,
): number {
  const topicBytes = Buffer.byteLength(topic)
  if (topicBytes > 65_535) throw new RangeError('topic is longer than 65,535 bytes')
  let body = 2 + topicBytes + (typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length)
  if (qos !== 0) body += 2
  if (version === 5) body += properties === null ? 1 : properties.length
  if (body > MAX_REMAINING_LENGTH) throw new RangeError('packet is larger than MQTT can say')
  return 1 + varintSize(body) + body
}

/**
 * Writes a PUBLISH of `size` bytes ({@link publishSize} of the same arguments) at `offset`, where they must fit.
 *
 * @param flags from {@link publishFlags}
 * @param packetId not looked at at QoS 0
 * @returns the offset behind the packet
 */
export function writePublish(
  buffer: Buffer,
  offset: number,
  size: number,
  topic: string,
  payload: string | Uint8Array,
  flags: number,
  packetId: number,
  version: Version,
  properties: Uint8Array | null = null,
): number {
  const end = offset + size
  const body = bodySize(size)
  buffer[offset] = PUBLISH | flags
  let at = writeVarint(buffer, offset + 1, body)
  const before = 2 + ((flags & 6) === 0 ? 0 : 2) + (version === 5 ? (properties === null ? 1 : properties.length) : 0)
  // As many bytes as characters: all of it is ASCII, and the plain copy is quicker than the encoder.
  const ascii = body - before === topic.length + payload.length
  const room = end - at - 2
  const topicBytes = ascii ? buffer.latin1Write(topic, at + 2, room) : buffer.utf8Write(topic, at + 2, room)
  buffer[at] = topicBytes >> 8
  buffer[at + 1] = topicBytes & 255
  at += 2 + topicBytes
  if ((flags & 6) !== 0) {
    buffer[at] = packetId >> 8
    buffer[at + 1] = packetId & 255
    at += 2
  }
  if (version === 5) {
    if (properties === null) buffer[at++] = 0
    else {
      buffer.set(properties, at)
      at += properties.length
    }
  }
  if (typeof payload !== 'string') buffer.set(payload, at)
  else if (ascii) buffer.latin1Write(payload, at, end - at)
  else buffer.utf8Write(payload, at, end - at)
  return end
}

/** The remaining length of a packet of `size` bytes. */
function bodySize(size: number): number {
  if (size < 130) return size - 2
  if (size < 16_387) return size - 3
  return size < 2_097_156 ? size - 4 : size - 5
}

/** A PUBLISH in a buffer of its own: for a client, and for a message that is copied to many receivers. */
export function encodePublish(
  message: {
    readonly topic: string
    readonly payload: string | Uint8Array
    readonly qos?: 0 | 1 | 2
    readonly retain?: boolean
    readonly dup?: boolean
    readonly packetId?: number
    readonly properties?: Properties | null
  },
  version: Version,
): Buffer {
  const qos = message.qos ?? 0
  const properties = version === 5 && message.properties ? encodeProperties('publish', message.properties) : null
  const size = publishSize(message.topic, message.payload, qos, version, properties)
  const packet = Buffer.allocUnsafe(size)
  const flags = publishFlags(qos, message.retain ?? false, message.dup ?? false)
  writePublish(packet, 0, size, message.topic, message.payload, flags, message.packetId ?? 0, version, properties)
  return packet
}
