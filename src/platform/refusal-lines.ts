/**
 * How many refusals are lines of the log. A gateway that publishes for a sub-device which is off line is refused at the rate at which
 * it publishes: a line for each would fill the disk by 40 MB a second, and cost more than the refusal. So each gateway (or device of
 * its own) has so many lines a second for each kind of refusal; a last line says how many there were beyond. The metrics count all.
 */
import type { Refusal } from '../alink/row.ts'
import type { Clock } from '../clock/clock.ts'

/** Milliseconds. */
const PERIOD = 1000
/** Gateways and devices with lines of their own within that time; those beyond share theirs, as do names that none can have. */
const SOURCES = 1000
const NAME_LENGTH = 200

/** One kind of refusal of one gateway within a period. */
interface Kind {
  readonly scenario: string
  readonly check: string
  readonly code: number
  count: number
  /** The latest that was not written. */
  latest: Refusal | null
}

/** Writes the line of a refusal; `beyond`: it stands for so many that were not written. */
export type WriteLine = (refusal: Refusal, beyond: number) => void

export class RefusalLines {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #write: WriteLine
  /** By gateway: a short list, since finding a kind in it costs less than a text that names it. */
  readonly #kinds = new Map<string, Kind[]>()
  #timed = false

  /** @param perSecond lines of one kind and gateway; 0: all of them */
  constructor(clock: Clock, perSecond: number, write: WriteLine) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#write = write
  }

  refusal(refusal: Refusal): void {
    if (this.#perSecond === 0) {
      this.#write(refusal, 0)
      return
    }
    const kind = this.#kindOf(refusal)
    kind.count++
    if (kind.count > this.#perSecond) kind.latest = refusal
    else this.#write(refusal, 0)
  }

  #kindOf({ scenario, check, code, gateway, device }: Refusal): Kind {
    const who = gateway === '' ? device : gateway
    const own = who.length <= NAME_LENGTH && (this.#kinds.size < SOURCES || this.#kinds.has(who))
    const source = own ? who : ''
    let kinds = this.#kinds.get(source)
    if (kinds === undefined) {
      kinds = []
      this.#kinds.set(source, kinds)
      this.#arm()
    }
    for (const kind of kinds) if (kind.code === code && kind.check === check && kind.scenario === scenario) return kind
    const kind = { scenario, check, code, count: 0, latest: null }
    kinds.push(kind)
    return kind
  }

  #arm(): void {
    if (this.#timed) return
    this.#timed = true
    this.#clock.after(PERIOD, () => this.sum())
  }

  /** Says how many were not written, and begins anew: each second, and when the server stops. */
  sum(): void {
    this.#timed = false
    for (const kinds of this.#kinds.values()) {
      for (const { latest, count } of kinds) if (latest !== null) this.#write(latest, count - this.#perSecond)
    }
    this.#kinds.clear()
  }
}
