/** Characters of the id part at most (direct.md §1.2). */
export const idLimit = 64

/** An MQTT client id of the platform's form, `{id}|{key}={value},…|`. */
export interface ClientId {
  /** The text before the first bar, untouched: it is signed. */
  readonly id: string
  /** Is there a bar at all? Without one it is no client id of this platform. */
  readonly hasBlock: boolean
  /** Keys in lower case; of a key that comes twice the last. */
  readonly parameters: ReadonlyMap<string, string>
}

/**
 * Reads a client id as tolerantly as the firmware in the field needs it: items are split at commas and bars, what stands behind
 * the closing bar counts too, blanks and line breaks around items are dropped, items without `=` are ignored.
 */
export function parseClientId(text: string): ClientId {
  const parameters = new Map<string, string>()
  const bar = text.indexOf('|')
  if (bar < 0) return { id: text, hasBlock: false, parameters }
  let start = bar + 1
  // Of the item that begins at `start`; looked for in one pass, since a login's client id may have a hundred thousand items.
  let equals = -1
  for (let i = start; i <= text.length; i++) {
    const char = text.charCodeAt(i)
    if (char === 0x3d && equals < 0) equals = i
    if (i < text.length && char !== 0x2c && char !== 0x7c) continue
    if (equals >= 0) {
      const key = text.slice(start, equals).trim().toLowerCase()
      if (key !== '') parameters.set(key, text.slice(equals + 1, i).trim())
    }
    start = i + 1
    equals = -1
  }
  return { id: text.slice(0, bar), hasBlock: true, parameters }
}

/** A parameter that has to be a whole number; 0 where it is absent or none. */
export function intParameter(clientId: ClientId, key: string): number {
  const value = clientId.parameters.get(key)
  return value !== undefined && /^-?\d{1,9}$/.test(value) ? Number(value) : 0
}
