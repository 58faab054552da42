/** One session's copy of a message on its way; data only, `outbox.ts` has the rules. */
import type { KeepRecord } from './keep.ts'
import type { Outbox } from './outbox.ts'
import type { Held } from './source.ts'

export class Copy {
  readonly outbox: Outbox
  readonly id: number
  /** Null once the PUBREC came: only the packet id is left. */
  held: Held | null
  readonly qos: 1 | 2
  readonly retain: boolean
  readonly subscriptionIds: readonly number[] | null
  /** It has a record in the store. */
  durable: boolean
  packetId = 0
  /** It was sent before: DUP [MQTT-3.3.1-1]. */
  tried = false

  constructor(
    outbox: Outbox,
    id: number,
    held: Held,
    qos: 1 | 2,
    retain: boolean,
    subscriptionIds: readonly number[] | null,
    durable: boolean,
  ) {
    this.outbox = outbox
    this.id = id
    this.held = held
    this.qos = qos
    this.retain = retain
    this.subscriptionIds = subscriptionIds
    this.durable = durable
  }
}

/** The order in which they were published. */
export function byId(a: Copy, b: Copy): number {
  return a.id - b.id
}

/** Its record while it waits. */
export function recordOf(copy: Copy, held: Held): KeepRecord {
  return {
    kind: 'message',
    key: copy.outbox.key,
    id: copy.id,
    topic: held.topic,
    payload: held.payload,
    qos: copy.qos,
    retain: copy.retain,
    subscriptionIds: copy.subscriptionIds,
    properties: held.properties,
    expiresAt: held.expiresAt,
  }
}
