/**
 * A whole node in one process: simulated gateways, sub-devices and direct devices, an operator, a disk that fails, a registry that is
 * locked, a process that is killed. One seed gives one run.
 */
import type { DeviceSecret } from '../../src/auth/make.ts'
import { defaultSettings } from '../../src/config/settings.ts'
import type { DeviceRef } from '../../src/effects/effect.ts'
import type { Link } from '../../src/mqtt/host.ts'
import { seededRandom } from '../../src/random/random.ts'
import { Fleet } from '../support/fleet.ts'
import { actions } from './actions.ts'
import type { ConnOwner } from './conn.ts'
import { Conn, keyOf } from './conn.ts'
import { Machine } from './machine.ts'
import type { Happened, Listed, Trace } from './trace.ts'

const GATEWAYS = 3
const SUBS = 6
/** Of these, the first so many also connect by themselves. */
const ROAMERS = 2

export class Simulation implements ConnOwner {
  readonly trace: Happened[] = []
  readonly machine: Machine
  readonly fleet: Fleet
  gateways: DeviceSecret[] = []
  subs: DeviceSecret[] = []
  /** What the log of a process may lose when it ends: nothing of what is synced. */
  readonly power: boolean
  /** Connections that are not over, as their clients see it. */
  conns: Conn[] = []
  /** Devices whose queue stands, since they were on line with a persistent session. */
  readonly attached = new Set<string>()
  readonly #random: () => number
  #numbers = 0

  constructor(seed: number) {
    this.#random = mulberry(seed)
    this.power = this.chance(2)
    const limits = {
      loginsPerMinute: this.chance(4) ? 5 : 10_000,
      loginRequestsPerSecond: this.chance(4) ? 20 : 0,
      subDevicesOnline: this.chance(4) ? 2 : 200,
    }
    const store = {
      durability: this.power ? ('power' as const) : ('process' as const),
      commitTimeout: 500,
      giveUp: this.chance(2) ? 2000 : 30_000,
    }
    const topology = { exclusive: this.chance(4) }
    this.machine = new Machine({
      settings: (data) => defaultSettings({ data, limits, store, topology }),
      random: seededRandom(seed + 1),
      below: (bound) => this.below(bound),
      defect: (text) => this.record({ what: 'defect', text }),
    })
    this.fleet = new Fleet(() => this.machine.node)
  }

  // ---- Chance

  below(bound: number): number {
    return Math.floor(this.#random() * bound)
  }

  /** True once in `n` times. */
  chance(n: number): boolean {
    return this.below(n) === 0
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[this.below(items.length)]
  }

  some<T>(items: readonly T[], most: number): T[] {
    const left = [...items]
    const count = Math.min(left.length, 1 + this.below(most))
    return Array.from({ length: count }, () => left.splice(this.below(left.length), 1)[0] as T)
  }

  // ---- ConnOwner

  record(event: Happened): void {
    this.trace.push(event)
    if (event.what === 'open' && !event.gateway) this.attached.add(event.device)
    if (event.what === 'told' && event.method === 'login' && event.code === 200) {
      const asked = this.trace.findLast((other) => other.what === 'asked' && other.id === event.id)
      if (asked?.what === 'asked') for (const device of asked.devices) this.attached.add(device)
    }
  }

  number(): number {
    return ++this.#numbers
  }

  get dead(): boolean {
    return this.machine.disk.dead
  }

  /** Every second sub-device has persistent sessions, always. */
  keeps(device: DeviceRef): boolean {
    return this.subs.findIndex((sub) => sub.deviceName === device.deviceName) % 2 === 0
  }

  // ---- What actions use

  /** Connections of gateways that are open. */
  get openGateways(): Conn[] {
    return this.conns.filter((conn) => conn.open && conn.gateway)
  }

  get roamers(): DeviceSecret[] {
    return this.subs.slice(0, ROAMERS)
  }

  connect(device: DeviceSecret, gateway: boolean): Conn {
    const clean = gateway ? this.gateways.indexOf(device) % 2 === 1 : !this.keeps(device)
    const conn = new Conn(this, this.machine.node.mqtt.connect(), device, { gateway, clean })
    this.conns.push(conn)
    return conn
  }

  exists(device: DeviceRef): boolean {
    return this.machine.node.world.directory.device(device.productKey, device.deviceName) !== undefined
  }

  /** Carries out what the operator wants; that it fails is part of the simulation. */
  operate(action: () => Promise<unknown>): void {
    action().catch(() => {})
  }

  pub(device: DeviceSecret): void {
    const { node } = this.machine
    const n = this.number()
    const key = keyOf(device)
    this.record({ what: 'pub', n, owner: key, kept: this.keeps(device) && this.attached.has(key) })
    const told = (stored: boolean, id: string) => {
      if (!this.dead && node === this.machine.node) this.record({ what: 'pubbed', n, stored, id })
    }
    node.messages.pub(this.fleet.of(device), `/${key}/user/get`, Buffer.from(String(n)), 1).then(
      (id) => told(true, id),
      () => told(false, ''),
    )
  }

  remove(device: DeviceSecret): void {
    const key = keyOf(device)
    const gone = (done: boolean) => {
      this.attached.delete(key)
      this.record({ what: 'deleted', device: key, done })
    }
    gone(false)
    this.operate(() => this.fleet.remove(device).then(() => gone(true)))
  }

  create(device: DeviceSecret): void {
    this.operate(async () => {
      await this.#make(device)
      for (const gateway of this.gateways) await this.fleet.relate(gateway, device)
    })
  }

  async #make(device: DeviceSecret): Promise<void> {
    await this.fleet.devices(device.productKey, 1, '', device.deviceName)
    this.record({ what: 'made', device: keyOf(device) })
  }

  // ---- The run

  async run(steps: number): Promise<Trace> {
    try {
      await this.open()
      for (let step = 0; step < steps; step++) {
        await this.#step()
        if (this.chance(80)) await this.quiesce()
        const end = this.below(300)
        if (end < 2) await this.restart()
        else if (end < 4) await this.crash()
      }
      await this.deliverAll()
      await this.quiesce()
      await this.machine.stop()
      this.#gone('stopped')
      this.record({ what: 'end', clean: true, facts: this.machine.newFacts() })
    } finally {
      this.machine.remove()
    }
    return this.trace
  }

  #wait<T>(promise: Promise<T>): Promise<T> {
    return this.machine.wait(promise, 3000)
  }

  async open(): Promise<void> {
    await this.machine.open()
    this.gateways = await this.#wait(this.fleet.gateways(GATEWAYS))
    this.subs = await this.#wait(this.fleet.subs(SUBS))
    for (const [i, gateway] of this.gateways.entries())
      await this.#wait(this.fleet.relate(gateway, ...this.subs.filter((_, at) => (at + i) % 3 !== 0)))
    await this.turn()
  }

  async #step(): Promise<void> {
    for (let left = 1 + this.below(5); left > 0; left--) {
      actions.draw(this.below(actions.total))(this)
      if (this.chance(3)) this.machine.clock.settle()
    }
    await this.turn()
    await this.advance(this.chance(20) ? this.below(5000) : this.below(60))
  }

  /** Lets all that is under way arrive, and looks at what stands. */
  async turn(): Promise<void> {
    await this.machine.turn()
    if (this.dead) await this.crash()
    this.conns = this.conns.filter((conn) => conn.state !== 'closed')
    this.record({ what: 'turn', sessions: this.#listed() })
  }

  async advance(milliseconds: number): Promise<void> {
    this.machine.clock.advance(milliseconds)
    await this.turn()
  }

  /** Everything works again, and all that waits is decided. */
  async quiesce(): Promise<void> {
    this.machine.heal()
    for (let i = 0; i < 12; i++) {
      for (const conn of this.conns) conn.acknowledge()
      await this.advance(100)
    }
    for (const conn of this.conns) {
      if (conn.state === 'connecting') this.record({ what: 'defect', text: `${conn.name} got no CONNACK` })
      conn.ping()
    }
    this.record({ what: 'quiet', sessions: this.#listed() })
  }

  async crash(): Promise<void> {
    const power = this.power && this.chance(2)
    this.#gone('killed')
    const facts = await this.machine.crash(power)
    this.record({ what: 'end', clean: false, facts })
  }

  async restart(): Promise<void> {
    this.machine.heal()
    await this.advance(300)
    const facts = await this.machine.restart()
    this.#gone('stopped')
    this.record({ what: 'end', clean: true, facts })
  }

  #gone(by: 'killed' | 'stopped'): void {
    for (const conn of this.conns) conn.lost(by)
    this.conns = []
  }

  /** Brings every device that has a queue on line, through a gateway, until it got what waits. */
  async deliverAll(): Promise<void> {
    await this.quiesce()
    // The windows of 429 are over then.
    await this.advance(61_000)
    for (const device of this.subs) await this.#bringOnline(device)
  }

  async #bringOnline(device: DeviceSecret): Promise<void> {
    const gateway = this.gateways[0] as DeviceSecret
    if (!this.exists(device)) await this.#wait(this.#make(device))
    await this.#wait(this.fleet.enable(device))
    await this.#wait(this.fleet.relate(gateway, device))
    const conn = this.conns.findLast((it) => it.open && it.device === gateway) ?? this.connect(gateway, true)
    conn.lazy = false
    await this.turn()
    // There is room for it, whatever the limit.
    if (!conn.has.has(keyOf(device))) for (const other of [...conn.has.values()]) conn.logout([other])
    conn.login([device])
    for (let i = 0; i < 4; i++) {
      conn.acknowledge()
      await this.advance(60)
    }
    if (!conn.has.has(keyOf(device)))
      this.record({ what: 'defect', text: `${keyOf(device)} cannot be brought on line` })
  }

  #listed(): Listed[] {
    const listed: Listed[] = []
    for (const session of this.machine.node.world.sessions.all()) {
      const conn = (session.link as Link).clientId.split('|')[0] as string
      listed.push({ device: keyOf(session.device), conn, direct: session.gateway === null })
    }
    return listed
  }
}

function mulberry(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}
