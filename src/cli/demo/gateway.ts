/** A gateway as its firmware would be: one MQTT connection, and whatever arrives on it, asked for by what it says. */
import type { ConnectParameters } from '../../auth/make.ts'
import type { Clock } from '../../clock/clock.ts'
import type { DeviceRef } from '../../effects/effect.ts'
import type { MqttClient } from '../../mqtt/client.ts'
import { connectClient } from '../../mqtt/client.ts'

export interface Message {
  readonly topic: string
  readonly text: string
}

export class Gateway {
  readonly productKey: string
  readonly deviceName: string
  readonly #client: MqttClient
  /** What arrived and was not asked for yet. */
  readonly #kept: Message[] = []

  constructor(device: DeviceRef, client: MqttClient) {
    this.productKey = device.productKey
    this.deviceName = device.deviceName
    this.#client = client
  }

  /** @throws Refused with the code of the CONNACK */
  static async open(device: DeviceRef, signed: ConnectParameters, port: number, clock: Clock): Promise<Gateway> {
    return new Gateway(device, await connectClient({ ...signed, port, clock }))
  }

  /** At QoS 1; resolves with its PUBACK. */
  async publish(topic: string, payload: string): Promise<void> {
    await this.#client.publish(topic, payload, 1)
  }

  /** The first message that is wanted, arrived already or soon. One caller at a time. */
  async next(wanted: (message: Message) => boolean, what: string): Promise<Message> {
    const at = this.#kept.findIndex(wanted)
    const found = at < 0 ? undefined : this.#kept.splice(at, 1)[0]
    if (found) return found
    try {
      for (;;) {
        const { topic, payload } = await this.#client.next()
        const message = { topic, text: payload.toString() }
        if (wanted(message)) return message
        this.#kept.push(message)
      }
    } catch (error) {
      throw new Error(`${what} is missing: ${(error as Error).message}`)
    }
  }

  /** Whether the connection still answers. */
  async alive(): Promise<boolean> {
    return this.#client.ping().then(
      () => true,
      () => false,
    )
  }

  async close(): Promise<void> {
    await this.#client.end()
  }
}
