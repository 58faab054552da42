/** One connection of a simulated gateway or direct device: what it sends and hears becomes events of the trace. */
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeConnect, makeLogin, makeTopoAdd } from '../../src/auth/make.ts'
import type { DeviceRef } from '../../src/effects/effect.ts'
import type { Wire } from '../../src/mqtt/transport/transport.ts'
import type { Happened } from './trace.ts'
import type { Heard } from './wire-client.ts'
import { WireClient } from './wire-client.ts'

/** What the simulation gives its connections. */
export interface ConnOwner {
  record(event: Happened): void
  /** A number that was never given before. */
  number(): number
  /** The process was killed within this turn: nobody hears of what it still did. */
  readonly dead: boolean
  /** Whether messages for this device wait for it. */
  keeps(device: DeviceRef): boolean
}

export function keyOf({ productKey, deviceName }: DeviceRef): string {
  return `${productKey}/${deviceName}`
}

export class Conn implements Heard {
  readonly name: string
  readonly device: DeviceSecret
  readonly gateway: boolean
  readonly #owner: ConnOwner
  readonly #client: WireClient
  state: 'connecting' | 'open' | 'closed' = 'connecting'
  /** Sub-devices that it believes to have. */
  readonly has = new Map<string, DeviceSecret>()
  /** It acknowledges what it gets only when told to. */
  lazy = false
  readonly #unacked: number[] = []
  readonly #asked = new Map<string, { method: string; devices: readonly DeviceSecret[] }>()

  constructor(owner: ConnOwner, wire: Wire, device: DeviceSecret, options: { gateway: boolean; clean: boolean }) {
    this.name = `c${owner.number()}`
    this.#owner = owner
    this.device = device
    this.gateway = options.gateway
    this.#client = new WireClient(wire, this)
    this.#client.connect({ ...makeConnect(device, { id: this.name }), clean: options.clean, keepAlive: 1200 })
  }

  get open(): boolean {
    return this.state === 'open'
  }

  // ---- What it does

  login(subs: readonly DeviceSecret[], wrong = false): void {
    const items = subs.map((sub) =>
      makeLogin(wrong ? { ...sub, deviceSecret: 'not this one' } : sub, { cleanSession: !this.#owner.keeps(sub) }),
    )
    // cleanSession of a batch stands in each item.
    if (items.length === 1) this.#ask('login', this.#session('combine/login'), subs, items[0])
    else this.#ask('login', this.#session('combine/batch_login'), subs, { deviceList: items })
  }

  logout(subs: readonly DeviceSecret[]): void {
    const items = subs.map(({ productKey, deviceName }) => ({ productKey, deviceName }))
    if (items.length === 1) this.#ask('logout', this.#session('combine/logout'), subs, items[0])
    else this.#ask('logout', this.#session('combine/batch_logout'), subs, items)
  }

  topoAdd(sub: DeviceSecret): void {
    this.#ask('topo', this.#own('thing/topo/add'), [sub], [makeTopoAdd(sub)])
  }

  topoDelete({ productKey, deviceName }: DeviceRef): void {
    this.#ask('topo', this.#own('thing/topo/delete'), [], [{ productKey, deviceName }])
  }

  /** A property post, which is answered. */
  post(device: DeviceRef, qos: 0 | 1): void {
    this.#send('post', device, `/sys/${keyOf(device)}/thing/event/property/post`, qos)
  }

  /** A message on a custom topic, which is not. */
  custom(device: DeviceRef, qos: 0 | 1): void {
    this.#send('custom', device, `/${keyOf(device)}/user/update`, qos)
  }

  subscribe(device: DeviceRef): void {
    this.#client.subscribe([`/${keyOf(device)}/user/get`])
  }

  acknowledge(): void {
    for (const packetId of this.#unacked.splice(0)) this.#client.puback(packetId)
  }

  ping(): void {
    this.#client.ping()
  }

  disconnect(): void {
    this.#close('disconnect')
    this.#client.disconnect()
  }

  cut(): void {
    this.#close('cut')
    this.#client.cut()
  }

  /** Neither reads nor writes any more, but its connection stands, as that of a machine that lost its power. */
  vanish(): void {
    this.#close('silent')
  }

  junk(bytes: Uint8Array): void {
    this.#client.raw(bytes)
  }

  /** The process at the other side is gone. */
  lost(by: 'killed' | 'stopped'): void {
    this.#close(by)
  }

  #ask(method: string, topic: string, devices: readonly DeviceSecret[], params: unknown): void {
    const id = String(this.#owner.number())
    this.#asked.set(id, { method, devices })
    this.#owner.record({ what: 'asked', conn: this.name, id, method, devices: devices.map(keyOf) })
    this.#client.publish(topic, JSON.stringify({ id, version: '1.0', params }), 0)
  }

  #send(kind: 'post' | 'custom', device: DeviceRef, topic: string, qos: 0 | 1): void {
    const id = String(this.#owner.number())
    const payload = JSON.stringify({ id, version: '1.0', params: { power: 'on' } })
    const packetId = qos === 0 ? 0 : this.#client.publish(topic, payload, 1)
    if (qos === 0) this.#client.publish(topic, payload, 0)
    this.#owner.record({ what: 'sent', conn: this.name, kind, id, device: keyOf(device), packetId })
  }

  #session(path: string): string {
    return `/ext/session/${keyOf(this.device)}/${path}`
  }

  #own(path: string): string {
    return `/sys/${keyOf(this.device)}/${path}`
  }

  #close(by: Extract<Happened, { what: 'closed' }>['by']): void {
    if (this.state === 'closed') return
    const before = this.state
    this.state = 'closed'
    this.has.clear()
    if (before === 'open') this.#owner.record({ what: 'closed', conn: this.name, by })
  }

  // ---- What it hears

  connack(code: number): void {
    if (this.#deaf) return
    if (code !== 0) {
      this.#owner.record({ what: 'refused', conn: this.name, code })
      return
    }
    this.state = 'open'
    this.#owner.record({ what: 'open', conn: this.name, device: keyOf(this.device), gateway: this.gateway })
    if (!this.gateway) this.subscribe(this.device)
  }

  puback(packetId: number): void {
    if (!this.#deaf) this.#owner.record({ what: 'puback', conn: this.name, packetId })
  }

  suback(): void {}

  ended(): void {
    if (!this.#deaf) this.#close('server')
  }

  message(topic: string, text: string, qos: number, packetId: number): void {
    if (this.#deaf) return
    if (qos === 1) {
      if (this.lazy) this.#unacked.push(packetId)
      else this.#client.puback(packetId)
    }
    const levels = topic.split('/')
    if (levels[3] === 'user') {
      this.#owner.record({ what: 'delivered', conn: this.name, owner: `${levels[1]}/${levels[2]}`, n: Number(text) })
      return
    }
    const body = JSON.parse(text) as { id: string; code: number; data: unknown; method?: string }
    if (topic.endsWith('post_reply')) this.#told('post', body)
    else if (topic.endsWith('combine/logout_reply') && body.code > 400 && ![460, 500, 520].includes(body.code))
      this.#notice('logout_reply', body)
    else if (levels[2] === 'error' && body.code !== 520) this.#notice('error', body)
    else if (levels[2] === 'error') {
      const { id, code } = body
      this.#owner.record({ what: 'error', conn: this.name, id, code, device: keyOf(body.data as DeviceRef) })
    } else if (topic.endsWith('_reply')) this.#reply(body)
    else {
      const { id, method = topic } = body
      this.#owner.record({ what: 'push', conn: this.name, to: keyOf(this.device), method, id, text })
    }
  }

  #reply({ id, code }: { id: string; code: number }): void {
    const asked = this.#asked.get(id)
    this.#told(asked?.method ?? 'unknown', { id, code })
    if (code !== 200 || !asked) return
    for (const device of asked.devices) {
      if (asked.method === 'logout') this.has.delete(keyOf(device))
      if (asked.method !== 'login') continue
      this.has.set(keyOf(device), device)
      this.subscribe(device)
    }
  }

  #told(method: string, { id, code }: { id: string; code: number }): void {
    this.#owner.record({ what: 'told', conn: this.name, id, method, code })
  }

  #notice(topic: 'logout_reply' | 'error', { id, code, data }: { id: string; code: number; data: unknown }): void {
    const device = keyOf(data as DeviceRef)
    this.#owner.record({ what: 'notice', conn: this.name, topic, id, code, device })
    this.has.delete(device)
  }

  get #deaf(): boolean {
    return this.#owner.dead || this.state === 'closed'
  }
}
