/** A command as a row: what it is called, what it takes, what it does. The program, --help and the tests read the rows. */
import type { Backend, Method } from './backend.ts'
import { failureOf } from './failure.ts'
import type { WithoutServer } from './find.ts'
import { DEFAULT_DATA } from './find.ts'
import type { CliHost } from './host.ts'
import type { Answer } from './output.ts'

export interface OptionRow {
  /** As commander reads it: `--node-type <type>`. */
  readonly flags: string
  readonly about: string
  readonly choices?: readonly string[]
  readonly default?: string
  readonly required?: boolean
  /** Given several times, the values are joined by commas. */
  readonly several?: boolean
}

export type Options = Readonly<Record<string, string | boolean | undefined>>

export interface CommandRow {
  /** `device create`; groups are made from the words before the last. */
  readonly name: string
  /** As commander reads them: `<product-key>`, `[file]`, `<device...>`. */
  readonly args: readonly string[]
  readonly about: string
  readonly options?: readonly OptionRow[]
  /** Arguments and options of examples, without the program's name. */
  readonly examples: readonly string[]
  readonly without: WithoutServer
  run(call: Call, args: readonly string[], options: Options): Promise<Answer>
}

/** The most that the JSON API gives at once. */
const PAGE_SIZE = 1000

/** The JSON API as commands use it: bodies come back, refusals are thrown. Nothing is opened before the first call. */
export class Call {
  readonly host: CliHost
  /** The data directory, whether a server runs on it or not. */
  readonly data: string
  readonly #find: () => Promise<Backend>
  #backend: Promise<Backend> | null = null

  constructor(host: CliHost, find: () => Promise<Backend>, data = DEFAULT_DATA) {
    this.host = host
    this.data = data
    this.#find = find
  }

  get dataIsDefault(): boolean {
    return this.data === DEFAULT_DATA
  }

  backend(): Promise<Backend> {
    this.#backend ??= this.#find()
    return this.#backend
  }

  /** Closes what was opened. */
  async close(): Promise<void> {
    const backend = await this.#backend?.catch(() => null)
    await backend?.close()
  }

  get(path: string): Promise<unknown> {
    return this.#send('GET', path)
  }

  post(path: string, body: unknown = {}): Promise<unknown> {
    return this.#send('POST', path, body)
  }

  patch(path: string, body: unknown): Promise<unknown> {
    return this.#send('PATCH', path, body)
  }

  delete(path: string): Promise<unknown> {
    return this.#send('DELETE', path)
  }

  /** Every page of a list: `member` of all pages, and how many there are. */
  async all(path: string, member: string): Promise<Record<string, unknown>> {
    const rows: unknown[] = []
    for (let page = 1; ; page++) {
      const body = (await this.get(`${path}?page=${page}&pageSize=${PAGE_SIZE}`)) as Record<string, unknown>
      const more = Array.isArray(body[member]) ? (body[member] as unknown[]) : []
      rows.push(...more)
      const total = typeof body.total === 'number' ? body.total : rows.length
      if (more.length === 0 || rows.length >= total) return { [member]: rows, total: rows.length }
    }
  }

  async #send(method: Method, path: string, body?: unknown): Promise<unknown> {
    const backend = await this.backend()
    const answer = await backend.call(method, `/api/v1${path}`, body)
    if (answer.status >= 400) throw failureOf(answer.status, answer.body)
    return answer.body
  }
}

/** The members that are there. */
export function given(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
