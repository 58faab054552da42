/** A gateway: a device connection that asks, and speaks for sub-devices. */
import type { DeviceSecret, LoginOptions } from '../../src/auth/make.ts'
import { makeLogin, makeTopoAdd } from '../../src/auth/make.ts'
import type { DeviceRef } from '../../src/effects/effect.ts'
import { DeviceClient } from './client.ts'

export interface Answer {
  /** The id that the request had. */
  readonly id: string
  readonly topic: string
  /** Exactly what came. */
  readonly text: string
  readonly code: number
  readonly data: unknown
}

export class Gateway extends DeviceClient {
  #lastRequest = 0

  /** Sends `{"id","version","params"}` on one of the gateway's own topics and waits for the reply with this id. */
  ask(path: string, params: unknown, qos: 0 | 1 = 0): Promise<Answer> {
    const id = String(++this.#lastRequest)
    return this.request(path, JSON.stringify({ id, version: '1.0', params }), qos)
  }

  /** Sends bytes as they are and waits for the next reply on the topic's `_reply`. */
  async request(path: string, payload: string | Uint8Array, qos: 0 | 1 = 0): Promise<Answer> {
    const topic = `${this.topic(path)}_reply`
    const reply = this.next(topic)
    await this.publish(this.topic(path), payload, qos)
    const text = (await reply).payload.toString()
    const { id, code, data } = JSON.parse(text) as Answer
    return { id, topic, text, code, data }
  }

  async login(sub: DeviceSecret, options?: LoginOptions): Promise<number> {
    return (await this.ask('combine/login', makeLogin(sub, options))).code
  }

  async logout(sub: DeviceRef): Promise<number> {
    return (await this.ask('combine/logout', named(sub))).code
  }

  async addTopo(...subs: DeviceSecret[]): Promise<number> {
    const params = subs.map((sub) => makeTopoAdd(sub))
    return (await this.ask('thing/topo/add', params)).code
  }
}

/** The name alone, as unsigned requests carry it. */
export function named({ productKey, deviceName }: DeviceRef): DeviceRef {
  return { productKey, deviceName }
}
