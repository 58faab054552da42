/** Applications over sockets, with npm mqtt as the client. */
import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt'
import mqttjs from 'mqtt'
import { afterEach, describe, expect, test } from 'vitest'
import { SystemClock } from '../clock/system.ts'
import { AppHost, appProfile } from './app.fixture.ts'
import { TestKeep } from './host.fixture.ts'
import type { KeepRecord } from './keep.ts'
import type { Mqtt } from './mqtt.ts'
import { createMqtt } from './mqtt.ts'

const servers: Mqtt[] = []
const clients: MqttClient[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true)
  for (const server of servers.splice(0)) await server.close()
})

async function serve(records: readonly KeepRecord[] = []) {
  const keep = new TestKeep()
  for (const record of records) keep.keep(record)
  const host: AppHost = new AppHost(() => mqtt, keep)
  const mqtt: Mqtt = createMqtt({
    clock: new SystemClock(),
    keep,
    host,
    profile: appProfile,
    limits: { offlineTime: 60_000, offlineMessages: 100 },
  })
  mqtt.restore(records)
  servers.push(mqtt)
  const port = await mqtt.listen(0, '127.0.0.1')
  const connect = async (clientId: string, options: Partial<IClientOptions> = {}) => {
    const client = await mqttjs.connectAsync({ host: '127.0.0.1', port, clientId, reconnectPeriod: 0, ...options })
    clients.push(client)
    return client
  }
  return { keep, mqtt, port, connect }
}

type Message = IPublishPacket & { readonly text: string }

/** The next `count` messages. */
function messages(client: MqttClient, count: number): Promise<Message[]> {
  const got: Message[] = []
  return new Promise((resolve) => {
    client.on('message', (_topic, payload, packet) => {
      got.push({ ...packet, text: payload.toString() })
      if (got.length === count) resolve(got)
    })
  })
}

describe.each([3, 4, 5] as const)('version %i', (protocolVersion) => {
  const options = { protocolVersion, ...(protocolVersion === 3 ? { protocolId: 'MQIsdp' as const } : {}) }

  test('QoS 0, 1, 2, retained', async () => {
    const { connect } = await serve()
    const [sub, pub] = [await connect('sub', options), await connect('pub', options)]
    await sub.subscribeAsync('a/#', { qos: 2 })
    const live = messages(sub, 3)
    for (const qos of [0, 1, 2] as const) await pub.publishAsync('a/b', `m${qos}`, { qos, retain: qos === 2 })
    expect((await live).map(({ text, qos, retain }) => [text, qos, retain])).toEqual([
      ['m0', 0, false],
      ['m1', 1, false],
      ['m2', 2, false],
    ])
    const late = await connect('late', options)
    const kept = messages(late, 1)
    await late.subscribeAsync('a/+', { qos: 1 })
    expect((await kept).map(({ text, qos, retain }) => [text, qos, retain])).toEqual([['m2', 1, true]])
  })

  test('a session outlives its link and the process', async () => {
    const first = await serve()
    const persistent: Partial<IClientOptions> = {
      ...options,
      clean: false,
      ...(protocolVersion === 5 ? { properties: { sessionExpiryInterval: 100 } } : {}),
    }
    const sub = await first.connect('sub', persistent)
    await sub.subscribeAsync('t', { qos: 2 })
    await sub.endAsync()
    const pub = await first.connect('pub', options)
    for (let i = 0; i < 50; i++) await pub.publishAsync('t', String(i), { qos: i % 2 === 0 ? 1 : 2 })
    const second = await serve(first.keep.records)
    const back = mqttjs.connect({
      host: '127.0.0.1',
      port: second.port,
      clientId: 'sub',
      reconnectPeriod: 0,
      ...persistent,
    })
    clients.push(back)
    // npm mqtt hands out QoS 2 with its PUBREL, hence behind QoS 1.
    const numbers = (await messages(back, 50)).map(({ text }) => Number(text))
    expect(numbers.filter((one) => one % 2 === 1)).toEqual(Array.from({ length: 25 }, (_, i) => 2 * i + 1))
    expect(numbers.sort((x, y) => x - y)).toEqual(Array.from({ length: 50 }, (_, i) => i))
  })

  test('wills', async () => {
    const { connect } = await serve()
    const sub = await connect('sub', options)
    await sub.subscribeAsync('w', { qos: 1 })
    const said = messages(sub, 1)
    const will = { topic: 'w', payload: Buffer.from('gone'), qos: 1 as const, retain: false }
    const dying = await connect('dying', { ...options, will })
    dying.stream.destroy()
    expect((await said)[0]?.text).toBe('gone')
  })
})

test('5.0: properties, identifiers, aliases, shared subscriptions, a thousand at QoS 2', async () => {
  const { connect } = await serve()
  const five = { protocolVersion: 5 as const, properties: { topicAliasMaximum: 10, receiveMaximum: 20 } }
  const [a, b, pub] = [await connect('a', five), await connect('b', five), await connect('pub', five)]
  await a.subscribeAsync('t/#', { qos: 2, properties: { subscriptionIdentifier: 7 } })
  await b.subscribeAsync('$share/g/t/+', { qos: 2 })
  const [seen, shared] = [messages(a, 1000), messages(b, 1000)]
  const properties = { userProperties: { k: ['1', '2'] }, responseTopic: 'r', correlationData: Buffer.from('c') }
  await Promise.all(Array.from({ length: 1000 }, (_, i) => pub.publishAsync('t/x', String(i), { qos: 2, properties })))
  const all = await seen
  expect(all.map(({ text }) => Number(text))).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  expect(all[999]).toMatchObject({ topic: 't/x', properties: { ...properties, subscriptionIdentifier: 7 } })
  expect((await shared).length).toBe(1000)
})
