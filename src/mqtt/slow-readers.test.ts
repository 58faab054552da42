/** Readers that do not read: what waits for them is bounded, QoS 0 is dropped and counted, QoS 1 waits in the session. */
import { expect, test } from 'vitest'
import { AppWorld, ack, publish } from './app.fixture.ts'

const kept = { clean: false, properties: { sessionExpiryInterval: 100 } } as const
const packet = 'x'.repeat(1000)

/** A client that takes nothing until it is asked to. */
function asleep(world: AppWorld, qos: 0 | 1, options = {}) {
  const sub = world.connected('slow', { ...options, keepalive: 0, capacity: 10_000 })
  sub.subscribe('t', qos)
  sub.wire.pause()
  return sub
}

test('QoS 0: dropped beyond the limit of the connection, others are not touched', () => {
  const world = new AppWorld({ profile: { outputLimit: 50_000 } })
  const [slow, quick, pub] = [asleep(world, 0), world.connected('quick'), world.connected('pub')]
  quick.subscribe('t', 0)
  for (let i = 0; i < 500; i++) pub.publish('t', packet)
  expect(quick.take()).toHaveLength(500)
  expect(world.mqtt.stats.droppedQos0).toBeGreaterThan(300)
  slow.wire.resume()
  world.clock.settle()
  const got = slow.take().length
  expect(got + world.mqtt.stats.droppedQos0).toBe(500)
  expect(got).toBeGreaterThan(40)
  pub.publish('t', 'y')
  expect(slow.take()).toEqual(['publish t: y'])
})

test.each([
  ['a session that ends with its link', {}],
  ['one that outlives it', kept],
])('QoS 1: waits, in order, nothing is lost: %s', (_name, options) => {
  const world = new AppWorld({ profile: { outputLimit: 50_000 } })
  const [slow, pub] = [asleep(world, 1, options), world.connected('pub')]
  for (let i = 0; i < 500; i++) pub.publish('t', `${i} ${packet}`, { qos: 1 })
  slow.wire.resume()
  world.clock.settle()
  const got: string[] = []
  while (slow.packets.length > 0) {
    const ids = slow.packets.map((one) => one.messageId as number)
    got.push(...slow.take().map((text) => text.split(' ')[4] as string))
    slow.send()
    slow.write(...ids.map((id) => ack('puback', id)))
    world.clock.settle()
  }
  expect(got).toEqual(Array.from({ length: 500 }, (_, i) => String(i)))
  expect(world.mqtt.stats.dropped).toBe(0)
})

test('QoS 1 to a session that ends with its link: beyond its limit it is dropped and counted', () => {
  const world = new AppWorld({ profile: { outputLimit: 20_000, queueLimit: 50_000 } })
  asleep(world, 1)
  const pub = world.connected('pub')
  for (let i = 0; i < 500; i++) expect(pub.publish('t', packet, { qos: 1 })).toEqual(['puback #1'])
  expect(world.mqtt.stats.droppedFull).toBeGreaterThan(400)
  expect(world.dropped[0]).toBe('a:slow full')
})

test('all connections together: beyond the total each keeps a share', () => {
  const world = new AppWorld({ profile: { outputLimit: 10_000_000 }, outputTotal: 1_000_000 })
  for (let i = 0; i < 10; i++) {
    const sub = world.connected(`slow${i}`, { keepalive: 0, capacity: 10_000 })
    sub.subscribe('t', 0)
    sub.wire.pause()
  }
  const pub = world.connected('pub')
  for (let i = 0; i < 1000; i++) pub.publish('t', packet)
  // 10 MB were published to them: a tenth of it waits, the rest was dropped.
  expect(world.mqtt.stats.droppedQos0).toBeGreaterThan(8500)
  expect(world.mqtt.stats.droppedQos0).toBeLessThan(9500)
})

test('a client that publishes and does not read its answers is not read either', () => {
  const world = new AppWorld({ profile: { outputLimit: 10_000 } })
  const pub = world.connected('pub', { keepalive: 0, capacity: 1000 })
  pub.wire.pause()
  for (let i = 1; i <= 20_000; i++) pub.write(publish('t', 'x', { qos: 1, messageId: i }))
  world.clock.settle()
  expect(world.host.published.length).toBeLessThan(16_000)
  pub.wire.resume()
  world.clock.settle()
  expect(world.host.published).toHaveLength(20_000)
})

test('all connections together, and very many of them: a quarter beyond the total nobody has a share', () => {
  const world = new AppWorld({ profile: { outputLimit: 10_000_000 }, outputTotal: 500_000 })
  for (let i = 0; i < 40; i++) {
    const sub = world.connected(`slow${i}`, { keepalive: 0, capacity: 10_000 })
    sub.subscribe('t', 0)
    sub.wire.pause()
  }
  const pub = world.connected('pub')
  for (let i = 0; i < 200; i++) pub.publish('t', packet)
  // 40 shares would be 2.6 MB. A link's first chunk is 512 B or 4 KiB, which double as it fills.
  expect(world.mqtt.outputBytes).toBeGreaterThan(500_000)
  expect(world.mqtt.outputBytes).toBeLessThan(1_400_000)
  expect(world.mqtt.stats.droppedOutputTotal).toBe(world.mqtt.stats.droppedQos0)
})
