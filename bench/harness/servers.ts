/** The servers that are measured. Each is started afresh for a measurement, on a free port of 127.0.0.1. */
import type { ChildProcess } from 'node:child_process'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { freePort, pause, start, stop } from './processes.ts'

export interface Server {
  readonly port: number
  readonly pid: number
  /** Milliseconds from the start of the process until it accepts connections. */
  readonly startedIn: number
  stop(): Promise<void>
}

/** How MQTT is carried. */
export type Transport = 'tcp' | 'tls' | 'ws' | 'wss'

/** PEM files. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

export const isSecure = (transport: Transport) => transport === 'tls' || transport === 'wss'

const root = fileURLToPath(new URL('../..', import.meta.url))
const START_WITHIN = 120_000

/** The first line of stdout, which a server writes when it is ready. */
function firstLine(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => reject(new Error(`${name} was not ready in time`)), START_WITHIN)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it was ready`)))
    child.stdout?.on('data', (bytes: Buffer) => {
      text += bytes
      if (!text.includes('\n')) return
      clearTimeout(timer)
      resolve(text.slice(0, text.indexOf('\n')))
    })
  })
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

/** Ports of devices that take one transport alone: the setting, and the scheme in `ready.json`. */
const portOf = {
  tcp: { flag: '--mqtt-port', scheme: 'mqtt' },
  tls: { flag: '--mqtt-tls-port', scheme: 'mqtts' },
  ws: { flag: '--mqtt-ws-port', scheme: 'ws' },
  wss: { flag: '--mqtt-wss-port', scheme: 'wss' },
} as const satisfies Record<Transport, { flag: string; scheme: string }>

/** What `homeport tls dev` makes, in `directory`. */
export function makeCertificate(directory: string): Certificate {
  execFileSync(process.execPath, [join(root, 'src/main.ts'), 'tls', 'dev', '--data', directory], { stdio: 'ignore' })
  return { cert: join(directory, 'tls/server.crt'), key: join(directory, 'tls/server.key') }
}

export interface HomeportOptions {
  /** Where temporary files go. */
  readonly temporary: string
  /** A data directory; it is copied, so that every measurement finds the same. Without it the store is empty. */
  readonly data?: string
  /** Use `data` itself: it is too large to copy, and what is measured does not change it. */
  readonly inPlace?: boolean
  readonly flags?: readonly string[]
  /** Whose port: that of devices, or that of applications, open to anyone. */
  readonly listener?: 'mqtt' | 'app'
  /** Of the devices' port; TCP by default. */
  readonly transport?: Transport
  /** Shown where the transport is secure. */
  readonly certificate?: Certificate
  /** Another checkout. */
  readonly root?: string
  /** Options of Node itself. */
  readonly node?: readonly string[]
}

/** `homeport serve` as people start it, with its defaults: the log at level info, here into a file. */
export async function startHomeport(options: HomeportOptions): Promise<Server> {
  const place = mkdtempSync(join(options.temporary, 'homeport-'))
  const data = options.inPlace && options.data !== undefined ? options.data : join(place, 'data')
  if (options.data !== undefined && !options.inPlace) cpSync(options.data, data, { recursive: true })
  const log = openSync(join(place, 'log'), 'w')
  const { flag, scheme } = portOf[options.transport ?? 'tcp']
  const { certificate } = options
  const began = performance.now()
  const child = start(
    join(options.root ?? root, 'bin/homeport'),
    [
      'serve',
      '--json',
      ...['--data', data, '--mqtt-port', '0', '--http-port', '0'],
      ...(flag === '--mqtt-port' ? [] : [flag, '0']),
      ...(certificate ? ['--tls-cert', certificate.cert, '--tls-key', certificate.key] : []),
      ...(options.listener === 'app' ? ['--app-port', '0', '--app-anonymous'] : []),
      ...(options.flags ?? []),
    ],
    { cwd: place, stdio: ['ignore', 'pipe', log], env: environment(options.node ?? []) },
  )
  const ready = JSON.parse(await firstLine(child, 'homeport')) as Record<string, number> & { pid: number }
  return {
    port: ready[options.listener === 'app' ? 'app' : scheme] as number,
    pid: ready.pid,
    startedIn: performance.now() - began,
    async stop() {
      await stop(child)
      rmSync(place, { recursive: true, force: true })
    },
  }
}

/** The Node that runs this, with its options; `bin/homeport` adds its own. */
function environment(options: readonly string[]): NodeJS.ProcessEnv {
  const { PATH = '' } = process.env
  return { ...process.env, PATH: `${dirname(process.execPath)}:${PATH}`, NODE_OPTIONS: options.join(' ') }
}

/**
 * Started by root it would become another user, who cannot read the key. Its WebSocket needs a plain listener beside it.
 *
 * @param spare a port for that listener
 */
function mosquittoConfig(port: number, spare: number, transport: Transport, certificate?: Certificate): string {
  const isWebSocket = transport === 'ws' || transport === 'wss'
  const websockets = isWebSocket ? 'protocol websockets\n' : ''
  const plain = isWebSocket ? `listener ${spare} 127.0.0.1\n` : ''
  const user = process.getuid?.() === 0 ? 'user root\n' : ''
  const secure = certificate ? `certfile ${certificate.cert}\nkeyfile ${certificate.key}\n` : ''
  return `${user}${plain}listener ${port} ${isWebSocket ? 'lo' : '127.0.0.1'}
${websockets}${secure}allow_anonymous true
max_inflight_messages 0
max_queued_messages 100000
persistence false
log_dest none
set_tcp_nodelay true
`
}

export async function startMosquitto(
  temporary: string,
  transport: Transport = 'tcp',
  certificate?: Certificate,
): Promise<Server> {
  const port = await freePort()
  const config = join(temporary, `mosquitto-${port}.conf`)
  writeFileSync(config, mosquittoConfig(port, await freePort(), transport, certificate))
  const began = performance.now()
  const child = start('mosquitto', ['-c', config], { stdio: 'ignore' })
  let missing: Error | null = null
  child.once('error', (error) => {
    missing = error
  })
  while (!(await accepts(port))) {
    if (missing) throw new Error('mosquitto is missing; on Debian: apt-get install mosquitto')
    if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}`)
    await pause(20)
  }
  return { port, pid: child.pid as number, startedIn: performance.now() - began, stop: () => stop(child) }
}

export async function startAedes(): Promise<Server> {
  const began = performance.now()
  const child = start(process.execPath, [join(root, 'bench/peers/aedes.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = Number(await firstLine(child, 'aedes'))
  return { port, pid: child.pid as number, startedIn: performance.now() - began, stop: () => stop(child) }
}

/** Pins a server, all its threads, to one CPU: a wake-up across CPUs of a virtual machine would drown its own cost. */
export function pin(pid: number): void {
  execFileSync('taskset', ['-a', '-c', '-p', '0', String(pid)], { stdio: 'ignore' })
}
