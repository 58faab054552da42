/** Packets of all kinds as clients send them, and those that only a server may. */
import { PacketType } from '../../src/mqtt/codec/fixed-header.ts'
import type { Version } from '../../src/mqtt/codec/packets.ts'
import { Bytes, packet } from './bytes.ts'
import type { Chance } from './chance.ts'
import { filter, payload, properties, text, topic } from './values.ts'

/** Names that all connections share, so that they take each other's sessions over. */
const CLIENT_IDS = Array.from({ length: 400 }, (_, i) => `fuzz-${i}`)
/** Names of which each is soon taken again. */
const HOT_IDS = CLIENT_IDS.slice(0, 8)

export interface Credentials {
  readonly clientId: string
  readonly userName: string
  readonly password: string
}

export interface Maker {
  readonly chance: Chance
  readonly version: Version
  /** A device's, whose CONNECT carries its signature. */
  readonly device: Credentials | null
  /** Topics and payloads that are answered to that device; of an application, those that devices get. */
  readonly requests: readonly (() => readonly [string, string])[]
  /** What that device may subscribe. */
  readonly filters: readonly string[]
}

function clientId(chance: Chance, version: Version): string {
  if (chance.oneIn(10) && (chance.wild || version === 5)) return ''
  return chance.pick(chance.oneIn(3) ? HOT_IDS : CLIENT_IDS)
}

export function connect({ chance, version, device }: Maker): Buffer {
  const v5 = version === 5
  const willed = chance.oneIn(4)
  const willQos = willed ? chance.below(3) : 0
  const id = device?.clientId ?? clientId(chance, version)
  const clean = chance.oneIn(3) ? 0 : 1
  const named = device !== null || chance.oneIn(4)
  const flags =
    (clean << 1) |
    (willed ? 4 | (willQos << 3) | (chance.below(2) << 5) : 0) |
    (named ? 0xc0 : 0) |
    (chance.odd(50) ? 1 : 0)
  const out = new Bytes()
  out
    .text(version === 3 ? 'MQIsdp' : 'MQTT')
    .u8(version)
    .u8(flags)
  out.u16(device ? chance.between(30, 1200) : chance.pick([0, 0, 60, 5, 65_535]))
  if (v5) out.raw(connectProperties(chance))
  out.text(id)
  if (willed) {
    if (v5) out.raw(properties(chance, 'will'))
    out.text(topic(chance)).text(payload(chance).subarray(0, 1000))
  }
  if (named) out.text(device?.userName ?? text(chance)).text(device?.password ?? text(chance))
  return packet(PacketType.connect, 0, out.done())
}

/** Sessions that outlive their link, windows of one, aliases: what makes the paths differ is common. */
function connectProperties(chance: Chance): Buffer {
  if (chance.oneIn(3)) return properties(chance, 'connect')
  const out = new Bytes()
  if (chance.oneIn(3)) out.u8(0x11).u32(chance.pick([0, 1, 3600, 0xffff_ffff]))
  if (chance.oneIn(4)) out.u8(0x21).u16(chance.pick([1, 2, 10, 65_535]))
  if (chance.oneIn(4)) out.u8(0x22).u16(chance.pick([1, 5, 65_535]))
  if (chance.oneIn(12)) out.u8(0x27).u32(chance.pick([16, 60, 200, 1000]))
  if (chance.oneIn(8)) out.u8(0x17).u8(0)
  const bytes = out.done()
  return new Bytes().varint(bytes.length).raw(bytes).done()
}

export function packetId(chance: Chance): number {
  return chance.odd(60) ? 0 : chance.oneIn(20) && chance.wild ? chance.below(65_536) : chance.between(1, 12)
}

/** Of QoS 2, apart from those of QoS 1: a tame client does not give one to both. */
function exchangeId(chance: Chance): number {
  return chance.between(101, 112)
}

export function publish(maker: Maker): Buffer {
  const { chance, version, requests, device } = maker
  const qos = chance.odd(60) ? 3 : chance.below(device && !chance.odd(20) ? 2 : 3)
  const dup = chance.oneIn(8) && (qos > 0 || chance.wild)
  const flags = (dup ? 8 : 0) | (qos << 1) | (chance.oneIn(5) ? 1 : 0)
  const asks = device === null ? chance.oneIn(8) : !chance.oneIn(4)
  const request = asks && requests.length > 0 ? chance.pick(requests)() : null
  const out = new Bytes().text(request?.[0] ?? topic(chance))
  if (qos > 0) out.u16(qos === 2 && !chance.wild ? exchangeId(chance) : packetId(chance))
  if (version === 5) out.raw(properties(chance, 'publish'))
  out.raw(request === null ? payload(chance) : Buffer.from(request[1]))
  return packet(PacketType.publish, flags, out.done())
}

export function ack(type: number, id: number, { chance, version }: Maker): Buffer {
  const out = new Bytes().u16(id)
  if (version === 5 && chance.oneIn(4)) {
    out.u8(
      type === PacketType.pubrel || type === PacketType.pubcomp
        ? chance.pick([0, 0x92])
        : chance.pick([0, 0x10, 0x80, 0x97]),
    )
    if (chance.oneIn(2)) out.raw(properties(chance, 'puback'))
    if (chance.odd(10)) return packet(type, chance.below(16), chance.bytes(chance.below(8)))
  }
  return packet(type, type === PacketType.pubrel ? 2 : 0, out.done())
}

function subscribe({ chance, version, device, filters }: Maker): Buffer {
  const out = new Bytes().u16(packetId(chance))
  // Devices may give no identifiers.
  if (version === 5) out.raw(properties(chance, device === null || chance.wild ? 'subscribe' : 'unsubscribe'))
  for (let left = chance.odd(50) ? 0 : chance.between(1, 4); left > 0; left--) {
    const name = filters.length > 0 && !chance.oneIn(6) ? chance.pick(filters) : filter(chance)
    const qos = chance.odd(60) ? 3 : chance.below(3)
    // No local, retain as published; retain handling.
    const more = chance.odd(60)
      ? chance.below(64)
      : (chance.below(4) & (name.startsWith('$share/') ? 2 : 3)) | (chance.below(3) << 2)
    out.text(name).u8(qos | (version === 5 ? more << 2 : 0))
  }
  return packet(PacketType.subscribe, 2, out.done())
}

function unsubscribe({ chance, version }: Maker): Buffer {
  const out = new Bytes().u16(packetId(chance))
  if (version === 5) out.raw(properties(chance, 'unsubscribe'))
  for (let left = chance.odd(50) ? 0 : chance.between(1, 3); left > 0; left--) out.text(filter(chance))
  return packet(PacketType.unsubscribe, 2, out.done())
}

export function disconnect({ chance, version }: Maker): Buffer {
  const out = new Bytes()
  if (version === 5 && chance.oneIn(2)) {
    out.u8(chance.pick([0, 4, 0x80, chance.below(256)]))
    if (chance.oneIn(2)) out.raw(properties(chance, 'disconnect'))
  }
  return packet(PacketType.disconnect, 0, out.done())
}

/** What only a server sends, AUTH, and the type that none has. */
function foreign({ chance, version }: Maker): Buffer {
  const type = chance.pick([0, 2, 9, 11, 13, 15])
  const out = new Bytes()
  if (type === 15) out.u8(chance.pick([0, 0x18, 0x19])).raw(properties(chance, 'auth'))
  else if (type !== 13) out.u16(packetId(chance)).raw(version === 5 ? properties(chance, 'suback') : Buffer.from([0]))
  return packet(type, 0, out.done())
}

const ACKS = [PacketType.puback, PacketType.pubrec, PacketType.pubrel, PacketType.pubcomp]

/** Any packet that may follow a CONNECT, and some that may not. */
export function anyPacket(maker: Maker): Buffer {
  const { chance, device } = maker
  const at = chance.below(100)
  if (at < 50) return publish(maker)
  if (at < 65) return subscribe(maker)
  if (at < 70) return unsubscribe(maker)
  if (at < 90 && chance.wild) return ack(chance.pick(ACKS), packetId(chance), maker)
  if (at < 90 && device === null) return ack(PacketType.pubrel, exchangeId(chance), maker)
  if (at < 96) return packet(PacketType.pingreq, 0, Buffer.alloc(0))
  if (!chance.wild) return publish(maker)
  if (at < 98) return foreign(maker)
  return chance.oneIn(2) ? connect(maker) : disconnect(maker)
}
