/** MQTT.js as a device: CONNECT in the forms that clients of the field send, signed here and not by Homeport's own code. */
import { createHmac } from 'node:crypto'
import type { IClientOptions, MqttClient } from 'mqtt'
import { connect } from 'mqtt'
import { onTestFinished } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import type { DeviceRef } from '../../src/effects/effect.ts'
import type { TestNode } from '../support/node.ts'

export type Method = 'md5' | 'sha1' | 'sha256'

export function hmac(method: Method, secret: string, text: string): string {
  return createHmac(method, secret).update(text).digest('hex')
}

export type VersionName = '3.1' | '3.1.1' | '5.0'

const versions: Readonly<Record<VersionName, IClientOptions>> = {
  '3.1': { protocolId: 'MQIsdp', protocolVersion: 3 },
  '3.1.1': { protocolVersion: 4 },
  '5.0': { protocolVersion: 5 },
}

export interface Form {
  readonly name: string
  clientId(device: DeviceRef): string
  /** What is signed. */
  content(device: DeviceRef): string
  readonly method: Method
  readonly upperCase?: boolean
  readonly clean: boolean
  readonly keepalive: number
}

const signed = (id: (device: DeviceRef) => string, timestamp: string | null) => (device: DeviceRef) =>
  `clientId${id(device)}deviceName${device.deviceName}productKey${device.productKey}${timestamp === null ? '' : `timestamp${timestamp}`}`
const dotted = ({ productKey, deviceName }: DeviceRef) => `${productKey}.${deviceName}`
const joined = ({ productKey, deviceName }: DeviceRef) => `${productKey}&${deviceName}`

const C_TIME = '2524608000000'

/** direct.md §1.2 "Exact client strings", clients.md 3. */
export const forms = {
  c301: {
    name: 'C SDK 3.0.1',
    clientId: (it) => `${dotted(it)}|timestamp=${C_TIME},securemode=2,signmethod=hmacsha256,gw=0,ext=0,_v=sdk-c-3.0.1|`,
    content: signed(dotted, C_TIME),
    method: 'sha256',
    clean: false,
    keepalive: 60,
  },
  c32: {
    name: 'C SDK 3.2',
    clientId: (it) =>
      `${dotted(it)}|timestamp=${C_TIME},_v=sdk-c-3.2.0,securemode=3,signmethod=hmacsha256,lan=C,_ss=1,gw=0,ext=0|`,
    content: signed(dotted, C_TIME),
    method: 'sha256',
    upperCase: true,
    clean: false,
    keepalive: 60,
  },
  c40: {
    name: 'C Link SDK 4.0, with an empty item',
    clientId: (it) =>
      `${dotted(it)}|timestamp=${C_TIME},_ss=1,_v=sdk-c-4.0.0,securemode=3,signmethod=hmacsha256,ext=3,|`,
    content: signed(dotted, C_TIME),
    method: 'sha256',
    upperCase: true,
    clean: true,
    keepalive: 1200,
  },
  c41: {
    name: 'C Link SDK 4.1',
    clientId: (it) =>
      `${dotted(it)}|timestamp=${C_TIME},_ss=1,_v=sdk-c-4.1.0,securemode=3,signmethod=hmacsha256,ext=3,_conn=tls_0|`,
    content: signed(dotted, C_TIME),
    method: 'sha256',
    upperCase: true,
    clean: true,
    keepalive: 1200,
  },
  node: {
    name: 'Node SDK',
    clientId: (it) => `${joined(it)}|securemode=3,signmethod=hmacsha1,timestamp=1795420584609,lan=NodeJS,_v=1.2.8|`,
    content: signed(joined, '1795420584609'),
    method: 'sha1',
    clean: false,
    keepalive: 60,
  },
  browser: {
    name: 'Node SDK in a browser, with a bar and a blank in a value',
    clientId: (it) =>
      `${joined(it)}|securemode=3,signmethod=hmacsha1,timestamp=1795420584609,lan=JS|Broswer ,_v=1.2.8|`,
    content: signed(joined, '1795420584609'),
    method: 'sha1',
    clean: false,
    keepalive: 60,
  },
  js101: {
    name: 'aliyun-iot-device-sdk 1.0.1, with line feeds and blanks',
    clientId: (it) =>
      `${joined(it)}_aliyun-iot-device-sdk-js|securemode=3,\n        signmethod=hmacsha1,\n        timestamp=1795420584609|`,
    content: signed((it) => `${joined(it)}_aliyun-iot-device-sdk-js`, '1795420584609'),
    method: 'sha1',
    clean: false,
    keepalive: 60,
  },
  python: {
    name: 'Python, with a timestamp in seconds',
    clientId: (it) =>
      `${joined(it)}|securemode=3,signmethod=hmacsha1,ext=1,_ss=1,lan=Python,_v=1.2.13,timestamp=1795421573|`,
    content: signed(joined, '1795421573'),
    method: 'sha1',
    clean: true,
    keepalive: 60,
  },
  go: {
    name: 'Go, with a blank in a value',
    clientId: (it) =>
      `${dotted(it)}|securemode=3,signmethod=hmacsha256,timestamp=1795421016555,_v=sdk-golang-0.0.1 Beta,lan=Golang|`,
    content: signed(dotted, '1795421016555'),
    method: 'sha256',
    clean: true,
    keepalive: 30,
  },
  paho: {
    name: 'Paho samples',
    clientId: (it) => `${dotted(it)}|timestamp=1795421016555,_v=sdk-java-1.0.0,securemode=2,signmethod=hmacsha256|`,
    content: signed(dotted, '1795421016555'),
    method: 'sha256',
    clean: true,
    keepalive: 60,
  },
  behind: {
    name: 'text behind the last bar',
    clientId: (it) => `${joined(it)}|securemode=3,signmethod=hmacsha1,timestamp=1795420584609|,ext=1`,
    content: signed(joined, '1795420584609'),
    method: 'sha1',
    clean: false,
    keepalive: 60,
  },
  plain: {
    name: 'MD5, without a timestamp',
    clientId: () => '00:1A:2B|securemode=3,signmethod=hmacmd5|',
    content: signed(() => '00:1A:2B', null),
    method: 'md5',
    clean: true,
    keepalive: 60,
  },
  assigned: {
    name: 'C Link SDK 4.1, client id assigned by the server',
    clientId: () => `|timestamp=${C_TIME},_ss=1,_v=sdk-c-4.1.0,securemode=3,signmethod=hmacsha256,ext=3,|`,
    content: signed(() => '', C_TIME),
    method: 'sha256',
    upperCase: true,
    clean: true,
    keepalive: 1200,
  },
} as const satisfies Readonly<Record<string, Form>>

export interface Heard {
  readonly topic: string
  readonly text: string
  readonly qos: number
}

/** A connection of MQTT.js. Messages are asked for by topic; those that nobody asked for stay. */
export class MqttjsDevice {
  readonly client: MqttClient
  readonly name: string
  readonly kept: Heard[] = []
  #waiting: { topic: string; resolve: (message: Heard) => void }[] = []
  #markers = 0

  constructor(client: MqttClient, { productKey, deviceName }: DeviceRef) {
    this.client = client
    this.name = `${productKey}/${deviceName}`
    client.on('message', (topic, payload, { qos }) => this.#heard({ topic, text: payload.toString(), qos }))
  }

  publish(topic: string, payload: string, qos: 0 | 1 = 0): Promise<unknown> {
    return this.client.publishAsync(topic, payload, { qos })
  }

  /** Resolves with the text of the next message on this topic. */
  async next(topic: string): Promise<string> {
    const at = this.kept.findIndex((message) => message.topic === topic)
    if (at >= 0) return (this.kept.splice(at, 1)[0] as Heard).text
    return (await new Promise<Heard>((resolve) => this.#waiting.push({ topic, resolve }))).text
  }

  /** Publishes and waits for what comes on the topic's `_reply`. */
  async ask(topic: string, payload: string, qos: 0 | 1 = 0): Promise<string> {
    const reply = this.next(`${topic}_reply`)
    await this.publish(topic, payload, qos)
    return reply
  }

  /**
   * What came and nobody asked for, as `topic text`. The answer to a time request, which needs no subscription, shows that nothing
   * is on its way.
   */
  async rest(): Promise<string[]> {
    const mark = `mark-${++this.#markers}`
    await this.publish(`/ext/ntp/${this.name}/request`, JSON.stringify({ deviceSendTime: mark }))
    while (!(await this.next(`/ext/ntp/${this.name}/response`)).includes(mark));
    return this.kept.splice(0).map(({ topic, text }) => `${topic} ${text}`)
  }

  /** Codes of the SUBACK. */
  async subscribe(...filters: string[]): Promise<number[]> {
    const codes = Promise.withResolvers<number[]>()
    this.client.subscribe(filters, { qos: 1 }, (_error, granted = []) => codes.resolve(granted.map(({ qos }) => qos)))
    return codes.promise
  }

  #heard(message: Heard): void {
    const at = this.#waiting.findIndex(({ topic }) => topic === message.topic)
    if (at >= 0) this.#waiting.splice(at, 1)[0]?.resolve(message)
    else this.kept.push(message)
  }
}

/** Connects as this form does; ends with the test. @throws with the code of a refusal in `code` */
export async function connectMqttjs(
  node: TestNode,
  device: DeviceSecret,
  form: Form,
  version: VersionName = '3.1.1',
  more: IClientOptions = {},
): Promise<MqttjsDevice> {
  const password = hmac(form.method, device.deviceSecret, form.content(device))
  const options: IClientOptions = {
    clientId: form.clientId(device),
    username: `${device.deviceName}&${device.productKey}`,
    password: form.upperCase ? password.toUpperCase() : password,
    clean: form.clean,
    keepalive: form.keepalive,
    reconnectPeriod: 0,
    ...versions[version],
    ...more,
  }
  const client = connect(`mqtt://127.0.0.1:${node.mqttPort}`, options)
  onTestFinished(() => client.endAsync(true))
  // What was kept comes in one piece with the CONNACK, so it listens from the start.
  const mqtt = new MqttjsDevice(client, device)
  await new Promise((resolve, reject) => client.once('connect', resolve).on('error', reject))
  return mqtt
}
