/** Retained messages, wills and `$SYS`, as applications see them. */
import { describe, expect, test } from 'vitest'
import type { Connected } from './app.fixture.ts'
import { AppWorld } from './app.fixture.ts'

function retained(...topics: string[]): AppWorld {
  const world = new AppWorld()
  const pub = world.connected('pub')
  for (const topic of topics) pub.publish(topic, topic, { retain: true, qos: 1 })
  return world
}

test.each([
  ['a/b', 1, ['suback: 1', 'publish a/b q1 #1 retain: a/b']],
  ['a/b', 0, ['suback: 0', 'publish a/b retain: a/b']],
  ['a/+', 0, ['suback: 0', 'publish a/b retain: a/b', 'publish a/c retain: a/c']],
  ['a/#', 0, ['suback: 0', 'publish a retain: a', 'publish a/b retain: a/b', 'publish a/c retain: a/c']],
  ['#', 0, ['suback: 0', 'publish a retain: a', 'publish a/b retain: a/b', 'publish a/c retain: a/c']],
  ['+/c', 0, ['suback: 0', 'publish a/c retain: a/c']],
  ['$x/#', 0, ['suback: 0', 'publish $x/y retain: $x/y']],
  ['$share/g/a/b', 1, ['suback: 1']],
  ['b', 1, ['suback: 1']],
] as const)('what is retained for %s at QoS %i [MQTT-3.3.1-6]', (filter, qos, expected) => {
  expect(retained('a/b', 'a/c', 'a', '$x/y').connected('sub').subscribe(filter, qos)).toEqual(expected)
})

test('retain handling [MQTT-3.3.1-9 … 11], with the identifier of the filter', () => {
  const sub = retained('t').connected('sub')
  expect(sub.subscribe('t', 0, { rh: 2 })).toEqual(['suback: 0'])
  expect(sub.subscribe('t', 0, { rh: 1 })).toEqual(['suback: 0'])
  expect(sub.subscribe('+', 0, { rh: 1, id: 4 })).toEqual([
    'suback: 0',
    'publish t retain: t {"subscriptionIdentifier":4}',
  ])
  expect(sub.subscribe('t', 0, { rh: 0 })).toEqual(['suback: 0', 'publish t retain: t'])
})

test('an empty payload deletes, and is passed on [MQTT-3.3.1-6, 7]', () => {
  const world = retained('t')
  const sub = world.connected('sub')
  sub.subscribe('t')
  world.connected('pub').publish('t', '', { retain: true })
  expect(sub.take()).toEqual(['publish t: '])
  expect(sub.subscribe('t')).toEqual(['suback: 0'])
})

test('more than may be retained: 0x97 on 5.0, passed on but not retained on 3.1.1', () => {
  const world = new AppWorld({ retained: { messages: 1, bytes: 1000 } })
  const [five, four, sub] = [world.connected('5'), world.connected('4', { version: 4 }), world.connected('sub')]
  sub.subscribe('#')
  expect(five.publish('a', '1', { retain: true, qos: 1 })).toEqual(['puback #1'])
  expect(five.publish('a', '2', { retain: true, qos: 1 })).toEqual(['puback #1'])
  expect(five.publish('b', '3', { retain: true, qos: 1 })).toEqual(['puback #1 0x97'])
  expect(four.publish('b', '4', { retain: true, qos: 1 })).toEqual(['puback #1'])
  expect(five.publish('a', 'x'.repeat(1000), { retain: true, qos: 1 })).toEqual(['puback #1 0x97'])
  expect(sub.take()).toEqual(['publish a: 1', 'publish a: 2', 'publish b: 4'])
  expect(world.connected('late').subscribe('#')).toEqual(['suback: 0', 'publish a retain: 2'])
  expect(world.mqtt.stats.droppedRetained).toBe(3)
})

test('ten thousand retained messages reach a slow reader, none is dropped', () => {
  const world = new AppWorld({ profile: { outputLimit: 20_000 } })
  const pub = world.connected('pub')
  for (let i = 0; i < 10_000; i++)
    pub.write({ cmd: 'publish', topic: `t/${i}`, payload: 'x', qos: 0, dup: false, retain: true })
  world.clock.settle()
  const sub = world.connected('sub', { capacity: 5000 })
  expect(sub.subscribe('#')).toHaveLength(10_001)
  expect(world.mqtt.stats.droppedQos0).toBe(0)
})

const will = (delay: number, more = {}) =>
  ({
    topic: 'w',
    payload: Buffer.from('bye'),
    qos: 0,
    retain: false,
    properties: { willDelayInterval: delay },
    ...more,
  }) as Connected['will']
const kept = { clean: false, properties: { sessionExpiryInterval: 60 } }

describe('wills', () => {
  function watched(options: Connected): {
    world: AppWorld
    client: ReturnType<AppWorld['connected']>
    said: () => string[]
  } {
    const world = new AppWorld()
    const sub = world.connected('watch', { keepalive: 0 })
    sub.subscribe('w', 1)
    sub.take()
    return { world, client: world.connected('c', options), said: () => sub.take() }
  }

  test.each([4, 5] as const)(
    'after the network, a protocol error, keep-alive, take-over; version %i [MQTT-3.1.2-8]',
    (version) => {
      const v3 = { topic: 'w', payload: Buffer.from('bye'), qos: 1, retain: false } as Connected['will']
      const options = { version, will: v3, keepalive: 10 }
      const network = watched(options)
      network.client.cut(network.world.clock)
      expect(network.said()).toEqual(['publish w q1 #1: bye'])
      const protocol = watched(options)
      protocol.client.send(Buffer.from([0xf7, 0]))
      expect(protocol.said()).toEqual(['publish w q1 #1: bye'])
      const silent = watched(options)
      silent.world.clock.advance(20_000)
      expect(silent.said()).toEqual(['publish w q1 #1: bye'])
      const taken = watched(options)
      taken.world.connected('c', { version })
      expect(taken.said()).toEqual(['publish w q1 #1: bye'])
    },
  )

  test('not after DISCONNECT [MQTT-3.14.4-3], but after one with 0x04', () => {
    const normal = watched({ will: will(0) })
    normal.client.send({ cmd: 'disconnect', reasonCode: 0 })
    expect(normal.said()).toEqual([])
    const asked = watched({ will: will(0) })
    asked.client.send({ cmd: 'disconnect', reasonCode: 4 })
    expect(asked.said()).toEqual(['publish w: bye'])
  })

  test('delayed, not when the session comes back in time [MQTT-3.1.3-9]', () => {
    const { world, client, said } = watched({ ...kept, will: will(5) })
    client.cut(world.clock)
    world.clock.advance(4000)
    world.connected('c', kept).cut(world.clock)
    world.clock.advance(100_000)
    expect(said()).toEqual([])
  })

  test('delayed until its time, or until the session ends', () => {
    const late = watched({ ...kept, will: will(5) })
    late.client.cut(late.world.clock)
    late.world.clock.advance(4900)
    expect(late.said()).toEqual([])
    late.world.clock.advance(200)
    expect(late.said()).toEqual(['publish w: bye'])
    const ended = watched({ ...kept, will: will(50) })
    ended.client.cut(ended.world.clock)
    ended.world.connected('c')
    expect(ended.said()).toEqual(['publish w: bye'])
    const none = watched({ will: will(50) })
    none.client.cut(none.world.clock)
    expect(none.said()).toEqual(['publish w: bye'])
  })

  test.each([4, 5] as const)('an empty will with retain removes what is retained; version %i', (version) => {
    const empty = { topic: 'w', payload: Buffer.alloc(0), qos: 0, retain: true } as Connected['will']
    const { world, client, said } = watched({ version, will: empty })
    world.connected('pub').publish('w', 'x', { retain: true })
    expect(said()).toEqual(['publish w: x'])
    client.cut(world.clock)
    expect(said()).toEqual(['publish w: '])
    expect(world.connected('late').subscribe('w')).toEqual(['suback: 0'])
  })

  test('retained, with properties', () => {
    const properties = { contentType: 'x', userProperties: { k: 'v' }, messageExpiryInterval: 9 }
    const { world, client, said } = watched({ will: will(0, { retain: true, qos: 2, properties }) })
    client.cut(world.clock)
    const text = '{"messageExpiryInterval":9,"contentType":"x","userProperties":{"k":"v"}}'
    expect(said()).toEqual([`publish w q1 #1: bye ${text}`])
    expect(world.connected('late').subscribe('w')).toEqual(['suback: 0', `publish w retain: bye ${text}`])
  })
})

test('$SYS: at once, then every ten seconds, only to who subscribed it', () => {
  const world = new AppWorld()
  const [sub, all] = [world.connected('sub', { keepalive: 0 }), world.connected('all', { keepalive: 0 })]
  all.subscribe('#')
  expect(sub.subscribe('$SYS/broker/clients/connected')).toEqual([
    'suback: 0',
    'publish $SYS/broker/clients/connected retain: 2',
  ])
  world.connected('third', { keepalive: 0 })
  world.clock.advance(10_000)
  expect(sub.take()).toEqual(['publish $SYS/broker/clients/connected: 3'])
  expect(sub.subscribe('$SYS/#').length).toBeGreaterThan(8)
  sub.send({ cmd: 'disconnect', reasonCode: 0 })
  world.clock.advance(10_000)
  expect(world.clock.advance(60_000)).toBe(0)
  expect(all.take()).toEqual([])
})
