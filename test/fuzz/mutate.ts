/** What goes wrong with the bytes of a packet. */
import type { Chance } from './chance.ts'

type Mutation = (bytes: Buffer, chance: Chance) => Buffer

const flipBits: Mutation = (bytes, chance) => {
  const out = Buffer.from(bytes)
  for (let left = chance.between(1, 4); left > 0; left--) {
    const at = chance.below(out.length)
    out[at] = (out[at] as number) ^ (1 << chance.below(8))
  }
  return out
}

const setByte: Mutation = (bytes, chance) => {
  const out = Buffer.from(bytes)
  out[chance.below(out.length)] = chance.pick([0, 1, 0x7f, 0x80, 0xff])
  return out
}

/** The rest of the stream stands where the end of the packet should. */
const cutEnd: Mutation = (bytes, chance) => bytes.subarray(0, chance.below(bytes.length))

const cutOut: Mutation = (bytes, chance) => {
  const from = chance.below(bytes.length)
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + chance.between(1, 4))])
}

const insert: Mutation = (bytes, chance) => {
  const at = chance.below(bytes.length + 1)
  return Buffer.concat([bytes.subarray(0, at), chance.bytes(chance.between(1, 6)), bytes.subarray(at)])
}

/** A field of two bytes, which may be a length, says something else. */
const lie: Mutation = (bytes, chance) => {
  const out = Buffer.from(bytes)
  if (out.length < 4) return out
  out.writeUInt16BE(chance.pick([0, 1, 2, 0xff, 0x7fff, 0xffff, chance.below(300)]), 2 + chance.below(out.length - 3))
  return out
}

/** The remaining length says something else. */
const lieWhole: Mutation = (bytes, chance) => {
  const out = Buffer.from(bytes)
  if (out.length < 2) return out
  out[1] = chance.pick([0, 1, 0x7f, (out[1] as number) ^ 1, ((out[1] as number) + 1) & 0x7f])
  return out
}

/** Four bytes of remaining length and more. */
const longLength: Mutation = (bytes, chance) =>
  Buffer.concat([
    bytes.subarray(0, 1),
    Buffer.from(chance.pick(['ffffff7f', '80808001', 'ffffffff01', '80808000'] as const), 'hex'),
    bytes.subarray(1),
  ])

const twice: Mutation = (bytes) => Buffer.concat([bytes, bytes])

const mutations: readonly Mutation[] = [
  flipBits,
  flipBits,
  setByte,
  cutEnd,
  cutOut,
  insert,
  lie,
  lie,
  lieWhole,
  longLength,
  twice,
]

export function mutate(bytes: Buffer, chance: Chance): Buffer {
  return bytes.length === 0 ? bytes : chance.pick(mutations)(bytes, chance)
}
