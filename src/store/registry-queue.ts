import type { Clock } from '../clock/clock.ts'
import type { Health } from './health.ts'
import type { Records } from './records/records.ts'
import type { RegistryChange } from './records/rows.ts'
import { isBusy } from './records/sqlite.ts'
import type { Registry } from './store.ts'

/** Milliseconds between two tries while another connection holds SQLite's write lock. */
const RETRY_MS = 20
/** What waits for the lock, at most; one more fails at once. */
const QUEUE_LIMIT = 10_000
/** What waited is carried out in slices of this many a loop turn. */
const SLICE = 256

/** A transaction, or (without changes) a step that must run behind those before it. */
interface Waiting {
  readonly changes: readonly RegistryChange[] | undefined
  readonly done: () => void
  readonly failed: (cause: Error) => void
  /** When its time is up, monotonic. */
  readonly until: number
}

/** Registry transactions, one after the other, committed at once where SQLite is free. */
export class RegistryQueue implements Registry {
  observe: ((milliseconds: number) => void) | undefined
  readonly #clock: Clock
  readonly #records: Records
  readonly #health: Health
  readonly #timeout: number
  #queue: Waiting[] = []
  #draining = false
  #closed = false

  constructor(options: { clock: Clock; records: Records; health: Health; commitTimeout: number }) {
    this.#clock = options.clock
    this.#records = options.records
    this.#health = options.health
    this.#timeout = options.commitTimeout
  }

  get busy(): boolean {
    return this.#draining || this.#queue.length > 0
  }

  transact(changes: readonly RegistryChange[], outcome: { stored(): void; failed(cause: Error): void }): boolean {
    if (!this.busy) {
      const result = this.#store(changes)
      if (result !== 'busy') {
        if (result) outcome.failed(result)
        else outcome.stored()
        return true
      }
      this.#clock.after(RETRY_MS, this.#retry)
    }
    return this.#enqueue(
      changes,
      () => outcome.stored(),
      (cause) => outcome.failed(cause),
    )
  }

  whenFree(step: () => void, failed: (cause: Error) => void): void {
    if (this.busy) this.#enqueue(undefined, step, failed)
    else step()
  }

  /** Tries whether SQLite can be written; the health says what came of it. */
  probe(): void {
    if (this.busy || this.#closed) return
    try {
      this.#records.probe(String(this.#clock.wall()))
      this.#health.ok('registry')
    } catch (error) {
      this.#health.failed('registry', error as Error)
    }
  }

  /** Tries what waits once more, then fails the rest of it, and all that comes later. */
  close(): void {
    this.#drain(Number.POSITIVE_INFINITY)
    this.#failAll(new Error('the store is closed'))
    this.#closed = true
  }

  /** @returns true if it was refused (decided) at once. */
  #enqueue(changes: Waiting['changes'], done: () => void, failed: (cause: Error) => void): boolean {
    if (this.#queue.length >= QUEUE_LIMIT) {
      failed(new Error(`${QUEUE_LIMIT} changes wait for the registry already`))
      return true
    }
    this.#queue.push({ changes, done, failed, until: this.#clock.mono() + this.#timeout })
    return false
  }

  #store(changes: readonly RegistryChange[]): undefined | Error | 'busy' {
    if (this.#closed) return new Error('the store is closed')
    const started = this.#clock.mono()
    try {
      this.#records.store(changes)
    } catch (error) {
      this.#health.failed('registry', error as Error)
      return isBusy(error) ? 'busy' : (error as Error)
    }
    this.#health.ok('registry')
    this.observe?.(this.#clock.mono() - started)
    return undefined
  }

  readonly #retry = (): void => {
    const free = this.#drain(SLICE)
    const oldest = this.#queue[0]
    if (!oldest) return
    if (free) this.#clock.endOfTurn(this.#retry)
    else if (this.#clock.mono() < oldest.until) this.#clock.after(RETRY_MS, this.#retry)
    else this.#failAll(new Error(`the registry was locked by another process for ${this.#timeout} ms`))
  }

  /** Carries out what waits, in order; what the outcomes ask for comes behind it. False if it met the lock. */
  #drain(limit: number): boolean {
    this.#draining = true
    try {
      for (let done = 0; done < limit && this.#queue.length > 0; done++) {
        const { changes, done: tell, failed } = this.#queue[0] as Waiting
        const result = changes ? this.#store(changes) : undefined
        if (result === 'busy') return false
        this.#queue.shift()
        if (result) failed(result)
        else tell()
      }
      return true
    } finally {
      this.#draining = false
    }
  }

  #failAll(cause: Error): void {
    const failed = this.#queue
    this.#queue = []
    for (const waiting of failed) waiting.failed(cause)
  }
}
