/** `mqtt.deviceProfile: standard` lifts what the vendor's platform limits (direct.md §1.3) for devices. */
import mqtt from 'mqtt'
import type { IConnackPacket, IPublishPacket, ISubackPacket, Packet } from 'mqtt-packet'
import { afterEach, describe, expect, test } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeConnect } from '../../src/auth/make.ts'
import { useNode } from '../support/node.ts'

const node = useNode({ settings: { 'app.port': 0, 'app.anonymous': 'on', 'mqtt.deviceProfile': 'standard' } })
const clients: mqtt.MqttClient[] = []

afterEach(() => {
  for (const client of clients.splice(0)) client.end(true)
})

interface Seen {
  readonly client: mqtt.MqttClient
  readonly packets: Packet[]
  readonly publishes: () => IPublishPacket[]
}

async function connect(port: number, options: mqtt.IClientOptions): Promise<Seen> {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options })
  clients.push(client)
  const packets: Packet[] = []
  client.on('packetreceive', (packet) => packets.push(packet as Packet))
  await new Promise<void>((resolve, reject) => client.once('connect', () => resolve()).once('error', reject))
  return {
    client,
    packets,
    publishes: () => packets.filter((packet): packet is IPublishPacket => packet.cmd === 'publish'),
  }
}

function connectAs(device: DeviceSecret, options: mqtt.IClientOptions = {}): Promise<Seen> {
  const { clientId, userName, password } = makeConnect(device)
  return connect(node().mqttPort, { clientId, username: userName, password, ...options })
}

const application = (options: mqtt.IClientOptions = {}) => connect(node().server.ports.app as number, options)

async function aDevice(): Promise<{ device: DeviceSecret; topic: (path: string) => string }> {
  const device = await node().fleet.device()
  return { device, topic: (path) => `/sys/${device.productKey}/${device.deviceName}/${path}` }
}

describe.each([4, 5] as const)('protocol version %i', (protocolVersion) => {
  test('a post of QoS 2 is taken once and answered', async () => {
    const { device, topic } = await aDevice()
    const { client, packets, publishes } = await connectAs(device, { protocolVersion })
    await client.publishAsync(topic('thing/event/property/post'), '{"id":"1","params":{}}', { qos: 2 })
    await expect.poll(publishes).toHaveLength(1)
    expect(packets.map(({ cmd }) => cmd).filter((cmd) => cmd === 'pubrec' || cmd === 'pubcomp')).toEqual([
      'pubrec',
      'pubcomp',
    ])
  })

  test('messages come to a device at QoS 1 at most, and its SUBACK says so', async () => {
    const { device, topic } = await aDevice()
    const { client, packets, publishes } = await connectAs(device, { protocolVersion })
    await client.subscribeAsync(topic('thing/service/property/set'), { qos: 2 })
    expect((packets.find(({ cmd }) => cmd === 'suback') as ISubackPacket).granted).toEqual([1])
    const app = await application()
    await app.client.publishAsync(topic('thing/service/property/set'), '{"id":"9","params":{}}', { qos: 2 })
    await expect.poll(publishes).toMatchObject([{ qos: 1, topic: topic('thing/service/property/set') }])
  })

  test('what a device retains is there for an application that comes later', async () => {
    const { device, topic } = await aDevice()
    const { client } = await connectAs(device, { protocolVersion })
    const post = topic('thing/event/property/post')
    await client.publishAsync(post, '{"id":"1","params":{"a":1}}', { qos: 1, retain: true })
    const app = await application()
    await app.client.subscribeAsync(post)
    await expect.poll(app.publishes).toMatchObject([{ topic: post, retain: true }])
  })

  test('the will of a device that is cut off reaches applications', async () => {
    const { device, topic } = await aDevice()
    const post = topic('thing/event/property/post')
    const app = await application()
    await app.client.subscribeAsync(post)
    const will = { topic: post, payload: Buffer.from('{"id":"w","params":{}}'), qos: 1 as const, retain: false }
    const { client } = await connectAs(device, { protocolVersion, will })
    client.stream.destroy()
    await expect.poll(app.publishes).toMatchObject([{ topic: post }])
  })

  test.each([0, 5, 60_000])('a keep-alive of %i s is taken as it is', async (keepalive) => {
    const { device } = await aDevice()
    const { packets } = await connectAs(device, { protocolVersion, keepalive })
    expect(packets[0]).toMatchObject({ cmd: 'connack' })
    const told = (packets[0] as IConnackPacket).properties?.serverKeepAlive ?? keepalive
    expect(told).toBe(keepalive)
  })
})

test('5.0: subscription identifiers come with what their filters match', async () => {
  const { device, topic } = await aDevice()
  const { client, publishes } = await connectAs(device, { protocolVersion: 5 })
  await client.subscribeAsync(topic('thing/service/#'), { qos: 1, properties: { subscriptionIdentifier: 7 } })
  await client.subscribeAsync(topic('thing/service/property/set'), {
    qos: 0,
    properties: { subscriptionIdentifier: 300 },
  })
  const app = await application()
  await app.client.publishAsync(topic('thing/service/property/set'), '{"id":"9","params":{}}', { qos: 1 })
  await app.client.publishAsync(topic('thing/service/reboot'), '{"id":"10","params":{}}', { qos: 0 })
  await expect.poll(publishes).toHaveLength(2)
  const ids = publishes().map(({ properties }) => [properties?.subscriptionIdentifier].flat().sort())
  expect(ids).toEqual([[300, 7], [7]])
})

test('5.0: a broadcast comes with its properties, and the identifier of the filter', async () => {
  const { device } = await aDevice()
  const { client, publishes } = await connectAs(device, { protocolVersion: 5 })
  const news = `/broadcast/${device.productKey}/news`
  await client.subscribeAsync(news, { qos: 1, properties: { subscriptionIdentifier: 9 } })
  const app = await application({ protocolVersion: 5 })
  await app.client.publishAsync(news, 'x', { properties: { userProperties: { a: 'b' } } })
  await expect.poll(publishes).toHaveLength(1)
  const properties = { subscriptionIdentifier: 9, userProperties: { a: 'b' } }
  expect(publishes()[0]).toMatchObject({ topic: news, qos: 0, properties })
})

test('5.0: CONNACK does not announce the limits', async () => {
  const { device } = await aDevice()
  const { packets } = await connectAs(device, { protocolVersion: 5 })
  const [connack] = packets
  expect(connack).toMatchObject({ properties: { subscriptionIdentifiersAvailable: true } })
  expect(connack).not.toHaveProperty('properties.maximumQoS')
})
