/** CONNACK (§3.2). On 3.x exactly four bytes; on 5.0 the length of the properties always stands (direct.md §1.6). */
import { PacketType, requireFlags } from './fixed-header.ts'
import type { ConnackPacket, Version } from './packets.ts'
import { PacketError } from './packets.ts'
import { readProperties, writeProperties } from './properties.ts'
import { PacketReader } from './reader.ts'
import { startPacket } from './writer.ts'

/** @throws {PacketError} */
export function decodeConnack(
  buffer: Buffer,
  bodyStart: number,
  bodyEnd: number,
  flags: number,
  version: Version,
): ConnackPacket {
  requireFlags(flags, 0, version)
  const reader = new PacketReader(buffer, bodyStart, bodyEnd)
  const acknowledge = reader.u8()
  if (acknowledge > 1 && version !== 3) throw new PacketError('reserved connect acknowledge flag is set')
  const code = reader.u8()
  const properties = version === 5 ? readProperties(reader, 'connack') : null
  reader.finish()
  return { sessionPresent: acknowledge === 1, code, properties }
}

/** 3.1 knows no session present: the byte is 0 there. It is 0 with a refusal too [MQTT-3.2.2-4]. */
export function encodeConnack(packet: ConnackPacket, version: Version): Buffer {
  const out = startPacket()
  out.u8(packet.sessionPresent && packet.code === 0 && version !== 3 ? 1 : 0)
  out.u8(packet.code)
  if (version === 5) writeProperties(out, 'connack', packet.properties)
  return out.finish(PacketType.connack << 4)
}
