/** SUBSCRIBE (§3.8). */
import { PacketType, requireFlags } from './fixed-header.ts'
import type { SubscribeFilter, SubscribePacket, Version } from './packets.ts'
import { PacketError } from './packets.ts'
import { readProperties, writeProperties } from './properties.ts'
import { PacketReader } from './reader.ts'
import { startPacket } from './writer.ts'

/**
 * Whether the filters are valid topic filters is not judged here: each gets its own code in the SUBACK (`topics/validate.ts`).
 *
 * @throws {PacketError} 0x81; 0x82 without filters, for retain handling 3, and for no local on a shared subscription
 */
export function decodeSubscribe(
  buffer: Buffer,
  bodyStart: number,
  bodyEnd: number,
  flags: number,
  version: Version,
): SubscribePacket {
  requireFlags(flags, 2, version)
  const reader = new PacketReader(buffer, bodyStart, bodyEnd)
  const packetId = reader.packetId()
  const properties = version === 5 ? readProperties(reader, 'subscribe') : null
  const filters: SubscribeFilter[] = []
  while (reader.left > 0) filters.push(readFilter(reader, version))
  // 3.1 does not ask for any.
  if (filters.length === 0 && version !== 3) throw new PacketError('SUBSCRIBE without filters', 0x82)
  return { packetId, filters, properties }
}

function readFilter(reader: PacketReader, version: Version): SubscribeFilter {
  const filter = reader.text()
  const options = reader.u8()
  const qos = options & 3
  if (qos === 3) throw new PacketError('QoS 3 asked for')
  if (version !== 5) {
    if (options !== qos) throw new PacketError('reserved bits of the requested QoS are set')
    return { filter, qos: qos as 0 | 1 | 2, noLocal: false, retainAsPublished: false, retainHandling: 0 }
  }
  if (options > 0x3f) throw new PacketError('reserved subscription options are set')
  const retainHandling = options >> 4
  if (retainHandling === 3) throw new PacketError('retain handling 3', 0x82)
  const noLocal = (options & 4) !== 0
  if (noLocal && filter.startsWith('$share/')) throw new PacketError('no local on a shared subscription', 0x82)
  return {
    filter,
    qos: qos as 0 | 1 | 2,
    noLocal,
    retainAsPublished: (options & 8) !== 0,
    retainHandling: retainHandling as 0 | 1 | 2,
  }
}

export function encodeSubscribe(packet: SubscribePacket, version: Version): Buffer {
  const out = startPacket()
  out.u16(packet.packetId)
  if (version === 5) writeProperties(out, 'subscribe', packet.properties)
  for (const filter of packet.filters) {
    out.text(filter.filter)
    let options: number = filter.qos
    if (version === 5) {
      options |= (filter.noLocal ? 4 : 0) | (filter.retainAsPublished ? 8 : 0) | (filter.retainHandling << 4)
    }
    out.u8(options)
  }
  return out.finish((PacketType.subscribe << 4) | 2)
}
