/** `homeport serve` as a process of its own, on a data directory that the test has filled before. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { SystemClock } from '../../src/clock/system.ts'
import { defaultSettings } from '../../src/config/settings.ts'
import { silentLog } from '../../src/log/log.ts'
import { Metrics } from '../../src/metrics/metrics.ts'
import { dial } from '../../src/mqtt/transport/dial.ts'
import { openNode } from '../../src/platform/node.ts'
import { systemRandom } from '../../src/random/random.ts'
import type { Body, Call } from '../clients/openapi.ts'
import { popCore } from '../clients/openapi.ts'
import type { ClientOptions, Witness } from '../support/client.ts'
import { DeviceClient } from '../support/client.ts'
import { Fleet } from '../support/fleet.ts'
import { Gateway } from '../support/gateway.ts'
import type { TestNode } from '../support/node.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const key = { id: 'faults-key', secret: 'faults-secret' }

export function temporaryData(): string {
  const data = mkdtempSync(join(tmpdir(), 'homeport-faults-'))
  onTestFinished(() => rmSync(data, { recursive: true, force: true }))
  return data
}

/** Opens the directory in this process, without listeners, and fills it. */
export async function fill<T>(data: string, work: (fleet: Fleet) => Promise<T>): Promise<T> {
  const node = await openNode({
    settings: defaultSettings({ data }),
    clock: new SystemClock(),
    random: systemRandom,
    log: silentLog,
    metrics: new Metrics({ process: false }),
    secretKey: undefined,
    locked: () => {},
  })
  try {
    return await work(new Fleet(() => node))
  } finally {
    await node.close()
  }
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Listed {
  readonly productKey: string
  readonly deviceName: string
  readonly gateway: string | null
}

export class ServerProcess {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  readonly witness: Witness = { arrivals: [], faults: [] }
  ports: { readonly mqtt: number; readonly http: number; readonly app?: number } = { mqtt: 0, http: 0 }
  output = ''
  #call: Call | null = null

  /** `files`: its limit of open files. */
  constructor(data: string, flags: readonly string[], files?: number) {
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(?:HOMEPORT_|VITEST|NODE_ENV$|NODE_OPTIONS$)/.test(name),
    )
    const env = { ...Object.fromEntries(own), HOMEPORT_ACCESS_KEY_ID: key.id, HOMEPORT_ACCESS_KEY_SECRET: key.secret }
    const args = [
      main,
      'serve',
      '--json',
      '--data',
      data,
      '--mqtt-port',
      '0',
      '--http-port',
      '0',
      '--log-level',
      'error',
    ]
    const limited = ['-c', `ulimit -n ${files}; exec "$0" "$@"`, process.execPath]
    const [program, before] = files === undefined ? [process.execPath, []] : ['/bin/sh', limited]
    this.child = spawn(program, [...before, ...args, ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
      })
    }
    this.ended = once(this.child, 'close').then(([code, signal]) => ({ code, signal }) as Ended)
    onTestFinished(() => {
      this.child.kill('SIGKILL')
    })
  }

  /** Waits until it says that everything accepts connections. */
  async ready(): Promise<this> {
    const said = new Promise<string>((resolve) => {
      const look = () => {
        const line = /^\{"ready":true.*\}$/m.exec(this.output)?.[0]
        if (line) resolve(line)
      }
      this.child.stdout?.on('data', look)
    })
    const line = await Promise.race([
      said,
      this.ended.then((end) => {
        throw new Error(`the server ended before it was ready: ${JSON.stringify(end)}\n${this.output}`)
      }),
    ])
    this.ports = JSON.parse(line) as ServerProcess['ports']
    this.#call = popCore({ http: this.http } as TestNode, key)
    return this
  }

  get http(): string {
    return `http://127.0.0.1:${this.ports.http}`
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<Ended> {
    this.child.kill(signal)
    return this.ended
  }

  /** A QoS 1 message to the device's `user/get`, by the vendor's OpenAPI client. Resolves when it was acknowledged. */
  pub({ productKey, deviceName }: DeviceSecret, text: string): Promise<Body> {
    const call = this.#call as Call
    return call('Pub', {
      ProductKey: productKey,
      TopicFullName: `/${productKey}/${deviceName}/user/get`,
      MessageContent: Buffer.from(text).toString('base64'),
      Qos: 1,
    })
  }

  async sessions(): Promise<Listed[]> {
    const headers = { authorization: `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString('base64')}` }
    const found: Listed[] = []
    for (let page = 1; ; page++) {
      const response = await fetch(`${this.http}/api/v1/sessions?page=${page}&pageSize=100`, { headers })
      const { sessions, total } = (await response.json()) as { sessions: Listed[]; total: number }
      found.push(...sessions)
      if (found.length >= total || sessions.length === 0) return found
    }
  }

  async gateway(device: DeviceSecret, options: ClientOptions = {}): Promise<Gateway> {
    return new Gateway(await dial(this.ports.mqtt, '127.0.0.1'), device, options, this.witness).open(options)
  }

  async dial(device: DeviceSecret, options: ClientOptions = {}): Promise<DeviceClient> {
    return new DeviceClient(await dial(this.ports.mqtt, '127.0.0.1'), device, options, this.witness)
  }
}

export function startServer(data: string, flags: readonly string[] = [], files?: number): Promise<ServerProcess> {
  return new ServerProcess(data, flags, files).ready()
}
