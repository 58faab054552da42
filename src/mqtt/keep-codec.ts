/** Records of `keep.ts` as bytes; a record says its kind first and ends with its last member. */
import type { ByteReader, ByteWriter } from '../facts/bytes.ts'
import type { SubscribeFilter } from './codec/packets.ts'
import type { KeepRecord } from './keep.ts'
import { readMessageKeep, writeMessageKeep } from './keep-codec-messages.ts'
import { kinds } from './keep-kinds.ts'

/** Appends a record. */
export function writeKeep(out: ByteWriter, record: KeepRecord): void {
  out.u8(kinds[record.kind])
  switch (record.kind) {
    case 'session':
      out.text(record.key)
      out.u32(record.expiry)
      out.f64(record.endedAt)
      break
    case 'session-gone':
      out.text(record.key)
      break
    case 'filter':
      out.text(record.key)
      out.text(record.filter.filter)
      out.u8(optionBits(record.filter))
      out.u32(record.subscriptionId)
      break
    case 'filter-gone':
      out.text(record.key)
      out.text(record.filter)
      break
    case 'owner':
    case 'owner-gone':
      out.text(record.owner)
      break
    case 'queued':
      out.text(record.owner)
      out.f64(record.id)
      out.text(record.topic)
      out.u8(record.qos | (record.auto ? 4 : 0))
      out.f64(record.expiresAt)
      out.blob(record.payload)
      break
    case 'delivered':
      out.text(record.owner)
      out.f64(record.id)
      break
    default:
      writeMessageKeep(out, record)
  }
}

/**
 * Reads one record; the payload of a queued message is a view of the buffer.
 *
 * @throws {RangeError} where the bytes end too soon or the kind is none of these
 */
export function readKeep(from: ByteReader): KeepRecord {
  const kind = from.u8()
  switch (kind) {
    case kinds.session:
      return { kind: 'session', key: from.text(), expiry: from.u32(), endedAt: from.f64() }
    case kinds['session-gone']:
      return { kind: 'session-gone', key: from.text() }
    case kinds.filter: {
      const key = from.text()
      const filter = from.text()
      return { kind: 'filter', key, filter: withOptions(filter, from.u8()), subscriptionId: from.u32() }
    }
    case kinds['filter-gone']:
      return { kind: 'filter-gone', key: from.text(), filter: from.text() }
    case kinds.owner:
      return { kind: 'owner', owner: from.text() }
    case kinds['owner-gone']:
      return { kind: 'owner-gone', owner: from.text() }
    case kinds.queued:
      return readQueued(from)
    case kinds.delivered:
      return { kind: 'delivered', owner: from.text(), id: from.f64() }
    default:
      return readMessageKeep(kind, from)
  }
}

function readQueued(from: ByteReader): KeepRecord {
  const owner = from.text()
  const id = from.f64()
  const topic = from.text()
  const bits = from.u8()
  const expiresAt = from.f64()
  const qos = (bits & 3) as 1 | 2
  return { kind: 'queued', owner, id, topic, payload: from.blob(), qos, auto: (bits & 4) !== 0, expiresAt }
}

/** As in a SUBSCRIBE of 5.0. */
function optionBits(filter: SubscribeFilter): number {
  return filter.qos | (filter.noLocal ? 4 : 0) | (filter.retainAsPublished ? 8 : 0) | (filter.retainHandling << 4)
}

function withOptions(filter: string, bits: number): SubscribeFilter {
  return {
    filter,
    qos: (bits & 3) as 0 | 1 | 2,
    noLocal: (bits & 4) !== 0,
    retainAsPublished: (bits & 8) !== 0,
    retainHandling: (bits >> 4) as 0 | 1 | 2,
  }
}
