import type { Tally } from './tally.ts'

/** What a worker is told. */
export type Order =
  | {
      readonly kind: 'begin'
      readonly ports: { readonly mqtt: number; readonly app: number }
      readonly worker: number
      readonly apps: number
      /** Direct devices and gateways by their numbers in the fleet: from, count. */
      readonly devices: readonly [number, number]
      readonly gateways: readonly [number, number]
      readonly subDevices: number
      /** Messages a second of applications, and posts a second of devices. */
      readonly rate: number
      readonly posts: number
    }
  /** Send no more, wait until nothing is under way, then say `done`. */
  | { readonly kind: 'finish' }
  | { readonly kind: 'tell' }

export type Report =
  | { readonly kind: 'ready' | 'done' }
  | {
      readonly kind: 'tally'
      readonly tally: Tally
      readonly faults: readonly string[]
      /** Milliseconds from publish to arrival since the last report, of applications' messages. */
      readonly latencies: readonly number[]
    }
