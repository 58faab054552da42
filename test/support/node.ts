/**
 * Homeport as `homeport serve` composes it, in this process, over sockets: a temporary data directory, free ports, and helpers that
 * make fleets and connect them. All is ended by `stop`.
 */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import type { Clock } from '../../src/clock/clock.ts'
import { SystemClock } from '../../src/clock/system.ts'
import { VirtualClock } from '../../src/clock/virtual.ts'
import { loadSettings } from '../../src/config/load.ts'
import type { SettingKey } from '../../src/config/settings.ts'
import { flagOf } from '../../src/config/settings.ts'
import { FactKind, fact } from '../../src/facts/fact.ts'
import type { Log, Refusal } from '../../src/log/log.ts'
import { silentLog } from '../../src/log/log.ts'
import { Metrics } from '../../src/metrics/metrics.ts'
import { dial } from '../../src/mqtt/transport/dial.ts'
import type { HomeportNode } from '../../src/platform/node.ts'
import { systemRandom } from '../../src/random/random.ts'
import type { RunningServer } from '../../src/server/start.ts'
import { startServer } from '../../src/server/start.ts'
import type { ClientOptions } from './client.ts'
import { DeviceClient } from './client.ts'
import { Fleet } from './fleet.ts'
import { Gateway } from './gateway.ts'

export interface TestNodeOptions {
  /** By key, as on the command line: `{ 'limits.batch': 5, 'store.commitTimeout': '50ms' }`. */
  readonly settings?: Partial<Record<SettingKey, string | number>>
  /** `virtual`: time stands still until `advance`. */
  readonly clock?: 'system' | 'virtual'
}

/** Gateways on line, and sub-devices. */
export class Scene {
  readonly gateways: readonly Gateway[]
  readonly subs: readonly DeviceSecret[]

  constructor(gateways: readonly Gateway[], subs: readonly DeviceSecret[]) {
    this.gateways = gateways
    this.subs = subs
  }

  get gateway(): Gateway {
    return this.gateways[0] as Gateway
  }

  /** The second gateway. */
  get other(): Gateway {
    return this.gateways[1] as Gateway
  }

  get sub(): DeviceSecret {
    return this.subs[0] as DeviceSecret
  }

  /** The second sub-device. */
  get sub2(): DeviceSecret {
    return this.subs[1] as DeviceSecret
  }
}

export class TestNode {
  /** Every refusal that was logged. */
  readonly refusals: Refusal[] = []
  /** Every line that was logged as an error. */
  readonly errors: string[] = []
  readonly arrivals: string[] = []
  readonly faults: string[] = []
  readonly data: string
  readonly clock: Clock
  readonly fleet: Fleet
  readonly token = 'token-of-the-tests'
  metrics = new Metrics({ process: false })
  readonly #flags: readonly string[]
  #server: RunningServer | null = null
  #clients: DeviceClient[] = []

  constructor(options: TestNodeOptions) {
    this.data = mkdtempSync(join(tmpdir(), 'homeport-test-'))
    this.clock = options.clock === 'virtual' ? new VirtualClock({ realTurns: true }) : new SystemClock()
    const settings = { data: this.data, 'mqtt.port': 0, 'http.port': 0, ...options.settings }
    this.#flags = Object.entries(settings).flatMap(([key, value]) => [flagOf(key), String(value)])
    this.fleet = new Fleet(() => this.node)
  }

  get server(): RunningServer {
    if (this.#server === null) throw new Error('the node is not started')
    return this.#server
  }

  get node(): HomeportNode {
    return this.server.node
  }

  get mqttPort(): number {
    return this.server.ports.mqtt as number
  }

  /** Address of the HTTP listener, without a slash at its end. */
  get http(): string {
    return `http://127.0.0.1:${this.server.ports.http}`
  }

  async start(): Promise<this> {
    this.metrics = new Metrics({ process: false })
    const { refusals, errors } = this
    const log: Log = {
      ...silentLog,
      error: (message, members) => errors.push(`${message} ${JSON.stringify(members)}`),
      refusal: (refusal) => refusals.push(refusal),
      child: () => log,
    }
    this.#server = await startServer({
      loaded: loadSettings({ flags: this.#flags }),
      log,
      metrics: this.metrics,
      clock: this.clock,
      random: systemRandom,
      token: this.token,
      version: '0.0.0',
      locked: () => {},
    })
    return this
  }

  /** Stops the server and starts it again on what it stored. Connections are gone, ports are new. */
  async restart(): Promise<void> {
    await this.server.stop()
    this.#server = null
    await this.start()
  }

  /** Ends everything. Fails if any client saw a message that did not have the form of its kind. */
  async stop(): Promise<void> {
    for (const client of this.#clients) client.destroy()
    await this.#server?.stop()
    this.#server = null
    rmSync(this.data, { recursive: true, force: true })
    if (this.faults.length > 0) throw new Error(`messages without the form of their kind:\n${this.faults.join('\n')}`)
  }

  /** Moves a virtual clock. */
  advance(milliseconds: number): void {
    if (!(this.clock instanceof VirtualClock)) throw new Error('the node runs on the system clock')
    this.clock.advance(milliseconds)
  }

  /** A TCP connection for a device; nothing is sent. */
  async dial(device: DeviceSecret, options: ClientOptions = {}): Promise<DeviceClient> {
    return this.#kept(new DeviceClient(await dial(this.mqttPort, '127.0.0.1'), device, options, this))
  }

  /** A device that is connected. @throws Refused with the code of the CONNACK */
  async device(device: DeviceSecret, options: ClientOptions = {}): Promise<DeviceClient> {
    return (await this.dial(device, options)).open(options)
  }

  /** A gateway that is connected. */
  async gateway(device: DeviceSecret, options: ClientOptions = {}): Promise<Gateway> {
    const wire = await dial(this.mqttPort, '127.0.0.1')
    return this.#kept(new Gateway(wire, device, options, this)).open(options)
  }

  #kept<C extends DeviceClient>(client: C): C {
    this.#clients.push(client)
    return client
  }

  /** Gateways on line, and sub-devices in the topology of each of them; all new. */
  async scene(options: { gateways?: number; subs?: number; related?: boolean } = {}): Promise<Scene> {
    const { gateways = 1, subs = 1, related = true } = options
    const gatewayDevices = await this.fleet.gateways(gateways)
    const subDevices = await this.fleet.subs(subs)
    if (related) for (const gateway of gatewayDevices) await this.fleet.relate(gateway, ...subDevices)
    const clients: Gateway[] = []
    for (const device of gatewayDevices) clients.push(await this.gateway(device))
    return new Scene(clients, subDevices)
  }

  /**
   * A full disk: the next segment of the facts log is a link to /dev/full, and the current one is filled up to it. Every login and
   * logout fails until what this returns is called.
   */
  async fillDisk(): Promise<() => void> {
    const { store } = this.node
    const filler = fact({ kind: FactKind.property, productKey: 'p', deviceName: 'd', time: this.clock.wall(), payload })
    const link = join(this.data, 'log', 'facts-0000000002.log')
    symlinkSync('/dev/full', link)
    for (let i = 0; i < 100 && store.health().ok; i++) {
      store.commit.fact(filler)
      store.commit.flush()
    }
    if (store.health().ok) throw new Error('the disk is not full')
    return () => rmSync(link)
  }

  /** A second connection holds SQLite's write lock until what this returns is called: changes of the registry fail. */
  lockRegistry(): () => void {
    const database = new DatabaseSync(join(this.data, 'homeport.db'))
    database.exec('BEGIN IMMEDIATE')
    return () => {
      database.exec('ROLLBACK')
      database.close()
    }
  }

  /** What the log says of refusals of this check since the last call of `refusals.length = 0`. */
  refused(check: string): Refusal[] {
    return this.refusals.filter((refusal) => refusal.check === check)
  }
}

const payload = Buffer.alloc(1024 * 1024)

export async function startTestNode(options: TestNodeOptions = {}): Promise<TestNode> {
  return new TestNode(options).start()
}

/** One node for all tests of a file or of a describe; each makes a scene of its own in it. */
export function useNode(options: TestNodeOptions = {}): () => TestNode {
  let node: TestNode | null = null
  beforeAll(async () => {
    node = await startTestNode(options)
  })
  afterAll(() => node?.stop())
  return () => node as TestNode
}
