/** Repeatable chance (mulberry32): fast, one state of 32 bits, so that a connection's script follows from two numbers. */
export class Chance {
  #state: number
  /** Whether what is made by it may break the rules; see {@link odd}. */
  wild = false

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** Of a whole that has many parts: part `index` has its own. */
  static of(seed: number, index: number): Chance {
    return new Chance(Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(index + 1, 0xc2b2_ae35))
  }

  /** 0 to 2^32 - 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * count)
  }

  /** `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1)
  }

  /** True once in `n`. */
  oneIn(n: number): boolean {
    return this.below(n) === 0
  }

  /** True once in `n` of what is wild, never of what is tame. */
  odd(n: number): boolean {
    return this.wild && this.below(n) === 0
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T
  }

  bytes(count: number): Buffer {
    const out = Buffer.allocUnsafe(count)
    for (let i = 0; i < count; i++) out[i] = this.next()
    return out
  }
}
