/**
 * What of MQTT must outlive the process: persistent sessions with their filters, the queues of owners, retained messages, QoS 2 ids.
 * `platform/keep.ts` puts the records into the open group of the store and hands them back at start, in order.
 * Records are idempotent: replaying a tail of them over a newer snapshot ends in the same state.
 */
import type { SubscribeFilter } from './codec/packets.ts'

export type KeepRecord =
  /** A persistent session exists; `expiry` in seconds, 0xffffffff = for ever. */
  | { readonly kind: 'session'; readonly key: string; readonly expiry: number; readonly endedAt: number }
  /** The session, its filters and its QoS 2 ids are gone. */
  | { readonly kind: 'session-gone'; readonly key: string }
  | { readonly kind: 'filter'; readonly key: string; readonly filter: SubscribeFilter; readonly subscriptionId: number }
  | { readonly kind: 'filter-gone'; readonly key: string; readonly filter: string }
  /** Messages for this owner are kept while it is off line (`productKey/deviceName`, or `a:clientId`). */
  | { readonly kind: 'owner'; readonly owner: string }
  /** They no longer are, and those that wait are dropped. */
  | { readonly kind: 'owner-gone'; readonly owner: string }
  | {
      readonly kind: 'queued'
      readonly owner: string
      /** Counts up, unique within the data directory. */
      readonly id: number
      readonly topic: string
      readonly payload: Uint8Array
      readonly qos: 1 | 2
      readonly auto: boolean
      /** Milliseconds since 1970 after which it is dropped. */
      readonly expiresAt: number
    }
  /** Acknowledged, expired, or dropped for room. */
  | { readonly kind: 'delivered'; readonly owner: string; readonly id: number }

export interface Keep {
  /** Adds a record to the open group. Costs a copy into its buffer. */
  keep(record: KeepRecord): void
}
