/**
 * The JSON envelope of Alink requests and replies (sub-devices.md §0.1, thing-model.md §1, errors.md Readings: Body, id, data).
 */
import { isUtf8 } from 'node:buffer'
import type { DeviceRef, ReplyTo } from '../effects/effect.ts'
import type { Found } from './scan.ts'
import { OPEN_OBJECT, QUOTE, scan, startsNumber, ZERO } from './scan.ts'

/** What stands in a payload that is a JSON object; valid as long as the payload is. */
export interface Envelope {
  /** The id to echo, JSON-escaped as it came, without quotes; `null` where the platform makes one. */
  readonly id: string | null
  readonly params: unknown
  /** `params` is an object, no array; asking costs nothing. */
  readonly hasMembers: boolean
  /** `sys.ack` is 0: the sender wants no reply. */
  readonly noAck: boolean
}

/** Largest payload, in bytes, that is scanned: of a larger one, a batch of log-ins say, the handler will want all. */
const SCANNED = 1024

/** Whatever reads no `params` leaves them as they came. */
class Scanned implements Envelope {
  readonly id: string | null
  readonly noAck: boolean
  readonly hasMembers: boolean
  readonly #payload: Buffer
  readonly #start: number
  readonly #end: number
  #params: unknown

  constructor(payload: Buffer, { id, params, ack }: Found) {
    this.id = id.start < 0 ? null : idIn(payload, id.start, id.end)
    this.noAck = ack.start >= 0 && isZero(payload, ack.start, ack.end)
    this.hasMembers = params.start >= 0 && payload[params.start] === OPEN_OBJECT
    this.#payload = payload
    this.#start = params.start
    this.#end = params.end
  }

  get params(): unknown {
    if (this.#params === undefined && this.#start >= 0) {
      this.#params = JSON.parse(this.#payload.latin1Slice(this.#start, this.#end))
    }
    return this.#params
  }
}

function idIn(payload: Buffer, start: number, end: number): string | null {
  const first = payload[start] as number
  if (first === QUOTE) return payload.latin1Slice(start + 1, end - 1)
  return startsNumber(first) ? payload.latin1Slice(start, end) : null
}

function isZero(payload: Buffer, start: number, end: number): boolean {
  if (!startsNumber(payload[start] as number)) return false
  return end - start === 1 ? payload[start] === ZERO : Number(payload.latin1Slice(start, end)) === 0
}

function saysNoAck(sys: unknown): boolean {
  return typeof sys === 'object' && sys !== null && (sys as { ack?: unknown }).ack === 0
}

/**
 * Reads a payload. A string id is echoed byte for byte, a number as its digits as sent; anything else has none.
 * Invalid UTF-8 is not JSON.
 */
export function parseEnvelope(payload: Buffer): Envelope | null {
  const found = payload.length <= SCANNED ? scan(payload) : null
  return found === null ? parseWhole(payload) : new Scanned(payload, found)
}

function parseWhole(payload: Buffer): Envelope | null {
  const text = payload.toString('utf8')
  if (text.includes('\ufffd') && !isUtf8(payload)) return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!isObject(value)) return null
  const { id, params, sys } = value as { id?: unknown; params?: unknown; sys?: unknown }
  return { id: idOf(id, text), params, hasMembers: isObject(params), noAck: saysNoAck(sys) }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** As it stands in the text. */
function idOf(id: unknown, text: string): string | null {
  if (typeof id === 'number') return rawMember(text, 'id')
  if (typeof id !== 'string') return null
  // Where nothing is escaped, the value is the text itself; else the text between the quotes is looked up.
  return text.includes('\\') ? rawMember(text, 'id').slice(1, -1) : id
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
