/**
 * The topic names that are published to, by their bytes. A gateway's messages come on thousands of topics in turn: a new string for
 * each, and what the host makes of it looked up by that string, cost 1.2 µs a message, since V8 internalises every new string that
 * a map is asked for. Here the same bytes give the same object again, and what the host made of it hangs on that.
 */
import { PacketError } from '../codec/packets.ts'
import { topicText } from '../codec/publish.ts'
import { requirePlain } from './plain.ts'
import { levels, MAX_LEVELS } from './validate.ts'

/** Names that share a place in the table, at most. */
const WAYS = 4
/** Sets of places at first, and at most: 65,536 names. */
const SETS = 64
const MOST_SETS = 16_384
/** Longest topic, in bytes, that is remembered: with all places taken they hold 16 MB at most. */
const REMEMBERED = 256

/** A topic name that was published to. */
export class TopicName {
  /** Decoded, without wildcards. */
  readonly text: string
  /** What the host made of it, for the next time. */
  meaning: unknown = null
  #plain = false

  constructor(text: string) {
    this.text = text
  }

  /** @throws {PacketError} as the function of this name */
  requirePlain(): void {
    if (this.#plain) return
    requirePlain(this.text)
    this.#plain = true
  }
}

export const NO_NAME: TopicName = new TopicName('')

export class TopicNames {
  #sets = SETS
  #names: TopicName[] = new Array(SETS * WAYS).fill(NO_NAME)
  /** Of the name in the same place. */
  #hashes = new Int32Array(SETS * WAYS)
  /** Which of a full set makes room next. */
  #leaves = 0

  /**
   * The name in the bytes `start` … `end`: mostly the same object for the same bytes.
   *
   * @param likely is compared first: a device that posts on one topic pays 4 % less for it
   * @throws {PacketError} as `topicText`; 0x81 for more than {@link MAX_LEVELS} levels
   */
  of(buffer: Buffer, start: number, end: number, likely: TopicName = NO_NAME): TopicName {
    if (isText(likely.text, buffer, start, end)) return likely
    if (end - start > REMEMBERED) return nameOf(buffer, start, end)
    const hash = hashOf(buffer, start, end)
    const first = (hash & (this.#sets - 1)) * WAYS
    for (let place = first; place < first + WAYS; place++) {
      if (this.#hashes[place] !== hash) continue
      const known = this.#names[place] as TopicName
      if (isText(known.text, buffer, start, end)) return known
    }
    const name = nameOf(buffer, start, end)
    // One with other characters is longer or shorter than its bytes, or looks like another's.
    if (name.text.length === end - start) this.#remember(name, hash)
    return name
  }

  #remember(name: TopicName, hash: number): void {
    let place = this.#room(hash)
    while (place < 0 && this.#sets < MOST_SETS) {
      this.#grow()
      place = this.#room(hash)
    }
    if (place < 0) {
      this.#leaves = (this.#leaves + 1) % WAYS
      place = (hash & (this.#sets - 1)) * WAYS + this.#leaves
    }
    this.#names[place] = name
    this.#hashes[place] = hash
  }

  /** A free place for the hash, -1 where its set is full. */
  #room(hash: number): number {
    const first = (hash & (this.#sets - 1)) * WAYS
    for (let place = first; place < first + WAYS; place++) if (this.#names[place] === NO_NAME) return place
    return -1
  }

  #grow(): void {
    const names = this.#names
    const hashes = this.#hashes
    this.#sets *= 2
    this.#names = new Array(this.#sets * WAYS).fill(NO_NAME)
    this.#hashes = new Int32Array(this.#sets * WAYS)
    for (const [at, name] of names.entries()) {
      if (name === NO_NAME) continue
      const hash = hashes[at] as number
      // A set's names part between two sets: there is room for them.
      const place = this.#room(hash)
      this.#names[place] = name
      this.#hashes[place] = hash
    }
  }
}

function nameOf(buffer: Buffer, start: number, end: number): TopicName {
  const text = topicText(buffer, start, end)
  if (text.length >= MAX_LEVELS && levels(text) > MAX_LEVELS) {
    throw new PacketError(`a topic of more than ${MAX_LEVELS} levels`)
  }
  return new TopicName(text)
}

/** FNV-1a over words of four bytes, and the bytes behind them. */
function hashOf(buffer: Buffer, start: number, end: number): number {
  let value = 0x811c9dc5
  let at = start
  for (; at + 4 <= end; at += 4) {
    const word =
      (buffer[at] as number) |
      ((buffer[at + 1] as number) << 8) |
      ((buffer[at + 2] as number) << 16) |
      ((buffer[at + 3] as number) << 24)
    value = Math.imul(value ^ word, 0x01000193)
    // The upper bytes of a word reach only the upper bits.
    value ^= value >>> 15
  }
  for (; at < end; at++) value = Math.imul(value ^ (buffer[at] as number), 0x01000193)
  return value ^ (value >>> 16)
}

/** Whether the bytes are this text, which is ASCII; false for any other. */
function isText(text: string, buffer: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false
  let seen = 0
  for (let i = start, at = 0; i < end; i++, at++) {
    const code = text.charCodeAt(at)
    if (code !== buffer[i]) return false
    seen |= code
  }
  return seen < 0x80
}
