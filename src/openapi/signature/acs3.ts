import { createHash, createHmac } from 'node:crypto'
import type { HttpCall } from '../http-call.ts'
import { byCodeUnit, encode } from './rfc3986.ts'

export const ACS3 = 'ACS3-HMAC-SHA256'

/** Headers that must be signed (openapi.md §1.3). */
export const mustSign = [
  'host',
  'x-acs-action',
  'x-acs-content-sha256',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-version',
] as const

export interface Authorization {
  readonly algorithm: string
  readonly credential: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

/** Reads `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=a;b,Signature=…`; `null` if it is not of this form. */
export function parseAuthorization(header: string): Authorization | null {
  const [, algorithm, rest] = /^(\S+) +(.+)$/.exec(header) ?? []
  if (algorithm === undefined || rest === undefined) return null
  const members = new Map<string, string>()
  for (const part of rest.split(',')) {
    const at = part.indexOf('=')
    if (at < 0) return null
    members.set(part.slice(0, at).trim(), part.slice(at + 1).trim())
  }
  const credential = members.get('Credential')
  const signed = members.get('SignedHeaders')
  const signature = members.get('Signature')
  if (!credential || !signed || !signature) return null
  return { algorithm, credential, signedHeaders: signed.toLowerCase().split(';'), signature: signature.toLowerCase() }
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}

/** What an ACS3 request signs (openapi.md §1.3), with the hash of the body that really came. */
export function stringToSignAcs3(call: HttpCall, signedHeaders: readonly string[]): string {
  const query = call.query.toSorted((a, b) => byCodeUnit(a[0], b[0])).map(([name, value]) => `${name}=${encode(value)}`)
  const names = signedHeaders.toSorted(byCodeUnit)
  const headers = names.map((name) => `${name}:${(call.headers[name] ?? '').trim()}\n`)
  const canonical = [
    call.method,
    call.path,
    query.join('&'),
    headers.join(''),
    names.join(';'),
    sha256(call.body),
  ].join('\n')
  return `${ACS3}\n${sha256(canonical)}`
}

/** Lower-case hex of HMAC-SHA256. */
export function signAcs3(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('hex')
}
