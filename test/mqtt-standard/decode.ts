/** Reads what a server sends, strictly: whatever the standard does not allow throws. Texts are one character a byte. */
import type { PacketName, Version } from './encode.ts'
import { packetNames } from './encode.ts'
import { shown } from './notation.ts'
import type { PropertyList } from './properties.ts'
import { byId } from './properties.ts'

export interface Packet {
  readonly name: PacketName
  /** The lower half of the first byte. */
  readonly flags: number
  /** Bytes of the whole packet. */
  readonly size: number
  readonly properties: PropertyList
  /** 0 where there is none. */
  readonly id: number
  /** CONNACK's code, the reason of an acknowledgement, DISCONNECT or AUTH; 0 where it is left out. */
  readonly reason: number
  /** Of SUBACK and UNSUBACK. */
  readonly codes: readonly number[]
  readonly present: boolean
  readonly topic: string
  readonly payload: string
}

export class Wrong extends Error {}

function fail(why: string): never {
  throw new Wrong(why)
}

class Reader {
  at = 0
  readonly #from: Buffer

  constructor(from: Buffer) {
    this.#from = from
  }

  get left(): number {
    return this.#from.length - this.at
  }

  take(length: number): Buffer {
    if (this.left < length) fail('a packet ends too early')
    this.at += length
    return this.#from.subarray(this.at - length, this.at)
  }

  number(length: 1 | 2 | 4): number {
    return this.take(length).readUIntBE(0, length)
  }

  varint(): number {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.number(1)
      value += (byte & 127) * 2 ** shift
      if (byte < 128) {
        if (byte === 0 && shift > 0) fail('a variable byte integer is longer than it must be')
        return value
      }
    }
    return fail('a variable byte integer has more than four bytes')
  }

  binary(): string {
    return this.take(this.number(2)).toString('latin1')
  }

  text(): string {
    const bytes = this.take(this.number(2))
    if (!Buffer.from(bytes.toString('utf8')).equals(bytes)) fail('a text is not UTF-8')
    if (bytes.includes(0)) fail('a text has U+0000')
    return bytes.toString('latin1')
  }

  properties(of: PacketName): PropertyList {
    const end = this.varint() + this.at
    const list: [string, string][] = []
    while (this.at < end) {
      const id = this.varint()
      const known = byId.get(id) ?? fail(`a property ${id} is not known`)
      if (!known.from.includes(of)) fail(`${known.name} does not belong into ${of}`)
      if (!['user', 'sid'].includes(known.name) && list.some(([name]) => name === known.name))
        fail(`${known.name} is there twice`)
      list.push([known.name, this.#value(known.kind)])
    }
    if (this.at !== end) fail('properties are longer than they say')
    return list
  }

  #value(kind: string): string {
    if (kind === 'u8') return String(this.number(1))
    if (kind === 'u16') return String(this.number(2))
    if (kind === 'u32') return String(this.number(4))
    if (kind === 'varint') return String(this.varint())
    if (kind === 'pair') return `${this.text()}:${this.text()}`
    return kind === 'binary' ? this.binary() : this.text()
  }
}

const nothing = { properties: [], id: 0, reason: 0, codes: [], present: false, topic: '', payload: '' }

type Body = Partial<Omit<Packet, 'name' | 'flags' | 'size'>>

function publish(reader: Reader, flags: number, version: Version): Body {
  const qos = (flags >> 1) & 3
  if (qos === 3) fail('a PUBLISH of QoS 3')
  const topic = reader.text()
  const id = qos === 0 ? 0 : reader.number(2)
  const properties = version === 5 ? reader.properties('publish') : []
  return { topic, id, properties, payload: reader.take(reader.left).toString('latin1') }
}

function reasoned(name: PacketName, reader: Reader, version: Version): Body {
  const id = name === 'disconnect' || name === 'auth' ? 0 : reader.number(2)
  if (version !== 5 || reader.left === 0) return { id }
  const reason = reader.number(1)
  return { id, reason, properties: reader.left === 0 ? [] : reader.properties(name) }
}

function body(name: PacketName, reader: Reader, flags: number, version: Version): Body {
  switch (name) {
    case 'connack': {
      const acknowledge = reader.number(1)
      if (acknowledge > 1) fail('reserved flags of a CONNACK are set')
      const reason = reader.number(1)
      return { present: acknowledge === 1, reason, properties: version === 5 ? reader.properties(name) : [] }
    }
    case 'publish':
      return publish(reader, flags, version)
    case 'suback':
    case 'unsuback': {
      const id = reader.number(2)
      const properties = version === 5 ? reader.properties(name) : []
      return { id, properties, codes: [...reader.take(reader.left)] }
    }
    case 'pingresp':
      return {}
    case 'puback':
    case 'pubrec':
    case 'pubrel':
    case 'pubcomp':
      return reasoned(name, reader, version)
    case 'disconnect':
    case 'auth':
      if (version === 5) return reasoned(name, reader, version)
  }
  return fail(`a server does not send ${name}`)
}

/** The first packet in the buffer, or null if it is not whole yet. */
export function decode(buffer: Buffer, version: Version): Packet | null {
  let length = 0
  let at = 1
  for (; ; at++) {
    const byte = buffer[at]
    if (byte === undefined) return null
    length += (byte & 127) * 128 ** (at - 1)
    if (byte < 128) break
    if (at === 4) fail('a remaining length of more than four bytes')
  }
  if (at > 1 && buffer[at] === 0) fail('a remaining length is longer than it must be')
  const size = at + 1 + length
  if (buffer.length < size) return null
  const first = buffer[0] as number
  const name = packetNames[(first >> 4) - 1] ?? fail('packet type 0')
  const flags = first & 15
  if (name !== 'publish' && flags !== (name === 'pubrel' ? 2 : 0)) fail(`flags ${flags} of ${name}`)
  const reader = new Reader(buffer.subarray(at + 1, size))
  const read = body(name, reader, flags, version)
  if (reader.left > 0) fail(`${name} has bytes behind its end`)
  return { ...nothing, name, flags, size, ...read }
}

/** As rows spell it. */
export function spell(packet: Packet): string {
  const { name, flags, id, reason, codes, present, topic, payload, properties } = packet
  const words: string[] = [name]
  if (name === 'publish') {
    words.push(shown(topic), shown(payload))
    if (flags & 6) words.push(`q${(flags >> 1) & 3}`, `#${id}`)
    if (flags & 1) words.push('retain')
    if (flags & 8) words.push('dup')
  } else if (id > 0) words.push(String(id))
  if (name === 'suback' || name === 'unsuback') words.push(codes.map(hex).join(','))
  else if (name !== 'publish' && name !== 'pingresp') words.push(hex(reason))
  if (present) words.push('present')
  if (properties.length > 0) words.push(`{${properties.map(([key, it]) => `${key}=${shown(it)}`).join(' ')}}`)
  return words.join(' ')
}

function hex(code: number): string {
  return code < 10 ? String(code) : `0x${code.toString(16)}`
}
