/**
 * The JSON envelope of Alink requests and replies (sub-devices.md §0.1, thing-model.md §1, errors.md Readings: Body, id, data).
 */
import { isUtf8 } from 'node:buffer'
import type { DeviceRef, ReplyTo } from '../effects/effect.ts'

/** What stands in a payload that is a JSON object; `null` where it is none. */
export interface Envelope {
  /** The id to echo, JSON-escaped as it came, without quotes; `null` where the platform makes one. */
  readonly id: string | null
  readonly params: unknown
  /** `sys.ack` is 0: the sender wants no reply. */
  readonly noAck: boolean
}

/**
 * Reads a payload. A string id is echoed byte for byte, a number as its digits as sent; anything else has none.
 * Invalid UTF-8 is not JSON.
 */
export function parseEnvelope(payload: Buffer): Envelope | null {
  const text = payload.toString('utf8')
  if (text.includes('\ufffd') && !isUtf8(payload)) return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { id, params, sys } = value as { id?: unknown; params?: unknown; sys?: unknown }
  const noAck = typeof sys === 'object' && sys !== null && (sys as { ack?: unknown }).ack === 0
  if (typeof id === 'string') {
    // Where nothing is escaped, the value is the text itself; else the text between the quotes is looked up.
    if (!text.includes('\\')) return { id, params, noAck }
    return { id: rawMember(text, 'id').slice(1, -1), params, noAck }
  }
  if (typeof id === 'number') return { id: rawMember(text, 'id'), params, noAck }
  return { id: null, params, noAck }
}

const BLANK = /[\t\n\r ]*/y
const STRING = /"(?:[^"\\]|\\.)*"/y
const SCALAR = /[^\s,\]}]+/y

/** The text of a member of a JSON object, as it stands; of a name given twice the last, as `JSON.parse` reads it. The text must be valid. */
export function rawMember(text: string, name: string): string {
  let found = ''
  let at = skip(BLANK, text, 0) + 1
  for (;;) {
    at = skip(BLANK, text, at)
    if (text[at] === '}' || at >= text.length) return found
    const keyEnd = skip(STRING, text, at)
    const key = JSON.parse(text.slice(at, keyEnd)) as string
    at = skip(BLANK, text, skip(BLANK, text, keyEnd) + 1)
    const end = valueEnd(text, at)
    if (key === name) found = text.slice(at, end)
    at = skip(BLANK, text, end)
    if (text[at] === ',') at++
  }
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at + 1
}

function valueEnd(text: string, start: number): number {
  const first = text[start]
  if (first === '"') return skip(STRING, text, start)
  if (first !== '{' && first !== '[') return skip(SCALAR, text, start)
  let depth = 0
  let at = start
  for (;;) {
    const char = text[at]
    if (char === '"') {
      at = skip(STRING, text, at)
      continue
    }
    if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth--
    at++
    if (depth === 0) return at
  }
}

const PLAIN = /^[\w\-@.:&|/ ]*$/

/** A JSON string literal. Names of devices need no escaping, which is most of what passes here. */
export function quote(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value)
}

/** `{"productKey":…,"deviceName":…}` as JSON text. */
export function deviceData(device: DeviceRef): string {
  return `{"productKey":${quote(device.productKey)},"deviceName":${quote(device.deviceName)}}`
}

/** The same for a list of devices. */
export function devicesData(devices: readonly DeviceRef[]): string {
  return `[${devices.map(deviceData).join(',')}]`
}

/** Text of a reply. The members of the envelope come before `data` where data might repeat their names (one C SDK takes the first). */
export function replyText(to: ReplyTo, code: number, message: string, data: string): string {
  if (to.form === 'ext') return sessionText(to.id, code, message, data)
  return `{"code":${code},"data":${data},"id":"${to.id}","message":"${message}","method":"${to.method}","version":"1.0"}`
}

/** `id, code, message, data`, in this order: replies on `/ext/session`, forced-offline notices, `/ext/error`. */
export function sessionText(id: string, code: number, message: string, data: string): string {
  return `{"id":"${id}","code":${code},"message":"${message}","data":${data}}`
}
