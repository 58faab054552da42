import type { Clock } from '../clock/clock.ts'

const FIRST = 2_000_000_000
const LAST = 2_147_483_647
const COUNT = LAST - FIRST + 1
const BLOCK = 10_000
/** So many are left when the next block is reserved: where the store is locked just then, it is tried again in time. */
const AHEAD = 5000

/**
 * Ids of the platform's own requests and notices: decimal strings from 2000000000 to 2147483647, counted up and wrapping (errors.md,
 * id). Not repeated by a restart: blocks of 10,000 are reserved well before they are used. Not repeated within 7 days at up to 243 a
 * second, which is what the range holds.
 */
export class AlinkIds {
  #next: number
  #reserved: number
  /** Ids that are reserved and not used yet. */
  #left = 0
  readonly #reserve: (mark: number) => void

  /**
   * @param options `mark`: what `reserve` was last called with, `undefined` at the very first start. `reserve` stores the mark before
   * it returns, or soon after if it cannot; it is called at once for the first block.
   */
  constructor(options: { readonly mark: number | undefined; readonly reserve: (mark: number) => void }) {
    const { mark } = options
    const valid = mark !== undefined && Number.isInteger(mark) && mark >= FIRST && mark <= LAST
    this.#next = valid ? mark : FIRST
    this.#reserved = this.#next
    this.#reserve = options.reserve
    this.#extend()
  }

  next(): string {
    const id = this.#next
    this.#next = id === LAST ? FIRST : id + 1
    if (--this.#left === AHEAD) this.#extend()
    return String(id)
  }

  #extend(): void {
    this.#reserved = FIRST + ((this.#reserved - FIRST + BLOCK) % COUNT)
    this.#left += BLOCK
    this.#reserve(this.#reserved)
  }
}

/** 13 digits of milliseconds: keeps ids at 19 digits even where the machine's clock says 1970. */
const EARLIEST = 1_000_000_000_000
const PER_MILLISECOND = 1_000_000

/**
 * Ids of RRPC and Pub messages: 19 digits, below 2^63, strictly increasing (milliseconds since 1970, then six digits of a counter).
 * Where the wall clock steps back, the counter goes on.
 */
export class MessageIds {
  readonly #clock: Clock
  #time = 0
  #counter = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  next(): string {
    const now = Math.max(EARLIEST, Math.floor(this.#clock.wall()))
    if (now > this.#time) {
      this.#time = now
      this.#counter = 0
    } else if (++this.#counter === PER_MILLISECOND) {
      this.#time++
      this.#counter = 0
    }
    return `${this.#time}${String(this.#counter).padStart(6, '0')}`
  }
}
