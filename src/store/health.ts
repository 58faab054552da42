import type { LogLine } from './log/segments.ts'

export type Engine = 'log' | 'sync' | 'registry'

/** Whether the last write of each engine went well. A change either way is a line in the log; repeated failures are not. */
export class Health {
  readonly #log: LogLine
  readonly #causes = new Map<Engine, string>()
  /** Called when an engine that worked fails. */
  onFailed: (() => void) | undefined

  constructor(log: LogLine) {
    this.#log = log
  }

  ok(engine: Engine): void {
    if (this.#causes.size === 0 || !this.#causes.delete(engine)) return
    this.#log('info', 'the store works again', { engine })
  }

  failed(engine: Engine, cause: Error): void {
    if (this.#causes.get(engine) === cause.message) return
    this.#causes.set(engine, cause.message)
    this.#log('error', 'the store failed', { engine, cause: cause.message })
    this.onFailed?.()
  }

  /** Whether the last write of this engine failed. */
  isDown(engine: Engine): boolean {
    return this.#causes.has(engine)
  }

  state(): { readonly ok: boolean; readonly cause: string } {
    for (const [engine, cause] of this.#causes) return { ok: false, cause: `${engine}: ${cause}` }
    return { ok: true, cause: 'ok' }
  }
}
