/** What the outboxes of all application sessions share: ids, memory, time, the store. */
import type { Clock } from '../clock/clock.ts'
import { Copy } from './copy.ts'
import type { Dropped } from './inbox.ts'
import type { Keep, KeepRecord } from './keep.ts'
import { Outbox } from './outbox.ts'
import { Held, Source } from './source.ts'
import type { MqttStats } from './stats.ts'

/** Ids start at so many a millisecond since 1970, so that a restart never repeats one; below 2^53 until the year 2248. */
const IDS_A_MILLISECOND = 1024
/** Bytes that wait for one session, at most, where its listener's profile says nothing. */
export const QUEUE_LIMIT = 256 * 1024 * 1024
/** Bytes that wait for all sessions together, at most, unless said otherwise. */
export const QUEUED_TOTAL = 1024 * 1024 * 1024

export class Outboxes {
  readonly clock: Clock
  readonly keep: Keep
  /** For one message at a time. */
  readonly source = new Source()
  /** Outboxes at their limit. */
  fullCount = 0
  bytes = 0
  readonly #stats: MqttStats
  readonly #onDropped: (owner: string, why: Dropped) => void
  readonly #total: number
  #lastId: number
  /** The copy of what is being routed, for all who need one. */
  #held: Held | null = null
  #waiters: (() => void)[] = []
  #waking = false
  #restoring = new Map<string, Map<number, Copy>>()

  constructor(
    clock: Clock,
    keep: Keep,
    stats: MqttStats,
    onDropped: (owner: string, why: Dropped) => void,
    total: number,
  ) {
    this.clock = clock
    this.keep = keep
    this.#stats = stats
    this.#onDropped = onDropped
    this.#total = total
    this.#lastId = clock.wall() * IDS_A_MILLISECOND
  }

  make(key: string, limit: number): Outbox {
    return new Outbox(this, key, limit)
  }

  nextId(): number {
    return ++this.#lastId
  }

  /** Everything together is at its limit. */
  get over(): boolean {
    return this.bytes >= this.#total
  }

  /** A copy of what is being routed; the same one until `routed`. */
  hold(source: Source): Held {
    this.#held ??= source.hold(this.clock.wall())
    return this.#held
  }

  /** Another message follows. */
  routed(): void {
    this.#held = null
  }

  account(bytes: number): void {
    this.bytes += bytes
    if (bytes < 0 && this.#waiters.length > 0) this.#wakeLater()
  }

  filled(full: boolean): void {
    this.fullCount += full ? 1 : -1
  }

  dropped(key: string, why: Dropped): void {
    if (why === 'full') this.#stats.droppedFull++
    else if (why === 'expired') this.#stats.droppedExpired++
    else this.#stats.droppedGone++
    this.#onDropped(key, why)
  }

  /** Calls `run` once some message has gone: there may be room. */
  whenRoom(run: () => void): void {
    this.#waiters.push(run)
  }

  #wakeLater(): void {
    if (this.#waking) return
    this.#waking = true
    this.clock.endOfTurn(() => {
      this.#waking = false
      const waiters = this.#waiters
      this.#waiters = []
      for (const run of waiters) run()
    })
  }

  /** One record of the store, before the listeners open. */
  restore(record: KeepRecord): void {
    switch (record.kind) {
      case 'message': {
        const { key, id, qos, retain, subscriptionIds } = record
        this.#lastId = Math.max(this.#lastId, id)
        const held = Held.of(record.topic, record.payload, record.properties, record.expiresAt)
        const before = this.#copies(key).get(id)
        const copy = new Copy(this.make(key, QUEUE_LIMIT), id, held, qos, retain, subscriptionIds, true)
        copy.packetId = before?.packetId ?? 0
        this.#copies(key).set(id, copy)
        break
      }
      case 'sent':
      case 'received':
        this.#restoreId(record)
        break
      case 'message-gone':
        this.#lastId = Math.max(this.#lastId, record.id)
        this.#restoring.get(record.key)?.delete(record.id)
        break
      case 'session-gone':
        this.#restoring.delete(record.key)
        break
    }
  }

  #restoreId({ kind, key, id, packetId }: Extract<KeepRecord, { kind: 'sent' | 'received' }>): void {
    const copies = this.#copies(key)
    this.#lastId = Math.max(this.#lastId, id)
    let copy = copies.get(id)
    if (!copy) {
      if (kind === 'sent') return
      copy = new Copy(
        this.make(key, QUEUE_LIMIT),
        id,
        Held.of('', new Uint8Array(0), new Uint8Array(0), 0),
        2,
        false,
        null,
        true,
      )
      copies.set(id, copy)
    }
    copy.packetId = packetId
    copy.tried = true
    if (kind === 'received') copy.held = null
  }

  #copies(key: string): Map<number, Copy> {
    let copies = this.#restoring.get(key)
    if (!copies) {
      copies = new Map()
      this.#restoring.set(key, copies)
    }
    return copies
  }

  /** What the store had for a session, as its outbox; null where that is nothing. Each is asked for once. */
  restored(key: string): Outbox | null {
    const restored = this.#restoring.get(key)
    if (!restored || restored.size === 0) return null
    this.#restoring.delete(key)
    const outbox = this.make(key, QUEUE_LIMIT)
    const copies = [...restored.values()].sort((a, b) => a.id - b.id)
    outbox.restore(copies.map((copy) => moved(copy, outbox)))
    return outbox
  }

  /** All sessions were asked for: what is left belongs to none. */
  forgetRest(): void {
    this.#restoring = new Map()
  }
}

function moved(from: Copy, outbox: Outbox): Copy {
  const { id, held, qos, retain, subscriptionIds } = from
  const copy = new Copy(outbox, id, held as Held, qos, retain, subscriptionIds, true)
  copy.packetId = from.packetId
  copy.tried = from.tried
  return copy
}
