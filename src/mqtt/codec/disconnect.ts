/** DISCONNECT (§3.14); from the server on 5.0 only. */
import { PacketType, requireFlags } from './fixed-header.ts'
import type { DisconnectPacket, Version } from './packets.ts'
import { readProperties, writeProperties } from './properties.ts'
import { PacketReader } from './reader.ts'
import { startPacket } from './writer.ts'

/**
 * On 5.0 properties may be left out, and the reason too if it is 0.
 *
 * @throws {PacketError}
 */
export function decodeDisconnect(
  buffer: Buffer,
  bodyStart: number,
  bodyEnd: number,
  flags: number,
  version: Version,
): DisconnectPacket {
  requireFlags(flags, 0, version)
  const reader = new PacketReader(buffer, bodyStart, bodyEnd)
  let reason = 0
  let properties = null
  if (version === 5 && reader.left > 0) {
    reason = reader.u8()
    if (reader.left > 0) properties = readProperties(reader, 'disconnect')
  }
  reader.finish()
  return { reason, properties }
}

/** On 3.x a client's only: two bytes, the reason is not sent. */
export function encodeDisconnect(packet: DisconnectPacket, version: Version): Buffer {
  const out = startPacket()
  if (version === 5 && (packet.reason !== 0 || packet.properties)) {
    out.u8(packet.reason)
    if (packet.properties) writeProperties(out, 'disconnect', packet.properties)
  }
  return out.finish(PacketType.disconnect << 4)
}
