/** One connection: its bytes in and out, its state, and what a host may do with it ({@link Link}). */
import type { CloseReason, ConnectRefusal } from '../codes/mqtt.ts'
import { closeReasons, connectRefusals, Reason } from '../codes/mqtt.ts'
import { SentAliases } from './aliases.ts'
import { cannotSay, closeReasonOf, explained, nameApp, sendDisconnect, sendSuback, willOf } from './answers.ts'
import { packetArrived } from './channel.ts'
import type { Session } from './clients.ts'
import { encodeConnack } from './codec/connack.ts'
import { PacketType } from './codec/fixed-header.ts'
import type { ConnectPacket, Properties, Will } from './codec/packets.ts'
import { PacketError, UnsupportedVersion } from './codec/packets.ts'
import { connackProperties } from './connack-properties.ts'
import type { Core } from './core.ts'
import type { Accept, ClosedBy, Peer } from './host.ts'
import type { Inbox, Outlet, Window } from './inbox-queue.ts'
import type { PacketHandler } from './input.ts'
import { Input } from './input.ts'
import { QUEUE_LIMIT } from './outboxes.ts'
import type { Resumable } from './output.ts'
import { Output } from './output.ts'
import { Phase } from './phase.ts'
import { answer, forget } from './qos2.ts'
import type { RetainedSending } from './retained-sending.ts'
import { Sender } from './sender.ts'
import { Filters } from './topics/filters.ts'
import type { Wire, WireUser } from './transport/transport.ts'
import type { Watched } from './wheel.ts'

/** Seconds in which a connection must have sent its CONNECT. */
export const CONNECT_SECONDS = 10
/** Seconds in which a client that was told the end must take what was sent and close; then the wire is dropped. */
export const LINGER_SECONDS = 4
/** Largest packet before a connection is let in, in bytes. An application's fits every field at its longest: five of 64 KiB. */
const CONNECT_LIMIT = { device: 64 * 1024, app: 512 * 1024 } as const

/** No CONNACK is as large as this, in bytes. */
const CONNACK_LIMIT = 256

const NO_FILTERS: Filters = new Filters()

export class Connection extends Sender implements Outlet, WireUser, Watched, Resumable, PacketHandler {
  readonly id: number
  readonly wire: Wire
  readonly input: Input
  clientId = ''
  keepAlive = 0
  cleanStart = true
  /** 5.0: seconds that the session outlives the link; 0xffffffff for ever. 3.x: one of these two, by clean session. */
  sessionExpiry = 0
  windowSize: number
  peer: Peer | null = null
  session: Session | null = null
  inboxes: Inbox | null = null
  window: Window | null = null
  /** Second of the wheel in which the last packet came. */
  lastSeen = 0
  watchedAt = 0
  #holds = 0
  /** Its answers wait for it to read them: no more of its packets are handled until it has. Keep-alive goes on. */
  #choked = false
  #resuming = false
  /** The client is gone, but packets of it are still held. */
  #orphaned = false
  /** What it asked to have published, until it is let in. */
  will: Will | null = null
  /** 5.0 and 3.1.1: the client gave no id, and is told the one it got. */
  assigned = false
  /** Made when a SUBSCRIBE asks for what is retained. */
  retainedSending: RetainedSending | null = null

  constructor(core: Core, wire: Wire) {
    super(core, new Output(core.flusher, wire))
    this.id = core.nextLinkId()
    this.wire = wire
    this.input = new Input(this, wire)
    this.windowSize = core.profile.sendWindow
    wire.user = this
    core.stats.connections++
    core.connections.add(this)
    core.wheel.watch(this, CONNECT_SECONDS)
  }

  get remote(): string {
    return this.wire.remote
  }

  get certificate(): string | undefined {
    return this.wire.certificate
  }

  get open(): boolean {
    return this.phase === Phase.open
  }

  get filters(): Filters {
    return this.session === null ? NO_FILTERS : this.session.filters
  }

  protected override identifiers(topic: string): number[] | null {
    return this.filters.identifiers(topic)
  }

  // ---- Input

  get halted(): boolean {
    return this.#holds > 0 || this.#choked || this.phase === Phase.verdict || this.phase > Phase.open
  }

  get packetLimit(): number {
    const { name, maximumPacketSize } = this.core.profile
    return this.phase === Phase.connect ? Math.min(maximumPacketSize, CONNECT_LIMIT[name]) : maximumPacketSize
  }

  received(buffer: Buffer, length: number): void {
    if (this.phase > Phase.open) return
    this.core.flusher.arm()
    try {
      this.input.received(buffer, length)
    } catch (error) {
      this.#broken(error)
    }
  }

  resume(): void {
    this.#resuming = false
    if (this.phase > Phase.open) return
    try {
      this.input.resume()
    } catch (error) {
      this.#broken(error)
    }
    if (this.#orphaned && this.#holds === 0) this.#finish('network')
  }

  packet(type: number, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void {
    this.lastSeen = this.core.wheel.now
    packetArrived(this, type, flags, buffer, bodyStart, bodyEnd)
    if (this.congested) this.#choked = true
  }

  begins(firstByte: number): void {
    // Whoever speaks another protocol learns it now, not when the connection times out.
    if (this.phase === Phase.connect && firstByte !== PacketType.connect << 4) {
      throw new PacketError('the first packet is not CONNECT', 0x82)
    }
  }

  #broken(error: unknown): void {
    if (!(error instanceof PacketError)) {
      this.#finish('store-failed')
      this.core.defect(error)
      return
    }
    if (this.phase === Phase.connect && error instanceof UnsupportedVersion) {
      this.#refuseVersion(error)
      return
    }
    this.violate(closeReasonOf(error.reason), error.message)
  }

  /** Closes the connection because a packet broke the protocol or a limit. */
  violate(reason: CloseReason, detail: string): void {
    if (this.phase > Phase.open) return
    this.core.stats.violations++
    this.core.host.violated(this, reason, detail)
    this.close(reason, detail)
  }

  hold(): void {
    this.#holds++
  }

  release(): void {
    if (this.#holds === 0 || --this.#holds > 0) return
    this.lastSeen = this.core.wheel.now
    this.#goOn()
  }

  /** Packets that waited are handled at the end of the turn, not within the step that let them go. */
  #goOn(): void {
    if (this.#resuming) return
    this.#resuming = true
    this.core.flusher.later(this)
  }

  // ---- CONNECT

  connect(packet: ConnectPacket): void {
    this.phase = Phase.verdict
    this.version = packet.version
    this.clientId = packet.clientId
    this.keepAlive = packet.keepAlive
    this.cleanStart = packet.cleanStart
    const properties = packet.properties
    if (packet.version === 5) this.sessionExpiry = properties?.sessionExpiryInterval ?? 0
    else this.sessionExpiry = packet.cleanStart ? 0 : 0xffff_ffff
    if (properties?.maximumPacketSize !== undefined) this.clientPacketLimit = properties.maximumPacketSize
    this.windowSize = Math.min(this.windowSize, properties?.receiveMaximum ?? this.windowSize)
    if (properties?.requestProblemInformation === 0) this.problemInformation = false
    if (properties?.topicAliasMaximum) this.aliases = new SentAliases(properties.topicAliasMaximum)
    if (this.core.profile.wills ?? this.core.profile.name === 'app') this.will = willOf(packet)
    if (properties?.authenticationMethod !== undefined) this.refuse('authentication-method')
    else if (this.core.profile.name === 'app' && !nameApp(this, packet)) this.refuse('client-id')
    else this.core.host.connect(this, packet)
  }

  accept(how: Accept): void {
    if (this.phase !== Phase.verdict) return
    const properties = connackProperties(this)
    // Who takes no packet as large as this one cannot be let in [MQTT-3.1.2-24]; its session stays as it was.
    const size = () => encodeConnack({ sessionPresent: false, code: 0, properties }, this.version).length
    if (this.clientPacketLimit < CONNACK_LIMIT && size() > this.clientPacketLimit) {
      this.core.stats.refused++
      this.#finish('refused')
      return
    }
    const present = this.core.clients.enter(this, how)
    this.phase = Phase.open
    this.core.stats.accepted++
    this.sendPacket(encodeConnack({ sessionPresent: present, code: 0, properties }, this.version))
    this.lastSeen = this.core.wheel.now
    if (this.keepAlive === 0) this.core.wheel.forget(this)
    else this.core.wheel.watch(this, this.#silence())
    const session = this.session as unknown as Session
    if (present) this.core.router.entered(session)
    if (this.will !== null || this.core.wills.size > 0) this.core.wills.entered(session, this.clientId, this.will)
    this.will = null
    if (session.app) this.#enterApp(session)
    else if (how.owner !== '') this.core.inboxes.attach(how.owner, this)
    this.#goOn()
  }

  #enterApp(session: Session): void {
    session.queueLimit = this.core.profile.queueLimit ?? QUEUE_LIMIT
    session.outbox?.attach(this)
  }

  refuse(cause: ConnectRefusal): void {
    if (this.phase !== Phase.verdict) return
    this.core.stats.refused++
    const { v3, v5 } = connectRefusals[cause]
    const code = this.version === 5 ? v5 : v3
    this.sendPacket(encodeConnack({ sessionPresent: false, code, properties: explained(this, code) }, this.version))
    this.#finish('refused')
  }

  /** In the form of 3.1.1, whatever the level: it must be answered there with 1 [MQTT-3.1.2-2], and 5.0 leaves the answer open. */
  #refuseVersion(error: UnsupportedVersion): void {
    const { v3 } = connectRefusals['protocol-version']
    this.core.stats.refused++
    this.core.host.violated(this, 'protocol-error', error.message)
    this.sendPacket(encodeConnack({ sessionPresent: false, code: v3, properties: null }, 4))
    this.#end()
  }

  // ---- Output

  ack(packetId: number, reason: number, properties: Properties | null = null): void {
    const { session } = this
    if (reason === Reason.unspecified && cannotSay(this)) {
      if (session?.qos2In?.has(packetId)) forget(this, session, packetId)
      this.close('store-failed')
      return
    }
    if (session?.qos2In?.has(packetId)) {
      answer(this, session, packetId, reason, properties)
      return
    }
    if (this.phase !== Phase.open) return
    this.publishes?.acked(packetId)
    this.sendAck('puback', packetId, reason, properties)
  }

  suback(packetId: number, codes: Uint8Array, unsubscribe: boolean): void {
    if (this.phase !== Phase.open) return
    sendSuback(this, packetId, codes, unsubscribe)
    if (unsubscribe) return
    if (this.session?.app) this.retainedSending?.acknowledged(this, packetId)
    else this.core.inboxes.flush(this)
  }

  grants(owner: string, topic: string, auto: boolean): -1 | 0 | 1 | 2 {
    return this.core.host.grants(this, owner, topic, auto)
  }

  drained(): void {
    this.output.drained()
    this.recovers(false)
    if (this.phase !== Phase.open || this.congested) return
    if (this.#choked) {
      this.#choked = false
      this.#goOn()
    }
    this.core.inboxes.resume(this)
    this.retainedSending?.resume(this)
    this.session?.outbox?.resume()
  }

  /** Takes back a filter that was granted. */
  revoke(filter: string): void {
    this.filters.remove(filter)
    if (this.session !== null) this.core.router.unsubscribed(this.session, filter)
  }

  // ---- End

  close(reason: CloseReason, detail = ''): void {
    if (this.phase > Phase.open) return
    if (this.phase === Phase.open && this.version === 5) sendDisconnect(this, closeReasons[reason], detail)
    this.#finish(reason)
  }

  /** The client's DISCONNECT; all reasons but 0 leave the will to be published [MQTT-3.14.4-3]. */
  disconnected(reason: number): void {
    this.#finish('disconnect', reason !== 0)
  }

  ended(): void {
    if (this.phase === Phase.open && this.#holds > 0 && this.input.holding) {
      // What the client sent before it left still counts: a DISCONNECT may be among it.
      this.#orphaned = true
      return
    }
    this.#finish('network')
    this.#drop()
  }

  /** Drops the connection without waiting for the client. */
  cut(): void {
    this.#finish('server-stops')
    this.#drop()
  }

  /** Tells everybody that the link is no more; what was sent still goes out. */
  #finish(by: ClosedBy, willed = true): void {
    const before = this.phase
    if (before > Phase.open) return
    this.#end()
    if (before === Phase.open) this.#leave(this.session as Session, willed)
    this.recovers(true)
    if (before !== Phase.connect) this.core.host.closed(this, by)
    if (this.#orphaned) this.#drop()
  }

  #leave(session: Session, willed: boolean): void {
    const { core } = this
    const held = session.link === this
    if (held && !session.app) core.router.left(session)
    core.inboxes.closed(this)
    core.clients.left(this)
    if (held && core.wills.size > 0) core.wills.left(session, willed)
  }

  #end(): void {
    this.phase = Phase.closing
    this.input.drop()
    this.publishes = null
    this.retainedSending = null
    this.output.end()
    this.core.wheel.watch(this, LINGER_SECONDS)
  }

  #drop(): void {
    if (this.phase === Phase.gone) return
    this.phase = Phase.gone
    this.core.wheel.forget(this)
    this.output.drop()
    this.wire.destroy()
    this.core.gone(this)
  }

  // ---- Time

  /** Whole seconds of silence after which the link is closed: 1.5 times the keep-alive. */
  #silence(): number {
    return Math.ceil(this.keepAlive * 1.5)
  }

  look(now: number): number {
    if (this.phase === Phase.connect) {
      this.core.stats.connectTimeouts++
      this.#finish('network')
      this.#drop()
      return 0
    }
    if (this.phase === Phase.verdict) return CONNECT_SECONDS
    if (this.phase > Phase.open) {
      this.#drop()
      return 0
    }
    if (this.#holds > 0) this.lastSeen = now
    const left = this.lastSeen + this.#silence() + 1 - now
    if (left > 0) return left
    this.core.stats.keepAliveTimeouts++
    this.close('keep-alive')
    return 0
  }
}
