/** The vendor's device SDK for Node against a test node: connections that end with the test, and callbacks as promises. */
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import type { Answered, Reply, SdkConfig, SdkGateway, SdkThing } from '../../demo/sdk.ts'
import { sdk } from '../../demo/sdk.ts'
import type { DeviceSecret } from '../../src/auth/make.ts'
import type { TestNode } from '../support/node.ts'

export interface Heard {
  readonly topic: string
  readonly text: string
}

async function opened<T extends SdkThing>(thing: T): Promise<T> {
  onTestFinished(() => new Promise((resolve) => thing.mqttClient.end(true, resolve)))
  await once(thing, 'connect')
  return thing
}

function config(node: TestNode, device: DeviceSecret, more: Partial<SdkConfig>): SdkConfig {
  return { ...device, brokerUrl: `mqtt://127.0.0.1:${node.mqttPort}`, ...more }
}

export function sdkDevice(node: TestNode, device: DeviceSecret, more: Partial<SdkConfig> = {}): Promise<SdkThing> {
  return opened(sdk.device(config(node, device, more)))
}

export function sdkGateway(node: TestNode, device: DeviceSecret, more: Partial<SdkConfig> = {}): Promise<SdkGateway> {
  return opened(sdk.gateway(config(node, device, more)))
}

/** The reply that a call of the SDK hands to its callback. */
export function replied(call: (done: Answered) => unknown): Promise<Reply> {
  return new Promise((resolve) => {
    call(resolve)
  })
}

export interface Login {
  readonly reply: Reply
  /** For what comes next: posts of the sub-device. */
  readonly subDevice: SdkThing
  /** What the sub-device emitted: `connect`, or `error` with a code. */
  readonly emitted: string
}

export function sdkLogin(gateway: SdkGateway, sub: DeviceSecret): Promise<Login> {
  return new Promise((resolve) => {
    let reply: Reply
    const subDevice: SdkThing = gateway.login(sub, (it) => {
      reply = it
    })
    // The SDK emits right after its callback.
    subDevice.on('connect', () => resolve({ reply, subDevice, emitted: 'connect' }))
    subDevice.on('error', ({ code }: Reply) => resolve({ reply, subDevice, emitted: `error ${code}` }))
  })
}

/** Everything that comes from now on; `until` resolves with the first of it whose topic ends so. */
export function listen(thing: SdkThing) {
  const heard: Heard[] = []
  const waiting: { end: string; resolve: (it: Heard) => void }[] = []
  thing.on('message', (topic: string, payload: Buffer) => {
    const message = { topic, text: payload.toString() }
    heard.push(message)
    for (const { end, resolve } of waiting) if (topic.endsWith(end)) resolve(message)
  })
  const until = (end: string) => {
    const found = heard.find(({ topic }) => topic.endsWith(end))
    return found ? Promise.resolve(found) : new Promise<Heard>((resolve) => waiting.push({ end, resolve }))
  }
  return { heard, until }
}
