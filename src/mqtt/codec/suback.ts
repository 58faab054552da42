/** SUBACK (§3.9) and UNSUBACK (§3.11). */
import { PacketType, requireFlags } from './fixed-header.ts'
import type { Properties, SubackPacket, Version } from './packets.ts'
import { PacketError } from './packets.ts'
import { readProperties, writeProperties } from './properties.ts'
import { PacketReader } from './reader.ts'
import { startPacket } from './writer.ts'

const NONE = new Uint8Array(0)

/** @throws {PacketError} */
export function decodeSuback(
  buffer: Buffer,
  bodyStart: number,
  bodyEnd: number,
  flags: number,
  version: Version,
): SubackPacket {
  requireFlags(flags, 0, version)
  const reader = new PacketReader(buffer, bodyStart, bodyEnd)
  const packetId = reader.packetId()
  const properties = version === 5 ? readProperties(reader, 'suback') : null
  return { packetId, codes: readCodes(reader), properties }
}

/** @throws {PacketError} */
export function decodeUnsuback(
  buffer: Buffer,
  bodyStart: number,
  bodyEnd: number,
  flags: number,
  version: Version,
): SubackPacket {
  requireFlags(flags, 0, version)
  const reader = new PacketReader(buffer, bodyStart, bodyEnd)
  const packetId = reader.packetId()
  if (version === 5) {
    const properties = readProperties(reader, 'unsuback')
    return { packetId, codes: readCodes(reader), properties }
  }
  reader.finish()
  return { packetId, codes: NONE, properties: null }
}

function readCodes(reader: PacketReader): Uint8Array {
  if (reader.left === 0) throw new PacketError('no codes', 0x82)
  return Uint8Array.from(reader.buffer.subarray(reader.offset, reader.end))
}

/** On 3.x every failure is 0x80. */
export function encodeSuback(
  packetId: number,
  codes: Uint8Array,
  version: Version,
  properties: Properties | null = null,
): Buffer {
  const out = startPacket()
  out.u16(packetId)
  if (version === 5) {
    writeProperties(out, 'suback', properties)
    out.bytes(codes)
  } else {
    for (const code of codes) out.u8(code < 0x80 ? code : 0x80)
  }
  return out.finish(PacketType.suback << 4)
}

/** On 3.x the codes are not sent. */
export function encodeUnsuback(
  packetId: number,
  codes: Uint8Array,
  version: Version,
  properties: Properties | null = null,
): Buffer {
  const out = startPacket()
  out.u16(packetId)
  if (version === 5) {
    writeProperties(out, 'unsuback', properties)
    out.bytes(codes)
  }
  return out.finish(PacketType.unsuback << 4)
}
