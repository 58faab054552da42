/** Bytes of a packet that a row spells. It sends whatever it is told, right or wrong; what it cannot spell is written as `hex`. */
import type { Phrase } from './notation.ts'
import { bytes, phrase } from './notation.ts'
import type { PropertyList } from './properties.ts'
import { byName } from './properties.ts'

export type Version = 3 | 4 | 5

export function varint(value: number): Buffer {
  const out: number[] = []
  let rest = value
  do {
    const low = rest % 128
    rest = Math.floor(rest / 128)
    out.push(rest > 0 ? low | 128 : low)
  } while (rest > 0)
  return Buffer.from(out)
}

const u8 = (value: number) => Buffer.from([value & 255])
const u16 = (value: number) => Buffer.from([(value >> 8) & 255, value & 255])
const u32 = (value: number) => Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255])

function text(value: string): Buffer {
  return Buffer.concat([u16(value.length), Buffer.from(value, 'latin1')])
}

function property(name: string, value: string): Buffer {
  const known = byName.get(name)
  // A property that no standard knows: its number in hex.
  if (!known) return Buffer.concat([varint(Number(`0x${name}`)), Buffer.from(value, 'latin1')])
  const id = u8(known.id)
  switch (known.kind) {
    case 'u8':
      return Buffer.concat([id, u8(Number(value))])
    case 'u16':
      return Buffer.concat([id, u16(Number(value))])
    case 'u32':
      return Buffer.concat([id, u32(Number(value))])
    case 'varint':
      return Buffer.concat([id, varint(Number(value))])
    case 'pair': {
      const at = value.indexOf(':')
      return Buffer.concat([id, text(value.slice(0, at)), text(value.slice(at + 1))])
    }
    default:
      return Buffer.concat([id, text(value)])
  }
}

function block(list: PropertyList, version: Version): Buffer {
  if (version !== 5) return Buffer.alloc(0)
  const all = Buffer.concat(list.map(([name, value]) => property(name, value)))
  return Buffer.concat([varint(all.length), all])
}

/** Words of the form `key=value`, and those that stand alone. */
function options(words: readonly string[]): Map<string, string> {
  return new Map(
    words.map((word) => {
      const at = word.indexOf('=')
      return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)]
    }),
  )
}

/** The payload of a message or will; `xN` is N bytes. */
export function payloadOf(word = '-'): string {
  const size = /^x(\d+)$/.exec(word)?.[1]
  return size === undefined ? bytes(word) : 'x'.repeat(Number(size))
}

/** `connect [id=] [keep] [ka=] [user=] [pass=] [will=topic,payload[,qos[,retain]]] [name=] [level=] [flags=] [tail=]` */
function connect({ words, properties, will }: Phrase, version: Version): Buffer {
  const given = options(words)
  const number = (key: string, otherwise: number) => Number(given.get(key) ?? otherwise)
  const parts = given.get('will')?.split(',')
  let flags = given.has('keep') ? 0 : 2
  if (parts) flags |= 4 | (Number(parts[2] ?? 0) << 3) | (parts[3] === 'retain' ? 32 : 0)
  if (given.has('pass')) flags |= 64
  if (given.has('user')) flags |= 128
  return Buffer.concat([
    text(bytes(given.get('name') ?? (version === 3 ? 'MQIsdp' : 'MQTT'))),
    u8(number('level', version)),
    u8(number('flags', flags)),
    u16(number('ka', 0)),
    block(properties, version),
    text(bytes(given.get('id') ?? '-')),
    ...(parts ? [block(will, version), text(bytes(parts[0] ?? '')), text(payloadOf(parts[1]))] : []),
    ...['user', 'pass'].filter((key) => given.has(key)).map((key) => text(bytes(given.get(key) ?? ''))),
    Buffer.from(bytes(given.get('tail') ?? ''), 'latin1'),
  ])
}

/** `publish TOPIC PAYLOAD [q1|q2|q3] [#ID] [retain] [dup]` */
function publish({ words, properties }: Phrase, version: Version): readonly [number, Buffer] {
  const [topic = '-', payload = '-', ...rest] = words
  const qos = Number(rest.find((it) => /^q\d$/.test(it))?.slice(1) ?? 0)
  const id = rest.find((it) => it.startsWith('#'))
  const flags = (rest.includes('dup') ? 8 : 0) | (qos << 1) | (rest.includes('retain') ? 1 : 0)
  return [
    flags,
    Buffer.concat([
      text(bytes(topic)),
      ...(id === undefined ? [] : [u16(Number(id.slice(1)))]),
      block(properties, version),
      Buffer.from(payloadOf(payload), 'latin1'),
    ]),
  ]
}

/** `filter:1`, `filter:1+nl+rap+rh2`, `filter:0xC1`. */
function subscription(word: string): Buffer {
  const at = word.lastIndexOf(':')
  const [qos = '0', ...rest] = word.slice(at + 1).split('+')
  let options = Number(qos)
  for (const it of rest) {
    if (it === 'nl') options |= 4
    else if (it === 'rap') options |= 8
    else options |= Number(it.slice(2)) << 4
  }
  return Buffer.concat([text(bytes(word.slice(0, at))), u8(options)])
}

const types = {
  connect: [1, 0],
  connack: [2, 0],
  publish: [3, 0],
  puback: [4, 0],
  pubrec: [5, 0],
  pubrel: [6, 2],
  pubcomp: [7, 0],
  subscribe: [8, 2],
  suback: [9, 0],
  unsubscribe: [10, 2],
  unsuback: [11, 0],
  pingreq: [12, 0],
  pingresp: [13, 0],
  disconnect: [14, 0],
  auth: [15, 0],
} as const

export type PacketName = keyof typeof types

export const packetNames = Object.keys(types) as readonly PacketName[]

function body(name: PacketName, said: Phrase, version: Version): Buffer {
  const { words, properties, braces } = said
  const [first = '0', ...rest] = words
  const reason = (word: string | undefined) =>
    version !== 5 || (word === undefined && !braces)
      ? []
      : [u8(Number(word ?? 0)), ...(braces ? [block(properties, version)] : [])]
  switch (name) {
    case 'connect':
      return connect(said, version)
    case 'subscribe':
      return Buffer.concat([u16(Number(first)), block(properties, version), ...rest.map(subscription)])
    case 'unsubscribe':
      return Buffer.concat([u16(Number(first)), block(properties, version), ...rest.map((it) => text(bytes(it)))])
    case 'disconnect':
    case 'auth':
      return Buffer.concat(reason(words[0]))
    case 'pingreq':
    case 'pingresp':
      return Buffer.alloc(0)
    default:
      return Buffer.concat([u16(Number(first)), ...reason(rest[0])])
  }
}

/** `flags=N` among the words stands for the lower half of the first byte; in CONNECT, which has flags of its own, `type=N`. */
export function encode(spelled: string, version: Version): Buffer {
  const [name = '', ...others] = spelled.trim().split(/\s+/)
  if (name === 'hex') return Buffer.from(others.join(''), 'hex')
  const said = phrase(spelled.trim().slice(name.length))
  const type = types[name as PacketName]
  if (!type) throw new Error(`no packet is named ${name}`)
  let [number, flags]: readonly [number, number] = type
  const override = said.words.find((it) => it.startsWith(name === 'connect' ? 'type=' : 'flags='))
  const words = override ? said.words.filter((it) => it !== override) : said.words
  let bytesOfBody: Buffer
  if (name === 'publish') [flags, bytesOfBody] = publish({ ...said, words }, version)
  else bytesOfBody = body(name as PacketName, { ...said, words }, version)
  if (override) flags = Number(override.slice(override.indexOf('=') + 1)) & 15
  return Buffer.concat([u8((number << 4) | flags), varint(bytesOfBody.length), bytesOfBody])
}
