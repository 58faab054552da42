import type { Clock } from '../clock/clock.ts'
import type { Records } from './records/records.ts'

/** Milliseconds that changed values wait for company, and between tries while SQLite is locked or fails. */
const WRITE_AFTER_MS = 200

/** Small named values. Names that begin with `store.` are the store's own. */
export class Values {
  readonly #clock: Clock
  readonly #records: Records
  readonly #values = new Map<string, string>()
  readonly #changed = new Set<string>()
  #armed = false
  #closed = false

  constructor(clock: Clock, records: Records) {
    this.#clock = clock
    this.#records = records
    for (const { name, value } of records.namedValues.all()) this.#values.set(name, value)
  }

  get(name: string): string | undefined {
    return this.#values.get(name)
  }

  /** With `now` it is stored before this returns, unless SQLite is locked or fails; then it is tried again in the background. */
  set(name: string, value: string, now = false): void {
    this.#values.set(name, value)
    this.#changed.add(name)
    if (now) this.write()
    if (this.#changed.size > 0) this.#arm()
  }

  /** Stores what changed; false if that is not possible now. */
  write(): boolean {
    if (this.#closed) return false
    if (this.#changed.size === 0) return true
    try {
      this.#records.transactions.run(() => {
        for (const name of this.#changed)
          this.#records.namedValues.put({ name, value: this.#values.get(name) as string })
      })
      this.#changed.clear()
      return true
    } catch {
      // The registry's health shows why; the values stay marked, and are written with the next try.
      return false
    }
  }

  close(): void {
    this.write()
    this.#closed = true
  }

  #arm(): void {
    if (this.#armed || this.#closed) return
    this.#armed = true
    this.#clock.after(WRITE_AFTER_MS, () => {
      this.#armed = false
      if (!this.write()) this.#arm()
    })
  }
}
