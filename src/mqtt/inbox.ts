/**
 * Messages of QoS 1 towards clients. Queues belong to owners (`productKey/deviceName`, `a:clientId`), not to links: they follow an
 * owner from its gateway to another or to its own connection, and those of a persistent owner outlive the process.
 */
import type { Clock } from '../clock/clock.ts'
import type { Link } from './host.ts'
import type { Outlet, Window } from './inbox-queue.ts'
import { Inbox, Message, queuedRecord, windowOf } from './inbox-queue.ts'
import type { Keep, KeepRecord } from './keep.ts'
import type { MqttStats } from './stats.ts'

/** How often queues are looked through for messages whose time is up, in milliseconds. */
const SWEEP = 60_000
/** Ids start at so many a millisecond since 1970, so that a restart never repeats one; below 2^53 until the year 2248. */
const IDS_A_MILLISECOND = 1024

/**
 * Why a message was dropped: for room (`limits.offlineMessages`), by age (`limits.offlineTime`), because the session of its owner
 * or its link is gone, or because nobody subscribed to it.
 */
export type Dropped = 'full' | 'expired' | 'gone' | 'not-subscribed'

export interface InboxNeeds {
  readonly clock: Clock
  readonly keep: Keep
  readonly limits: {
    /** Milliseconds that a message waits, at most. */
    readonly offlineTime: number
    /** Messages of one owner that wait, at most; beyond, the oldest goes. Those under way to a client do not count. */
    readonly offlineMessages: number
  }
  readonly stats: MqttStats
  readonly onDropped: (owner: string, why: Dropped) => void
}

export class Inboxes {
  readonly #clock: Clock
  readonly #keep: Keep
  readonly #limits: InboxNeeds['limits']
  readonly #stats: MqttStats
  readonly #onDropped: InboxNeeds['onDropped']
  readonly #inboxes = new Map<string, Inbox>()
  #lastId: number
  #sweeping = false

  constructor(needs: InboxNeeds) {
    this.#clock = needs.clock
    this.#keep = needs.keep
    this.#limits = needs.limits
    this.#stats = needs.stats
    this.#onDropped = needs.onDropped
    this.#lastId = needs.clock.wall() * IDS_A_MILLISECOND
  }

  /** Whether messages for this owner are kept while it is off line. */
  persistent(owner: string): boolean {
    return this.#inboxes.get(owner)?.persistent ?? false
  }

  /** Messages that wait for an owner, those under way left out. */
  size(owner: string): number {
    return this.#inboxes.get(owner)?.size ?? 0
  }

  /** Messages that wait for all owners, those under way left out. */
  total(): number {
    return this.#inboxes.values().reduce((sum, inbox) => sum + inbox.size, 0)
  }

  /** Records in the open group that messages for the owner will be kept; `setPersistent` follows once that is stored. */
  promise(owner: string): void {
    if (!this.persistent(owner)) this.#keep.keep({ kind: 'owner', owner })
  }

  /** What says in the store what stands of the owner now. `anew`: nothing that was recorded before may live on. */
  *current(owner: string, anew: boolean): Generator<KeepRecord> {
    const inbox = this.#inboxes.get(owner)
    if (anew || !inbox?.persistent) yield { kind: 'owner-gone', owner }
    if (!inbox?.persistent) return
    yield { kind: 'owner', owner }
    if (!anew) return
    // Those whose group is open too: their record may stand before this one.
    for (const message of inbox.stored()) yield queuedRecord(message)
    for (const message of inbox.pending?.values() ?? []) yield queuedRecord(message)
  }

  /** Owners whose messages are kept. */
  *owners(): Generator<string> {
    for (const { owner, persistent } of this.#inboxes.values()) if (persistent) yield owner
  }

  /** Off drops what waits. */
  setPersistent(owner: string, on: boolean): void {
    if (this.persistent(owner) === on) return
    this.#keep.keep({ kind: on ? 'owner' : 'owner-gone', owner })
    const inbox = this.#inbox(owner)
    inbox.persistent = on
    if (on) return
    for (let message = inbox.takeOldest(); message !== null; message = inbox.takeOldest()) this.#count(owner, 'gone')
    for (const message of inbox.link?.window?.sent.values() ?? []) {
      if (message?.owner === owner) message.durable = false
    }
    this.#tidy(inbox)
  }

  /** A session of the owner ended for good: what waits is dropped, unless the owner is on line some other way. */
  abandon(owner: string): void {
    const inbox = this.#inboxes.get(owner)
    if (inbox && inbox.link === null) this.setPersistent(owner, false)
  }

  /**
   * Puts a message into the open group. It can be sent once `deliver` is called. `payload` is kept, not copied.
   * @returns the id for `deliver` or `discard`
   */
  queue(owner: string, topic: string, payload: Uint8Array, qos: 1 | 2, auto: boolean): number {
    const inbox = this.#inbox(owner)
    const id = ++this.#lastId
    const expiresAt = this.#clock.wall() + this.#limits.offlineTime
    this.#keep.keep({ kind: 'queued', owner, id, topic, payload, qos, auto, expiresAt })
    inbox.pending ??= new Map()
    inbox.pending.set(id, new Message(id, owner, topic, payload, auto, expiresAt, true))
    this.#trim(inbox)
    this.#sweepLater()
    return id
  }

  /** The group with the message is stored. */
  deliver(owner: string, id: number): void {
    const inbox = this.#inboxes.get(owner)
    const message = inbox?.pending?.get(id)
    if (!inbox || !message) return
    inbox.pending?.delete(id)
    inbox.waiting.push(message)
    if (inbox.link !== null && !inbox.stalled) this.#pump(inbox, inbox.link)
  }

  /** The group with the message failed: nothing of it is stored. */
  discard(owner: string, id: number): void {
    const inbox = this.#inboxes.get(owner)
    if (!inbox?.pending?.delete(id)) return
    this.#tidy(inbox)
  }

  /**
   * Sends a message that lives in memory only, to an owner that is on line through `link`; it is lost with the link. It goes out at
   * QoS 1 or 0, as the link's filters say, and is dropped where they do not match. `payload` is kept, not copied.
   */
  send(owner: string, link: Link, topic: string, payload: string | Uint8Array, auto: boolean): void {
    const outlet = link as Outlet
    if (!outlet.open) return
    const window = windowOf(outlet)
    const message = new Message(++this.#lastId, owner, topic, payload, auto, Number.POSITIVE_INFINITY, false)
    const inbox = window.volatile
    inbox.link = outlet
    inbox.waiting.push(message)
    if (inbox.stalled) this.#trim(inbox)
    else this.#pump(inbox, outlet)
  }

  /** From now on the owner's messages go to this link, and no longer to the one before. */
  attach(owner: string, link: Link): void {
    const outlet = link as Outlet
    const inbox = this.#inbox(owner)
    if (inbox.link !== null && inbox.link !== outlet) this.#detach(inbox, inbox.link)
    if (!outlet.open) {
      this.#tidy(inbox)
      return
    }
    if (inbox.link === null) inbox.join(outlet)
    inbox.reconsider()
    if (!inbox.stalled) this.#pump(inbox, outlet)
  }

  /** The owner's messages no longer go to this link. Those that were not acknowledged go back into its queue. */
  detach(owner: string, link: Link): void {
    const inbox = this.#inboxes.get(owner)
    if (!inbox || inbox.link !== link) return
    this.#detach(inbox, inbox.link)
    this.#tidy(inbox)
  }

  /** Tries again what the link did not take: its filters changed. */
  flush(link: Link): void {
    const outlet = link as Outlet
    for (let inbox = outlet.inboxes; inbox !== null; inbox = inbox.next) {
      if (inbox.refused.length === 0) continue
      inbox.reconsider()
      if (!inbox.stalled) this.#pump(inbox, outlet)
    }
  }

  /** PUBACK. */
  acked(outlet: Outlet, packetId: number): void {
    const window = outlet.window
    if (window === null) return
    const message = window.sent.get(packetId)
    if (message === undefined) return
    window.sent.delete(packetId)
    if (message !== null) this.#delivered(message)
    this.resume(outlet)
  }

  /** There may be room again in the window, or in the output, of this link. */
  resume(outlet: Outlet): void {
    const window = outlet.window
    if (window === null) return
    while (window.stalled.length > 0 && window.hasRoom(outlet)) {
      const inbox = window.stalled.shift() as Inbox
      inbox.stalled = false
      this.#pumpOne(inbox, outlet)
    }
  }

  /** The link is closed: what was not acknowledged goes back to its owners. */
  closed(outlet: Outlet): void {
    for (let inbox = outlet.inboxes; inbox !== null; inbox = outlet.inboxes) {
      this.#detach(inbox, outlet)
      this.#tidy(inbox)
    }
    const window = outlet.window
    outlet.window = null
    if (window === null) return
    for (const message of window.volatile.waiting) this.#count(message.owner, 'gone')
    for (const message of window.sent.values()) if (message !== null) this.#count(message.owner, 'gone')
  }

  #detach(inbox: Inbox, outlet: Outlet): void {
    inbox.leave()
    inbox.reconsider()
    const window = outlet.window
    if (window === null) return
    if (inbox.stalled) {
      inbox.stalled = false
      window.stalled.splice(window.stalled.indexOf(inbox), 1)
    }
    inbox.putBack(window.takeBack(inbox.owner))
    this.#trim(inbox)
  }

  /** Sends what waits, in order, until the link has no more room. */
  #pump(inbox: Inbox, outlet: Outlet): void {
    if (inbox.waiting.length === 0) return
    const window = windowOf(outlet)
    while (inbox.waiting.length > 0) {
      if (!window.hasRoom(outlet)) {
        this.#stall(inbox, window)
        return
      }
      this.#next(inbox, outlet, window)
    }
  }

  /** Sends one message and lets the next owner have its turn. */
  #pumpOne(inbox: Inbox, outlet: Outlet): void {
    const window = outlet.window as Window
    if (inbox.waiting.length > 0) this.#next(inbox, outlet, window)
    if (inbox.waiting.length > 0) this.#stall(inbox, window)
  }

  #stall(inbox: Inbox, window: Window): void {
    inbox.stalled = true
    window.stalled.push(inbox)
    this.#trim(inbox)
  }

  /** Decides on the message that waits longest. */
  #next(inbox: Inbox, outlet: Outlet, window: Window): void {
    const message = inbox.waiting.shift() as Message
    if (message.expiresAt <= this.#clock.wall()) {
      this.#drop(message, 'expired')
      return
    }
    const granted = outlet.grants(message.owner, message.topic, message.auto)
    if (granted < 0) {
      if (message.durable) inbox.refused.push(message)
      else this.#drop(message, 'not-subscribed')
      return
    }
    if (inbox.refused.length > 0 && inbox.hasRefused(message.topic, message.auto)) {
      // The link takes this topic by now, before `flush` was called: what came earlier goes first.
      inbox.reconsider()
      inbox.putBack([message])
      return
    }
    if (granted === 0) {
      outlet.send(message.topic, message.payload)
      this.#delivered(message)
      return
    }
    const packetId = window.takeId(outlet, message)
    const dup = message.sentTo !== null
    message.packetId = packetId
    message.sentTo = outlet.session
    if (outlet.sendAcked(packetId, message.topic, message.payload, dup)) window.sent.set(packetId, message)
    else this.#delivered(message)
  }

  #delivered(message: Message): void {
    if (message.durable) this.#keep.keep({ kind: 'delivered', owner: message.owner, id: message.id })
  }

  #drop(message: Message, why: Dropped): void {
    this.#delivered(message)
    this.#count(message.owner, why)
  }

  #count(owner: string, why: Dropped): void {
    if (why === 'full') this.#stats.droppedFull++
    else if (why === 'expired') this.#stats.droppedExpired++
    else this.#stats.droppedGone++
    this.#onDropped(owner, why)
  }

  /** At the limit the oldest goes first. */
  #trim(inbox: Inbox): void {
    while (inbox.size > this.#limits.offlineMessages) this.#drop(inbox.takeOldest() as Message, 'full')
  }

  #inbox(owner: string): Inbox {
    let inbox = this.#inboxes.get(owner)
    if (!inbox) {
      inbox = new Inbox(owner)
      this.#inboxes.set(owner, inbox)
    }
    return inbox
  }

  /** An inbox that says nothing is not held. */
  #tidy(inbox: Inbox): void {
    if (!inbox.persistent && inbox.link === null && inbox.size === 0) this.#inboxes.delete(inbox.owner)
  }

  #sweepLater(): void {
    if (this.#sweeping) return
    this.#sweeping = true
    this.#clock.after(Math.min(SWEEP, this.#limits.offlineTime), () => this.#sweep())
  }

  #sweep(): void {
    this.#sweeping = false
    const now = this.#clock.wall()
    let left = false
    for (const inbox of this.#inboxes.values()) {
      while (inbox.waiting[0] && inbox.waiting[0].expiresAt <= now) {
        this.#drop(inbox.waiting.shift() as Message, 'expired')
      }
      while (inbox.refused[0] && inbox.refused[0].expiresAt <= now) {
        this.#drop(inbox.refused.shift() as Message, 'expired')
      }
      if (inbox.size > 0) left = true
    }
    if (left) this.#sweepLater()
  }

  /** One record of the store, before the listeners open. Records of other kinds are not looked at. */
  restore(record: KeepRecord): void {
    switch (record.kind) {
      case 'owner':
        this.#inbox(record.owner).persistent = true
        break
      case 'owner-gone':
        this.#inboxes.delete(record.owner)
        break
      case 'queued': {
        const { owner, id, topic, auto, expiresAt } = record
        this.#lastId = Math.max(this.#lastId, id)
        const inbox = this.#inbox(owner)
        inbox.pending ??= new Map()
        inbox.pending.set(id, new Message(id, owner, topic, Buffer.from(record.payload), auto, expiresAt, true))
        break
      }
      case 'delivered':
        this.#lastId = Math.max(this.#lastId, record.id)
        this.#inboxes.get(record.owner)?.pending?.delete(record.id)
        break
    }
  }

  /** All records were restored: what was queued can be sent. */
  restored(): void {
    for (const inbox of this.#inboxes.values()) {
      if (inbox.pending === null) continue
      inbox.putBack([...inbox.pending.values()])
      inbox.pending = null
      this.#trim(inbox)
      this.#tidy(inbox)
      this.#sweepLater()
    }
  }

  /** Everything that is stored and lives, as records; for a compaction. */
  *snapshot(): Generator<KeepRecord> {
    for (const inbox of this.#inboxes.values()) {
      if (inbox.persistent) yield { kind: 'owner', owner: inbox.owner }
      for (const message of inbox.stored()) yield queuedRecord(message)
    }
  }
}
