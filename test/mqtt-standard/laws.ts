/**
 * Statements of the kind "a server must never send …": each is held against every packet that any row receives. What the decoder
 * refuses as such (decode.ts) is among them.
 */
import type { Packet } from './decode.ts'
import type { PacketName, Version } from './encode.ts'
import { phrase } from './notation.ts'
import { value } from './properties.ts'

/** What one connection has seen so far. */
export class Connection {
  readonly version: Version
  connacks = 0
  accepted = false
  disconnected = false
  maximumPacketSize = Number.POSITIVE_INFINITY
  aliasMaximum = 0
  receiveMaximum = 65_535
  problemInformation = true
  responseInformation = false
  method = false
  /** Bytes were sent that these books don't cover. */
  loose = false
  /** Ids of what was sent and waits for an answer, by the name of the answer. */
  readonly waiting = new Map<PacketName, Set<number>>()
  /** Ids of PUBLISH packets of the server that were not acknowledged to the end, by QoS. */
  readonly open = new Map<number, 1 | 2>()

  /** Topics that aliases of the server stand for. */
  readonly #aliases = new Map<string, string>()
  readonly #topics = new Map<Packet, string>()

  constructor(version: Version) {
    this.version = version
  }

  /** The topic of a PUBLISH that was received, or what its alias stands for; `''` if that is nothing. */
  topicOf(packet: Packet): string {
    return this.#topics.get(packet) ?? packet.topic
  }

  #resolve(packet: Packet): void {
    const alias = value(packet.properties, 'alias')
    if (alias === undefined) return
    if (packet.topic !== '') this.#aliases.set(alias, packet.topic)
    this.#topics.set(packet, this.#aliases.get(alias) ?? '')
  }

  wait(name: PacketName, id: number): void {
    const ids = this.waiting.get(name) ?? new Set()
    this.waiting.set(name, ids.add(id))
  }

  /** A packet goes out, as the row spells it with ids resolved. */
  sent(spelled: string): void {
    const { words, properties } = phrase(spelled)
    const [name, first = '', second] = words
    const id = Number(first)
    const number = (key: string, otherwise: number) => Number(value(properties, key) ?? otherwise)
    switch (name) {
      case 'connect':
        this.maximumPacketSize = number('mps', Number.POSITIVE_INFINITY)
        this.aliasMaximum = number('tam', 0)
        this.receiveMaximum = number('rm', 65_535)
        this.problemInformation = number('rpi', 1) === 1
        this.responseInformation = number('rri', 0) === 1
        this.method = value(properties, 'method') !== undefined
        break
      case 'publish': {
        const packetId = Number(words.find((it) => it.startsWith('#'))?.slice(1) ?? 0)
        if (words.includes('q1')) this.wait('puback', packetId)
        if (words.includes('q2')) this.wait('pubrec', packetId)
        break
      }
      case 'subscribe':
        this.wait('suback', id)
        break
      case 'unsubscribe':
        this.wait('unsuback', id)
        break
      case 'pubrel':
        this.wait('pubcomp', id)
        break
      case 'pubrec':
        if (Number(second ?? 0) >= 0x80) this.open.delete(id)
        else this.wait('pubrel', id)
        break
      case 'puback':
      case 'pubcomp':
        this.open.delete(id)
        break
      case 'hex':
        this.loose = true
    }
  }

  /** After all laws were asked. */
  received(packet: Packet): void {
    const { name, id } = packet
    if (name === 'connack') {
      this.connacks++
      this.accepted = packet.reason === 0
    } else if (name === 'disconnect') this.disconnected = true
    else if (name === 'publish') {
      this.#resolve(packet)
      if (id > 0) this.open.set(id, qosOf(packet) as 1 | 2)
      return
    }
    this.waiting.get(name)?.delete(id)
  }
}

function qosOf(packet: Packet): number {
  return (packet.flags >> 1) & 3
}

const reasons: Partial<Record<PacketName, readonly number[]>> = {
  connack: [
    0, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b, 0x9c,
    0x9d, 0x9f,
  ],
  puback: [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
  pubrec: [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
  pubrel: [0, 0x92],
  pubcomp: [0, 0x92],
  disconnect: [
    0, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a,
    0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
  ],
  auth: [0, 0x18, 0x19],
}
const codes: Partial<Record<PacketName, readonly number[]>> = {
  suback: [0, 1, 2, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2],
  unsuback: [0, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91],
}

export interface Law {
  /** Numbers of the statements of 3.1.1 and of 5.0, without `MQTT-`. */
  readonly v4: string
  readonly v5: string
  readonly says: string
  /** Whether the packet breaks it. */
  readonly breaks: (packet: Packet, seen: Connection) => boolean
}

function law(v4: string, v5: string, says: string, breaks: Law['breaks']): Law {
  return { v4, v5, says, breaks }
}

export const laws: readonly Law[] = [
  law(
    '3.2.0-1',
    '3.2.0-1 3.14.0-1',
    'CONNACK comes before anything else',
    ({ name }, seen) => !['connack', 'auth'].includes(name) && !seen.accepted,
  ),
  law('', '3.2.0-2', 'there is one CONNACK a connection', ({ name }, seen) => name === 'connack' && seen.connacks > 0),
  law(
    '3.2.2-4',
    '3.2.2-6',
    'a CONNACK that refuses says that no session is present',
    ({ name, reason, present }) => name === 'connack' && reason !== 0 && present,
  ),
  law(
    '',
    '3.2.2-8 3.4.2-1 3.5.2-1 3.6.2-1 3.7.2-1 3.14.2-1 3.15.2-1',
    'a reason code is one that the packet has',
    ({ name, reason }, { version }) => version === 5 && reasons[name]?.includes(reason) === false,
  ),
  law('3.9.3-2', '3.9.3-2 3.11.3-2 3.8.4-7', 'each code of SUBACK or UNSUBACK is one that it has', (packet, seen) =>
    packet.codes.some((it) =>
      seen.version === 5 ? codes[packet.name]?.includes(it) === false : ![0, 1, 2, 0x80].includes(it),
    ),
  ),
  law('3.3.1-2 4.3.1-1', '3.3.1-2 4.3.1-1', 'a PUBLISH of QoS 0 has no DUP', (packet) => {
    return packet.name === 'publish' && qosOf(packet) === 0 && (packet.flags & 8) !== 0
  }),
  law(
    '2.3.1-4',
    '2.2.1-4 4.3.2-1 4.3.3-1',
    'a PUBLISH of QoS 1 or 2 has a packet id that is not in use',
    (packet, seen) => {
      if (packet.name !== 'publish' || qosOf(packet) === 0) return false
      return packet.id === 0 || ((packet.flags & 8) === 0 && seen.open.has(packet.id))
    },
  ),
  law(
    '2.3.1-6 2.3.1-7 3.10.4-4',
    '2.2.1-5 2.2.1-6 3.8.4-2 3.10.4-5',
    'an answer has the packet id of a request',
    (packet, seen) => {
      const { name, id } = packet
      if (seen.loose || !['puback', 'pubrec', 'pubcomp', 'suback', 'unsuback'].includes(name)) return false
      return !seen.waiting.get(name)?.has(id)
    },
  ),
  law(
    '',
    '3.1.2-24 3.2.2-19 3.2.2-20 3.4.2-2 3.4.2-3 3.5.2-2 3.5.2-3 3.6.2-2 3.6.2-3 3.7.2-2 3.7.2-3 3.9.2-1 3.9.2-2 3.11.2-1 3.11.2-2 3.14.2-3 3.14.2-4',
    'no packet is larger than the client takes',
    ({ size }, seen) => size > seen.maximumPacketSize,
  ),
  law(
    '',
    '3.1.2-26 3.1.2-27 3.3.2-8 3.3.2-11',
    'a topic alias is within what the client takes',
    ({ properties }, seen) => {
      const alias = Number(value(properties, 'alias') ?? 1)
      return alias === 0 || (value(properties, 'alias') !== undefined && alias > seen.aliasMaximum)
    },
  ),
  law('', '3.1.2-28', 'response information is for those who asked', ({ properties }, seen) => {
    return value(properties, 'ri') !== undefined && !seen.responseInformation
  }),
  law(
    '',
    '3.1.2-29',
    'who wants no problem information gets it on PUBLISH, CONNACK and DISCONNECT alone',
    ({ name, properties }, seen) =>
      !seen.problemInformation &&
      !['publish', 'connack', 'disconnect'].includes(name) &&
      properties.some(([it]) => it === 'reason' || it === 'user'),
  ),
  law('', '4.12.0-6', 'nobody gets an authentication method who named none', ({ name, properties }, seen) => {
    return !seen.method && (name === 'auth' || value(properties, 'method') !== undefined)
  }),
  law('', '3.14.4-1', 'nothing comes behind a DISCONNECT', (_, seen) => seen.disconnected),
  law(
    '3.3.2-2 4.7.1-1 4.7.3-1',
    '3.3.2-2 4.7.0-1 4.7.3-1',
    'a topic has no wildcard, and is empty for an alias alone',
    (packet) => {
      if (packet.name !== 'publish') return false
      return /[+#]/.test(packet.topic) || (packet.topic === '' && value(packet.properties, 'alias') === undefined)
    },
  ),
  law(
    '',
    '3.3.4-9 4.9.0-1 4.9.0-2',
    'no more PUBLISH packets of QoS 1 and 2 are under way than the client takes',
    (packet, seen) =>
      packet.name === 'publish' &&
      qosOf(packet) > 0 &&
      seen.open.size >= seen.receiveMaximum &&
      !seen.open.has(packet.id),
  ),
]

/** Statements that the decoder itself holds every packet against. */
export const decoded = {
  v4: '1.5.3-1 1.5.3-2 2.2.2-1 2.3.1-5 3.3.2-1 4.7.3-2 4.7.3-3',
  v5: '1.5.4-1 1.5.4-2 1.5.5-1 1.5.7-1 2.1.3-1 2.2.1-2 2.2.2-1 3.2.2-1 3.3.1-4 3.3.2-1 3.14.2-2 3.15.1-1 4.7.3-2 4.7.3-3',
}
