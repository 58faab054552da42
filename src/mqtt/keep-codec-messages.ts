/** Records of application messages as bytes: what waits for sessions, QoS 2 ids, retained messages, wills. */
import type { ByteReader, ByteWriter } from '../facts/bytes.ts'
import type { KeepRecord } from './keep.ts'
import { kinds } from './keep-kinds.ts'

type Kinds =
  | 'message'
  | 'sent'
  | 'received'
  | 'message-gone'
  | 'qos2-in'
  | 'qos2-in-gone'
  | 'retained'
  | 'retained-gone'
export type MessageKeep = Extract<KeepRecord, { kind: Kinds | 'will' | 'will-gone' }>

const RETAIN = 4

/** Appends what stands behind the kind. */
export function writeMessageKeep(out: ByteWriter, record: MessageKeep): void {
  switch (record.kind) {
    case 'message':
      out.text(record.key)
      out.f64(record.id)
      writeMessage(out, record, record.expiresAt)
      writeIds(out, record.subscriptionIds)
      break
    case 'sent':
    case 'received':
      out.text(record.key)
      out.f64(record.id)
      out.u16(record.packetId)
      break
    case 'message-gone':
      out.text(record.key)
      out.f64(record.id)
      break
    case 'qos2-in':
    case 'qos2-in-gone':
      out.text(record.key)
      out.u16(record.packetId)
      break
    case 'retained':
      writeMessage(out, { ...record, retain: true }, record.expiresAt)
      break
    case 'retained-gone':
      out.text(record.topic)
      break
    case 'will':
      out.text(record.key)
      out.text(record.clientId)
      writeMessage(out, record, record.dueAt)
      break
    case 'will-gone':
      out.text(record.key)
  }
}

/** Reads what stands behind the kind. @throws {RangeError} */
export function readMessageKeep(kind: number, from: ByteReader): MessageKeep {
  switch (kind) {
    case kinds.message: {
      const key = from.text()
      const id = from.f64()
      const { at, qos, ...message } = readMessage(from)
      const subscriptionIds = readIds(from)
      return { kind: 'message', key, id, ...message, qos: qos as 1 | 2, subscriptionIds, expiresAt: at }
    }
    case kinds.sent:
    case kinds.received: {
      const name = kind === kinds.sent ? 'sent' : 'received'
      return { kind: name, key: from.text(), id: from.f64(), packetId: from.u16() }
    }
    case kinds['message-gone']:
      return { kind: 'message-gone', key: from.text(), id: from.f64() }
    case kinds['qos2-in']:
    case kinds['qos2-in-gone']: {
      const name = kind === kinds['qos2-in'] ? 'qos2-in' : 'qos2-in-gone'
      return { kind: name, key: from.text(), packetId: from.u16() }
    }
    case kinds.retained: {
      const { topic, payload, qos, properties, at } = readMessage(from)
      return { kind: 'retained', topic, payload, qos, properties, expiresAt: at }
    }
    case kinds['retained-gone']:
      return { kind: 'retained-gone', topic: from.text() }
    case kinds.will: {
      const key = from.text()
      const clientId = from.text()
      const { at, ...message } = readMessage(from)
      return { kind: 'will', key, clientId, ...message, dueAt: at }
    }
    case kinds['will-gone']:
      return { kind: 'will-gone', key: from.text() }
    default:
      throw new RangeError(`keep record of kind ${kind}`)
  }
}

interface Body {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  readonly properties: Uint8Array
}

function writeMessage(out: ByteWriter, message: Body, at: number): void {
  out.text(message.topic)
  out.u8(message.qos | (message.retain ? RETAIN : 0))
  out.f64(at)
  out.blob(message.properties)
  out.blob(message.payload)
}

function readMessage(from: ByteReader): Body & { readonly at: number } {
  const topic = from.text()
  const bits = from.u8()
  const at = from.f64()
  const properties = from.blob()
  return { topic, qos: (bits & 3) as 0 | 1 | 2, retain: (bits & RETAIN) !== 0, at, properties, payload: from.blob() }
}

function writeIds(out: ByteWriter, ids: readonly number[] | null): void {
  out.u16(ids === null ? 0 : ids.length)
  for (const id of ids ?? []) out.u32(id)
}

function readIds(from: ByteReader): number[] | null {
  const count = from.u16()
  return count === 0 ? null : Array.from({ length: count }, () => from.u32())
}
