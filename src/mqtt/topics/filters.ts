import type { SubscribeFilter } from '../codec/packets.ts'
import { topicMatches } from './match.ts'
import { FilterTrie } from './trie.ts'
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

/** Up to so many filters with wildcards are held one by one; beyond, a trie finds those that match. */
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
  #exact: Map<string, Held> | null = null
  /** Filters with wildcards, and shared ones, by their whole text. */
  #others: Map<string, Held> | null = null
  /** The same by what they match; only beyond {@link LISTED}. */
  #trie: FilterTrie<Held[]> | null = null
  #muted: string[] | null = null

  get size(): number {
    return (this.#exact?.size ?? 0) + (this.#others?.size ?? 0)
  }

  /** Adds a valid filter with the QoS that was granted. @returns true if it is new, false if it took the place of the same one */
  add(filter: SubscribeFilter, subscriptionId = 0): boolean {
    const entry: Held = {
      filter: filter.filter,
      pattern: parseShared(filter.filter)?.filter ?? filter.filter,
      qos: filter.qos,
      noLocal: filter.noLocal,
      retainAsPublished: filter.retainAsPublished,
      retainHandling: filter.retainHandling,
      subscriptionId,
    }
    const before = this.#held(entry.filter)
    this.generation++
    if (isExact(entry.filter)) {
      this.#exact ??= new Map()
      this.#exact.set(entry.filter, entry)
    } else {
      this.#others ??= new Map()
      this.#others.set(entry.filter, entry)
      if (this.#trie) {
        if (before) this.#leave(before)
        this.#enter(entry)
      } else if (this.#others.size > LISTED) this.#plant()
    }
    return before === undefined
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
    this.#leave(entry)
    if (this.#others.size === 0) {
      this.#others = null
      this.#trie = null
    }
    this.generation++
    return true
  }

  get(filter: string): FilterEntry | undefined {
    return this.#held(filter)
  }

  #held(filter: string): Held | undefined {
    return this.#exact?.get(filter) ?? this.#others?.get(filter)
  }

  has(filter: string): boolean {
    return this.get(filter) !== undefined
  }

  /** Forgets all filters, and what was muted. */
  clear(): void {
    this.#exact = null
    this.#others = null
    this.#trie = null
    this.#muted = null
    this.generation++
  }

  /** The highest granted QoS of a filter that matches, -1 if none does. */
  match(topic: string): -1 | 0 | 1 | 2 {
    let qos: -1 | 0 | 1 | 2 = this.#exact?.get(topic)?.qos ?? -1
    if (!this.#others || qos === 2) return qos
    if (this.#trie) {
      for (const entry of this.#found(topic)) if (entry.qos > qos) qos = entry.qos
      return qos
    }
    for (const entry of this.#others.values()) {
      if (entry.qos > qos && topicMatches(entry.pattern, topic)) qos = entry.qos
    }
    return qos
  }

  /** Adds every filter that matches to `out`: for subscription identifiers, no local and retain as published. */
  collect(topic: string, out: FilterEntry[]): void {
    const exact = this.#exact?.get(topic)
    if (exact) out.push(exact)
    if (!this.#others) return
    if (this.#trie) {
      for (const entry of this.#found(topic)) out.push(entry)
      return
    }
    for (const entry of this.#others.values()) {
      if (topicMatches(entry.pattern, topic)) out.push(entry)
    }
  }

  *[Symbol.iterator](): Generator<FilterEntry> {
    if (this.#exact) yield* this.#exact.values()
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

  /** What is muted now, in the order in which it was. */
  get muted(): readonly string[] {
    return this.#muted ?? []
  }

  #plant(): void {
    this.#trie = new FilterTrie()
    for (const entry of this.#others?.values() ?? []) this.#enter(entry)
  }

  #enter(entry: Held): void {
    const same = this.#trie?.get(entry.pattern)
    if (same) same.push(entry)
    else this.#trie?.set(entry.pattern, [entry])
  }

  #leave(entry: Held): void {
    if (!this.#trie) return
    const left = (this.#trie.get(entry.pattern) ?? []).filter((other) => other !== entry)
    if (left.length > 0) this.#trie.set(entry.pattern, left)
    else this.#trie.delete(entry.pattern)
  }

  #found(topic: string): Held[] {
    const lists: Held[][] = []
    this.#trie?.match(topic, lists)
    return lists.length === 1 ? (lists[0] as Held[]) : lists.flat()
  }
}

/** Whether all topics that `other` matches are matched by `filter`. */
function covers(filter: string, other: string): boolean {
  return topicMatches(filter, other) && (filter.endsWith('#') || !other.endsWith('#'))
}

function isExact(filter: string): boolean {
  return !hasWildcard(filter) && !filter.startsWith('$share/')
}
