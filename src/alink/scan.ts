/**
 * Where the members of an envelope stand in its bytes. Most of what comes is small, plain JSON of which the platform needs the id, and
 * the rest only if a handler asks: `JSON.parse` made an object of all of it, 1.2 µs of the 4.5 that a post through a gateway took; this
 * takes 0.4. Whatever is not plain (an escape, a byte beyond ASCII, deep nesting, a mistake) is left to `JSON.parse`, which so has the
 * last word on what is JSON.
 */

/** Deepest nesting that is followed here. */
const DEEPEST = 32

export const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const POINT = 0x2e
export const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
export const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** 1 for a byte that stands for itself within a string. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== 0x5c ? 1 : 0,
)

/** Offsets of a member's value, `end` behind its last byte; `start` -1 where there is none. */
interface Place {
  start: number
  end: number
}

export interface Found {
  /** A string with its quotes, or anything else. */
  readonly id: Place
  readonly params: Place
  /** Of `sys`, where that is an object. */
  readonly ack: Place
}

const nowhere = (): Place => ({ start: -1, end: -1 })
const found: Found = { id: nowhere(), params: nowhere(), ack: nowhere() }
/** Its own place is nobody's business: its `ack` is. */
const sys = nowhere()

/** Which members of an object are looked for. */
const NONE = 0
const ENVELOPE = 1
const SYS = 2

/** What stands in the JSON object, of a name given twice the last; the same object each time. Null: it takes `JSON.parse` to say. */
export function scan(bytes: Uint8Array): Found | null {
  found.id.start = -1
  found.params.start = -1
  found.ack.start = -1
  const end = bytes.length
  const from = blank(bytes, 0, end)
  if (from >= end || bytes[from] !== OPEN_OBJECT) return null
  const at = object(bytes, from, end, 0, ENVELOPE)
  return at >= 0 && blank(bytes, at, end) === end ? found : null
}

/** The place for the member of this name. */
function member(bytes: Uint8Array, start: number, end: number, wanted: number): Place | null {
  const length = end - start
  if (wanted === SYS) return length === 3 && isText(bytes, start, 'ack') ? found.ack : null
  if (length === 2) return isText(bytes, start, 'id') ? found.id : null
  if (length === 3) return isText(bytes, start, 'sys') ? sys : null
  return length === 6 && isText(bytes, start, 'params') ? found.params : null
}

function isText(bytes: Uint8Array, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false
  return true
}

/** Behind the white space. */
function blank(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end) {
    const byte = bytes[at] as number
    if (byte > 0x20) break
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
    at++
  }
  return at
}

// Each of these returns the offset behind what begins at `from`, -1 where that is something else.

function string(bytes: Uint8Array, from: number, end: number): number {
  if (from >= end || bytes[from] !== QUOTE) return -1
  let at = from + 1
  while (at < end && PLAIN[bytes[at] as number] === 1) at++
  return at < end && bytes[at] === QUOTE ? at + 1 : -1
}

function value(bytes: Uint8Array, from: number, end: number, depth: number, wanted: number): number {
  if (from >= end) return -1
  const first = bytes[from] as number
  if (first === QUOTE) return string(bytes, from, end)
  if (first === OPEN_OBJECT) return depth < DEEPEST ? object(bytes, from, end, depth + 1, wanted) : -1
  if (first === OPEN_LIST) return depth < DEEPEST ? list(bytes, from, end, depth + 1) : -1
  if (startsNumber(first)) return number(bytes, from, end)
  if (first === 0x74) return word(bytes, from, end, 'true')
  if (first === 0x66) return word(bytes, from, end, 'false')
  return first === 0x6e ? word(bytes, from, end, 'null') : -1
}

function object(bytes: Uint8Array, from: number, end: number, depth: number, wanted: number): number {
  let at = blank(bytes, from + 1, end)
  if (at < end && bytes[at] === CLOSE_OBJECT) return at + 1
  for (;;) {
    const name = at + 1
    at = string(bytes, at, end)
    if (at < 0) return -1
    const place = wanted === NONE ? null : member(bytes, name, at - 1, wanted)
    // Of a `sys` given twice the last counts.
    if (place === sys) found.ack.start = -1
    at = blank(bytes, at, end)
    if (at >= end || bytes[at] !== COLON) return -1
    const start = blank(bytes, at + 1, end)
    at = value(bytes, start, end, depth, place === sys ? SYS : NONE)
    if (at < 0) return -1
    if (place !== null) {
      place.start = start
      place.end = at
    }
    at = blank(bytes, at, end)
    if (at >= end) return -1
    if (bytes[at] === CLOSE_OBJECT) return at + 1
    if (bytes[at] !== COMMA) return -1
    at = blank(bytes, at + 1, end)
  }
}

function list(bytes: Uint8Array, from: number, end: number, depth: number): number {
  let at = blank(bytes, from + 1, end)
  if (at < end && bytes[at] === CLOSE_LIST) return at + 1
  for (;;) {
    at = value(bytes, at, end, depth, NONE)
    if (at < 0) return -1
    at = blank(bytes, at, end)
    if (at >= end) return -1
    if (bytes[at] === CLOSE_LIST) return at + 1
    if (bytes[at] !== COMMA) return -1
    at = blank(bytes, at + 1, end)
  }
}

export function startsNumber(byte: number): boolean {
  return byte === MINUS || (byte >= ZERO && byte <= NINE)
}

function digits(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at++
  return at
}

function number(bytes: Uint8Array, from: number, end: number): number {
  const first = bytes[from] === MINUS ? from + 1 : from
  let at = digits(bytes, first, end)
  if (at === first || (bytes[first] === ZERO && at > first + 1)) return -1
  if (at < end && bytes[at] === POINT) {
    const fraction = at + 1
    at = digits(bytes, fraction, end)
    if (at === fraction) return -1
  }
  // 0x20: `E` as `e`.
  if (at < end && ((bytes[at] as number) | 0x20) === 0x65) {
    const sign = at + 1
    const exponent = sign < end && (bytes[sign] === MINUS || bytes[sign] === 0x2b) ? sign + 1 : sign
    at = digits(bytes, exponent, end)
    if (at === exponent) return -1
  }
  return at
}

function word(bytes: Uint8Array, from: number, end: number, text: string): number {
  const at = from + text.length
  return at <= end && isText(bytes, from, text) ? at : -1
}
