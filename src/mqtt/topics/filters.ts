import type { SubscribeFilter } from '../codec/packets.ts'
import { topicMatches } from './match.ts'
import { Prefixes } from './prefixes.ts'
import { hasWildcard, parseShared } from './validate.ts'

/** A filter as it was granted. */
export interface FilterEntry extends SubscribeFilter {
  /** 5.0 subscription identifier; 0 for none. */
  readonly subscriptionId: number
}

/** The entry with what it matches: the filter itself, or what stands behind `$share/{group}/`. */
interface Held extends FilterEntry {
  readonly pattern: string
}

/** Up to so many filters with wildcards are gone through one by one; beyond, they are found by their beginning. */
const LISTED = 16

/** Most filters that stop automatic delivery in one session; the oldest is forgotten beyond. */
export const MAX_MUTED = 100

/**
 * The filters of one MQTT session. How many there may be is the host's to limit (`limits.subscriptions`), their depth the MQTT
 * room's. A shared filter counts under its whole text and matches by the part behind `$share/{group}/`.
 */
export class Filters implements Iterable<FilterEntry> {
  /** Grows with every change, also of what is muted: whoever caches an answer keeps it beside this number. */
  generation = 0
  /** Filters without wildcards with their options in one number ({@link pack}): a gateway's session holds thousands. */
  #exact: Map<string, number> | null = null
  /** Filters with wildcards, and shared ones, by their whole text. */
  #others: Map<string, Held> | null = null
  /** The same by their beginning; only beyond {@link LISTED}. */
  #prefixes: Prefixes<Held> | null = null
  #muted: string[] | null = null
  /** A filter had an identifier. */
  #identified = false

  get size(): number {
    return (this.#exact?.size ?? 0) + (this.#others?.size ?? 0)
  }

  /** Adds a valid filter with the QoS that was granted. @returns true if it is new, false if it took the place of the same one */
  add(filter: SubscribeFilter, subscriptionId = 0): boolean {
    const name = filter.filter
    const isNew = !this.has(name)
    this.generation++
    if (subscriptionId !== 0) this.#identified = true
    if (isExact(name)) {
      this.#exact ??= new Map()
      this.#exact.set(name, pack(filter, subscriptionId))
    } else this.#addOther(hold(filter, subscriptionId))
    return isNew
  }

  #addOther(entry: Held): void {
    this.#others ??= new Map()
    const before = this.#others.get(entry.filter)
    this.#others.set(entry.filter, entry)
    if (this.#prefixes) {
      if (before) this.#prefixes.remove(before)
      this.#prefixes.add(entry)
    } else if (this.#others.size > LISTED) {
      this.#prefixes = new Prefixes()
      for (const other of this.#others.values()) this.#prefixes.add(other)
    }
  }

  /** @returns whether it was there */
  remove(filter: string): boolean {
    if (this.#exact?.delete(filter)) {
      if (this.#exact.size === 0) this.#exact = null
      this.generation++
      return true
    }
    const entry = this.#others?.get(filter)
    if (!entry || !this.#others) return false
    this.#others.delete(filter)
    this.#prefixes?.remove(entry)
    if (this.#others.size === 0) {
      this.#others = null
      this.#prefixes = null
    }
    this.generation++
    return true
  }

  get(filter: string): FilterEntry | undefined {
    const packed = this.#exact?.get(filter)
    return packed === undefined ? this.#others?.get(filter) : unpack(filter, packed)
  }

  has(filter: string): boolean {
    return (this.#exact?.has(filter) ?? false) || (this.#others?.has(filter) ?? false)
  }

  /** Forgets all filters, and what was muted. */
  clear(): void {
    this.#exact = null
    this.#others = null
    this.#prefixes = null
    this.#muted = null
    this.#identified = false
    this.generation++
  }

  /** The highest granted QoS of a filter that matches, -1 if none does. */
  match(topic: string): -1 | 0 | 1 | 2 {
    const packed = this.#exact?.get(topic)
    let qos = packed === undefined ? -1 : qosOf(packed)
    if (!this.#others || qos === 2) return qos
    for (const entries of this.#candidates(topic)) {
      for (const entry of entries) {
        if (entry.qos > qos && topicMatches(entry.pattern, topic)) qos = entry.qos
      }
    }
    return qos
  }

  /** Adds every filter that matches to `out`: for subscription identifiers, no local and retain as published. */
  collect(topic: string, out: FilterEntry[]): void {
    const packed = this.#exact?.get(topic)
    if (packed !== undefined) out.push(unpack(topic, packed))
    for (const entries of this.#candidates(topic)) {
      for (const entry of entries) if (topicMatches(entry.pattern, topic)) out.push(entry)
    }
  }

  /** Identifiers of the filters that match; null for none [MQTT-3.3.4-3]. */
  identifiers(topic: string): number[] | null {
    if (!this.#identified) return null
    const entries: FilterEntry[] = []
    this.collect(topic, entries)
    const found = new Set(entries.map((entry) => entry.subscriptionId))
    found.delete(0)
    return found.size === 0 ? null : [...found]
  }

  *[Symbol.iterator](): Generator<FilterEntry> {
    if (this.#exact) for (const [filter, packed] of this.#exact) yield unpack(filter, packed)
    if (this.#others) yield* this.#others.values()
  }

  /**
   * Stops automatic delivery of the topics that match, for the life of the session: an UNSUBSCRIBE of a filter that matches one of
   * them (direct.md §4.4). At most {@link MAX_MUTED}.
   */
  mute(filter: string): void {
    this.#muted ??= []
    if (this.#muted.includes(filter)) return
    if (this.#muted.length >= MAX_MUTED) this.#muted.shift()
    this.#muted.push(filter)
    this.generation++
  }

  /** A SUBSCRIBE of the same filter, or of one that covers it, starts automatic delivery again. */
  unmute(filter: string): void {
    if (!this.#muted) return
    const left = this.#muted.filter((muted) => !covers(filter, muted))
    if (left.length === this.#muted.length) return
    this.#muted = left.length === 0 ? null : left
    this.generation++
  }

  /** Whether automatic delivery of this topic was stopped. */
  isMuted(topic: string): boolean {
    if (this.#muted === null) return false
    for (const filter of this.#muted) if (topicMatches(filter, topic)) return true
    return false
  }

  /** Whether automatic delivery of any topic was stopped. */
  get mutes(): boolean {
    return this.#muted !== null
  }

  /** What is muted now, in the order in which it was. */
  get muted(): readonly string[] {
    return this.#muted ?? []
  }

  /** Lists of those among which the ones that match are. */
  #candidates(topic: string): Iterable<Held>[] {
    if (!this.#others) return []
    if (!this.#prefixes) return [this.#others.values()]
    const lists: Held[][] = []
    this.#prefixes.find(topic, lists)
    return lists
  }
}

function hold(filter: SubscribeFilter, subscriptionId: number): Held {
  return {
    filter: filter.filter,
    pattern: parseShared(filter.filter)?.filter ?? filter.filter,
    qos: filter.qos,
    noLocal: filter.noLocal,
    retainAsPublished: filter.retainAsPublished,
    retainHandling: filter.retainHandling,
    subscriptionId,
  }
}

/** The subscription options as they stand in SUBSCRIBE (5.0 §3.8.3.1), and the identifier, of 28 bits, above them. */
function pack(filter: SubscribeFilter, subscriptionId: number): number {
  const options =
    filter.qos | (filter.noLocal ? 4 : 0) | (filter.retainAsPublished ? 8 : 0) | (filter.retainHandling << 4)
  return options + 64 * subscriptionId
}

function qosOf(packed: number): -1 | 0 | 1 | 2 {
  return (packed & 3) as 0 | 1 | 2
}

function unpack(filter: string, packed: number): FilterEntry {
  return {
    filter,
    qos: (packed & 3) as 0 | 1 | 2,
    noLocal: (packed & 4) !== 0,
    retainAsPublished: (packed & 8) !== 0,
    retainHandling: ((packed >> 4) & 3) as 0 | 1 | 2,
    subscriptionId: Math.floor(packed / 64),
  }
}

/** Whether all topics that `other` matches are matched by `filter`. */
function covers(filter: string, other: string): boolean {
  return topicMatches(filter, other) && (filter.endsWith('#') || !other.endsWith('#'))
}

function isExact(filter: string): boolean {
  return !hasWildcard(filter) && !filter.startsWith('$share/')
}
