/** MQTT's memory over the store's keep log. */
import type { Clock } from '../clock/clock.ts'
import type { Keep, KeepRecord } from '../mqtt/keep.ts'
import { readKeep, writeKeep } from '../mqtt/keep-codec.ts'
import type { Mqtt } from '../mqtt/mqtt.ts'
import type { Commit, Store } from '../store/store.ts'
import type { Waiting } from './waiting.ts'

/** Milliseconds between two tries while the store fails. */
const pause = 100

const nothing = () => {}

/**
 * Records join the open group. Where that fails, what is about one message or one SUBSCRIBE is taken back by whoever waits for it;
 * what is about sessions and owners is true all the same, so what stands of them by then is recorded again until it is stored.
 */
export class Keeper implements Keep {
  readonly #commit: Commit<Waiting>
  readonly #clock: Clock
  #mqtt: Mqtt | null = null
  /** By what they are about. */
  readonly #missing = new Map<string, KeepRecord>()

  constructor(commit: Commit<Waiting>, clock: Clock) {
    this.#commit = commit
    this.#clock = clock
  }

  bind(mqtt: Mqtt): void {
    this.#mqtt = mqtt
  }

  keep(record: KeepRecord): void {
    this.#commit.keep((out) => writeKeep(out, record))
    const about = aboutOf(record)
    if (about === '') return
    this.#commit.wait({ kind: 'run', stored: nothing, failed: () => this.#failed(about, record) })
  }

  wait(stored: () => void, failed: () => void): void {
    this.#commit.wait({ kind: 'run', stored, failed })
  }

  #failed(about: string, record: KeepRecord): void {
    if (this.#missing.size === 0) this.#clock.after(pause, () => this.#again())
    this.#missing.set(about, record)
  }

  #again(): void {
    const missing = [...this.#missing.values()]
    this.#missing.clear()
    for (const record of missing) for (const current of (this.#mqtt as Mqtt).current(record)) this.keep(current)
  }
}

function aboutOf(record: KeepRecord): string {
  switch (record.kind) {
    case 'session':
    case 'session-gone':
    case 'filter-gone':
      return `session ${record.key}`
    case 'owner':
    case 'owner-gone':
      return `${record.kind} ${record.owner}`
    default:
      return ''
  }
}

/** What is in the log, oldest first; payloads are views that live during the step only. */
export function* keptBy<E>(store: Store<E>): Generator<KeepRecord> {
  for (const record of store.keepRecords()) yield readKeep(record)
}

/** When the log has grown, it is written anew from what lives. */
export function compactFrom<E>(store: Store<E>, mqtt: Mqtt): void {
  store.onCompact(function* () {
    for (const record of mqtt.snapshot()) yield (out) => writeKeep(out, record)
  })
}
