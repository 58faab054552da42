import type { Action } from './action.ts'
import type { ActionRow } from './action-row.ts'
import type { Format } from './answer.ts'
import type { HttpCall, Pair } from './http-call.ts'
import type { Parameters } from './parameters.ts'
import type { Authorization } from './signature/acs3.ts'
import { ACS3, parseAuthorization } from './signature/acs3.ts'

/** How a request says who it is (openapi.md §1.1). */
export type Scheme = 'V1' | 'ACS3'

/** A call on its way through the pipeline: each step fills in what it found. */
export class GatewayCall {
  readonly http: HttpCall
  readonly requestId: string
  readonly scheme: Scheme
  /** Query and body together; of a name given twice the body wins. */
  readonly given: ReadonlyMap<string, string>
  readonly authorization: Authorization | null
  format: Format
  action = ''
  /** Set by the step `action`; null for an action that Homeport does not have yet. */
  handler: Action | null = null
  /** Milliseconds since 1970 of Timestamp or x-acs-date. */
  time = 0
  /** Of the access key, once it is known. */
  secret = ''
  parameters: Parameters | null = null
  values: Record<string, unknown> = {}

  constructor(http: HttpCall, requestId: string) {
    this.http = http
    this.requestId = requestId
    this.given = merge(http.query, http.form)
    const header = http.headers.authorization
    const named = this.given.has('Action') || this.given.has('Signature') || this.given.has('AccessKeyId')
    this.scheme = header?.startsWith('ACS3-') || (!named && http.headers['x-acs-action'] !== undefined) ? 'ACS3' : 'V1'
    this.authorization = this.scheme === 'ACS3' && header ? parseAuthorization(header) : null
    this.format = this.scheme === 'ACS3' || this.given.get('Format')?.toUpperCase() === 'JSON' ? 'JSON' : 'XML'
  }

  get row(): ActionRow | null {
    return this.handler?.row ?? null
  }

  get host(): string {
    return this.http.headers.host ?? ''
  }

  /** A common parameter, by its V1 name; ACS3 has them in headers. */
  common(name: CommonName): string {
    if (this.scheme === 'V1') return this.given.get(name) ?? ''
    if (name === 'AccessKeyId') return this.authorization?.credential ?? ''
    if (name === 'Signature') return this.authorization?.signature ?? ''
    return this.http.headers[acs3Names[name]] ?? ''
  }

  get algorithm(): string {
    return this.scheme === 'V1' ? this.common('SignatureMethod') : (this.authorization?.algorithm ?? ACS3)
  }
}

/** Headers of ACS3 that stand for V1's common parameters. */
const acs3Names = {
  Action: 'x-acs-action',
  Version: 'x-acs-version',
  Timestamp: 'x-acs-date',
  SignatureNonce: 'x-acs-signature-nonce',
  SignatureMethod: 'x-acs-signature-method',
  SignatureVersion: 'x-acs-signature-version',
} as const

export type CommonName = keyof typeof acs3Names | 'AccessKeyId' | 'Signature'

function merge(query: readonly Pair[], form: readonly Pair[]): Map<string, string> {
  const all = new Map<string, string>()
  for (const [name, value] of query) all.set(name, value)
  for (const [name, value] of form) all.set(name, value)
  return all
}
