/** The stage of the demo: two gateways that stay connected throughout, an operator, and sub-devices that fail. */
import type { DeviceSecret } from '../../auth/make.ts'
import type { Clock } from '../../clock/clock.ts'
import type { CodeRow, ErrorId } from '../../codes/alink.ts'
import { errorRow, scenarioTopics } from '../../codes/alink.ts'
import type { DeviceRef } from '../../effects/effect.ts'
import type { Call } from '../command.ts'
import { devicePath } from '../names.ts'
import type { Message, OpenFirmware } from './firmware.ts'
import { LARGE_POST } from './full-disk.ts'
import { codeOf, Gateway, isAside } from './gateway.ts'
import type { Transcript } from './transcript.ts'

export const GATEWAYS = 'demoGateway'
export const SENSORS = 'demoSensor'

export class Stage {
  readonly transcript: Transcript
  readonly gateways: Gateway[] = []
  readonly #call: Call
  readonly #clock: Clock
  /** Above zero, messages are not printed. */
  #hidden = 0

  constructor(call: Call, clock: Clock, transcript: Transcript) {
    this.#call = call
    this.#clock = clock
    this.transcript = transcript
  }

  async products(): Promise<void> {
    await this.#call.post('/products', { productName: 'Demo-gateway', productKey: GATEWAYS, nodeType: 'gateway' })
    await this.#call.post('/products', { productName: 'Demo-sensor', productKey: SENSORS, nodeType: 'device' })
  }

  /** The first gateway: the story's main figure. */
  get north(): Gateway {
    return this.gateways[0] as Gateway
  }

  get south(): Gateway {
    return this.gateways[1] as Gateway
  }

  async gateway(deviceName: string, mqttPort: number, open: OpenFirmware): Promise<Gateway> {
    const device = await this.#device(GATEWAYS, deviceName)
    const gateway = new Gateway(device, this.#clock, {
      sent: (message) => this.#prints(message) && this.transcript.sent(deviceName, message),
      heard: (message) => this.#prints(message) && this.transcript.received(deviceName, message),
    })
    this.gateways.push(gateway)
    gateway.runs(await open(device, mqttPort, gateway))
    return gateway
  }

  /** A new sub-device in the topology of these gateways. */
  async sensor(deviceName: string, ...gateways: Gateway[]): Promise<DeviceSecret> {
    const sensor = await this.#device(SENSORS, deviceName)
    await this.hidden(async () => {
      for (const gateway of gateways) await this.#call.post(`/topo/${devicePath(gateway)}/${devicePath(sensor)}`)
    })
    return sensor
  }

  async #device(productKey: string, deviceName: string): Promise<DeviceSecret> {
    const made = (await this.#call.post('/devices', { productKey, deviceName })) as { deviceSecret?: string }
    return { productKey, deviceName, deviceSecret: String(made.deviceSecret) }
  }

  disable(device: DeviceRef): Promise<void> {
    return this.#operate('device disable', device, () => this.#call.post(`/devices/${devicePath(device)}/disable`))
  }

  enable(device: DeviceRef): Promise<void> {
    return this.#operate('device enable', device, () => this.#call.post(`/devices/${devicePath(device)}/enable`))
  }

  remove(device: DeviceRef): Promise<void> {
    return this.#operate('device delete', device, () => this.#call.delete(`/devices/${devicePath(device)}`))
  }

  /** What an operator does, and what the gateways hear of it. */
  async #operate(command: string, { productKey, deviceName }: DeviceRef, act: () => Promise<unknown>): Promise<void> {
    this.transcript.operator(`${command} ${productKey}/${deviceName}`)
    await act()
    await this.settle()
  }

  /** Logs in for good, or fails. */
  async online(gateway: Gateway, sensor: DeviceSecret): Promise<void> {
    gateway.firmware.login(sensor)
    const reply = await gateway.reply('combine/login_reply')
    if (codeOf(reply) !== 200) throw new Error(`login of ${sensor.deviceName}: ${reply.text}`)
  }

  /** Waits for the row's code on the row's topic, text as in the table; explains it. */
  async meet(id: ErrorId, gateway: Gateway): Promise<void> {
    const row: CodeRow = errorRow(id)
    const sent = row.scenario === 'forced' ? null : gateway.lastSent
    const topic = scenarioTopics[row.scenario].replace('{gw}', gateway.name)
    const wanted = (message: Message) => message.topic === topic && codeOf(message) === row.code
    const received = await gateway.next(`${row.code} on ${topic}`, wanted)
    const { message } = JSON.parse(received.text) as { message: string }
    if (message !== row.message) throw new Error(`${id}: "${message}" instead of "${row.message}"`)
    await this.settle()
    this.transcript.met(row, { id, gateway: gateway.deviceName, sent, received })
  }

  /** A property of {@link LARGE_POST} characters; resolves with the code of the reply. */
  async largePost(gateway: Gateway): Promise<unknown> {
    gateway.firmware.post(gateway, { filler: 'x'.repeat(LARGE_POST) })
    return codeOf(await gateway.reply('thing/event/property/post_reply'))
  }

  /** Returns when the gateways have heard all that was caused so far. */
  async settle(): Promise<void> {
    await Promise.all(
      this.gateways.map(async (gateway) => {
        gateway.firmware.getTopo()
        await gateway.reply('thing/topo/get_reply')
      }),
    )
  }

  /** Messages of this are not printed. */
  async hidden(act: () => Promise<void>): Promise<void> {
    this.#hidden++
    try {
      await act()
      await this.settle()
    } finally {
      this.#hidden--
    }
  }

  /** After a scene: nobody is on line, and nothing is waited for. */
  async clear(): Promise<void> {
    await this.hidden(async () => {
      for (const gateway of this.gateways) {
        for (const sensor of gateway.loggedIn.values()) gateway.firmware.logout(sensor)
        gateway.loggedIn.clear()
      }
    })
    for (const gateway of this.gateways) gateway.forget()
  }

  async close(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.close()))
  }

  #prints(message: Message): boolean {
    return this.#hidden === 0 && !isAside(message)
  }
}
