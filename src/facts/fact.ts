import type { ByteWriter } from './bytes.ts'
import { ByteReader } from './bytes.ts'

/**
 * A fact: something that happened to a device, as it is stored. History, subscriptions, the session log and the state of
 * devices after a restart all read the same records, so they cannot disagree. What came is kept as it came; no JSON is made here.
 */
export const FactKind = {
  /** The device came on line; `epoch`, `flags` ({@link OnlineFlag}). */
  online: 1,
  /** The device went off line; `code` is why: 0 its own wish or its gateway's, 427, 521, 522, 6401, or 1000 + n ({@link OfflineCode}). */
  offline: 2,
  property: 3,
  event: 4,
  /** A publish on a custom topic. */
  message: 5,
  /** A message whose capability this Homeport does not have yet. */
  unsupported: 6,
  /** A device's answer to a request of the platform. */
  downlinkResult: 7,
  /** thing/list/found: sub-devices that a gateway sees. */
  found: 8,
  /** The tags changed; the payload is the request. */
  tags: 9,
  /** created, deleted, enabled, disabled: the `topic` member names which. */
  lifecycle: 10,
  /** A relation was added or removed: the `topic` member says which, `gateway` is its gateway. */
  topology: 11,
} as const
export type FactKind = (typeof FactKind)[keyof typeof FactKind]

export const OnlineFlag = { first: 1, persistent: 2, direct: 4 } as const

export const OfflineCode = {
  disconnect: 0,
  linkLost: 1001,
  keepAlive: 1002,
  protocolError: 1003,
  gatewayOffline: 1004,
  kicked: 1005,
  serverStopped: 1006,
} as const

export interface Fact {
  readonly kind: FactKind
  readonly productKey: string
  readonly deviceName: string
  /** Milliseconds since 1970, strictly increasing per device for online and offline. */
  readonly time: number
  /** Gateway through which it happened, `productKey/deviceName`, or `''`. */
  readonly gateway: string
  /** Alink code of the verdict; 200 where all was well. */
  readonly code: number
  readonly epoch: number
  readonly flags: number
  /** Id of the request, as it came; `''` where there was none. */
  readonly id: string
  readonly topic: string
  readonly payload: Uint8Array
}

const NONE = new Uint8Array(0)

export type FactInput = Pick<Fact, 'kind' | 'productKey' | 'deviceName' | 'time'> & Partial<Fact>

/** A fact with the members left out filled in. */
export function fact(input: FactInput): Fact {
  return { gateway: '', code: 200, epoch: 0, flags: 0, id: '', topic: '', payload: NONE, ...input }
}

/** Characters of an id in a record at most: their UTF-8 fits into {@link ByteWriter.text}. */
const ID_LIMIT = 21_845

/** Appends the record of a fact: its length (32 bits), then its members. An id beyond {@link ID_LIMIT} stands in the payload alone. */
export function writeFact(out: ByteWriter, fact: Fact): void {
  const at = out.length
  out.u32(0)
  out.u8(fact.kind)
  out.u8(fact.flags)
  out.u16(fact.code)
  out.u32(fact.epoch)
  out.f64(fact.time)
  out.text(fact.productKey)
  out.text(fact.deviceName)
  out.text(fact.gateway)
  out.text(fact.id.length > ID_LIMIT ? '' : fact.id)
  out.text(fact.topic)
  out.blob(fact.payload)
  out.buffer.writeUInt32LE(out.length - at - 4, at)
}

/** Reads one record of {@link writeFact}; the payload is a view of the buffer. */
export function readFact(reader: ByteReader): Fact {
  const size = reader.u32()
  const body = new ByteReader(reader.buffer, reader.offset, Math.min(reader.offset + size, reader.end))
  reader.offset += size
  const kind = body.u8() as FactKind
  const flags = body.u8()
  const code = body.u16()
  const epoch = body.u32()
  const time = body.f64()
  return {
    kind,
    flags,
    code,
    epoch,
    time,
    productKey: body.text(),
    deviceName: body.text(),
    gateway: body.text(),
    id: body.text(),
    topic: body.text(),
    payload: body.blob(),
  }
}
