/** UNSUBSCRIBE (§3.10). */
import { PacketType, requireFlags } from './fixed-header.ts'
import type { UnsubscribePacket, Version } from './packets.ts'
import { PacketError } from './packets.ts'
import { readProperties, writeProperties } from './properties.ts'
import { PacketReader } from './reader.ts'
import { startPacket } from './writer.ts'

/** @throws {PacketError} 0x81; 0x82 without filters */
export function decodeUnsubscribe(
  buffer: Buffer,
  bodyStart: number,
  bodyEnd: number,
  flags: number,
  version: Version,
): UnsubscribePacket {
  requireFlags(flags, 2, version)
  const reader = new PacketReader(buffer, bodyStart, bodyEnd)
  const packetId = reader.packetId()
  const properties = version === 5 ? readProperties(reader, 'unsubscribe') : null
  const filters: string[] = []
  while (reader.left > 0) filters.push(reader.text())
  // 3.1 does not ask for any.
  if (filters.length === 0 && version !== 3) throw new PacketError('UNSUBSCRIBE without filters', 0x82)
  return { packetId, filters, properties }
}

export function encodeUnsubscribe(packet: UnsubscribePacket, version: Version): Buffer {
  const out = startPacket()
  out.u16(packet.packetId)
  if (version === 5) writeProperties(out, 'unsubscribe', packet.properties)
  for (const filter of packet.filters) out.text(filter)
  return out.finish((PacketType.unsubscribe << 4) | 2)
}
