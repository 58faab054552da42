import type { KeyObject } from 'node:crypto'
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'
import type { Sealer } from '../devices/plan.ts'
import type { Random } from '../random/random.ts'

/** First byte of everything sealed; another form would get another. */
const FORM = 1
const NONCE = 12
const TAG = 16

/** The bytes were not sealed by this key, or are damaged. */
export class SealError extends Error {
  constructor() {
    super('a secret cannot be opened: it was sealed by another key, or is damaged')
  }
}

/** AES-256-GCM: form, nonce, text, tag. A secret of 32 characters takes 61 bytes. */
export class SealKey implements Sealer {
  readonly #key: KeyObject
  readonly #random: Random

  /** The key has 32 bytes. */
  constructor(key: Uint8Array, random: Random) {
    this.#key = createSecretKey(key)
    this.#random = random
  }

  seal(text: string): Uint8Array {
    const nonce = this.#random.bytes(NONCE)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG })
    const body = cipher.update(text, 'utf8')
    cipher.final()
    const out = new Uint8Array(1 + NONCE + body.length + TAG)
    out[0] = FORM
    out.set(nonce, 1)
    out.set(body, 1 + NONCE)
    out.set(cipher.getAuthTag(), 1 + NONCE + body.length)
    return out
  }

  open(sealed: Uint8Array): string {
    const end = sealed.length - TAG
    if (end < 1 + NONCE || sealed[0] !== FORM) throw new SealError()
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(1, 1 + NONCE), { authTagLength: TAG })
    decipher.setAuthTag(sealed.subarray(end))
    try {
      return decipher.update(sealed.subarray(1 + NONCE, end), undefined, 'utf8') + decipher.final('utf8')
    } catch {
      throw new SealError()
    }
  }
}
