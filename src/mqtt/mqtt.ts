/** The MQTT front end, put together: what `platform/` and `main.ts` use. */
import type { Clock } from '../clock/clock.ts'
import { Admission } from './admission.ts'
import type { Session } from './clients.ts'
import { Clients } from './clients.ts'
import { Connection } from './connection.ts'
import type { Shared } from './core.ts'
import { Core } from './core.ts'
import type { Accept, Delivery, Host, Link, Profile, RouteMessage, WillMessage } from './host.ts'
import type { Dropped, InboxNeeds } from './inbox.ts'
import { Inboxes } from './inbox.ts'
import type { Keep, KeepRecord } from './keep.ts'
import { MqttListener } from './listener.ts'
import { Outboxes, QUEUED_TOTAL } from './outboxes.ts'
import { Flusher } from './output.ts'
import { RETAINED_LIMITS, RetainedMessages } from './retained.ts'
import { Router } from './router.ts'
import type { OnSlow } from './slow.ts'
import { MqttStats } from './stats.ts'
import { SysTopics } from './sys.ts'
import type { MemoryWire } from './transport/memory.ts'
import type { PortRules } from './transport/port.ts'
import { Wheel } from './wheel.ts'
import { Wills } from './wills.ts'

/** Bytes of output that wait on all connections together before every link beyond 64 KiB counts as a slow reader. */
export const OUTPUT_TOTAL = 512 * 1024 * 1024

export interface MqttOptions {
  readonly clock: Clock
  readonly keep: Keep
  /** Kind of client of the first listener; `listener` makes more. */
  readonly host: Host
  readonly profile: Profile
  readonly limits: InboxNeeds['limits']
  /** Bytes of output that wait on all connections together; {@link OUTPUT_TOTAL} by default. */
  readonly outputTotal?: number
  /** Bytes of messages that wait for all application sessions together, at most; 1 GiB by default. */
  readonly queuedTotal?: number
  /** Retained messages and their bytes, at most; {@link RETAINED_LIMITS} by default. */
  readonly retained?: { readonly messages: number; readonly bytes: number }
  /** Of the software, for `$SYS/broker/version`. */
  readonly version?: string
  /** Which connections are taken at all; all of them by default. */
  readonly admission?: Admission
  /** A link began, or ceased, to be a slow reader. */
  readonly onSlow?: OnSlow
  /** A queued message was dropped. */
  readonly onDropped?: (owner: string, why: Dropped) => void
  /**
   * Called before the output of a loop turn is written: the store decides its open group here (`commit.flush`), so that what waits
   * for it leaves in the same write.
   */
  readonly beforeFlush?: () => void
  /** A defect met while a packet was handled; that connection is closed. Without this it is thrown. */
  readonly onDefect?: (error: unknown) => void
}

export class Mqtt {
  readonly inboxes: Inboxes
  readonly stats = new MqttStats()
  readonly #shared: Shared
  readonly #listeners: MqttListener[] = []
  readonly #first: MqttListener

  constructor(options: MqttOptions) {
    const { clock, keep, limits } = options
    const onDropped = options.onDropped ?? (() => {})
    this.inboxes = new Inboxes({ clock, keep, limits, stats: this.stats, onDropped })
    const outboxes = new Outboxes(clock, keep, this.stats, onDropped, options.queuedTotal ?? QUEUED_TOTAL)
    const retained = new RetainedMessages(clock, keep, this.stats, options.retained ?? RETAINED_LIMITS)
    const wills = new Wills(clock, keep, (will) => this.#will(will))
    const router = new Router(outboxes, retained)
    const started = clock.mono()
    const ended = (session: Session) => {
      router.left(session)
      session.outbox?.end()
      wills.ended(session.key)
    }
    this.#shared = {
      clock,
      keep,
      outboxes,
      retained,
      wills,
      outputTotal: options.outputTotal ?? OUTPUT_TOTAL,
      admission: options.admission ?? new Admission(clock),
      onSlow: options.onSlow ?? (() => {}),
      flusher: new Flusher(clock, options.beforeFlush ?? (() => {})),
      wheel: new Wheel(clock),
      clients: new Clients(clock, keep, this.inboxes, ended),
      inboxes: this.inboxes,
      router,
      sys: new SysTopics(clock, router, () => this.#sysValues(options.version ?? 'Homeport', started)),
      stats: this.stats,
      defect: options.onDefect ?? rethrow,
    }
    this.#first = this.listener(options.host, options.profile)
  }

  /** A further port, for another kind of client, over the same sessions, queues and tree. */
  listener(host: Host, profile: Profile): MqttListener {
    const listener = new MqttListener(new Core(this.#shared, host, profile))
    this.#listeners.push(listener)
    return listener
  }

  /** Opens a port of the first listener, plain MQTT without `rules`; returns its number. Call `restore` before. */
  listen(port: number, host: string, rules?: PortRules): Promise<number> {
    return this.#first.listen(port, host, rules)
  }

  /** A connection to the first listener without a socket: the client's end. `capacity`: bytes on their way, as of socket buffers. */
  connect(capacity?: number): MemoryWire {
    return this.#first.connect(capacity)
  }

  /** Links that are let in, of all listeners. */
  *links(): Generator<Link> {
    for (const listener of this.#listeners) yield* listener.links()
  }

  /** Connections whose wire stands, let in or not. */
  get connections(): number {
    let count = 0
    for (const listener of this.#listeners) count += listener.connections
    return count
  }

  /** Bytes of output that connections have not taken yet, with the room left in their chunks. */
  get outputBytes(): number {
    return this.#shared.flusher.pool.inUse
  }

  /** Messages of QoS 1 and 2 that wait, for devices and applications, and the bytes of the latter. Walks over all queues. */
  queued(): { readonly messages: number; readonly bytes: number } {
    let messages = this.inboxes.total()
    for (const link of this.links()) messages += (link as Connection).window?.volatile.size ?? 0
    for (const { outbox } of this.#shared.clients.all()) messages += outbox?.size ?? 0
    return { messages, bytes: this.#shared.outboxes.bytes }
  }

  /** The link that holds a session. */
  link(key: string): Link | null {
    return this.#shared.clients.link(key)
  }

  /** Takes back a filter that was granted to a link: it could not be stored. */
  revoke(link: Link, filter: string): void {
    if (link instanceof Connection) link.revoke(filter)
  }

  /**
   * Routes a message: everything that needs no store goes out at once, into the outputs of those who subscribed. Where copies for
   * persistent sessions, a retained message or the packet id of a QoS 2 PUBLISH must be stored, their records are in the open group
   * when this returns, and the delivery says what to do once it is decided; null where nothing waits. See {@link routed}.
   */
  route(message: RouteMessage): Delivery | null {
    return this.#shared.router.route(message)
  }

  /**
   * What became of the message routed last, as the reason of its PUBACK or PUBREC: 0; 0x10, nobody subscribed it; 0x97, a queue that
   * it should have joined is full and nobody got it; -1, the same on 3.x: it must not be acknowledged, since `Host.publish` is
   * called with it again when there is room, and its link waits for that.
   */
  get routed(): number {
    return this.#shared.router.reason
  }

  /** Whether anybody has a filter in the tree: routing a message could reach somebody. */
  get subscribed(): boolean {
    return this.#shared.router.size > 0
  }

  *#sysValues(version: string, started: number): Generator<readonly [string, string | number]> {
    const { clock, clients, router, retained, outboxes } = this.#shared
    const { stats } = this
    let connected = 0
    for (const _link of this.links()) connected++
    yield ['version', version]
    yield ['uptime', `${Math.floor((clock.mono() - started) / 1000)} seconds`]
    yield ['clients/connected', connected]
    yield ['clients/total', clients.size]
    yield ['messages/received', stats.publishesIn]
    yield ['messages/sent', stats.publishesOut]
    yield ['messages/dropped', stats.dropped]
    yield ['retained messages/count', retained.size]
    yield ['subscriptions/count', router.size]
    yield ['store/messages/bytes', outboxes.bytes + retained.bytes]
  }

  /** A will is due: the host of the listener that takes such sessions judges it. */
  #will(will: WillMessage): void {
    for (const { host, profile } of this.#listeners) {
      if ((profile.name === 'app') !== will.key.startsWith('a:') || !host.will) continue
      host.will(will)
      return
    }
    const delivery = this.route(will)
    if (delivery === null) return
    this.#shared.keep.wait(
      () => delivery.release(),
      () => delivery.discard(),
    )
  }

  /** Writes out now what waits for the end of the loop turn. Within a flush it does nothing: the one under way will. */
  flush(): void {
    this.#shared.flusher.flush()
  }

  /** Takes the records of the store back, oldest first. Payloads are copied. */
  restore(records: Iterable<KeepRecord>): void {
    const { clients, outboxes, retained, wills, router } = this.#shared
    for (const record of records) {
      clients.restore(record)
      this.inboxes.restore(record)
      outboxes.restore(record)
      retained.restore(record)
      wills.restore(record)
    }
    clients.restored((session) => {
      if (!session.app) return
      session.outbox = outboxes.restored(session.key)
      router.entered(session)
    })
    outboxes.forgetRest()
    this.inboxes.restored()
    wills.restored((key) => clients.session(key))
  }

  /** Puts what a CONNECT that asks for a persistent session will keep into the open group, before it is let in. */
  promise(link: Link, how: Accept): void {
    this.#shared.clients.promise(link as Connection, how)
  }

  /** What stands now of what a record is about; for one whose group failed. */
  *current(record: KeepRecord): Generator<KeepRecord> {
    if ('key' in record) yield* this.#shared.clients.current(record.key)
    else if ('owner' in record) yield* this.inboxes.current(record.owner, record.kind === 'owner-gone')
  }

  /** The owner exists no more: its session ends, at once or with its link, and what waits for it is dropped. */
  forget(key: string, owner: string): void {
    this.#shared.clients.end(key)
    this.inboxes.setPersistent(owner, false)
  }

  /** All that lives, as records; those of messages whose group is open are left out. */
  *snapshot(): Generator<KeepRecord> {
    yield* this.#shared.clients.snapshot()
    yield* this.inboxes.snapshot()
    yield* this.#shared.retained.snapshot()
    yield* this.#shared.wills.snapshot()
  }

  /** Closes all listeners and links, within 3 s. */
  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()))
  }
}

export function createMqtt(options: MqttOptions): Mqtt {
  return new Mqtt(options)
}

function rethrow(error: unknown): never {
  throw error
}
