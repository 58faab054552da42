/**
 * What Prometheus reads at `GET /metrics`. The hot path adds to plain numbers ({@link Tally}); labels and text are made at the
 * scrape. Take the tallies that a handler needs once, when it is made, and write `tally.count++` per message.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** A number that only grows. */
export interface Tally {
  count: number
}

export type Direction = 'in' | 'out'

/** Why a message went nowhere. At most 50 different reasons are counted apart; further ones are `other`. */
export type DropReason = string

/** Files that the process has open: those of MQTT connections, and all others. */
export interface FilesOpen {
  readonly connections: number
  readonly others: number
}

/** By label; counted elsewhere, as plain numbers that only grow. */
export type Counts = Iterable<readonly [label: string, count: number]>

const LABELS_AT_MOST = 500
const REASONS_AT_MOST = 50

/** Tallies by two labels; beyond `limit` of them, all further ones share `other`, so what comes from outside cannot fill memory. */
class Tallies {
  readonly #rows = new Map<string, Map<string, Tally>>()
  readonly #limit: number
  #size = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  at(first: string, second: string): Tally {
    return this.#rows.get(first)?.get(second) ?? this.#add(first, second)
  }

  #add(first: string, second: string): Tally {
    if (this.#size >= this.#limit && first !== 'other') return this.at('other', 'other')
    const row = this.#rows.get(first) ?? new Map<string, Tally>()
    this.#rows.set(first, row)
    const tally = { count: 0 }
    row.set(second, tally)
    this.#size++
    return tally
  }

  each(visit: (first: string, second: string, count: number) => void): void {
    for (const [first, row] of this.#rows) for (const [second, tally] of row) visit(first, second, tally.count)
  }
}

export interface MetricsOptions {
  /** CPU, memory, event loop, garbage collection of this process. Off in tests: it observes the whole process. */
  readonly process: boolean
}

export class Metrics {
  /** Read at the scrape; `platform/` sets them. */
  connections: () => number = () => 0
  subDevicesOnline: () => number = () => 0
  outputBytes: () => number = () => 0
  queued: () => { readonly messages: number; readonly bytes: number } = () => ({ messages: 0, bytes: 0 })
  /** Messages dropped that are counted elsewhere, as plain numbers on the hot path: reason and count, at least 0. */
  drops: () => Counts = () => []
  slowReaders: () => number = () => 0
  publishes: () => Counts = () => []
  connectionsEnded: () => Counts = () => []
  /** Null: not known. `server/` sets both. */
  openFiles: () => FilesOpen | null = () => null
  openFilesLimit: () => number | null = () => null

  readonly #registry = new Registry()
  readonly #messages = new Tallies(LABELS_AT_MOST)
  readonly #refusals = new Tallies(LABELS_AT_MOST)
  readonly #dropped = new Tallies(REASONS_AT_MOST)
  readonly #connectionsRefused = new Tallies(REASONS_AT_MOST)
  readonly #commits: Histogram

  constructor(options: MetricsOptions) {
    this.#gauge('homeport_connections', 'MQTT connections that were let in', () => this.connections())
    this.#gauge('homeport_sub_devices_online', 'sub-devices on line through a gateway', () => this.subDevicesOnline())
    this.#counter(
      'homeport_messages_total',
      'MQTT messages, by direction and kind',
      ['direction', 'kind'],
      this.#messages,
    )
    this.#counter(
      'homeport_refusals_total',
      'what was refused, by scenario and code',
      ['scenario', 'code'],
      this.#refusals,
    )
    this.#counter('homeport_dropped_total', 'messages that went nowhere, by reason', ['reason'], this.#dropped, () =>
      this.drops(),
    )
    this.#counter(
      'homeport_connections_refused_total',
      'MQTT connections closed or refused for a limit, by limit',
      ['reason'],
      this.#connectionsRefused,
    )
    const none = new Tallies(0)
    this.#counter(
      'homeport_publishes_total',
      'PUBLISH packets of all clients, devices and applications, by direction',
      ['direction'],
      none,
      () => this.publishes(),
    )
    this.#counter(
      'homeport_connections_ended_total',
      'MQTT connections that the server ended for a fault of the client, by fault',
      ['reason'],
      none,
      () => this.connectionsEnded(),
    )
    this.#gauge('homeport_output_bytes', 'output that MQTT connections have not taken yet', () => this.outputBytes())
    this.#gauge('homeport_slow_readers', 'connections for which messages are being dropped', () => this.slowReaders())
    this.#gauge('homeport_queued_messages', 'QoS 1 and 2 messages that wait', () => this.queued().messages)
    this.#gauge('homeport_queued_bytes', 'those that wait for applications, in bytes', () => this.queued().bytes)
    this.#openFiles()
    this.#gauge('homeport_open_files_limit', 'files that the process may open', () => this.openFilesLimit())
    this.#commits = new Histogram({
      name: 'homeport_commit_seconds',
      help: 'time from the end of a group to its being stored',
      buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
      registers: [this.#registry],
    })
    if (options.process) collectDefaultMetrics({ register: this.#registry })
  }

  /** The tally of messages of one kind: `property`, `login`, `custom` …; keep it, don't look it up per message. */
  messages(direction: Direction, kind: string): Tally {
    return this.#messages.at(direction, kind)
  }

  refused(scenario: string, code: number | string): void {
    this.#refusals.at(scenario, String(code)).count++
  }

  dropped(reason: DropReason): void {
    this.#dropped.at(reason, '').count++
  }

  /** A connection was closed, or its CONNECT refused, for a limit. */
  connectionRefused(reason: string): void {
    this.#connectionsRefused.at(reason, '').count++
  }

  /** How long a commit took. */
  committed(milliseconds: number): void {
    this.#commits.observe(milliseconds / 1000)
  }

  /** The text that Prometheus reads, and its type. */
  async scrape(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() }
  }

  /** Null: nothing is said. */
  #gauge(name: string, help: string, read: () => number | null): void {
    const collect = function (this: Gauge) {
      const value = read()
      if (value === null) this.remove()
      else this.set(value)
    }
    new Gauge({ name, help, registers: [this.#registry], collect })
  }

  #openFiles(): void {
    const read = () => this.openFiles()
    const collect = function (this: Gauge) {
      const open = read()
      this.reset()
      if (open === null) return
      this.labels('mqtt').set(open.connections)
      this.labels('other').set(open.others)
    }
    const help = 'files that the process has open: MQTT connections, and all others'
    new Gauge({ name: 'homeport_open_files', help, labelNames: ['of'], registers: [this.#registry], collect })
  }

  #counter(
    name: string,
    help: string,
    labelNames: readonly string[],
    tallies: Tallies,
    more: () => Counts = () => [],
  ): void {
    const collect = function (this: Counter) {
      this.reset()
      tallies.each((first, second, count) => {
        const labels = labelNames.length === 1 ? [first] : [first, second]
        this.labels(...labels).inc(count)
      })
      for (const [label, count] of more()) this.labels(label).inc(count)
    }
    new Counter({ name, help, labelNames: [...labelNames], registers: [this.#registry], collect })
  }
}
