/** The MQTT front end, put together: what `platform/` and `main.ts` use. */
import type { Clock } from '../clock/clock.ts'
import { Clients } from './clients.ts'
import { Connection } from './connection.ts'
import type { Shared } from './core.ts'
import { Core } from './core.ts'
import type { Accept, Host, Link, Profile } from './host.ts'
import type { Dropped, InboxNeeds } from './inbox.ts'
import { Inboxes } from './inbox.ts'
import type { Keep, KeepRecord } from './keep.ts'
import { MqttListener } from './listener.ts'
import { Flusher } from './output.ts'
import { Router } from './router.ts'
import { MqttStats } from './stats.ts'
import type { MemoryWire } from './transport/memory.ts'
import type { PortRules } from './transport/port.ts'
import { Wheel } from './wheel.ts'

export interface MqttOptions {
  readonly clock: Clock
  readonly keep: Keep
  /** Kind of client of the first listener; `listener` makes more. */
  readonly host: Host
  readonly profile: Profile
  readonly limits: InboxNeeds['limits']
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
    this.#shared = {
      clock,
      flusher: new Flusher(clock, options.beforeFlush ?? (() => {})),
      wheel: new Wheel(clock),
      clients: new Clients(clock, keep, this.inboxes),
      inboxes: this.inboxes,
      router: new Router(),
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

  /** The link that holds a session. */
  link(key: string): Link | null {
    return this.#shared.clients.link(key)
  }

  /** Takes back a filter that was granted to a link: it could not be stored. */
  revoke(link: Link, filter: string): void {
    if (link instanceof Connection) link.revoke(filter)
  }

  /** Sends a message to every link whose filters in the tree (`/broadcast/…`) match, at QoS 0. Returns to how many. */
  publish(topic: string, payload: string | Uint8Array): number {
    return this.#shared.router.publish(topic, payload)
  }

  /** Writes out now what waits for the end of the loop turn. Within a flush it does nothing: the one under way will. */
  flush(): void {
    this.#shared.flusher.flush()
  }

  /** Takes the records of the store back, oldest first. Payloads are copied. */
  restore(records: Iterable<KeepRecord>): void {
    const { clients } = this.#shared
    for (const record of records) {
      clients.restore(record)
      this.inboxes.restore(record)
    }
    clients.restored()
    this.inboxes.restored()
  }

  /** Puts what a CONNECT that asks for a persistent session will keep into the open group, before it is let in. */
  promise(link: Link, how: Accept): void {
    this.#shared.clients.promise(link as Connection, how)
  }

  /** What stands now of what a record is about; for one whose group failed. */
  *current(record: KeepRecord): Generator<KeepRecord> {
    if ('key' in record) yield* this.#shared.clients.current(record.key)
    else yield this.inboxes.current(record.owner)
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
