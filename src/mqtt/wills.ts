/** Wills: what a client asked to have published when its connection ends without a proper DISCONNECT (3.1.1 §3.1.2.5, 5.0 §3.1.2.5). */
import type { Clock, Timer } from '../clock/clock.ts'
import type { Session } from './clients.ts'
import type { Properties, Will } from './codec/packets.ts'
import { encodeProperties, readProperties } from './codec/properties.ts'
import { PacketReader } from './codec/reader.ts'
import type { WillMessage } from './host.ts'
import type { Keep, KeepRecord } from './keep.ts'

/** Longest wait in one timer: what the machine's timers can count. */
const LONGEST = 0x7fff_ffff

interface Held {
  readonly key: string
  readonly clientId: string
  readonly will: Will
  /** It has a record in the store. */
  readonly durable: boolean
  /** Milliseconds since 1970 when it is due; 0 while its link stands. */
  dueAt: number
  timer: Timer | null
}

export class Wills {
  readonly #clock: Clock
  readonly #keep: Keep
  readonly #publish: (will: WillMessage) => void
  readonly #held = new Map<string, Held>()

  constructor(clock: Clock, keep: Keep, publish: (will: WillMessage) => void) {
    this.#clock = clock
    this.#keep = keep
    this.#publish = publish
  }

  /** Wills that wait, those of links that stand included. */
  get size(): number {
    return this.#held.size
  }

  /** A session got a link with this will, or without one; a delayed one of before is not published any more [MQTT-3.1.3-9]. */
  entered(session: Session, clientId: string, will: Will | null): void {
    this.#forget(session.key)
    if (will === null) return
    const durable = session.persistent && delayOf(will) > 0
    const held: Held = { key: session.key, clientId, will, durable, dueAt: 0, timer: null }
    this.#held.set(session.key, held)
    if (durable) this.#record(held)
  }

  /** The link ended. `published` false: by a DISCONNECT that deletes the will [MQTT-3.1.2-10]. */
  left(session: Session, published: boolean): void {
    const held = this.#held.get(session.key)
    if (!held) return
    const delay = Math.min(delayOf(held.will), session.expiry) * 1000
    if (!published) this.#forget(session.key)
    else if (delay === 0) this.#fire(held)
    else this.#defer(held, delay)
  }

  #defer(held: Held, delay: number): void {
    held.dueAt = this.#clock.wall() + delay
    if (held.durable) this.#record(held)
    this.#arm(held)
  }

  #arm(held: Held): void {
    const left = held.dueAt - this.#clock.wall()
    held.timer = this.#clock.after(Math.min(Math.max(left, 0), LONGEST), () => {
      if (held.dueAt > this.#clock.wall()) this.#arm(held)
      else this.#fire(held)
    })
  }

  /** The session is over: what waits is published now [MQTT-3.1.3-9]. A will whose link stands is not looked at. */
  ended(key: string): void {
    const held = this.#held.get(key)
    if (held && held.dueAt > 0) this.#fire(held)
  }

  #fire(held: Held): void {
    const { key, clientId, will } = held
    const { topic, payload, qos, retain, properties } = will
    this.#publish({ key, clientId, topic, payload, qos, retain, properties, from: null })
    this.#forget(key)
  }

  #forget(key: string): void {
    const held = this.#held.get(key)
    if (!held) return
    held.timer?.cancel()
    this.#held.delete(key)
    if (held.durable) this.#keep.keep({ kind: 'will-gone', key })
  }

  #record(held: Held): void {
    this.#keep.keep(recordOf(held))
  }

  /** One record of the store, before the listeners open. */
  restore(record: KeepRecord): void {
    if (record.kind === 'will') {
      const { key, clientId, topic, qos, retain, dueAt } = record
      const properties = propertiesOf(record.properties)
      const will: Will = { topic, payload: Buffer.from(record.payload), qos, retain, properties }
      this.#held.set(key, { key, clientId, will, durable: true, dueAt, timer: null })
    } else if (record.kind === 'will-gone') this.#held.delete(record.key)
  }

  /** All records were restored: those whose link the end of the process cut count from now. */
  restored(session: (key: string) => Session | undefined): void {
    for (const held of [...this.#held.values()]) {
      const owner = session(held.key)
      const delay = owner ? Math.min(delayOf(held.will), owner.expiry) * 1000 : 0
      if (held.dueAt === 0) this.#defer(held, delay)
      else this.#arm(held)
    }
  }

  *snapshot(): Generator<KeepRecord> {
    for (const held of this.#held.values()) if (held.durable) yield recordOf(held)
  }
}

/** Seconds. */
function delayOf(will: Will): number {
  return will.properties?.willDelayInterval ?? 0
}

function recordOf({ key, clientId, will, dueAt }: Held): KeepRecord {
  const { topic, payload, qos, retain } = will
  return {
    kind: 'will',
    key,
    clientId,
    topic,
    payload,
    qos,
    retain,
    properties: encodeProperties('will', will.properties),
    dueAt,
  }
}

function propertiesOf(bytes: Uint8Array): Properties | null {
  const copy = Buffer.from(bytes)
  return readProperties(new PacketReader(copy, 0, copy.length), 'will')
}
