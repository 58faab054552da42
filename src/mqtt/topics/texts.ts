/**
 * Texts of topic names by their bytes. A gateway's messages come on thousands of topics in turn; a new string of each, looked up in
 * a map, cost 0.7 µs a message, since V8 internalises every new string that a map is asked for. Here the same bytes give the same
 * string object again.
 */
import { topicText } from '../codec/publish.ts'

/** Topics remembered, one for each value of the hash's lower bits; of two that meet there, the later is kept. */
const PLACES = 65_536
/** Longest topic, in bytes, that is remembered: with all places taken they hold 16 MB at most. */
const REMEMBERED = 256

export class TopicTexts {
  readonly #texts: string[] = new Array(PLACES).fill('')

  /** @throws {PacketError} as `topicText` */
  text(buffer: Buffer, start: number, end: number): string {
    if (end - start > REMEMBERED) return topicText(buffer, start, end)
    const place = hash(buffer, start, end) & (PLACES - 1)
    const known = this.#texts[place] as string
    if (isText(known, buffer, start, end)) return known
    const text = topicText(buffer, start, end)
    // One with other characters is longer or shorter than its bytes, or looks like another's.
    if (text.length === end - start) this.#texts[place] = text
    return text
  }
}

/** FNV-1a. */
function hash(buffer: Buffer, start: number, end: number): number {
  let value = 0x811c9dc5
  for (let i = start; i < end; i++) value = Math.imul(value ^ (buffer[i] as number), 0x01000193)
  return value ^ (value >>> 16)
}

function isText(text: string, buffer: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false
  for (let i = start, at = 0; i < end; i++, at++) if (text.charCodeAt(at) !== buffer[i]) return false
  return true
}
