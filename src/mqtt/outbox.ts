/**
 * Messages of QoS 1 and 2 towards one application session. What a session that outlives its link is sent is stored first; of one
 * that does not, nothing is held once it is written, since it is never sent again.
 */
import { PacketError } from './codec/packets.ts'
import { publishFlags } from './codec/publish.ts'
import type { Connection } from './connection.ts'
import { byId, Copy, recordOf } from './copy.ts'
import { Fifo } from './fifo.ts'
import { Flight, Flights } from './flights.ts'
import type { KeepRecord } from './keep.ts'
import type { Outboxes } from './outboxes.ts'
import type { Held, Source } from './source.ts'

/** What a message that waits costs beside its bytes. */
const OVERHEAD = 128

export class Outbox {
  readonly key: string
  readonly #all: Outboxes
  readonly #flights = new Flights<Copy>()
  readonly #waiting = new Fifo<Copy>()
  link: Connection | null = null
  /** Bytes of what waits or is under way and held. */
  bytes = 0
  full = false
  limit: number
  #over = false
  /** Groups that have packet ids of messages that wait for them. */
  #naming = 0

  constructor(all: Outboxes, key: string, limit: number) {
    this.#all = all
    this.key = key
    this.limit = limit
  }

  /** Messages that wait; those under way left out. */
  get size(): number {
    return this.#waiting.length
  }

  /** Packet ids that are taken. */
  get underWay(): number {
    return this.#flights.taken
  }

  // ---- In

  /** Sends a message that is not stored, or lets a copy of it wait. */
  send(source: Source, qos: 1 | 2, retain: boolean, subscriptionIds: readonly number[] | null): void {
    const { link } = this
    if (link !== null && this.#waiting.length === 0 && this.#hasRoom(link)) {
      const packetId = this.#flights.take(qos === 1 ? Flight.puback : Flight.pubrec, null)
      const flags = publishFlags(qos, retain, false)
      if (!link.deliver(source, flags, packetId, subscriptionIds)) this.#flights.free(packetId)
      return
    }
    if (this.full || this.#all.over) {
      this.#all.dropped(this.key, 'full')
      return
    }
    const copy = new Copy(this, this.#all.nextId(), this.#all.hold(source), qos, retain, subscriptionIds, false)
    this.#account((copy.held as Held).size + OVERHEAD)
    this.#waiting.push(copy)
  }

  /** Puts a copy into the open group; `ready` or `discard` follows. Null where there is no room for it. */
  keep(source: Source, qos: 1 | 2, retain: boolean, subscriptionIds: readonly number[] | null): Copy | null {
    if (this.full || this.#all.over) {
      this.#all.dropped(this.key, 'full')
      return null
    }
    const held = this.#all.hold(source)
    const copy = new Copy(this, this.#all.nextId(), held, qos, retain, subscriptionIds, true)
    this.#all.keep.keep(recordOf(copy, held))
    this.#account(held.size + OVERHEAD)
    return copy
  }

  /** The group with the copy is stored. */
  ready(copy: Copy): void {
    if (this.#over) return
    this.#waiting.push(copy)
    if (this.#waiting.length === 1) this.resume()
  }

  discard(copy: Copy): void {
    if (!this.#over) this.#release(copy)
  }

  // ---- Out

  #hasRoom(link: Connection): boolean {
    return this.#flights.active < link.windowSize && !link.congested
  }

  /** There may be room again, in the window or in the output. */
  resume(): void {
    const { link } = this
    if (link === null || this.#waiting.length === 0 || !link.open) return
    let named: Copy[] | null = null
    while (this.#waiting.length > 0 && this.#hasRoom(link)) {
      const copy = this.#waiting.shift() as Copy
      const held = copy.held as Held
      if (copy.packetId === 0 && held.expiresAt <= this.#all.clock.wall()) {
        this.#done(copy)
        this.#all.dropped(this.key, 'expired')
      } else if (named !== null || this.#naming > 0 || (copy.qos === 2 && copy.durable && !copy.tried)) {
        // Behind one that waits for the store, all wait: the order stays [MQTT-4.6.0-6].
        named ??= []
        named.push(copy)
        this.#name(copy)
      } else this.#publish(link, copy, held)
    }
    if (named !== null) this.#whenNamed(link, named)
  }

  /**
   * A client that got a QoS 2 PUBLISH knows it by its packet id: after a crash it must come with the same one, so the id is stored
   * before it is sent [MQTT-4.3.3-2].
   */
  #name(copy: Copy): void {
    if (copy.packetId !== 0) {
      this.#flights.move(copy.packetId, Flight.store)
      return
    }
    copy.packetId = this.#flights.take(Flight.store, copy)
    if (copy.qos === 2 && copy.durable) this.#recordId(copy)
  }

  #recordId({ id, packetId }: Copy): void {
    this.#all.keep.keep({ kind: 'sent', key: this.key, id, packetId })
  }

  #whenNamed(link: Connection, copies: readonly Copy[]): void {
    this.#naming++
    const stored = () => {
      this.#naming--
      // Another link has taken over what was on its way, or will.
      if (this.link !== link) return
      for (const copy of copies) {
        if (this.#flights.state(copy.packetId) === Flight.store) this.#publish(link, copy, copy.held as Held)
      }
    }
    this.#all.keep.wait(stored, () => {
      this.#naming--
      link.close('store-failed')
    })
  }

  #publish(link: Connection, copy: Copy, held: Held): void {
    const state = copy.qos === 1 ? Flight.puback : Flight.pubrec
    if (copy.packetId === 0) copy.packetId = this.#flights.take(state, copy)
    else this.#flights.move(copy.packetId, state)
    // At QoS 1 nothing waits for the record: without it the message comes again with another id, which is no loss.
    if (copy.qos === 1 && copy.durable && !copy.tried) this.#recordId(copy)
    const { source } = this.#all
    source.takeHeld(held, this.#all.clock.wall())
    const flags = publishFlags(copy.qos, copy.retain, copy.tried)
    if (link.deliver(source, flags, copy.packetId, copy.subscriptionIds)) {
      copy.tried = true
      return
    }
    this.#flights.free(copy.packetId)
    this.#done(copy)
  }

  // ---- What the client answers

  /** PUBACK: the message is delivered, whatever its reason says. @throws {PacketError} */
  acked(packetId: number): void {
    const state = this.#flights.state(packetId)
    if (state === Flight.puback) this.#finish(packetId)
    else if (state === Flight.pubrec) throw new PacketError('PUBACK for a PUBLISH of QoS 2', 0x82)
  }

  /** PUBREC. A reason of 0x80 or above ends the exchange [MQTT-4.3.3-4]. @throws {PacketError} */
  received(packetId: number, reason: number): void {
    const link = this.link as Connection
    const state = this.#flights.state(packetId)
    if (state === Flight.puback) throw new PacketError('PUBREC for a PUBLISH of QoS 1', 0x82)
    if (reason >= 0x80) {
      // The exchange is over, and a PUBREL is no answer [MQTT-4.3.3-4].
      if (state === Flight.pubrec) this.#finish(packetId)
    } else if (state === Flight.pubcomp) this.#pubrel(link, [packetId])
    else if (state !== Flight.pubrec) link.sendAck('pubrel', packetId, 0x92)
    else this.#release2(link, packetId)
  }

  /** What the client has is dropped here; the PUBREL goes out once that is stored, since the client forgets the id with it. */
  #release2(link: Connection, packetId: number): void {
    const copy = this.#flights.value(packetId)
    this.#flights.move(packetId, Flight.pubcomp)
    if (copy !== null) this.#release(copy)
    if (copy === null || !copy.durable) {
      link.sendAck('pubrel', packetId, 0)
      return
    }
    this.#all.keep.keep({ kind: 'received', key: this.key, id: copy.id, packetId })
    this.#pubrel(link, [packetId])
  }

  /** PUBRELs, once it is stored that their PUBRECs came. */
  #pubrel(link: Connection, packetIds: readonly number[]): void {
    const stored = () => {
      if (this.link !== link) return
      for (const packetId of packetIds) {
        if (this.#flights.state(packetId) === Flight.pubcomp) link.sendAck('pubrel', packetId, 0)
      }
    }
    const durable = packetIds.some((packetId) => this.#flights.value(packetId)?.durable)
    if (durable) this.#all.keep.wait(stored, () => link.close('store-failed'))
    else stored()
  }

  /** PUBCOMP. One that nobody waits for is ignored. */
  completed(packetId: number): void {
    if (this.#flights.state(packetId) === Flight.pubcomp) this.#finish(packetId)
  }

  #finish(packetId: number): void {
    const copy = this.#flights.value(packetId)
    this.#flights.free(packetId)
    if (copy !== null) this.#done(copy)
    if (this.#waiting.length > 0) this.resume()
  }

  /** Nothing is left to do for the copy. */
  #done(copy: Copy): void {
    if (copy.durable) this.#all.keep.keep({ kind: 'message-gone', key: this.key, id: copy.id })
    this.#release(copy)
  }

  #release(copy: Copy): void {
    if (copy.held === null) return
    this.#account(-copy.held.size - OVERHEAD)
    copy.held = null
  }

  #account(bytes: number): void {
    this.bytes += bytes
    this.#all.account(bytes)
    const full = this.bytes >= this.limit
    if (full !== this.full) {
      this.full = full
      this.#all.filled(full)
    }
  }

  // ---- Links

  /** The session has this link now: what was under way goes out again, PUBREL or PUBLISH [MQTT-4.4.0-1], then what waits. */
  attach(link: Connection): void {
    this.link = link
    this.limit = link.core.profile.queueLimit ?? this.limit
    const released = this.#flights.ids().filter((id) => this.#flights.state(id) === Flight.pubcomp)
    if (released.length > 0)
      this.#pubrel(
        link,
        released.sort((a, b) => this.#idOf(a) - this.#idOf(b)),
      )
    this.resume()
  }

  #idOf(packetId: number): number {
    return this.#flights.value(packetId)?.id ?? 0
  }

  /** The link is gone, the session lives. */
  detach(): void {
    this.link = null
    const back: Copy[] = []
    for (const packetId of this.#flights.ids()) {
      const copy = this.#flights.value(packetId)
      const state = this.#flights.state(packetId)
      if (copy === null) this.#flights.free(packetId)
      else if (state !== Flight.pubcomp && state !== Flight.parked) {
        this.#flights.move(packetId, Flight.parked)
        back.push(copy)
      }
    }
    this.#waiting.unshift(back.sort(byId))
  }

  /** The session no longer outlives its link: its records are gone already. */
  forgetRecords(): void {
    for (const copy of this.#copies()) copy.durable = false
  }

  /** The session is over: what waits is dropped. */
  end(): void {
    this.#over = true
    this.link = null
    const left = this.#waiting.length
    for (let i = 0; i < left; i++) this.#all.dropped(this.key, 'gone')
    this.#waiting.clear()
    this.#account(-this.bytes)
  }

  *#copies(): Generator<Copy> {
    for (const packetId of this.#flights.ids()) {
      const copy = this.#flights.value(packetId)
      if (copy !== null && this.#flights.state(packetId) !== Flight.parked) yield copy
    }
    yield* this.#waiting
  }

  // ---- The store

  /** Everything stored and alive, as records. */
  *snapshot(): Generator<KeepRecord> {
    for (const copy of [...this.#copies()].sort(byId)) {
      if (!copy.durable) continue
      const { id, packetId, held } = copy
      // A compaction takes its time: by now the copy may be done with.
      if (held === null && this.#flights.value(packetId) !== copy) continue
      if (held !== null) yield recordOf(copy, held)
      if (packetId !== 0) yield { kind: held === null ? 'received' : 'sent', key: this.key, id, packetId }
    }
  }

  /** Takes over what the store had, in the order of ids; before there is a link. */
  restore(copies: readonly Copy[]): void {
    for (const copy of copies) {
      if (copy.held !== null) this.#account(copy.held.size + OVERHEAD)
      if (copy.packetId !== 0) {
        const state = copy.held === null ? Flight.pubcomp : Flight.parked
        if (!this.#flights.claim(copy.packetId, state, copy)) continue
      }
      if (copy.held !== null) this.#waiting.push(copy)
    }
  }
}
