/** Whether a packet that came is the one that a row spells. */
import type { Packet } from './decode.ts'
import type { Version } from './encode.ts'
import { payloadOf } from './encode.ts'
import type { Phrase } from './notation.ts'
import { bytes, phrase } from './notation.ts'

/** Packet ids that a client saw, by payload: `@hello` stands for the id of the PUBLISH with the payload `hello`. */
export type Ids = ReadonlyMap<string, number>

function sameProperties({ properties, braces }: Phrase, packet: Packet): boolean {
  if (!braces) return true
  if (properties.length === 0) return packet.properties.length === 0
  const names = new Set(properties.map(([name]) => name))
  for (const name of names) {
    const there = packet.properties.filter(([key]) => key === name.replace('!', '')).map(([, it]) => it)
    const wanted = name.startsWith('!') ? [] : properties.filter(([key]) => key === name).map(([, it]) => it)
    // The order of subscription identifiers means nothing.
    if (name === 'sid') for (const it of [there, wanted]) it.sort()
    if (there.length !== wanted.length || there.some((it, i) => wanted[i] !== '*' && it !== wanted[i])) return false
  }
  return true
}

function samePublish(words: readonly string[], packet: Packet, ids: Ids): boolean {
  const [topic = '-', payload = '-', ...rest] = words
  const qos = Number(rest.find((it) => /^q\d$/.test(it))?.slice(1) ?? 0)
  const flags = (rest.includes('dup') ? 8 : 0) | (qos << 1) | (rest.includes('retain') ? 1 : 0)
  const id = rest.find((it) => it.startsWith('#'))?.slice(1)
  if (id !== undefined && resolve(id, ids) !== packet.id) return false
  return packet.topic === bytes(topic) && packet.payload === payloadOf(payload) && packet.flags === flags
}

export function resolve(id: string, ids: Ids): number {
  if (!id.startsWith('@')) return Number(id)
  const seen = ids.get(bytes(id.slice(1)))
  if (seen === undefined) throw new Error(`no PUBLISH with the payload ${id.slice(1)} was seen`)
  return seen
}

/** `fail` stands for any code that says so; 3.x has one alone. */
function sameCode(word: string, code: number, version: Version): boolean {
  if (word === 'fail') return code >= 0x80
  return code === (version === 5 || Number(word) < 0x80 ? Number(word) : 0x80)
}

function sameCodes(word: string | undefined, packet: Packet, version: Version): boolean {
  if (word === undefined || (packet.name === 'unsuback' && version !== 5)) return true
  const words = word.split(',')
  return (
    words.length === packet.codes.length && words.every((it, i) => sameCode(it, packet.codes[i] as number, version))
  )
}

function sameReason(word: string | undefined, packet: Packet, version: Version): boolean {
  if (word === 'any') return true
  if (version !== 5 && packet.name !== 'connack') return true
  return word === undefined ? packet.reason < 0x80 : sameCode(word, packet.reason, version)
}

/**
 * `connack CODE [present]`, `publish TOPIC PAYLOAD [q1|q2] [#ID] [retain] [dup]`, `puback ID [REASON]` and its like, `suback ID
 * CODES`, `disconnect REASON`, `pingresp`. Properties are compared by the names in `{…}`: `!name` is absent, `{}` means none, `*` any
 * value. What an acknowledgement says is compared on 5.0 only, where `any` reason may be.
 */
export function matches(pattern: string, packet: Packet, version: Version, ids: Ids): boolean {
  const said = phrase(pattern)
  const [name, ...words] = said.words
  if (name !== packet.name || !sameProperties(said, packet)) return false
  switch (packet.name) {
    case 'publish':
      return samePublish(words, packet, ids)
    case 'connack':
      return sameReason(words[0], packet, version) && packet.present === words.includes('present')
    case 'suback':
    case 'unsuback':
      return resolve(words[0] as string, ids) === packet.id && sameCodes(words[1], packet, version)
    case 'pingresp':
      return true
    case 'disconnect':
    case 'auth':
      return words[0] === undefined || sameReason(words[0], packet, version)
    default:
      return resolve(words[0] as string, ids) === packet.id && sameReason(words[1], packet, version)
  }
}
