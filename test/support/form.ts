/**
 * What every message of the platform must look like, whatever a test asks for: every client of the tests holds all that it receives
 * against this (errors.md, Readings: Body, id, data; sub-devices.md §0.1).
 */
const ext = /^\/ext\/(?:session\/[^/]+\/[^/]+\/combine\/\w+_reply|error\/[^/]+\/[^/]+)$/
const sysReply = /^\/sys\/[^/]+\/[^/]+\/(.+)_reply$/
const sysRequest = /^\/sys\/[^/]+\/[^/]+\/(thing\/.+)$/

/** What is wrong with the message, or null. */
export function formFault(topic: string, text: string): string | null {
  if (ext.test(topic)) return bodyFault(text, ['id', 'code', 'message', 'data'])
  const reply = sysReply.exec(topic)
  if (reply) return replyFault(text, reply[1] as string)
  const request = sysRequest.exec(topic)
  return request ? requestFault(text, request[1] as string) : null
}

function replyFault(text: string, path: string): string | null {
  const fault = bodyFault(text, ['code', 'data', 'id', 'message', 'method', 'version'])
  if (fault) return fault
  const { method, version } = JSON.parse(text) as { method: string; version: string }
  if (method !== path.replaceAll('/', '.')) return `method ${method} on ${path}`
  return version === '1.0' ? null : `version ${version}`
}

/** A request of the platform: C SDKs refuse one whose id, version or method is no string. */
function requestFault(text: string, path: string): string | null {
  const { id, method, version, params } = JSON.parse(text) as Record<string, unknown>
  if (typeof id !== 'string' || !/^2\d{9}$/.test(id)) return `id ${id}`
  if (typeof version !== 'string') return `version ${version}`
  if (method !== path.replaceAll('/', '.')) return `method ${method} on ${path}`
  return params === undefined ? 'no params' : null
}

function bodyFault(text: string, members: readonly string[]): string | null {
  const value = JSON.parse(text) as Record<string, unknown>
  const keys = Object.keys(value)
  if (keys.join() !== members.join()) return `members ${keys.join()}`
  if (typeof value.id !== 'string') return 'id is no string'
  if (typeof value.code !== 'number') return 'code is no number'
  if (typeof value.message !== 'string') return 'message is no string'
  if (typeof value.data !== 'object' || value.data === null) return 'data is neither object nor array'
  // Compact: C Link SDK 4 finds `"key":` by text search. Ids are echoed as they came, so the text itself need not be the same.
  if (/[{,]\s|"\s*:\s+["{[\d]/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"(?!:)/g, '""'))) return `not compact: ${text}`
  return null
}
