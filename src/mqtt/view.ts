/** A PUBLISH where it stands in the read buffer, as the host is shown it; and what the router makes of one that must wait. */
import type { PublishProperties } from './codec/packets.ts'
import type { Connection } from './connection.ts'
import type { PublishView } from './host.ts'
import type { TopicName } from './topics/names.ts'
import { NO_NAME } from './topics/names.ts'

export const NO_BYTES: Buffer = Buffer.alloc(0)

/** One object for all: filled, shown, emptied. */
export class View implements PublishView {
  name: TopicName = NO_NAME
  qos: 0 | 1 | 2 = 0
  packetId = 0
  retain = false
  dup = false
  properties: PublishProperties | null = null
  from: Connection
  /** The read buffer. */
  buffer: Buffer = NO_BYTES
  /** Where the topic begins, its length left out; the same as `topicEnd` where an alias stands for it. */
  topicStart = 0
  topicEnd = 0
  payloadStart = 0
  payloadEnd = 0
  #payload: Buffer | null = null

  constructor() {
    this.from = null as unknown as Connection
  }

  get topic(): string {
    return this.name.text
  }

  /** Made when somebody looks at it: what is only passed on needs no view. */
  get payload(): Buffer {
    this.#payload ??= this.buffer.subarray(this.payloadStart, this.payloadEnd)
    return this.#payload
  }

  /** Lets go of the read buffer. */
  clear(): void {
    this.buffer = NO_BYTES
    this.properties = null
    this.payloadStart = 0
    this.payloadEnd = 0
    this.#payload = null
  }
}

/** A PUBLISH with its parts copied: it comes again when there is room for it. */
export class Parked implements PublishView {
  readonly name: TopicName
  readonly payload: Buffer
  readonly qos: 0 | 1 | 2
  readonly packetId: number
  readonly retain: boolean
  readonly dup: boolean
  readonly properties: PublishProperties | null
  readonly from: Connection

  constructor(view: PublishView) {
    this.name = view.name
    this.payload = Buffer.from(view.payload)
    this.qos = view.qos
    this.packetId = view.packetId
    this.retain = view.retain
    this.dup = view.dup
    this.properties = view.properties
    this.from = view.from as Connection
  }

  get topic(): string {
    return this.name.text
  }
}
