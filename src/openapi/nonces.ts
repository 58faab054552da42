import { createHash } from 'node:crypto'

const MINUTE = 60_000

/** A request is good for this long before and after its time (openapi.md §3). */
export const SIGNATURE_WINDOW = 15 * MINUTE

/**
 * Nonces that were used, each until its request's time is past the window. Kept as 48 bits of a hash (a false hit: 1 in 10^8 at a
 * million nonces), in a set a minute of expiry, so forgetting costs nothing.
 */
export class Nonces {
  /** Nonces remembered at most, some 50 bytes each; beyond, requests get Throttling.User. */
  readonly limit: number
  readonly #minutes = new Map<number, Set<number>>()
  #count = 0

  constructor(limit = 2_000_000) {
    this.limit = limit
  }

  /**
   * Remembers the nonce of a request signed for `time`. `used`: this access key sent it already within the window.
   * @param now milliseconds of the real clock, as `time`
   */
  use(accessKeyId: string, nonce: string, time: number, now: number): 'new' | 'used' | 'full' {
    this.forget(now)
    const mark = createHash('sha1').update(`${accessKeyId}\n${nonce}`).digest().readUIntBE(0, 6)
    for (const minute of this.#minutes.values()) if (minute.has(mark)) return 'used'
    if (this.#count >= this.limit) return 'full'
    const expires = Math.ceil((time + SIGNATURE_WINDOW) / MINUTE)
    const minute = this.#minutes.get(expires)
    if (minute) minute.add(mark)
    else this.#minutes.set(expires, new Set([mark]))
    this.#count++
    return 'new'
  }

  /** Drops what no request can be signed for any more. */
  forget(now: number): void {
    for (const [expires, minute] of this.#minutes) {
      if (expires * MINUTE >= now) continue
      this.#count -= minute.size
      this.#minutes.delete(expires)
    }
  }
}
