/** A made-up world for tests of the command line: no disk, no network, a clock that stands still. */
import { join } from 'node:path'
import { VirtualClock } from '../clock/virtual.ts'
import { seededRandom } from '../random/random.ts'
import type { ApiAnswer } from './backend.ts'
import type { CliHost, RunningServer, ServerOptions } from './host.ts'
import { run } from './run.ts'

export interface Recorded {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  /** Authorization header; `local` where the directory was opened. */
  readonly by: string
}

/** A device asked for with its secret is there, and a gateway. */
function secretOf(path: string): object | undefined {
  const [, productKey, deviceName] = /^\/api\/v1\/devices\/([^/]+)\/([^/]+)\?secret=true$/.exec(path) ?? []
  if (deviceName === undefined) return undefined
  return { productKey, deviceName, deviceSecret: 'secret', nodeType: 'gateway', gateways: [] }
}

export class FakeWorld {
  readonly files = new Map<string, string>()
  readonly modes = new Map<string, number>()
  readonly calls: Recorded[] = []
  readonly clock = new VirtualClock()
  /** Answers by `METHOD /path`; others get 200 and `{}`. */
  readonly answers: Record<string, ApiAnswer> = {}
  variables: Record<string, string> = {}
  stdin = ''
  out = ''
  err = ''
  exited: number | null = null
  directories: string[] = ['./homeport-data']
  /** Whether a server answers at http://127.0.0.1:8080. */
  running = true
  localClosed = 0
  openFails: Error | null = null
  startFails: Error | null = null
  started: ServerOptions | null = null
  server: RunningServer = { ports: { mqtt: 1883, http: 8080 }, accessKey: null, empty: false, stop: async () => {} }
  #signalled: (signal: string) => void = () => {}

  constructor() {
    this.files.set('homeport-data/local.json', '{"url":"http://127.0.0.1:8080","token":"tok"}')
  }

  signal(name: string): void {
    this.#signalled(name)
  }

  readonly #answer = (method: string, path: string, by: string, body: unknown): ApiAnswer => {
    this.calls.push(body === undefined ? { method, path, by } : { method, path, by, body })
    return this.answers[`${method} ${path}`] ?? { status: 200, body: secretOf(path) ?? {} }
  }

  readonly #fetch = async (url: string, init: RequestInit): Promise<Response> => {
    if (!this.running) throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })
    const { pathname, search } = new URL(url)
    if (pathname === '/healthz') return new Response('ok')
    const by = new Headers(init.headers).get('authorization') ?? ''
    const body = init.body ? (JSON.parse(init.body as string) as unknown) : undefined
    const answer = this.#answer(init.method ?? 'GET', pathname + search, by, body)
    return new Response(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body), {
      status: answer.status,
    })
  }

  readonly host: CliHost = {
    stdout: {
      write: (text) => {
        this.out += text
      },
    },
    stderr: {
      write: (text) => {
        this.err += text
      },
    },
    variables: {},
    program: './bin/homeport',
    version: '1.2.3',
    clock: this.clock,
    random: seededRandom(1),
    pid: 4711,
    fetch: this.#fetch,
    readFile: (path) => this.files.get(path),
    readStdin: async () => this.stdin,
    writeFile: (path, text, mode) => {
      this.files.set(path, text)
      this.modes.set(path, mode)
    },
    removeFile: (path) => this.files.delete(path),
    exists: (path) => this.directories.some((directory) => join(directory, 'homeport.db') === path),
    onSignal: (run) => {
      this.#signalled = run
    },
    exit: (code) => {
      this.exited = code
    },
    startServer: async (options) => {
      this.started = options
      if (this.startFails) throw this.startFails
      options.locked()
      return this.server
    },
    openLocalApi: async () => {
      if (this.openFails) throw this.openFails
      return {
        dispatch: async (method, path, body) => this.#answer(method, path, 'local', body),
        close: async () => {
          this.localClosed++
        },
      }
    },
    demo: async (json) => {
      this.out += json ? 'demo json' : 'demo'
      return 0
    },
  }

  run(line: string | readonly string[]): Promise<number> {
    const host = { ...this.host, variables: this.variables }
    return run(host, typeof line === 'string' ? line.split(' ') : line)
  }
}
