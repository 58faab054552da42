/** Connections that were closed for a limit before they said who they are: counted one by one, said in a line for many. */
import type { Clock } from '../clock/clock.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { ConnectionRefused, Refuse } from '../mqtt/admission.ts'
import { addressOf } from '../mqtt/admission.ts'

/** Milliseconds in which one line stands for all that were refused for the same reason (and from the same address). */
export const QUIET = 10_000
/** Addresses that have a line of their own within that time; those beyond share one. */
const LINES_AT_MOST = 100

const texts: Record<ConnectionRefused, { readonly code: string; readonly why: string }> = {
  rate: { code: 'limits.connectionsPerSecond', why: 'more new connections this second than may be' },
  address: { code: 'limits.connectionsPerAddress', why: 'as many connections of this address as may be' },
  'open-files': {
    code: 'open-files',
    why: 'the process is at its limit of open files, but for the reserve of the store, HTTP and the log: see docs/operations.md',
  },
}

export class RefusedConnections {
  readonly #clock: Clock
  readonly #log: Log
  readonly #metrics: Metrics
  /** Those that no line told of yet, by reason and address. */
  readonly #untold = new Map<string, { readonly why: ConnectionRefused; readonly who: string; count: number }>()
  #timed = false

  constructor(clock: Clock, log: Log, metrics: Metrics) {
    this.#clock = clock
    this.#log = log
    this.#metrics = metrics
  }

  readonly refuse: Refuse = (why, remote) => {
    this.#metrics.connectionRefused(texts[why].code)
    // Who it was costs a system call, and matters alone where an address is limited, or a line is due.
    const own = why === 'address' && this.#untold.size < LINES_AT_MOST
    const key = own ? `address ${addressOf(remote())}` : why
    const found = this.#untold.get(key)
    if (found) {
      found.count++
      return
    }
    const who = addressOf(remote())
    this.#untold.set(key, { why, who: own ? who : '', count: 0 })
    this.#say(why, who, 1)
    if (this.#timed) return
    this.#timed = true
    this.#clock.after(QUIET, () => this.#sum())
  }

  #sum(): void {
    this.#timed = false
    const untold = [...this.#untold.values()]
    this.#untold.clear()
    for (const { why, who, count } of untold) if (count > 0) this.#say(why, who, count)
  }

  #say(why: ConnectionRefused, who: string, count: number): void {
    const { code, why: text } = texts[why]
    const more = count === 1 ? '' : ` (${count} in ${QUIET / 1000} s)`
    this.#log.refusal({ scenario: 'connection', who, through: '', check: why, code, why: text + more })
  }
}
