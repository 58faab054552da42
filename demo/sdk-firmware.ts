/** Firmware on the vendor's device SDK, as a customer writes it: the SDK makes, signs and sends every message itself. */
import { once } from 'node:events'
import type { DeviceSecret } from '../src/auth/make.ts'
import type { Ear, Firmware } from '../src/cli/demo/firmware.ts'
import type { DeviceRef } from '../src/effects/effect.ts'
import type { SdkGateway, SdkThing } from './sdk.ts'
import { sdk } from './sdk.ts'

const nothing = () => {}

class SdkFirmware implements Firmware {
  readonly madeWith = `the vendor's device SDK from npm (alibabacloud-iot-device-sdk ${sdk.sdkver})`
  readonly #gateway: SdkGateway
  /** What `login` of the SDK returned, by device. */
  readonly #subDevices = new Map<string, SdkThing>()
  #closes = 0

  constructor(gateway: SdkGateway) {
    this.#gateway = gateway
    gateway.on('close', () => {
      this.#closes++
    })
  }

  addTopo(sensor: DeviceSecret): void {
    this.#gateway.addTopo([sensor], nothing)
  }

  getTopo(): void {
    this.#gateway.getTopo(nothing)
  }

  login(sensor: DeviceSecret): void {
    const subDevice = this.#gateway.login(sensor, nothing)
    subDevice.on('error', nothing)
    this.#subDevices.set(nameOf(sensor), subDevice)
  }

  logout(sensor: Partial<DeviceRef>): void {
    this.#gateway.logout(sensor, nothing)
  }

  /** The SDK posts for sub-devices that it has seen; for others the firmware writes the message itself. */
  post(sensor: DeviceRef, params: object): void {
    const subDevice = this.#subDevices.get(nameOf(sensor))
    if (subDevice) subDevice.postProps(params, nothing)
    else {
      const topic = `/sys/${nameOf(sensor)}/thing/event/property/post`
      this.publish(topic, JSON.stringify({ id: '1', version: '1.0', params, method: 'thing.event.property.post' }))
    }
  }

  publish(topic: string, text: string): void {
    this.#gateway.publish(topic, text)
  }

  unbroken(): boolean {
    return this.#closes === 0 && this.#gateway.connected
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#gateway.mqttClient.end(true, resolve))
  }
}

interface Packet {
  readonly cmd: string
  readonly topic: string
  readonly payload: string | Buffer
}

export async function openSdkFirmware(gateway: DeviceSecret, port: number, ear: Ear): Promise<Firmware> {
  const client = sdk.gateway({ ...gateway, brokerUrl: `mqtt://127.0.0.1:${port}` })
  client.mqttClient.on('packetsend', ({ cmd, topic, payload }: Packet) => {
    if (cmd === 'publish') ear.sent({ topic, text: String(payload) })
  })
  client.on('message', (topic: string, payload: Buffer) => ear.heard({ topic, text: payload.toString() }))
  await once(client, 'connect')
  client.on('error', nothing)
  return new SdkFirmware(client)
}

function nameOf({ productKey, deviceName }: DeviceRef): string {
  return `${productKey}/${deviceName}`
}
