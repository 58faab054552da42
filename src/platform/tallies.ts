/** Counts on the hot path: plain numbers, read when somebody scrapes (metrics/metrics.ts). */
import type { Metrics, Tally } from '../metrics/metrics.ts'
import type { RouteKind } from './resolve.ts'

const kinds: readonly RouteKind[] = ['alink', 'custom', 'rrpc', 'ntp', 'unsupported', 'undefined']

export class Tallies {
  readonly #metrics: Metrics
  readonly #received: Record<RouteKind, Tally>

  constructor(metrics: Metrics) {
    this.#metrics = metrics
    this.#received = Object.fromEntries(kinds.map((kind) => [kind, metrics.messages('in', kind)])) as Record<
      RouteKind,
      Tally
    >
  }

  received(kind: RouteKind): void {
    this.#received[kind].count++
  }

  dropped(reason: string): void {
    this.#metrics.dropped(reason)
  }
}
