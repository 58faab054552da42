/**
 * `$SYS/broker/…`: what the server says of itself, to applications that subscribed it; at once, and then every ten seconds. It is
 * not stored, and no timer runs while nobody wants it.
 */
import type { Clock } from '../clock/clock.ts'
import type { Retained } from './retained.ts'
import type { Router } from './router.ts'
import { Held } from './source.ts'
import { topicMatches } from './topics/match.ts'
import { parseShared } from './topics/validate.ts'

/** Milliseconds between two reports. */
const EVERY = 10_000
const ROOT = '$SYS/'

/** Topic below `$SYS/broker/`, and its value now. */
export type SysValues = () => Iterable<readonly [topic: string, value: string | number]>

export class SysTopics {
  readonly #clock: Clock
  readonly #router: Router
  readonly #values: SysValues
  #running = false

  constructor(clock: Clock, router: Router, values: SysValues) {
    this.#clock = clock
    this.#router = router
    this.#values = values
  }

  /** Somebody subscribed, maybe something else. */
  subscribed(filter: string): void {
    if (this.#running || !isSys(filter)) return
    this.#running = true
    this.#clock.after(EVERY, this.#report)
  }

  /** What it would say now on the topics that match, as if it were retained. */
  matching(filter: string): Retained[] {
    if (!isSys(filter)) return []
    const found: Retained[] = []
    for (const { topic, text } of this.#all()) {
      if (!topicMatches(filter, topic)) continue
      const held = Held.of(topic, Buffer.from(text), new Uint8Array(0), Number.POSITIVE_INFINITY)
      found.push({ held, qos: 0 })
    }
    return found
  }

  readonly #report = (): void => {
    let wanted = false
    for (const { topic, text } of this.#all()) {
      if (!this.#router.wanted(topic)) continue
      wanted = true
      const payload = Buffer.from(text)
      this.#router.route({ topic, payload, qos: 0, retain: false, properties: null, from: null })
    }
    this.#running = wanted
    if (wanted) this.#clock.after(EVERY, this.#report)
  };

  *#all(): Generator<{ readonly topic: string; readonly text: string }> {
    for (const [name, value] of this.#values()) yield { topic: `${ROOT}broker/${name}`, text: String(value) }
  }
}

function isSys(filter: string): boolean {
  return (parseShared(filter)?.filter ?? filter).startsWith(ROOT)
}
