/** The limit of open files: how many connections it leaves room for, and what is said as they come near it. */
import type { Clock, Timer } from '../clock/clock.ts'
import type { Log } from '../log/log.ts'
import type { FilesOpen } from '../metrics/metrics.ts'

/** What the process says of its files. */
export interface ProcessFiles {
  /** As many as it may have open. */
  readonly limit: number
  /** As many as it has open now; null where that cannot be told. Looks at each of them. */
  count(): number | null
}

/** Milliseconds between two looks. */
export const LOOK_INTERVAL = 1000

/** Warned from `from` on, and again only after the share was below `again`. */
const LEVELS = [
  { from: 0.8, again: 0.7 },
  { from: 0.95, again: 0.88 },
] as const

const CURE =
  'raise the limit (ulimit -n; LimitNOFILE= of systemd; --ulimit nofile= of a container) and restart, or bound connections with limits.connectionsPerAddress'

/** Files that connections leave free: a sixteenth, from 64 to 1024, though never more than a quarter of all. */
export function reserveOf(limit: number): number {
  return Math.min(Math.max(64, Math.min(1024, Math.ceil(limit / 16))), Math.floor(limit / 4))
}

export class OpenFiles {
  readonly limit: number
  /** Kept free by MQTT connections, for the store, HTTP and the log; HTTP connections keep half of it free in turn. */
  readonly reserve: number
  readonly #files: ProcessFiles
  readonly #clock: Clock
  readonly #log: Log
  #connections: () => number = () => 0
  /** Open beside the connections, when somebody last looked. */
  #others = 0
  #level = 0
  #timer: Timer | null = null

  constructor(files: ProcessFiles, clock: Clock, log: Log) {
    this.#files = files
    this.#clock = clock
    this.#log = log
    this.limit = files.limit
    this.reserve = reserveOf(files.limit)
  }

  /** The first file descriptor that no MQTT connection may have. */
  get forConnections(): number {
    return this.limit - this.reserve
  }

  /** The first file descriptor that no HTTP connection may have. */
  get forHttp(): number {
    return this.limit - Math.floor(this.reserve / 2)
  }

  /** All that are open now; null where that cannot be told. */
  open(): FilesOpen | null {
    const count = this.#files.count()
    if (count === null) return null
    const connections = this.#connections()
    this.#others = Math.max(0, count - connections)
    return { connections, others: this.#others }
  }

  /** Says what the limit means, and watches the connections from now on. */
  watch(connections: () => number): void {
    this.#connections = connections
    this.open()
    this.#log.info('limit of open files', {
      limit: this.limit,
      open: this.#others + connections(),
      reserve: this.reserve,
      connectionsAtMost: Math.max(0, this.forConnections - this.#others),
    })
    this.#later()
  }

  stop(): void {
    this.#timer?.cancel()
  }

  #later(): void {
    this.#timer = this.#clock.after(LOOK_INTERVAL, () => {
      this.look()
      this.#later()
    })
  }

  /** Warns where it is due; also called when a connection is closed for the limit, since a storm comes between two looks. */
  look(): void {
    const open = this.#others + this.#connections()
    const share = open / this.forConnections
    while (this.#level > 0 && share < (LEVELS[this.#level - 1] as (typeof LEVELS)[number]).again) this.#level--
    const before = this.#level
    while (this.#level < LEVELS.length && share >= (LEVELS[this.#level] as (typeof LEVELS)[number]).from) this.#level++
    if (this.#level <= before) return
    const { from } = LEVELS[this.#level - 1] as (typeof LEVELS)[number]
    this.#log.warn(`open files: ${Math.round(from * 100)} % of what connections may use`, {
      open,
      connections: this.#connections(),
      forConnections: this.forConnections,
      limit: this.limit,
      reserve: this.reserve,
      cure: CURE,
    })
  }
}
