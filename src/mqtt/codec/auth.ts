/** AUTH (5.0, §3.15). Homeport offers no enhanced authentication; it reads the packet to refuse it by its right name. */
import { PacketType, requireFlags } from './fixed-header.ts'
import type { AuthPacket } from './packets.ts'
import { readProperties, writeProperties } from './properties.ts'
import { PacketReader } from './reader.ts'
import { startPacket } from './writer.ts'

/** @throws {PacketError} */
export function decodeAuth(buffer: Buffer, bodyStart: number, bodyEnd: number, flags: number): AuthPacket {
  requireFlags(flags, 0, 5)
  const reader = new PacketReader(buffer, bodyStart, bodyEnd)
  let reason = 0
  let properties = null
  if (reader.left > 0) {
    reason = reader.u8()
    if (reader.left > 0) properties = readProperties(reader, 'auth')
  }
  reader.finish()
  return { reason, properties }
}

export function encodeAuth(packet: AuthPacket): Buffer {
  const out = startPacket()
  if (packet.reason !== 0 || packet.properties) {
    out.u8(packet.reason)
    writeProperties(out, 'auth', packet.properties)
  }
  return out.finish(PacketType.auth << 4)
}
