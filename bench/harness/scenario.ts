/** What a scenario is: who is measured, and which figures must hold. */
import type { Files } from './files.ts'
import type { Fleet } from './fleet.ts'
import type { HomeportOptions, Server, Transport } from './servers.ts'

/**
 * Figures of one measurement. `cpu`: µs of the server's CPU a unit; `rate`: units a second; `core`: units a second of the
 * server's CPU; `p50`, `p99`: µs; `kb`: resident memory a unit; `ms`: milliseconds.
 */
export type Metric = 'cpu' | 'rate' | 'core' | 'p50' | 'p99' | 'kb' | 'ms'
export type Sample = Partial<Record<Metric, number>>

export const metrics: Record<Metric, { readonly title: string; readonly digits: number }> = {
  cpu: { title: 'CPU µs', digits: 2 },
  rate: { title: 'a second', digits: 0 },
  core: { title: 'a second and core', digits: 0 },
  p50: { title: 'p50 µs', digits: 0 },
  p99: { title: 'p99 µs', digits: 0 },
  kb: { title: 'KB', digits: 2 },
  ms: { title: 'ms', digits: 0 },
}

/** What a scenario may use. */
export interface Bench {
  readonly files: Files
  /** Seconds that are measured, and seconds before that are not. */
  readonly seconds: number
  readonly warmup: number
  /** The same before a paced load, where V8 takes longer to have compiled everything. */
  readonly pacedWarmup: number
  /** Fewer of everything, for a look whether it runs. */
  readonly quick: boolean
  /** The data directory of a fleet, filled once a run. */
  fleet(fleet: Fleet): string
  homeport(options?: Partial<HomeportOptions>): Promise<Server>
  mosquitto(transport?: Transport): Promise<Server>
  aedes(): Promise<Server>
  /** Runs the generator against a server, which is stopped afterwards. `pinned`: both on one CPU. */
  load(server: Server, args: readonly (string | number)[], options?: { pinned?: boolean }): Promise<Loaded>
}

/** What the generator says, by its own names (bench/loadgen). */
export interface Loaded {
  readonly number: (name: string) => number
}

export interface Subject {
  readonly name: string
  measure(bench: Bench): Promise<Sample>
}

/** A median against a bound, or against another subject's median. */
export interface Target {
  readonly metric: Metric
  readonly of: string
  /** Divided by the same figure of this subject. */
  readonly over?: string
  readonly atMost?: number
  readonly atLeast?: number
  readonly stretch?: number
}

export interface Scenario {
  readonly name: string
  readonly title: string
  /** What is counted. */
  readonly unit: string
  readonly subjects: readonly Subject[]
  readonly targets: readonly Target[]
}
