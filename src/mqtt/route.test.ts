/** Messages between applications: QoS, options of subscriptions, properties, aliases, limits of 5.0. */

import { describe, expect, test } from 'vitest'
import { AppWorld, ack, publish } from './app.fixture.ts'
import { encodeConnect } from './codec/connect.ts'

describe.each([3, 4, 5] as const)('version %i', (version) => {
  test.each([
    [0, 0, ['publish t: x']],
    [0, 1, ['publish t: x']],
    [1, 0, ['publish t: x']],
    [1, 1, ['publish t q1 #1: x']],
    [1, 2, ['publish t q1 #1: x']],
    [2, 0, ['publish t: x']],
    [2, 1, ['publish t q1 #1: x']],
    [2, 2, ['publish t q2 #1: x']],
  ] as const)('published at %i, subscribed at %i [MQTT-3.8.4-8]', (sent, granted, expected) => {
    const world = new AppWorld()
    const [sub, pub] = [world.connected('sub', { version }), world.connected('pub', { version })]
    expect(sub.subscribe('t', granted)).toEqual([`suback: ${granted}`])
    const answers = pub.publish('t', 'x', { qos: sent, messageId: 7 })
    expect(answers).toEqual([[], ['puback #7'], ['pubrec #7']][sent])
    expect(sub.take()).toEqual(expected)
  })

  test('QoS 2 all the way [MQTT-4.3.3]', () => {
    const world = new AppWorld()
    const [sub, pub] = [world.connected('sub', { version }), world.connected('pub', { version })]
    sub.subscribe('t', 2)
    expect(pub.publish('t', 'x', { qos: 2, messageId: 9 })).toEqual(['pubrec #9'])
    expect(pub.publish('t', 'x', { qos: 2, messageId: 9, dup: true })).toEqual(['pubrec #9'])
    expect(sub.take()).toEqual(['publish t q2 #1: x'])
    expect(pub.send(ack('pubrel', 9))).toEqual(['pubcomp #9'])
    expect(pub.send(ack('pubrel', 9))).toEqual([version === 5 ? 'pubcomp #9 0x92' : 'pubcomp #9'])
    expect(sub.send(ack('pubrec', 1))).toEqual(['pubrel #1'])
    expect(sub.send(ack('pubrec', 1))).toEqual(['pubrel #1'])
    expect(sub.send(ack('pubcomp', 1))).toEqual([])
    expect(pub.publish('t', 'y', { qos: 2, messageId: 9 })).toEqual(['pubrec #9'])
    expect(sub.take()).toEqual(['publish t q2 #2: y'])
  })

  test('order within a session is that of publishing [MQTT-4.6.0-6]', () => {
    const world = new AppWorld()
    const [sub, pub] = [world.connected('sub', { version }), world.connected('pub', { version })]
    sub.subscribe('#', 2)
    const packets = Array.from({ length: 20 }, (_, i) => publish('t', String(i), { qos: 1, messageId: i + 1 }))
    pub.send(...packets)
    expect(sub.take().map((text) => text.split(': ')[1])).toEqual(Array.from({ length: 20 }, (_, i) => String(i)))
  })
})

test('nobody subscribed: 0x10 on 5.0 [MQTT-3.4.2]', () => {
  const world = new AppWorld()
  const pub = world.connected('pub')
  expect(pub.publish('t', 'x', { qos: 1 })).toEqual(['puback #1 0x10'])
  expect(pub.publish('t', 'x', { qos: 2, messageId: 2 })).toEqual(['pubrec #2 0x10'])
  expect(pub.send(ack('pubrel', 2))).toEqual(['pubcomp #2'])
})

test('topics that start with $ are not met by a wildcard in front [MQTT-4.7.2-1]', () => {
  const world = new AppWorld()
  const [all, named, pub] = [world.connected('all'), world.connected('named'), world.connected('pub')]
  all.subscribe('#')
  all.subscribe('+/x')
  named.subscribe('$own/#')
  pub.publish('$own/x', '1')
  expect([all.take(), named.take()]).toEqual([[], ['publish $own/x: 1']])
})

test('overlapping filters: one copy at the highest QoS, with all identifiers [MQTT-3.3.4-2]', () => {
  const world = new AppWorld()
  const [sub, pub] = [world.connected('sub'), world.connected('pub')]
  sub.subscribe('a/+', 0, { id: 3 })
  sub.subscribe('a/#', 2, { id: 300 })
  sub.subscribe('a/b', 1)
  pub.publish('a/b', 'x', { qos: 1 })
  expect(sub.take()).toEqual(
    ['publish a/b q1 #1: x {"subscriptionIdentifier":[3,300]}'].map(() =>
      expect.stringMatching(/^publish a\/b q1 #1: x \{"subscriptionIdentifier":\[(3,300|300,3)\]\}$/),
    ),
  )
})

test('no local [MQTT-3.8.3-3], retain as published [MQTT-3.3.1-12, 13]', () => {
  const world = new AppWorld()
  const [one, two] = [world.connected('one'), world.connected('two')]
  one.subscribe('t', 0, { nl: true })
  two.subscribe('t', 0, { rap: true })
  expect(one.publish('t', 'x', { retain: true })).toEqual([])
  expect(two.take()).toEqual(['publish t retain: x'])
  two.publish('t', 'y', { retain: true })
  expect(one.take()).toEqual(['publish t: y'])
})

test('properties are passed on as they came, user properties in order [MQTT-3.3.2-4, 15 … 20]', () => {
  const world = new AppWorld()
  const [v5, v4, pub] = [world.connected('v5'), world.connected('v4', { version: 4 }), world.connected('pub')]
  v5.subscribe('t', 1, { id: 5 })
  v4.subscribe('t', 1)
  pub.publish('t', 'x', {
    qos: 1,
    properties: {
      payloadFormatIndicator: true,
      messageExpiryInterval: 60,
      contentType: 'text/plain',
      responseTopic: 'answers',
      correlationData: Buffer.from('cd'),
      userProperties: { b: ['2', '1'], a: '3' },
    },
  })
  expect(v5.packets[0]).toMatchObject({
    properties: {
      payloadFormatIndicator: true,
      messageExpiryInterval: 60,
      contentType: 'text/plain',
      responseTopic: 'answers',
      correlationData: Buffer.from('cd'),
      userProperties: { b: ['2', '1'], a: '3' },
      subscriptionIdentifier: 5,
    },
  })
  expect(v4.take()).toEqual(['publish t q1 #1: x'])
})

test('topic aliases, both ways [MQTT-3.3.2-7 … 12]', () => {
  const world = new AppWorld()
  const [sub, pub] = [world.connected('sub', { properties: { topicAliasMaximum: 1 } }), world.connected('pub')]
  sub.subscribe('#')
  pub.publish('long/topic', '1', { properties: { topicAlias: 4 } })
  pub.publish('', '2', { properties: { topicAlias: 4 } })
  pub.publish('other', '3')
  expect(sub.take()).toEqual([
    'publish long/topic: 1 {"topicAlias":1}',
    'publish : 2 {"topicAlias":1}',
    'publish other: 3',
  ])
  expect(pub.publish('', '4', { properties: { topicAlias: 5 } })).toEqual(['disconnect 0x82', 'end'])
  expect(world.connected('x').publish('t', '4', { properties: { topicAlias: 21 } })).toEqual(['disconnect 0x94', 'end'])
})

test('receive maximum, both ways [MQTT-3.3.4-7, 9]', () => {
  const world = new AppWorld({ profile: { receiveMaximum: 2 } })
  const [sub, pub] = [world.connected('sub', { properties: { receiveMaximum: 2 } }), world.connected('pub')]
  sub.subscribe('t', 2)
  for (const [id, text] of ['a', 'b', 'c', 'd'].entries()) pub.publish('t', text, { qos: 1, messageId: id + 1 })
  expect(sub.take()).toEqual(['publish t q1 #1: a', 'publish t q1 #2: b'])
  expect(sub.send(ack('puback', 2))).toEqual(['publish t q1 #3: c'])
  expect(sub.send(ack('puback', 1), ack('puback', 3))).toEqual(['publish t q1 #4: d'])
  expect(pub.publish('u', 'x', { qos: 2, messageId: 1 })).toEqual(['pubrec #1 0x10'])
  expect(pub.publish('u', 'x', { qos: 2, messageId: 2 })).toEqual(['pubrec #2 0x10'])
  expect(pub.publish('u', 'x', { qos: 2, messageId: 1, dup: true })).toEqual(['pubrec #1'])
  expect(pub.publish('u', 'x', { qos: 2, messageId: 3 })).toEqual(['disconnect 0x93', 'end'])
})

test('what is larger than the client takes is dropped for it alone [MQTT-3.1.2-24, 25]', () => {
  const world = new AppWorld()
  const [small, large, pub] = [
    world.connected('small', { properties: { maximumPacketSize: 40 } }),
    world.connected('large'),
    world.connected('pub'),
  ]
  small.subscribe('t', 1)
  large.subscribe('t', 1)
  expect(pub.publish('t', 'x'.repeat(40), { qos: 1 })).toEqual(['puback #1'])
  expect([small.take(), large.take()]).toEqual([[], [`publish t q1 #1: ${'x'.repeat(40)}`]])
  pub.publish('t', 'y', { qos: 1 })
  expect(small.take()).toEqual([expect.stringMatching(/^publish t q1 #\d: y$/)])
  expect(world.mqtt.stats.droppedTooLarge).toBe(1)
})

test('PUBREC with a failure ends the exchange [MQTT-4.3.3-4]; what nobody waits for', () => {
  const world = new AppWorld()
  const [sub, pub] = [world.connected('sub'), world.connected('pub')]
  sub.subscribe('t', 2)
  pub.publish('t', 'x', { qos: 2 })
  expect(sub.take()).toEqual(['publish t q2 #1: x'])
  expect(sub.send(ack('pubrec', 1, 0x97))).toEqual([])
  expect(sub.send(ack('pubrec', 1))).toEqual(['pubrel #1 0x92'])
  expect(sub.send(ack('puback', 77), ack('pubcomp', 78))).toEqual([])
  pub.publish('t', 'y', { qos: 2, messageId: 2 })
  expect(sub.take()).toEqual(['publish t q2 #2: y'])
  expect(sub.send(ack('puback', 2))).toEqual(['disconnect 0x82', 'end'])
})

test('a QoS 1 PUBLISH with the id of a QoS 2 exchange: 0x91', () => {
  const world = new AppWorld()
  const pub = world.connected('pub')
  pub.publish('t', 'x', { qos: 2, messageId: 1 })
  expect(pub.publish('t', 'y', { qos: 1, messageId: 1 })).toEqual(['puback #1 0x91'])
})

test.each([4, 5] as const)('more than 200 levels close the connection, version %i', (version) => {
  const world = new AppWorld()
  const deep = 'a/'.repeat(200)
  const end = version === 5 ? ['disconnect 0x81', 'end'] : ['end']
  expect(world.connected('a', { version }).publish(deep, 'x')).toEqual(end)
  expect(world.connected('b', { version }).subscribe(deep)).toEqual(end)
  expect(world.connected('c', { version }).publish(deep.slice(2), 'x')).toEqual([])
  expect(world.connected('c', { version }).subscribe('a/#/b')).toEqual(end)
})

test('client ids that are empty [MQTT-3.1.3-6 … 8]', () => {
  const world = new AppWorld()
  const v5 = world.client(5)
  v5.send({ cmd: 'connect', clientId: '', clean: true, keepalive: 0, protocolId: 'MQTT', protocolVersion: 5 })
  const [one, two] = [...world.mqtt.links()]
  expect(one?.clientId).toMatch(/^hp-/)
  expect(two).toBeUndefined()
  expect(world.client(4).hello('', { clean: true })).toEqual(['connack 0'])
  const kept = { version: 4, clientId: '', cleanStart: false, keepAlive: 0, userName: null, password: null } as const
  expect(world.client(4).send(encodeConnect({ ...kept, will: null, properties: null }))).toEqual(['connack 2', 'end'])
  expect(world.client(5).hello('', { properties: { authenticationMethod: 'x' } })).toEqual(['connack 140', 'end'])
})

test('shared subscriptions take turns among those on line [MQTT-4.8.2-4]', () => {
  const world = new AppWorld()
  const [a, b, pub] = [
    world.connected('a', { clean: false, properties: { sessionExpiryInterval: 100 } }),
    world.connected('b'),
    world.connected('pub'),
  ]
  a.subscribe('$share/g/t/#', 1)
  b.subscribe('$share/g/t/#', 0)
  for (let i = 0; i < 4; i++) pub.publish('t/x', String(i), { qos: 1 })
  expect(a.take()).toEqual(['publish t/x q1 #1: 0', 'publish t/x q1 #2: 2'])
  expect(b.take()).toEqual(['publish t/x: 1', 'publish t/x: 3'])
  a.cut(world.clock)
  pub.publish('t/x', '4', { qos: 1 })
  expect(b.take()).toEqual(['publish t/x: 4'])
  b.cut(world.clock)
  expect(pub.publish('t/x', '5', { qos: 1 })).toEqual(['puback #1'])
  const again = world.client()
  expect(again.hello('a', { clean: false, properties: { sessionExpiryInterval: 100 } })).toEqual([
    'connack 0 present',
    'publish t/x q1 #1 dup: 0',
    'publish t/x q1 #2 dup: 2',
    'publish t/x q1 #3: 5',
  ])
})
