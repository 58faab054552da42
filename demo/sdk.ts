/** The vendor's device SDK for Node, as far as the demo and the tests use it. The package has no types of its own. */
import type { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import type { DeviceSecret } from '../src/auth/make.ts'
import type { DeviceRef } from '../src/effects/effect.ts'

export interface Reply {
  readonly id: string
  readonly code: number
  readonly message: string
  readonly data: unknown
}

export type Answered = (reply: Reply) => void

/** The MQTT client inside the SDK: MQTT.js 3. */
export interface InnerClient extends EventEmitter {
  end(force: boolean, done: () => void): void
}

/** Emits `connect`, `message` (topic, payload), `error`, `close`, `reconnect`. */
export interface SdkThing extends EventEmitter {
  readonly mqttClient: InnerClient
  readonly connected: boolean
  publish(topic: string, payload: string, options?: { qos: 0 | 1 }): void
  subscribe(filter: string, options: { qos: 0 | 1 }, done: (error: Error | null, granted: unknown) => void): void
  postProps(params: object, done: Answered): void
  postEvent(name: string, params: object, done: Answered): void
  postTags(tags: readonly { attrKey: string; attrValue: string }[], done: Answered): void
  deleteTags(names: readonly string[], done: Answered): void
  /** `sync`: the answer to an RRPC. */
  onService(
    name: string,
    called: (
      request: { params: Record<string, unknown> },
      reply: (answer: object, how: 'sync' | 'async') => void,
    ) => void,
  ): void
}

export interface SdkGateway extends SdkThing {
  addTopo(devices: readonly DeviceSecret[], done: Answered): void
  getTopo(done: Answered): void
  removeTopo(devices: readonly DeviceRef[], done: Answered): void
  /** The sub-device emits `error` with the reply where it is refused. */
  login(device: DeviceSecret, done: Answered): SdkThing
  logout(device: Partial<DeviceRef>, done: Answered): void
  regiestSubDevice(devices: readonly DeviceRef[], done: Answered): void
}

export interface SdkConfig extends DeviceSecret {
  readonly brokerUrl: string
  readonly clean?: boolean
  readonly keepalive?: number
}

interface Sdk {
  readonly sdkver: string
  device(config: SdkConfig): SdkThing
  gateway(config: SdkConfig): SdkGateway
}

export const sdk = createRequire(import.meta.url)('alibabacloud-iot-device-sdk') as Sdk
