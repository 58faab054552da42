/** A run's temporary folder, its fleets, and the generator. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import type { Tools } from './build.ts'
import { Files } from './files.ts'
import type { Fleet } from './fleet.ts'
import { cpuOf, cpuOfMachine, start } from './processes.ts'
import type { Bench, Loaded } from './scenario.ts'
import type { Certificate, HomeportOptions, Server, Transport } from './servers.ts'
import { isSecure, makeCertificate, pin, startAedes, startHomeport, startMosquitto } from './servers.ts'

/** Seconds for the generator: it gives up by itself, so this is for one that hangs. */
const GENERATOR_SECONDS = 240

export interface ContextOptions {
  readonly tools: Tools
  readonly quick: boolean
  readonly seconds: number
  /** CPUs that anything else may take during a measurement before it is repeated; 1 by default. */
  readonly quiet?: number
  /** Checkout of the server; this one by default. */
  readonly root?: string
  readonly node?: readonly string[]
}

export class Context implements Bench {
  readonly files: Files
  readonly seconds: number
  readonly warmup: number
  readonly pacedWarmup: number
  readonly quick: boolean
  readonly quiet: number
  /** Share of one CPU that anything else took while the last load ran. */
  otherCpu = 0
  readonly #options: ContextOptions
  readonly #temporary = mkdtempSync(join(tmpdir(), 'homeport-bench-'))
  readonly #fleets = new Map<string, string>()
  #made: Certificate | undefined

  constructor(options: ContextOptions) {
    this.#options = options
    this.quick = options.quick
    this.quiet = options.quiet ?? (options.quick ? Number.POSITIVE_INFINITY : 1)
    this.seconds = options.seconds
    this.warmup = options.quick ? 0.3 : 1
    this.pacedWarmup = options.quick ? 0.3 : 10
    this.files = new Files(this.#temporary)
  }

  /** Removes everything. */
  close(): void {
    rmSync(this.#temporary, { recursive: true, force: true })
  }

  fleet(fleet: Fleet): string {
    const key = JSON.stringify(fleet)
    let directory = this.#fleets.get(key)
    if (directory === undefined) {
      directory = join(this.#temporary, `fleet-${this.#fleets.size}`)
      mkdirSync(directory)
      // By the code that will read it: its format may differ from ours.
      const program = fileURLToPath(new URL('fleet.ts', import.meta.url))
      const there = this.#options.root === undefined ? program : join(this.#options.root, 'bench/harness/fleet.ts')
      execFileSync(process.execPath, [there, directory, key], { stdio: ['ignore', 'ignore', 'inherit'] })
      this.#fleets.set(key, directory)
    }
    return directory
  }

  homeport(options: Partial<HomeportOptions> = {}): Promise<Server> {
    const { root, node } = this.#options
    return startHomeport({
      temporary: this.#temporary,
      ...this.#certificate(options.transport ?? 'tcp'),
      ...(root === undefined ? {} : { root }),
      ...(node === undefined ? {} : { node }),
      ...options,
    })
  }

  mosquitto(transport: Transport = 'tcp'): Promise<Server> {
    return startMosquitto(this.#temporary, transport, this.#certificate(transport).certificate)
  }

  /** One for all, made when it is first needed. */
  #certificate(transport: Transport): { certificate?: Certificate } {
    if (!isSecure(transport)) return {}
    this.#made ??= makeCertificate(join(this.#temporary, 'certificate'))
    return { certificate: this.#made }
  }

  aedes(): Promise<Server> {
    return startAedes()
  }

  async load(server: Server, args: readonly (string | number)[], options: { pinned?: boolean } = {}): Promise<Loaded> {
    const { mqload } = this.#options.tools
    const all = [...args.map(String), '--port', String(server.port), '--pid', String(server.pid), '--json']
    try {
      if (options.pinned) pin(server.pid)
      const before = { at: performance.now(), machine: cpuOfMachine(), server: cpuOf(server.pid), own: ownCpu() }
      const output = await (options.pinned ? generate('taskset', ['-c', '0', mqload, ...all]) : generate(mqload, all))
      const seconds = (performance.now() - before.at) / 1000
      const ours = cpuOf(server.pid) - before.server + (output.gen_cpu_s as number) + ownCpu() - before.own
      this.otherCpu = Math.max(0, (cpuOfMachine() - before.machine - ours) / seconds)
      return { number: (name) => figure(output, name) }
    } finally {
      await server.stop()
    }
  }
}

function ownCpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function figure(output: Record<string, unknown>, name: string): number {
  const value = output[name]
  if (typeof value !== 'number') throw new Error(`the generator gave no ${name}`)
  return value
}

function generate(command: string, args: readonly string[]): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const child = start(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: GENERATOR_SECONDS * 1000 })
    let out = ''
    let errors = ''
    child.stdout?.on('data', (bytes) => {
      out += bytes
    })
    child.stderr?.on('data', (bytes) => {
      errors += bytes
    })
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(out) as Record<string, unknown>)
      else reject(new Error(`the generator ended with ${code}: ${errors.trim()} ${out.trim()}`))
    })
  })
}

/** The commit of a checkout, with a star where files differ from it. */
export function commitOf(root: string): string {
  const git = (...args: string[]) => spawnSync('git', ['-C', root, ...args], { encoding: 'utf8' }).stdout?.trim() ?? ''
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', 'src', 'package-lock.json') !== ''
  return `${git('rev-parse', '--short', 'HEAD')}${changed ? '*' : ''}`
}
