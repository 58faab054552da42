/** MQTT sessions by key, and who is connected. A session key is not a client id (host.ts, {@link Accept}). */
import type { Clock } from '../clock/clock.ts'
import type { Connection } from './connection.ts'
import type { Accept } from './host.ts'
import type { Inboxes } from './inbox.ts'
import type { PacketIds } from './inbox-queue.ts'
import type { Keep, KeepRecord } from './keep.ts'
import type { Outbox } from './outbox.ts'
import type { Outboxes } from './outboxes.ts'
import { QUEUE_LIMIT } from './outboxes.ts'
import type { FilterEntry } from './topics/filters.ts'
import { Filters } from './topics/filters.ts'

/** Expiry of a session that never ends by itself. */
const NEVER = 0xffff_ffff
/** How often sessions are looked through for those whose time is up, in milliseconds. */
const SWEEP = 60_000

export class Session implements PacketIds {
  readonly key: string
  /** An application's: its filters are all in the tree, and its messages go through its outbox. */
  readonly app: boolean
  readonly filters = new Filters()
  link: Connection | null = null
  lastPacketId = 0
  /** Seconds that it outlives its link. */
  expiry = 0
  /** Milliseconds since 1970; 0 while a link stands. */
  endedAt = 0
  /** It was resumed by a link that it will not outlive: its owner's queue ends with it. */
  lastLink = false
  /** Messages of QoS 1 and 2 towards an application; made with the first. */
  outbox: Outbox | null = null
  /** Packet ids of QoS 2 PUBLISHes that came, until PUBREL [MQTT-4.3.3-10]; true once the PUBREC went out. */
  qos2In: Map<number, boolean> | null = null
  /** Has filters in the tree of what crosses owners. */
  routed = false
  /** Bytes that may wait for it; what its last link's profile said. */
  queueLimit = QUEUE_LIMIT

  constructor(key: string) {
    this.key = key
    this.app = key.startsWith('a:')
  }

  get persistent(): boolean {
    return this.expiry > 0
  }

  /** No more messages may wait for it. */
  get full(): boolean {
    return this.outbox?.full ?? false
  }

  outboxOf(all: Outboxes): Outbox {
    if (this.outbox === null) {
      this.outbox = all.make(this.key, this.queueLimit)
      this.outbox.link = this.link
    }
    return this.outbox
  }
}

/** Who hears when a session is over, whether it had a link to the end or not. */
export type SessionEnded = (session: Session) => void

export class Clients {
  readonly #clock: Clock
  readonly #keep: Keep
  readonly #inboxes: Inboxes
  readonly #ended: SessionEnded
  readonly #sessions = new Map<string, Session>()
  #sweeping = false

  constructor(clock: Clock, keep: Keep, inboxes: Inboxes, ended: SessionEnded = () => {}) {
    this.#clock = clock
    this.#keep = keep
    this.#inboxes = inboxes
    this.#ended = ended
  }

  /** Sessions, with and without a link. */
  get size(): number {
    return this.#sessions.size
  }

  /** Every session, with a link or without. */
  all(): Iterable<Session> {
    return this.#sessions.values()
  }

  session(key: string): Session | undefined {
    return this.#sessions.get(key)
  }

  /** The link that holds this session now. */
  link(key: string): Connection | null {
    return this.#sessions.get(key)?.link ?? null
  }

  /** Gives the link its session, a stored one or a new one. Returns true if it is a stored one: session present. */
  enter(link: Connection, { key, ...how }: Accept): boolean {
    // What waits for an application is its session's own.
    const owner = key.startsWith('a:') ? '' : how.owner
    this.#sessions.get(key)?.link?.close('taken-over')
    let session = this.#sessions.get(key)
    if (session && (link.cleanStart || this.#isOver(session))) {
      this.#forget(session)
      session = undefined
    }
    const present = session !== undefined
    if (link.cleanStart && owner !== '') this.#inboxes.setPersistent(owner, false)
    if (!session) {
      session = new Session(key)
      this.#sessions.set(key, session)
    }
    session.link = link
    link.session = session
    this.#outlive(session, link.sessionExpiry, owner)
    return present
  }

  /** Records in the open group what `enter` will make of a link that asks for a persistent session. */
  promise(link: Connection, { key, owner }: Accept): void {
    const expiry = link.sessionExpiry
    if (expiry === 0) return
    if (this.#sessions.get(key)?.expiry !== expiry) this.#keep.keep({ kind: 'session', key, expiry, endedAt: 0 })
    if (owner !== '' && !key.startsWith('a:')) this.#inboxes.promise(owner)
  }

  /** 5.0: a DISCONNECT may change how long the session outlives its link. */
  changeExpiry(session: Session, expiry: number): void {
    if (session.expiry !== expiry) this.#outlive(session, expiry, session.app ? '' : ownerOf(session.key))
  }

  #outlive(session: Session, expiry: number, owner: string): void {
    const before = session.expiry
    session.expiry = expiry
    session.endedAt = 0
    session.lastLink = false
    if (expiry > 0) {
      if (before !== NEVER || expiry !== NEVER) this.#record(session)
      if (owner !== '') this.#inboxes.setPersistent(owner, true)
    } else if (before > 0) {
      // Should the process end before the link, nothing of the session may be left.
      this.#keep.keep({ kind: 'session-gone', key: session.key })
      session.outbox?.forgetRecords()
      session.lastLink = true
    }
  }

  /** The session is to be no more: it goes at once, or with the link that holds it. */
  end(key: string): void {
    const session = this.#sessions.get(key)
    if (session === undefined) return
    if (session.link === null) this.#forget(session)
    else this.changeExpiry(session, 0)
  }

  /** The link ended. */
  left(link: Connection): void {
    const session = link.session
    if (!session || session.link !== link) return
    session.link = null
    if (!session.persistent) {
      this.#sessions.delete(session.key)
      this.#ended(session)
      if (session.lastLink && !session.app) this.#inboxes.abandon(ownerOf(session.key))
      return
    }
    session.outbox?.detach()
    session.endedAt = this.#clock.wall()
    if (session.expiry === NEVER) return
    this.#record(session)
    this.#sweepLater()
  }

  /** A filter was granted. */
  subscribed(session: Session, entry: FilterEntry): void {
    if (!session.persistent) return
    this.#keep.keep({ kind: 'filter', key: session.key, filter: entry, subscriptionId: entry.subscriptionId })
  }

  /** A filter is gone, or muted. */
  unsubscribed(session: Session, filter: string): void {
    if (session.persistent) this.#keep.keep({ kind: 'filter-gone', key: session.key, filter })
  }

  #record(session: Session): void {
    this.#keep.keep(recordOf(session))
  }

  #forget(session: Session): void {
    this.#sessions.delete(session.key)
    if (session.persistent) this.#keep.keep({ kind: 'session-gone', key: session.key })
    this.#ended(session)
  }

  #isOver(session: Session): boolean {
    if (session.link !== null || session.expiry === NEVER) return false
    return session.endedAt + session.expiry * 1000 <= this.#clock.wall()
  }

  #sweepLater(): void {
    if (this.#sweeping) return
    this.#sweeping = true
    this.#clock.after(SWEEP, () => this.#sweep())
  }

  #sweep(): void {
    this.#sweeping = false
    let left = false
    for (const session of this.#sessions.values()) {
      if (session.link !== null || session.expiry === NEVER) continue
      if (!this.#isOver(session)) {
        left = true
        continue
      }
      this.#forget(session)
      if (!session.app) this.#inboxes.abandon(ownerOf(session.key))
    }
    if (left) this.#sweepLater()
  }

  /** One record of the store, before the listeners open. Records of other kinds are not looked at. */
  restore(record: KeepRecord): void {
    switch (record.kind) {
      case 'session': {
        const session = this.#sessions.get(record.key) ?? new Session(record.key)
        this.#sessions.set(record.key, session)
        session.expiry = record.expiry
        session.endedAt = record.endedAt
        break
      }
      case 'session-gone':
        this.#sessions.delete(record.key)
        break
      case 'filter': {
        const filters = this.#sessions.get(record.key)?.filters
        filters?.add(record.filter, record.subscriptionId)
        filters?.unmute(record.filter.filter)
        break
      }
      case 'filter-gone': {
        const session = this.#sessions.get(record.key)
        session?.filters.remove(record.filter)
        if (session?.app === false) session.filters.mute(record.filter)
        break
      }
      case 'qos2-in': {
        const session = this.#sessions.get(record.key)
        if (!session) break
        session.qos2In ??= new Map()
        session.qos2In.set(record.packetId, true)
        break
      }
      case 'qos2-in-gone':
        this.#sessions.get(record.key)?.qos2In?.delete(record.packetId)
        break
    }
  }

  /** All records were restored: sessions whose link the end of the process cut count from now. */
  restored(each: (session: Session) => void = () => {}): void {
    for (const session of this.#sessions.values()) {
      each(session)
      if (session.endedAt === 0) session.endedAt = this.#clock.wall()
      if (session.expiry !== NEVER) this.#sweepLater()
    }
  }

  /** Everything that lives, as records; for a compaction. */
  *snapshot(): Generator<KeepRecord> {
    for (const session of this.#sessions.values()) yield* recordsOf(session)
  }

  /** What a session keeps now, or that it is gone. */
  *current(key: string): Generator<KeepRecord> {
    const session = this.#sessions.get(key)
    if (session?.persistent) yield* recordsOf(session)
    else yield { kind: 'session-gone', key }
  }
}

function* recordsOf(session: Session): Generator<KeepRecord> {
  if (!session.persistent) return
  const { key } = session
  yield recordOf(session)
  for (const filter of session.filters.muted) yield { kind: 'filter-gone', key, filter }
  for (const entry of session.filters) {
    yield { kind: 'filter', key, filter: entry, subscriptionId: entry.subscriptionId }
  }
  for (const packetId of session.qos2In?.keys() ?? []) yield { kind: 'qos2-in', key, packetId }
  if (session.outbox) yield* session.outbox.snapshot()
}

function recordOf(session: Session): KeepRecord {
  return { kind: 'session', key: session.key, expiry: session.expiry, endedAt: session.endedAt }
}

/** Whose queue belongs to a session: `d:` stands before the name of a device, other keys are owners themselves. */
function ownerOf(key: string): string {
  return key.startsWith('d:') ? key.slice(2) : key
}
