/** The front end over real sockets, with our own client and with npm mqtt on the other side. */
import mqttjs from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import type { Clock } from '../clock/clock.ts'
import { SystemClock } from '../clock/system.ts'
import { VirtualClock } from '../clock/virtual.ts'
import { connectClient, MqttClient, openClient, Refused } from './client.ts'
import { deviceProfile, TestHost, TestKeep } from './host.fixture.ts'
import type { Mqtt } from './mqtt.ts'
import { createMqtt } from './mqtt.ts'

const servers: Mqtt[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function serve(options: { clock?: Clock; keep?: TestKeep; outputLimit?: number } = {}) {
  const host = new TestHost()
  const mqtt = createMqtt({
    clock: options.clock ?? new SystemClock(),
    keep: options.keep ?? new TestKeep(),
    host,
    profile: { ...deviceProfile, outputLimit: options.outputLimit ?? deviceProfile.outputLimit },
    limits: { offlineTime: 60_000, offlineMessages: 100 },
  })
  servers.push(mqtt)
  return { host, mqtt, port: await mqtt.listen(0, '127.0.0.1') }
}

test('connect, subscribe, publish and receive', async () => {
  const { host, port } = await serve()
  const client = await connectClient({ port, clientId: 'one', clean: true })
  expect(await client.subscribe('/a/+')).toEqual([1])
  expect(await client.publish('/up', 'hello', 1)).toBe(0)
  await client.publish('/up', 'again', 0)
  await client.ping()
  expect(host.published.map(({ topic, payload, qos }) => [topic, payload, qos])).toEqual([
    ['/up', 'hello', 1],
    ['/up', 'again', 0],
  ])
  const link = host.connects[0]?.link
  expect(link?.remote).toMatch(/^127\.0\.0\.1:\d+$/)
  link?.send('/a/b', 'down')
  expect((await client.next('/a/b')).payload.toString()).toBe('down')
  expect(await client.unsubscribe('/a/+')).toEqual([])
  expect((await client.end()).by).toBe('server')
  expect(host.ended.map(({ by }) => by)).toEqual(['disconnect'])
})

test('a refused CONNECT, and bytes that are no packet', async () => {
  const { host, port } = await serve()
  host.refusal = 'sign'
  await expect(connectClient({ port, clientId: 'one' })).rejects.toThrow(Refused)
  const raw = await openClient({ port })
  raw.raw(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
  expect(await raw.closed).toEqual({ by: 'server', reason: null })
  await expect(raw.next()).rejects.toThrow('ended')
})

test('npm mqtt on 3.1.1 and 5.0', async () => {
  const { host, mqtt, port } = await serve()
  for (const protocolVersion of [4, 5] as const) {
    const options = { port, host: '127.0.0.1', clientId: `js${protocolVersion}`, protocolVersion }
    const client = await mqttjs.connectAsync(options)
    const granted = await client.subscribeAsync('/broadcast/#', { qos: 1 })
    expect(granted.map(({ qos }) => qos)).toEqual([1])
    await client.publishAsync('/up', 'x', { qos: 1 })
    const message = new Promise<Buffer>((resolve) => client.once('message', (_topic, payload) => resolve(payload)))
    const news = { topic: '/broadcast/pk/news', payload: Buffer.from('all'), qos: 0, retain: false } as const
    mqtt.route({ ...news, properties: null, from: null })
    expect(String(await message)).toBe('all')
    await client.endAsync()
  }
  expect(host.published).toHaveLength(2)
})

test('npm mqtt: a session, its filters and its queue outlive link and process', async () => {
  const keep = new TestKeep()
  const options = { host: '127.0.0.1', clientId: 'js', clean: false, protocolVersion: 4, reconnectPeriod: 0 } as const
  const first = await serve({ keep })
  const client = await mqttjs.connectAsync({ ...options, port: first.port })
  await client.subscribeAsync('/t', { qos: 1 })
  await client.endAsync()
  for (let i = 0; i < 20; i++) {
    const id = first.mqtt.inboxes.queue('pk/js', '/t', Buffer.from(`${i}`), 1, false)
    first.mqtt.inboxes.deliver('pk/js', id)
  }
  await first.mqtt.close()
  const second = await serve()
  second.mqtt.restore(keep.records)
  const again = mqttjs.connect({ ...options, port: second.port })
  const got: string[] = []
  await new Promise<void>((resolve) => {
    again.on('message', (_topic, payload) => {
      got.push(String(payload))
      if (got.length === 20) resolve()
    })
  })
  expect(got).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`))
  await again.endAsync()
})

test('keep-alive passed: the connection is closed', async () => {
  const clock = new VirtualClock({ realTurns: true })
  const { host, port } = await serve({ clock })
  const client = await connectClient({ port, clientId: 'one', keepAlive: 30, version: 5 })
  clock.advance(44_000)
  await client.ping()
  clock.advance(44_000)
  await client.ping()
  clock.advance(47_500)
  expect(await client.closed).toEqual({ by: 'server', reason: 0x8d })
  expect(host.ended.map(({ by }) => by)).toEqual(['keep-alive'])
})

test('a slow reader: what waits for it is bounded', async () => {
  const { host, mqtt, port } = await serve({ outputLimit: 200_000 })
  const client = await connectClient({ port, clientId: 'slow' })
  client.wire.pause()
  const link = host.connects[0]?.link
  const text = 'x'.repeat(50_000)
  host.onPublish = () => {
    for (let i = 0; i < 100; i++) link?.send('/t', text)
  }
  const before = process.memoryUsage().rss
  const other = await connectClient({ port, clientId: 'other' })
  for (let i = 0; i < 30; i++) await other.publish('/a', '', 1)
  expect(mqtt.stats.droppedQos0).toBeGreaterThan(2_500)
  expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000)
  client.wire.resume()
  while (client.unread.length + mqtt.stats.droppedQos0 < 3_000) await other.ping()
  link?.send('/t', 'all is well')
  while (client.unread.at(-1)?.payload.toString() !== 'all is well') await other.ping()
  client.destroy()
  await other.end()
})

test('the server stops: clients are told, and it does not wait for those that do not read', async () => {
  const clock = new VirtualClock({ realTurns: true })
  const { host, mqtt, port } = await serve({ clock })
  const client = await connectClient({ port, clientId: 'one', version: 5 })
  const silent = await openClient({ port })
  const stuck = await connectClient({ port, clientId: 'stuck' })
  stuck.wire.pause()
  for (let i = 0; i < 100; i++) host.connects[1]?.link.send('/t', 'x'.repeat(100_000))
  const closing = mqtt.close()
  expect(await client.closed).toEqual({ by: 'server', reason: 0x8b })
  expect(await silent.closed).toEqual({ by: 'server', reason: null })
  clock.advance(3_000)
  await closing
  expect(mqtt.connections).toBe(0)
  expect(host.ended.map(({ by }) => by)).toEqual(['server-stops', 'server-stops'])
  await expect(connectClient({ port, clientId: 'late' })).rejects.toThrow('ECONNREFUSED')
  stuck.destroy()
})

test('our client without sockets', async () => {
  const { host, mqtt } = await serve()
  const client = new MqttClient(mqtt.connect())
  await client.connect({ clientId: 'memory' })
  expect(await client.publish('/up', 'x', 1)).toBe(0)
  host.connects[0]?.link.send('/a', '1')
  host.connects[0]?.link.send('/a', '2')
  const got: string[] = []
  for await (const message of client.messages()) {
    got.push(message.payload.toString())
    if (got.length === 2) break
  }
  expect(got).toEqual(['1', '2'])
  await expect(client.next('/never', 20)).rejects.toThrow('within 20 ms')
  await client.end()
})
