import type { Clock } from '../clock/clock.ts'
import type { Health } from './health.ts'

/** Milliseconds between two probes of a store that failed. */
const EVERY_MS = 1000

/**
 * While an engine is down, tries it now and then: whoever looks at the health sends nothing while it is bad, so no request
 * would come to find out that it is good again. Requests don't wait for this: each tries the store itself.
 */
export class Probe {
  readonly #clock: Clock
  readonly #health: Health
  readonly #logs: () => void
  readonly #registry: () => void
  #armed = false
  #closed = false

  /** @param logs tries the logs, @param registry tries SQLite; both tell the health. */
  constructor(clock: Clock, health: Health, logs: () => void, registry: () => void) {
    this.#clock = clock
    this.#health = health
    this.#logs = logs
    this.#registry = registry
    health.onFailed = () => this.#arm()
  }

  close(): void {
    this.#closed = true
  }

  #arm(): void {
    if (this.#armed || this.#closed) return
    this.#armed = true
    this.#clock.after(EVERY_MS, this.#due)
  }

  readonly #due = (): void => {
    this.#armed = false
    if (this.#closed) return
    if (this.#health.isDown('log') || this.#health.isDown('sync')) this.#logs()
    if (this.#health.isDown('registry')) this.#registry()
    if (!this.#health.state().ok) this.#arm()
  }
}
