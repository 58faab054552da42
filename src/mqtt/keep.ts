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
  /** A message of QoS 1 or 2 that waits for an application session. */
  | {
      readonly kind: 'message'
      readonly key: string
      /** Counts up, unique within the data directory. */
      readonly id: number
      readonly topic: string
      readonly payload: Uint8Array
      readonly qos: 1 | 2
      readonly retain: boolean
      readonly subscriptionIds: readonly number[] | null
      /** 5.0 properties as they stand in PUBLISH, without their length and without the expiry; empty for none. */
      readonly properties: Uint8Array
      /** Milliseconds since 1970; `Infinity` for never. */
      readonly expiresAt: number
    }
  /** It is about to be sent with this packet id. */
  | { readonly kind: 'sent'; readonly key: string; readonly id: number; readonly packetId: number }
  /** Its PUBREC came: only the packet id is left of it, until PUBCOMP. */
  | { readonly kind: 'received'; readonly key: string; readonly id: number; readonly packetId: number }
  /** Acknowledged, expired, or dropped. */
  | { readonly kind: 'message-gone'; readonly key: string; readonly id: number }
  /** A QoS 2 PUBLISH of the session was taken over; its id is known until PUBREL. */
  | { readonly kind: 'qos2-in'; readonly key: string; readonly packetId: number }
  | { readonly kind: 'qos2-in-gone'; readonly key: string; readonly packetId: number }
  | {
      readonly kind: 'retained'
      readonly topic: string
      readonly payload: Uint8Array
      readonly qos: 0 | 1 | 2
      /** As in `message`. */
      readonly properties: Uint8Array
      readonly expiresAt: number
    }
  | { readonly kind: 'retained-gone'; readonly topic: string }
  /** The delayed will of a persistent session. */
  | {
      readonly kind: 'will'
      readonly key: string
      readonly clientId: string
      readonly topic: string
      readonly payload: Uint8Array
      readonly qos: 0 | 1 | 2
      readonly retain: boolean
      /** As they stand in CONNECT, with their length. */
      readonly properties: Uint8Array
      /** Milliseconds since 1970 when it is published; 0 while the link stands. */
      readonly dueAt: number
    }
  | { readonly kind: 'will-gone'; readonly key: string }

export interface Keep {
  /** Adds a record to the open group. Costs a copy into its buffer. */
  keep(record: KeepRecord): void
  /** One of the two is called once the group that is open now is decided; where it is already, before this returns. */
  wait(stored: () => void, failed: () => void): void
}
