/** What runs on a gateway of the demo. `homeport demo` has firmware on Homeport's own client, `npm run demo` on real clients. */
import type { DeviceSecret } from '../../auth/make.ts'
import { makeLogin, makeTopoAdd } from '../../auth/make.ts'
import type { DeviceRef } from '../../effects/effect.ts'

export interface Message {
  readonly topic: string
  readonly text: string
}

/** Is told of every message as it leaves and as it comes. */
export interface Ear {
  sent(message: Message): void
  heard(message: Message): void
}

/** Sends what its author made it send; the answers come to its ear. */
export interface Firmware {
  /** What it is made with, in a few words. */
  readonly madeWith: string
  addTopo(sensor: DeviceSecret): void
  getTopo(): void
  login(sensor: DeviceSecret): void
  logout(sensor: Partial<DeviceRef>): void
  /** Properties of a sub-device, as if it were on line. */
  post(sensor: DeviceRef, params: object): void
  publish(topic: string, text: string): void
  /** Whether the connection is still the one that it opened at the start. */
  unbroken(): boolean
  close(): Promise<void>
}

/** Opens a gateway's connection; resolves when it is connected. */
export type OpenFirmware = (gateway: DeviceSecret, mqttPort: number, ear: Ear) => Promise<Firmware>

/** An MQTT connection that can publish. */
export interface Link {
  publish(topic: string, text: string): void
  unbroken(): boolean
  close(): Promise<void>
}

/** Firmware that writes its messages itself, on whatever MQTT client it has. */
export class PlainFirmware implements Firmware {
  readonly madeWith: string
  readonly #link: Link
  readonly #ear: Ear
  readonly #self: string
  #lastId = 0

  constructor(madeWith: string, { productKey, deviceName }: DeviceRef, link: Link, ear: Ear) {
    this.madeWith = madeWith
    this.#self = `${productKey}/${deviceName}`
    this.#link = link
    this.#ear = ear
  }

  addTopo(sensor: DeviceSecret): void {
    this.#request(`/sys/${this.#self}/thing/topo/add`, [makeTopoAdd(sensor)])
  }

  getTopo(): void {
    this.#request(`/sys/${this.#self}/thing/topo/get`, {})
  }

  login(sensor: DeviceSecret): void {
    this.#request(`/ext/session/${this.#self}/combine/login`, makeLogin(sensor))
  }

  logout(sensor: Partial<DeviceRef>): void {
    this.#request(`/ext/session/${this.#self}/combine/logout`, sensor)
  }

  post({ productKey, deviceName }: DeviceRef, params: object): void {
    this.#request(`/sys/${productKey}/${deviceName}/thing/event/property/post`, params)
  }

  publish(topic: string, text: string): void {
    this.#ear.sent({ topic, text })
    this.#link.publish(topic, text)
  }

  unbroken(): boolean {
    return this.#link.unbroken()
  }

  close(): Promise<void> {
    return this.#link.close()
  }

  #request(topic: string, params: unknown): void {
    this.publish(topic, JSON.stringify({ id: String(++this.#lastId), version: '1.0', params }))
  }
}
