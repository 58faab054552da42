/** PUBACK, PUBREC, PUBREL and PUBCOMP (§3.4–3.7): one form, both directions. */
import { PacketType, requireFlags } from './fixed-header.ts'
import type { AckPacket, Version } from './packets.ts'
import { PacketError } from './packets.ts'
import { readProperties, writeProperties } from './properties.ts'
import { PacketReader } from './reader.ts'
import { startPacket } from './writer.ts'

export type AckName = 'puback' | 'pubrec' | 'pubrel' | 'pubcomp'

function firstByte(name: AckName): number {
  return (PacketType[name] << 4) | (name === 'pubrel' ? 2 : 0)
}

const answers: readonly number[] = [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]
const completions: readonly number[] = [0, 0x92]

/** What 5.0 lets each of them say. */
const reasons: Readonly<Record<AckName, readonly number[]>> = {
  puback: answers,
  pubrec: answers,
  pubrel: completions,
  pubcomp: completions,
}

/**
 * On 5.0 the properties may be left out, and the reason too if it is 0.
 *
 * @throws {PacketError} 0x81; 0x82 for a reason that is none of the packet's [MQTT-3.4.2-1, 3.5.2-1, 3.6.2-1, 3.7.2-1]
 */
export function decodeAck(
  name: AckName,
  buffer: Buffer,
  bodyStart: number,
  bodyEnd: number,
  flags: number,
  version: Version,
): AckPacket {
  requireFlags(flags, name === 'pubrel' ? 2 : 0, version)
  const reader = new PacketReader(buffer, bodyStart, bodyEnd)
  const packetId = reader.packetId()
  let reason = 0
  let properties = null
  if (version === 5 && reader.left > 0) {
    reason = reader.u8()
    if (reason !== 0 && !reasons[name].includes(reason)) throw new PacketError(`reason ${reason} in ${name}`, 0x82)
    if (reader.left > 0) properties = readProperties(reader, name)
  }
  reader.finish()
  return { packetId, reason, properties }
}

/** The most bytes that {@link writeAck} writes. */
export const MAX_ACK_SIZE = 5

/**
 * Writes an acknowledgement without properties at `offset`: four bytes, or five on 5.0 with a reason other than 0.
 *
 * @returns the offset behind it
 */
export function writeAck(
  name: AckName,
  buffer: Uint8Array,
  offset: number,
  packetId: number,
  reason: number,
  version: Version,
): number {
  buffer[offset] = firstByte(name)
  buffer[offset + 2] = packetId >> 8
  buffer[offset + 3] = packetId & 255
  if (version !== 5 || reason === 0) {
    buffer[offset + 1] = 2
    return offset + 4
  }
  buffer[offset + 1] = 3
  buffer[offset + 4] = reason
  return offset + 5
}

/** An acknowledgement in a buffer of its own, with properties where 5.0 is spoken. */
export function encodeAck(name: AckName, packet: AckPacket, version: Version): Buffer {
  const out = startPacket()
  out.u16(packet.packetId)
  if (version === 5 && (packet.reason !== 0 || packet.properties)) {
    out.u8(packet.reason)
    if (packet.properties) writeProperties(out, name, packet.properties)
  }
  return out.finish(firstByte(name))
}
