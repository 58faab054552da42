/** The last message that was published with RETAIN on each topic (3.1.1 §3.3.1.3). */
import type { Clock } from '../clock/clock.ts'
import type { Keep, KeepRecord } from './keep.ts'
import { Held } from './source.ts'
import type { MqttStats } from './stats.ts'
import { TopicTrie } from './topics/topic-trie.ts'
import { hasWildcard } from './topics/validate.ts'

/** How often messages are looked through for those whose time is up, in milliseconds. */
const SWEEP = 60_000
/** Retained messages and their bytes, topics included, at most, unless said otherwise; one more on a new topic is refused. */
export const RETAINED_LIMITS = { messages: 1_000_000, bytes: 1024 * 1024 * 1024 } as const

export interface Retained {
  readonly held: Held
  readonly qos: 0 | 1 | 2
}

/** A change whose record stands in the open group; made visible when that is stored. */
export interface RetainedChange {
  readonly topic: string
  /** Null deletes. */
  readonly message: Retained | null
}

export class RetainedMessages {
  readonly #clock: Clock
  readonly #keep: Keep
  readonly #stats: MqttStats
  readonly #limits: { readonly messages: number; readonly bytes: number }
  readonly #byTopic = new Map<string, Retained>()
  readonly #trie = new TopicTrie<Retained>()
  #bytes = 0
  #sweeping = false

  constructor(
    clock: Clock,
    keep: Keep,
    stats: MqttStats,
    limits: { readonly messages: number; readonly bytes: number },
  ) {
    this.#clock = clock
    this.#keep = keep
    this.#stats = stats
    this.#limits = limits
  }

  get size(): number {
    return this.#byTopic.size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Whether a message of so many bytes may be kept on this topic. */
  hasRoom(topic: string, bytes: number): boolean {
    const before = this.#byTopic.get(topic)
    if (this.#bytes + bytes - (before?.held.size ?? 0) > this.#limits.bytes) return false
    return before !== undefined || this.#byTopic.size < this.#limits.messages
  }

  refused(): void {
    this.#stats.droppedRetained++
  }

  /** Puts a message into the open group; `apply` makes it visible. */
  put(held: Held, qos: 0 | 1 | 2): RetainedChange {
    const { topic, payload, properties, expiresAt } = held
    this.#keep.keep({ kind: 'retained', topic, payload, qos, properties, expiresAt })
    return { topic, message: { held, qos } }
  }

  /** Null where there is nothing to delete. One that is only on its way counts as there. */
  remove(topic: string): RetainedChange {
    this.#keep.keep({ kind: 'retained-gone', topic })
    return { topic, message: null }
  }

  apply({ topic, message }: RetainedChange): void {
    const before = this.#byTopic.get(topic)
    if (before) this.#bytes -= before.held.size
    if (message === null) {
      if (!before) return
      this.#byTopic.delete(topic)
      this.#trie.delete(topic)
      return
    }
    this.#byTopic.set(topic, message)
    this.#trie.set(topic, message)
    this.#bytes += message.held.size
    if (message.held.expiresAt !== Number.POSITIVE_INFINITY) this.#sweepLater()
  }

  /** What is retained on the topics that match, expired ones left out. Not of a shared filter [MQTT-4.8.2]. */
  matching(filter: string): Retained[] {
    const found: Retained[] = []
    if (hasWildcard(filter)) this.#trie.match(filter, found)
    else {
      const one = this.#byTopic.get(filter)
      if (one) found.push(one)
    }
    const now = this.#clock.wall()
    return found.filter(({ held }) => held.expiresAt > now)
  }

  #sweepLater(): void {
    if (this.#sweeping) return
    this.#sweeping = true
    this.#clock.after(SWEEP, () => this.#sweep())
  }

  #sweep(): void {
    this.#sweeping = false
    const now = this.#clock.wall()
    let left = false
    for (const [topic, { held }] of this.#byTopic) {
      if (held.expiresAt <= now) this.apply(this.remove(topic))
      else if (held.expiresAt !== Number.POSITIVE_INFINITY) left = true
    }
    if (left) this.#sweepLater()
  }

  /** One record of the store, before the listeners open. */
  restore(record: KeepRecord): void {
    if (record.kind === 'retained') {
      const held = Held.of(record.topic, record.payload, record.properties, record.expiresAt)
      this.apply({ topic: record.topic, message: { held, qos: record.qos } })
    } else if (record.kind === 'retained-gone') this.apply({ topic: record.topic, message: null })
  }

  *snapshot(): Generator<KeepRecord> {
    for (const { held, qos } of this.#byTopic.values()) {
      const { topic, payload, properties, expiresAt } = held
      yield { kind: 'retained', topic, payload, qos, properties, expiresAt }
    }
  }
}
