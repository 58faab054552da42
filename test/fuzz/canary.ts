/** Clients that do what they should, beside those that do not: what they send must come back in time. */
import { makeConnect, makeLogin } from '../../src/auth/make.ts'
import type { MqttClient } from '../../src/mqtt/client.ts'
import { connectClient } from '../../src/mqtt/client.ts'
import type { Fleet } from './script.ts'
import type { Ports } from './target-process.ts'

/** Milliseconds for a round trip, beside hundreds of connections at once. */
const DEADLINE = 5000

/** The last gateway and the last sub-device are the canary's own: no script may use them. */
export function others({ gateways, subs }: Fleet): Fleet {
  return { gateways: gateways.slice(0, -1), subs: subs.slice(0, -1) }
}

export class Canary {
  readonly #app: MqttClient
  readonly #gateway: MqttClient
  readonly #key: string
  readonly #login: string
  #count = 0
  /** Slowest round trip, in milliseconds. */
  slowest = 0

  private constructor(app: MqttClient, gateway: MqttClient, key: string, login: string) {
    this.#app = app
    this.#gateway = gateway
    this.#key = key
    this.#login = login
  }

  static async start(ports: Ports, fleet: Fleet): Promise<Canary> {
    const [gateway, sub] = [fleet.gateways.at(-1), fleet.subs.at(-1)]
    if (!gateway || !sub) throw new Error('the canary has no devices')
    const app = await connectClient({ port: ports.app, clientId: 'canary', keepAlive: 0, version: 5 })
    await app.subscribe('canary/round/trip', 1)
    const device = await connectClient({ port: ports.device, keepAlive: 1200, ...makeConnect(gateway) })
    const key = `${gateway.productKey}/${gateway.deviceName}`
    return new Canary(app, device, key, JSON.stringify({ id: '1', params: makeLogin(sub) }))
  }

  /** @throws where an answer does not come in time, or is another one */
  async sing(): Promise<void> {
    const began = performance.now()
    await Promise.all([this.#roundTrip(), this.#deviceTrip()])
    this.slowest = Math.max(this.slowest, Math.round(performance.now() - began))
  }

  async #roundTrip(): Promise<void> {
    const text = `song ${++this.#count}`
    const back = this.#app.next('canary/round/trip', DEADLINE)
    const reason = await this.#app.publish('canary/round/trip', text, 1)
    const { payload } = await back
    if (reason !== 0 || payload.toString() !== text)
      throw new Error(`the canary heard ${reason} ${payload}, not ${text}`)
  }

  /** What needs the store, and what does not. */
  async #deviceTrip(): Promise<void> {
    const time = this.#gateway.next(`/ext/ntp/${this.#key}/response`, DEADLINE)
    const login = this.#gateway.next(`/ext/session/${this.#key}/combine/login_reply`, DEADLINE)
    await this.#gateway.publish(`/ext/ntp/${this.#key}/request`, '{"deviceSendTime":"1"}')
    await this.#gateway.publish(`/ext/session/${this.#key}/combine/login`, this.#login)
    await time
    const { code } = JSON.parse((await login).payload.toString()) as { code: number }
    if (code !== 200) throw new Error(`the canary's login got ${code}`)
    this.#gateway.unread.length = 0
  }

  stop(): void {
    this.#app.destroy()
    this.#gateway.destroy()
  }
}
