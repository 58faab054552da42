/**
 * Who is on line, through which connection, since when: all transitions, and nothing else.
 *
 * ## Theory of operation
 *
 * A slot has a *holder* (stored and told) and a queue of *pending* changes (recorded, on their way to the store) in order of
 * epoch: logins, each a session, and logouts, each the place of nobody. Groups are decided in order, so the oldest pending is
 * always decided first. The holder never changes before the store has what changes it: there is nothing to undo.
 *
 * *Current* is the newest of holder and pending; each decision (refresh or take-over, who loses, logout or 520, capacity) is taken
 * against it. A wrong guess is impossible: if what made it current fails, so does all that was decided after it. This is what the
 * store promises: a group that fails takes all behind it along, the one that is still open as well.
 *
 * | event | state | what happens |
 * |---|---|---|
 * | takeOver | current is this link's | refresh: same session, same epoch; its fact is stored all the same |
 * | takeOver | the newest is another session | epoch + 1 pends behind it; the facts and the notice of the loser's end are in the same group |
 * | takeOver | nobody, or logged out | epoch + 1 pends; no loser |
 * | logout | current | epoch + 1 pends as nobody; its fact is in the same group |
 * | stored | the oldest pending | the holder ends; the pending one is the holder, or nobody is |
 * | failed | any pending | it is dropped, and all behind it; the holder stays |
 * | linkClosed, force | holder, nothing pends | it ends at once: fact, and who must be told |
 * | linkClosed, force | a change pends behind it | it is marked; that change carries its end; it is carried out itself only if that change fails |
 * | linkClosed, force | the newest pending | it is marked; it keeps its place, once stored it takes over, and ends in the same release |
 * | stored, failed | nothing pends any more, the holder is marked | it ends: fact, and who must be told |
 *
 * So each session that was told 200 is told its end once: by its successor's group, or by its own mark, never by both.
 *
 * An end that is nobody's request (linkClosed, force, a mark) cannot be refused: its turn says `retry`, so its facts are written
 * again until they are stored. Such a fact may come into the log behind the next login's: of a device's status facts, the one
 * with the latest time counts. Times strictly increase per device in the order of these events.
 *
 * No I/O, no timers. Events that cannot happen throw, and change nothing.
 */
import type { Clock } from '../clock/clock.ts'
import type { DeviceRef, LinkRef } from '../effects/effect.ts'
import type { Turn } from '../effects/turn.ts'
import { OfflineCode } from '../facts/fact.ts'
import { ByLink } from './by-link.ts'
import type { LoginHow, Slotted } from './session.ts'
import { Departure, Session, SessionSlot } from './session.ts'
import type { ForcedCode } from './status.ts'
import { nextStatusTime, recordOffline, recordOnline, tellEnd } from './status.ts'

export interface SessionOptions {
  readonly clock: Clock
  readonly limits: {
    /** Sub-devices on line through one connection of a gateway, 200 by default; 428 beyond. */
    readonly subDevicesOnline: number
  }
  readonly errors?: {
    /** Whether a gateway is told 6401 when a relation ends a session; 'sent' by default. The session ends anyway. */
    readonly topologyRemoved: 'sent' | 'off'
  }
}

export class Sessions {
  readonly limits: SessionOptions['limits']
  readonly #clock: Clock
  readonly #tell6401: boolean
  readonly #links = new ByLink()

  constructor(options: SessionOptions) {
    this.limits = options.limits
    this.#clock = options.clock
    this.#tell6401 = options.errors?.topologyRemoved !== 'off'
  }

  /** The session that counts for decisions: the newest pending one or the holder; `null` where it logged out or must end. */
  newest(device: Slotted): Session | null {
    return device.slot === null ? null : device.slot.current
  }

  /** The session that is stored and told: where messages for the device go. */
  holder(device: Slotted): Session | null {
    return device.slot === null ? null : device.slot.holder
  }

  /** May this link speak for the device: is its newest session of it the holder or a pending one, and not about to end? */
  heldBy(slot: SessionSlot | null, link: LinkRef): boolean {
    if (slot === null) return false
    const current = slot.current
    if (current !== null && current.link === link) return true
    return slot.pending !== null && heldBehind(slot, link)
  }

  /** Sub-devices whose current session is through this link; what 428 counts. */
  countOf(link: LinkRef): number {
    return this.#links.count(link)
  }

  /** Sessions of sub-devices through this link: holders and pending ones; those of a device that came back several times, all. */
  ofLink(link: LinkRef): Iterable<Session> {
    return this.#links.subDevices(link)
  }

  /** The session of the device whose own connection this is; `null` if the link has none. */
  ofOwner(link: LinkRef): Session | null {
    return this.#links.direct(link)
  }

  /** All holders: what `session list` shows. Don't change sessions while you walk. */
  *all(): Generator<Session> {
    for (const session of this.#links.all()) if (session.state === 'holder') yield session
  }

  /**
   * A login that passed all checks, or an accepted CONNECT. Records, in this order: the facts `offline` of the loser and `online`;
   * once stored: settle, the loser's notice (or the closing of its own connection), its detach. The caller then records its
   * reply or connack, and attach.
   * @param now milliseconds since 1970.
   * @returns the session: pending, or the one that stands and was refreshed.
   */
  takeOver(device: Slotted, how: LoginHow, now: number, turn: Turn): Session {
    device.slot ??= new SessionSlot(device)
    const slot = device.slot
    if (slot.current !== null && slot.current.link === how.link) return refresh(slot.current, how, now, turn)
    const loser = newestOf(slot)
    const first = how.first && slot.holder === null && slot.pending === null
    if (loser instanceof Session) recordOffline(loser, loser.end ?? 427, now, turn)
    const session = new Session(slot, device, how, ++slot.epoch, nextStatusTime(slot, now))
    recordOnline(session, first, how.persistent, how.address, session.since, turn)
    turn.stored.push({ kind: 'settle', device, epoch: session.epoch })
    if (loser instanceof Session) tellEnd(loser, loser.end ?? 427, this.#tell6401, turn)
    this.#links.add(session)
    this.#enqueue(slot, session)
    return session
  }

  /**
   * The current session of its device ends by its own wish; records the fact, settle and detach. The caller then records its reply.
   * @param code an `OfflineCode`.
   * @param now milliseconds since 1970.
   * @throws if it is not the current session: check with `newest` first.
   */
  logout(session: Session, turn: Turn, code: number = OfflineCode.disconnect, now: number = this.#clock.wall()): void {
    const { slot } = session
    if (slot.current !== session)
      throw new Error(`logout of a session that is not the current one: ${describe(session)}`)
    recordOffline(session, code, now, turn)
    const departure = new Departure(++slot.epoch, session.link)
    turn.stored.push({ kind: 'settle', device: session.device, epoch: departure.epoch })
    tellEnd(session, code, this.#tell6401, turn)
    this.#enqueue(slot, departure)
  }

  /**
   * The group of this epoch is stored. What that ends is recorded into `turn`, to be applied behind the release.
   * @throws if it is not the oldest pending one.
   */
  stored(device: DeviceRef, epoch: number, turn: Turn): void {
    const slot = slotOf(device)
    const oldest = slot.pending === null ? undefined : slot.pending[0]
    if (slot.pending === null || oldest?.epoch !== epoch) {
      throw new Error(
        `stored out of order: ${nameOf(device)} epoch ${epoch}, oldest pending ${oldest?.epoch ?? 'none'}`,
      )
    }
    slot.pending.shift()
    if (slot.pending.length === 0) slot.pending = null
    const before = slot.holder
    slot.holder = null
    if (oldest instanceof Session) {
      oldest.state = 'holder'
      slot.holder = oldest
    }
    this.#setCurrent(slot)
    if (before !== null) this.#ended(before)
    this.#carryOut(slot, turn)
  }

  /**
   * The group of this epoch failed: it is dropped, and all behind it. Those are told failed by their own groups as well, which
   * changes nothing more. What ends now is recorded into `turn`, to be applied behind the release.
   * @throws if the epoch never was given, or is the holder's.
   */
  failed(device: DeviceRef, epoch: number, turn: Turn): void {
    const slot = slotOf(device)
    if (epoch > slot.epoch || epoch === slot.holder?.epoch)
      throw new Error(`failed, but not pending: ${nameOf(device)} epoch ${epoch}`)
    const at = slot.pending === null ? -1 : slot.pending.findIndex((entry) => entry.epoch === epoch)
    if (slot.pending === null || at < 0) return
    const dropped = slot.pending.splice(at)
    if (slot.pending.length === 0) slot.pending = null
    this.#setCurrent(slot)
    for (const entry of dropped) if (entry instanceof Session) this.#ended(entry)
    this.#carryOut(slot, turn)
  }

  /**
   * A connection ended, from whichever side; call it once, after the link is closed. Ends the session of its own device with
   * `offlineCode`, then those of its sub-devices with `OfflineCode.gatewayOffline`. Nobody is told.
   */
  linkClosed(link: LinkRef, offlineCode: number, turn: Turn): void {
    const own = this.#links.direct(link)
    if (own !== null) this.#closed(own, offlineCode, turn)
    // Entries of a Set may go while it is walked.
    for (const session of this.#links.subDevices(link)) this.#closed(session, OfflineCode.gatewayOffline, turn)
  }

  /**
   * Ends what the device has: because it was deleted (521), disabled (522), un-related (6401) or is on line elsewhere (427). Call it
   * once the change is stored. The gateway of the session gets the notice; a connection of the device's own is closed.
   * @param options `only` restricts it to sessions through this gateway. 6401 never ends a direct connection.
   */
  force(device: Slotted, code: ForcedCode, turn: Turn, options: { readonly only?: DeviceRef } = {}): void {
    const slot = device.slot
    if (slot === null) return
    const marked = (session: Session): boolean => session.end === null && concerns(session, code, options.only)
    if (slot.holder !== null && marked(slot.holder)) slot.holder.end = code
    if (slot.pending !== null)
      for (const entry of slot.pending) if (entry instanceof Session && marked(entry)) entry.end = code
    this.#setCurrent(slot)
    this.#carryOut(slot, turn)
  }

  #closed(session: Session, code: number, turn: Turn): void {
    session.end ??= code
    session.linkGone = true
    this.#setCurrent(session.slot)
    this.#links.remove(session)
    this.#carryOut(session.slot, turn)
  }

  #enqueue(slot: SessionSlot, entry: Session | Departure): void {
    if (slot.pending === null) slot.pending = [entry]
    else slot.pending.push(entry)
    this.#setCurrent(slot)
  }

  /** Where nothing pends any more, a holder that is marked ends. */
  #carryOut(slot: SessionSlot, turn: Turn): void {
    const session = slot.holder
    if (slot.pending !== null || session === null || session.end === null) return
    slot.holder = null
    this.#ended(session)
    turn.retry = true
    recordOffline(session, session.end, this.#clock.wall(), turn)
    tellEnd(session, session.end, this.#tell6401, turn)
  }

  /** Comes before `#ended` of what was current, so that the count finds its link. */
  #setCurrent(slot: SessionSlot): void {
    const newest = newestOf(slot)
    const current = newest instanceof Session && newest.end === null ? newest : null
    if (current === slot.current) return
    this.#links.currentChanged(slot.current, current)
    slot.current = current
  }

  #ended(session: Session): void {
    session.state = 'ended'
    this.#links.remove(session)
  }
}

/** The link is told 200 again; what the login says of the session counts once it is stored. */
function refresh(session: Session, how: LoginHow, now: number, turn: Turn): Session {
  recordOnline(session, false, how.persistent, how.address, nextStatusTime(session.slot, now), turn)
  const stored = () => {
    session.persistent = how.persistent
    session.auto = how.auto
    session.address = how.address
  }
  turn.stored.push({ kind: 'run', stored, failed: null })
  return session
}

function newestOf(slot: SessionSlot): Session | Departure | null {
  const { pending } = slot
  return pending === null ? slot.holder : (pending[pending.length - 1] as Session | Departure)
}

function heldBehind(slot: SessionSlot, link: LinkRef): boolean {
  const pending = slot.pending as (Session | Departure)[]
  for (let i = pending.length - 1; i >= 0; i--) {
    const entry = pending[i] as Session | Departure
    if (entry.link === link) return entry instanceof Session && entry.end === null
  }
  return slot.holder !== null && slot.holder.link === link && slot.holder.end === null
}

function concerns(session: Session, code: ForcedCode, only: DeviceRef | undefined): boolean {
  const { gateway } = session
  if (gateway === null) return only === undefined && code !== 6401
  return only === undefined || (gateway.productKey === only.productKey && gateway.deviceName === only.deviceName)
}

function slotOf(device: DeviceRef): SessionSlot {
  const slot = (device as Slotted).slot
  if (!slot) throw new Error(`${nameOf(device)} never logged in`)
  return slot
}

function nameOf(device: DeviceRef): string {
  return `${device.productKey}/${device.deviceName}`
}

function describe(session: Session): string {
  return `${nameOf(session.device)} epoch ${session.epoch}, ${session.state}`
}
