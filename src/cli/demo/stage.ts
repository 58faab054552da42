/** The stage of the demo: a server of its own, two kinds of products, gateways that connect, sub-devices that fail. */
import type { LoginParams } from '../../auth/make.ts'
import { makeConnect, makeLogin } from '../../auth/make.ts'
import type { Clock } from '../../clock/clock.ts'
import type { CodeRow, ErrorId } from '../../codes/alink.ts'
import { errorRow, scenarioTopics } from '../../codes/alink.ts'
import type { DeviceRef } from '../../effects/effect.ts'
import type { Call } from '../command.ts'
import { devicePath } from '../names.ts'
import type { Message } from './gateway.ts'
import { Gateway } from './gateway.ts'
import type { Transcript } from './transcript.ts'

export const GATEWAYS = 'demoGateway'
export const SENSORS = 'demoSensor'

export interface Device extends DeviceRef {
  readonly deviceSecret: string
}

export class Stage {
  readonly call: Call
  readonly transcript: Transcript
  readonly #mqttPort: number
  readonly #clock: Clock
  readonly #open: Gateway[] = []
  #id = 0

  constructor(call: Call, mqttPort: number, clock: Clock, transcript: Transcript) {
    this.call = call
    this.transcript = transcript
    this.#mqttPort = mqttPort
    this.#clock = clock
  }

  async products(): Promise<void> {
    await this.call.post('/products', { productName: 'Demo-gateway', productKey: GATEWAYS, nodeType: 'gateway' })
    await this.call.post('/products', { productName: 'Demo-sensor', productKey: SENSORS, nodeType: 'device' })
  }

  async device(productKey: string, deviceName: string): Promise<Device> {
    const made = (await this.call.post('/devices', { productKey, deviceName })) as { deviceSecret?: string }
    return { productKey, deviceName, deviceSecret: String(made.deviceSecret) }
  }

  async gateway(deviceName: string): Promise<Gateway> {
    const device = await this.device(GATEWAYS, deviceName)
    const gateway = await Gateway.open(device, makeConnect(device), this.#mqttPort, this.#clock)
    this.#open.push(gateway)
    return gateway
  }

  /** A sub-device in the topology of these gateways. */
  async sensor(deviceName: string, ...gateways: Gateway[]): Promise<Device> {
    const sensor = await this.device(SENSORS, deviceName)
    for (const gateway of gateways) await this.call.post(`/topo/${devicePath(gateway)}/${devicePath(sensor)}`)
    return sensor
  }

  disable(device: DeviceRef): Promise<unknown> {
    return this.call.post(`/devices/${devicePath(device)}/disable`)
  }

  remove(device: DeviceRef): Promise<unknown> {
    return this.call.delete(`/devices/${devicePath(device)}`)
  }

  /** Publishes a request, with an id in its payload, and waits for its PUBACK. */
  async send(
    gateway: Gateway,
    topic: string,
    members: Readonly<Record<string, unknown>>,
    quiet = false,
  ): Promise<Message> {
    const text = JSON.stringify({ id: String(++this.#id), ...members })
    if (!quiet) this.transcript.sent(gateway.deviceName, { topic, text })
    await gateway.publish(topic, text)
    return { topic, text }
  }

  login(gateway: Gateway, params: Partial<LoginParams>, quiet = false): Promise<Message> {
    const topic = `/ext/session/${gateway.productKey}/${gateway.deviceName}/combine/login`
    return this.send(gateway, topic, { params }, quiet)
  }

  logout(gateway: Gateway, params: Partial<DeviceRef>): Promise<Message> {
    return this.send(gateway, `/ext/session/${gateway.productKey}/${gateway.deviceName}/combine/logout`, { params })
  }

  /** Logs in for good, or fails. */
  async online(gateway: Gateway, sensor: Device): Promise<void> {
    const { text } = await this.login(gateway, makeLogin(sensor), true)
    const { id } = JSON.parse(text) as { id: string }
    const answer = await gateway.next((message) => idOf(message) === id, `the answer to login ${id}`)
    if (codeOf(answer) !== 200) throw new Error(`login of ${sensor.deviceName}: ${answer.text}`)
    this.transcript.say(`  ${gateway.deviceName} logs ${sensor.deviceName} in: 200`)
  }

  /** Waits for the row's code on the row's topic; text and topic must be those of the table. */
  async meet(id: ErrorId, gateway: Gateway, cause: Promise<Message> | null): Promise<void> {
    const sent = await cause
    const row: CodeRow = errorRow(id)
    const topic = scenarioTopics[row.scenario].replace('{gw}', `${gateway.productKey}/${gateway.deviceName}`)
    const wanted = (message: Message) => message.topic === topic && codeOf(message) === row.code
    const received = await gateway.next(wanted, `${row.code} on ${topic}`)
    const { message } = JSON.parse(received.text) as { message: string }
    if (message !== row.message) throw new Error(`${id}: "${message}" instead of "${row.message}"`)
    this.transcript.met(row, { id, gateway: gateway.deviceName, sent, received })
  }

  /** How many gateways connected, and how many of them still are: no refusal may cost a gateway its connection. */
  async gateways(): Promise<{ opened: number; alive: number }> {
    const answers = await Promise.all(this.#open.map((gateway) => gateway.alive()))
    return { opened: answers.length, alive: answers.filter(Boolean).length }
  }

  async close(): Promise<void> {
    for (const gateway of this.#open) await gateway.close()
  }
}

function member(message: Message, name: string): unknown {
  try {
    return (JSON.parse(message.text) as Record<string, unknown>)[name]
  } catch {
    return undefined
  }
}

export const codeOf = (message: Message) => member(message, 'code')
export const idOf = (message: Message) => member(message, 'id')
