import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Fleet } from './script.ts'

export interface Health {
  /** Bytes, after a collection. */
  readonly heapUsed: number
  readonly external: number
  readonly rss: number
  /** Longest time that its event loop stood still since the last time it was asked, in milliseconds. */
  readonly lag: number
  readonly connections: number
  /** Records of what is kept, by kind. */
  readonly kept: Readonly<Record<string, number>>
  /** Keys of persistent sessions. */
  readonly sessions: readonly string[]
  /** Topics of retained messages. */
  readonly retained: readonly string[]
  readonly stats: Readonly<Record<'publishesIn' | 'publishesOut' | 'accepted' | 'violations' | 'dropped', number>>
}

export interface Ports {
  readonly device: number
  readonly app: number
}

export type Told =
  | { readonly kind: 'ready'; readonly ports: Ports; readonly fleet: Fleet }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'health'; readonly health: Health }

/** Milliseconds that it has for an answer. */
const PATIENCE = 15_000

export class TargetProcess {
  readonly #child: ChildProcess
  readonly #failed: (text: string) => void
  #ready = Promise.withResolvers<Extract<Told, { kind: 'ready' }>>()
  #health: PromiseWithResolvers<Health> | null = null
  #stopping = false
  ports: Ports = { device: 0, app: 0 }
  fleet: Fleet = { gateways: [], subs: [] }

  /** `failed`: it logged an error, or ended. */
  constructor(failed: (text: string) => void) {
    this.#failed = failed
    const program = fileURLToPath(new URL('target.ts', import.meta.url))
    const env = { ...process.env }
    for (const name of Object.keys(env)) if (/^(?:HOMEPORT_|VITEST|NODE_OPTIONS$)/.test(name)) delete env[name]
    const child = fork(program, [], { env, execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    this.#child = child
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-10_000)
    })
    child.on('message', (told: Told) => this.#told(told))
    child.once('close', (code, signal) => {
      if (this.#stopping) return
      const text = `the server ended with ${signal ?? code}\n${stderr}`
      this.#ready.reject(new Error(text))
      this.#health?.reject(new Error(text))
      failed(text)
    })
  }

  #told(told: Told): void {
    if (told.kind === 'error') this.#failed(`the server logged an error: ${told.text}`)
    else if (told.kind === 'ready') this.#ready.resolve(told)
    else this.#health?.resolve(told.health)
  }

  async started(): Promise<this> {
    const { ports, fleet } = await this.#ready.promise
    this.ports = ports
    this.fleet = fleet
    return this
  }

  /** Rejects where the process does not answer: its event loop hangs. */
  async health(): Promise<Health> {
    const asked = Promise.withResolvers<Health>()
    this.#health = asked
    this.#child.send('health')
    const timer = setTimeout(() => asked.reject(new Error('the server hangs')), PATIENCE)
    try {
      return await asked.promise
    } finally {
      clearTimeout(timer)
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'close')
    this.#child.kill('SIGKILL')
    await ended
  }
}
