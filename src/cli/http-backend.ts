import type { ApiAnswer, Backend, Method } from './backend.ts'
import { CliFailure, ExitCode } from './failure.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Who calls: this machine's token from `local.json`, or an access key. */
export type Credentials =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'key'; readonly id: string; readonly secret: string }

function authorization(credentials: Credentials): string {
  if (credentials.kind === 'token') return `Bearer ${credentials.token}`
  return `Basic ${Buffer.from(`${credentials.id}:${credentials.secret}`).toString('base64')}`
}

/** How long a call may take, milliseconds; imports of a large fleet are the longest. */
const TIME_OUT = 120_000

export class HttpBackend implements Backend {
  readonly kind = 'http'
  readonly mqttHost: string
  readonly mqttPort = undefined
  readonly #base: string
  readonly #authorization: string
  readonly #fetch: Fetch

  /** `base` without a slash at its end. */
  constructor(base: string, credentials: Credentials, fetch: Fetch) {
    this.#base = base
    this.mqttHost = new URL(base).hostname.replace(/^\[|\]$/g, '')
    this.#authorization = authorization(credentials)
    this.#fetch = fetch
  }

  async call(method: Method, path: string, body?: unknown): Promise<ApiAnswer> {
    const headers: Record<string, string> = { authorization: this.#authorization, accept: 'application/json' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    let response: Response
    let text: string
    try {
      const signal = AbortSignal.timeout(TIME_OUT)
      const content = body === undefined ? null : JSON.stringify(body)
      response = await this.#fetch(this.#base + path, { method, headers, body: content, signal })
      text = await response.text()
    } catch (error) {
      throw unreachable(this.#base, error)
    }
    return { status: response.status, body: parsed(text) }
  }

  async close(): Promise<void> {}
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : (JSON.parse(text) as unknown)
  } catch {
    return text
  }
}

function unreachable(base: string, error: unknown): CliFailure {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause
  // Codes of the system say more than its messages do; those of the HTTP client say nothing to people.
  const code = cause?.code?.startsWith('UND_') ? undefined : cause?.code
  const why = code ?? cause?.message ?? (error as Error).message
  const hint = 'is the server running, and is this its HTTP port? It prints the address at start, and ready.json has it'
  return new CliFailure(ExitCode.unreachable, 'unreachable', `no answer from ${base}: ${why}`, hint)
}
