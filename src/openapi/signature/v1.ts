import { createHmac } from 'node:crypto'
import { byCodeUnit, encode } from './rfc3986.ts'

/**
 * What a V1 request signs (openapi.md §1.2): all parameters of query and body but Signature, sorted by name.
 */
export function stringToSignV1(method: string, parameters: ReadonlyMap<string, string>): string {
  const names = Array.from(parameters.keys()).filter((name) => name !== 'Signature')
  names.sort(byCodeUnit)
  const canonical = names.map((name) => `${encode(name)}=${encode(parameters.get(name) as string)}`).join('&')
  return `${method}&%2F&${encode(canonical)}`
}

/** Base64 of HMAC-SHA1 by the secret and `&`. */
export function signV1(text: string, secret: string): string {
  return createHmac('sha1', `${secret}&`).update(text).digest('base64')
}
