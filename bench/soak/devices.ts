/**
 * Direct devices and gateways with HMAC: they post, at QoS 0 and 1, log sub-devices in and out, lose their connections and take
 * their own over. A watching application sees each post of QoS 1 (`watch.ts`).
 */
import { makeConnect, makeLogin } from '../../src/auth/make.ts'
import { AppClient } from '../../test/faults/app-client.ts'
import type { Chance } from '../../test/fuzz/chance.ts'
import type { FleetDevice } from '../harness/fleet.ts'
import { direct, gateway, subDevice } from '../harness/fleet.ts'
import type { Tally } from './tally.ts'

const WINDOW = 4

class Device {
  readonly client: AppClient
  readonly self: FleetDevice
  /** Number of its last post at QoS 1. */
  posts = 0
  moving = false

  constructor(self: FleetDevice, fleet: Devices) {
    this.self = self
    const accepted = ({ topic }: { topic: string }) => fleet.accepted(topic)
    const arrived = ({ topic, text }: { topic: string; text: string }) => fleet.arrived(topic, text)
    this.client = new AppClient({ version: 4, clean: true, keepAlive: 600, accepted, arrived, ...makeConnect(self) })
  }
}

export interface DeviceRange {
  readonly devices: readonly [number, number]
  readonly gateways: readonly [number, number]
  readonly subDevices: number
}

const numbers = ([from, count]: readonly [number, number]) => Array.from({ length: count }, (_, i) => from + i)
const nameOf = ({ productKey, deviceName }: FleetDevice) => `${productKey}/${deviceName}`
const post = (self: FleetDevice) => `/sys/${nameOf(self)}/thing/event/property/post`

export class Devices {
  readonly #devices: Device[]
  readonly #gateways: { readonly device: Device; readonly subs: { readonly self: FleetDevice; on: boolean }[] }[]
  readonly #tally: Tally
  readonly #chance: Chance
  readonly #fault: (text: string) => void

  constructor(range: DeviceRange, tally: Tally, chance: Chance, fault: (text: string) => void) {
    this.#tally = tally
    this.#chance = chance
    this.#fault = fault
    this.#devices = numbers(range.devices).map((index) => new Device(direct(index), this))
    this.#gateways = numbers(range.gateways).map((index) => ({
      device: new Device(gateway(index), this),
      subs: Array.from({ length: range.subDevices }, (_, k) => ({ self: subDevice(index, k), on: false })),
    }))
  }

  get #all(): Device[] {
    return [...this.#devices, ...this.#gateways.map(({ device }) => device)]
  }

  get connections(): number {
    return this.#all.filter(({ client }) => client.connected).length
  }

  async connect(port: number, atOnce: number): Promise<void> {
    const left = this.#all
    const one = async () => {
      for (let device = left.pop(); device; device = left.pop()) await device.client.connect(port)
    }
    await Promise.all(Array.from({ length: atOnce }, one))
  }

  accepted(topic: string): void {
    if (topic.endsWith('/property/post')) this.#tally.postsAcknowledged++
  }

  arrived(topic: string, text: string): void {
    const code = /"code":(\d+)/.exec(text)?.[1]
    if (topic.endsWith('/post_reply')) this.#tally.replies++
    // A logout behind a reconnect of its gateway finds no session.
    if (code !== undefined && code !== '200' && code !== '520' && code !== '427') this.#fault(`${topic} ${text}`)
  }

  post(): void {
    const { client, self, moving } = this.#chance.pick(this.#devices)
    if (moving || !client.connected || client.outgoing.size >= WINDOW) return
    const device = this.#devices.find((one) => one.client === client) as Device
    if (this.#chance.oneIn(5)) client.send(post(self), '{"id":"0","version":"1.0","params":{"power":1}}')
    else {
      this.#tally.posts++
      const text = `{"id":"${++device.posts}","version":"1.0","params":{"power":${this.#chance.below(100)}}}`
      client.publish(post(self), text, 1, false)
    }
  }

  /** A sub-device logs in, posts, or logs out through its gateway. */
  session(): void {
    const { device, subs } = this.#chance.pick(this.#gateways)
    const sub = this.#chance.pick(subs)
    const { client, self, moving } = device
    if (moving || !client.connected || client.outgoing.size >= WINDOW) return
    const session = (what: string) => `/ext/session/${nameOf(self)}/combine/${what}`
    const { productKey, deviceName } = sub.self
    if (!sub.on) {
      sub.on = true
      this.#tally.logins++
      client.publish(session('login'), JSON.stringify({ id: '1', params: makeLogin(sub.self) }), 1, false)
    } else if (this.#chance.oneIn(3)) {
      sub.on = false
      this.#tally.logouts++
      client.publish(session('logout'), JSON.stringify({ id: '1', params: { productKey, deviceName } }), 1, false)
    } else client.send(post(sub.self), '{"id":"0","version":"1.0","params":{"power":2}}')
  }

  async move(port: number): Promise<void> {
    const at = this.#chance.below(this.#devices.length + this.#gateways.length)
    const found = this.#gateways[at - this.#devices.length]
    const device = found?.device ?? (this.#devices[at] as Device)
    if (device.moving || !device.client.connected) return
    device.moving = true
    const takeOver = this.#chance.oneIn(2)
    if (takeOver) this.#tally.takeOvers++
    else {
      this.#tally.reconnects++
      device.client.cut()
    }
    await device.client.connect(port)
    // Sessions of its sub-devices end with the connection of their gateway.
    for (const sub of found?.subs ?? []) sub.on = false
    device.moving = false
  }

  get settled(): boolean {
    return this.#all.every(({ client }) => client.outgoing.size === 0)
  }

  check(): void {
    for (const { client, moving } of this.#all) {
      if (client.fault !== null) this.#fault(`${client.options.clientId}: ${client.fault}`)
      client.fault = null
      if (!moving && !client.connected) this.#fault(`${client.options.clientId}: its connection ended`)
    }
  }
}
