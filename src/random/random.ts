import { randomBytes } from 'node:crypto'

/** Where all that is random comes from; a test gives a seed. */
export interface Random {
  bytes(count: number): Buffer
}

export const systemRandom: Random = { bytes: (count) => randomBytes(count) }

/** A repeatable source (xorshift), for tests and simulations only: it is no secret. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0 || 1
  return {
    bytes(count) {
      const out = Buffer.alloc(count)
      for (let i = 0; i < count; i++) {
        state ^= state << 13
        state >>>= 0
        state ^= state >>> 17
        state ^= state << 5
        state >>>= 0
        out[i] = state & 255
      }
      return out
    },
  }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** `count` letters and digits, each equally likely. */
export function letters(random: Random, count: number, alphabet: string = LETTERS): string {
  const limit = 256 - (256 % alphabet.length)
  let out = ''
  while (out.length < count) {
    for (const byte of random.bytes(count)) {
      if (byte < limit && out.length < count) out += alphabet[byte % alphabet.length]
    }
  }
  return out
}

/** An upper-case UUID (version 4), as the OpenAPI's RequestId. */
export function uuid(random: Random): string {
  const bytes = random.bytes(16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = bytes.toString('hex').toUpperCase()
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
