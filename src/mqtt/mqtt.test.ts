import mqttjs from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { SystemClock } from '../clock/system.ts'
import { connectClient } from './client.ts'
import { deviceProfile, TestHost, TestKeep } from './host.fixture.ts'
import type { Mqtt } from './mqtt.ts'
import { createMqtt } from './mqtt.ts'

let mqtt: Mqtt | null = null

afterEach(async () => {
  await mqtt?.close()
  mqtt = null
})

async function serve(host: TestHost): Promise<number> {
  mqtt = createMqtt({
    clock: new SystemClock(),
    keep: new TestKeep(),
    host,
    profile: deviceProfile,
    limits: { offlineTime: 60_000, offlineMessages: 100 },
  })
  return await mqtt.listen(0, '127.0.0.1')
}

test('connect, subscribe, publish and receive over TCP', async () => {
  const host = new TestHost()
  const port = await serve(host)
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
  link?.send('/a/b', 'down')
  expect((await client.next('/a/b')).payload.toString()).toBe('down')
  await client.end()
  expect(host.ended.map(({ by }) => by)).toEqual(['disconnect'])
})

test('npm mqtt on 3.1.1 and 5.0', async () => {
  const host = new TestHost()
  const port = await serve(host)
  for (const protocolVersion of [4, 5] as const) {
    const options = { port, host: '127.0.0.1', clientId: `js${protocolVersion}`, protocolVersion }
    const client = await mqttjs.connectAsync(options)
    const granted = await client.subscribeAsync('/broadcast/#', { qos: 1 })
    expect(granted.map(({ qos }) => qos)).toEqual([1])
    await client.publishAsync('/up', 'x', { qos: 1 })
    const message = new Promise<Buffer>((resolve) => client.once('message', (_topic, payload) => resolve(payload)))
    expect(mqtt?.publish('/broadcast/pk/news', 'all')).toBe(1)
    expect(String(await message)).toBe('all')
    await client.endAsync()
  }
  expect(host.published).toHaveLength(2)
})
