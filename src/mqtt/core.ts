import type { Clock } from '../clock/clock.ts'
import type { Admission } from './admission.ts'
import type { Clients } from './clients.ts'
import type { Connection } from './connection.ts'
import type { Host, Profile } from './host.ts'
import type { Inboxes } from './inbox.ts'
import type { Keep } from './keep.ts'
import type { Outboxes } from './outboxes.ts'
import type { Flusher } from './output.ts'
import type { RetainedMessages } from './retained.ts'
import type { Router } from './router.ts'
import type { OnSlow } from './slow.ts'
import type { MqttStats } from './stats.ts'
import type { SysTopics } from './sys.ts'
import { TopicNames } from './topics/names.ts'
import type { Wheel } from './wheel.ts'
import type { Wills } from './wills.ts'

/** What the listeners of one front end share. */
export interface Shared {
  readonly clock: Clock
  readonly flusher: Flusher
  readonly wheel: Wheel
  readonly clients: Clients
  readonly inboxes: Inboxes
  readonly outboxes: Outboxes
  readonly retained: RetainedMessages
  readonly wills: Wills
  readonly keep: Keep
  readonly router: Router
  readonly sys: SysTopics
  readonly stats: MqttStats
  readonly admission: Admission
  /** Bytes of output that wait on all connections together, at most (`MqttOptions.outputTotal`). */
  readonly outputTotal: number
  /** A link began, or ceased, to be a slow reader. */
  readonly onSlow: OnSlow
  /** An error that is no fault of the client: a defect. The connection that met it is closed. */
  readonly defect: (error: unknown) => void
}

/** Ids of links count up over all listeners of the process. */
let lastLinkId = 0

/** What all connections of one listener share. */
export class Core {
  readonly host: Host
  readonly profile: Profile
  readonly clock: Clock
  readonly flusher: Flusher
  readonly wheel: Wheel
  readonly clients: Clients
  readonly inboxes: Inboxes
  readonly outboxes: Outboxes
  readonly retained: RetainedMessages
  readonly wills: Wills
  readonly keep: Keep
  readonly router: Router
  readonly sys: SysTopics
  /** What hangs on a name is this listener's host's. */
  readonly names: TopicNames = new TopicNames()
  readonly stats: MqttStats
  readonly admission: Admission
  readonly outputTotal: number
  readonly onSlow: OnSlow
  readonly defect: (error: unknown) => void
  /** Every connection whose wire stands, also before its CONNECT and while it ends. */
  readonly connections = new Set<Connection>()
  #whenEmpty: (() => void) | null = null

  constructor(shared: Shared, host: Host, profile: Profile) {
    this.host = host
    this.profile = profile
    this.clock = shared.clock
    this.flusher = shared.flusher
    this.wheel = shared.wheel
    this.clients = shared.clients
    this.inboxes = shared.inboxes
    this.outboxes = shared.outboxes
    this.retained = shared.retained
    this.wills = shared.wills
    this.keep = shared.keep
    this.router = shared.router
    this.sys = shared.sys
    this.outputTotal = shared.outputTotal
    this.stats = shared.stats
    this.admission = shared.admission
    this.onSlow = shared.onSlow
    this.defect = shared.defect
  }

  nextLinkId(): number {
    return ++lastLinkId
  }

  gone(connection: Connection): void {
    if (this.connections.delete(connection)) this.admission.leaves(connection)
    if (this.connections.size === 0) this.#whenEmpty?.()
  }

  /** Calls `run` when no connection is left, at once if that is now. */
  whenEmpty(run: () => void): void {
    if (this.connections.size === 0) run()
    else this.#whenEmpty = run
  }
}
