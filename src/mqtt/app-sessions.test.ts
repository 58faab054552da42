/** Application sessions that outlive their link and the process: queues, QoS 2 both ways, expiry, limits. */
import { describe, expect, test } from 'vitest'
import { AppWorld, ack, publish } from './app.fixture.ts'

const kept = { clean: false, properties: { sessionExpiryInterval: 1000 } } as const

function offline(world: AppWorld, id = 'sub', qos: 0 | 1 | 2 = 2): void {
  const sub = world.connected(id, kept)
  sub.subscribe('t/#', qos)
  sub.send({ cmd: 'disconnect' })
}

/** The same checks over the records as they came, and over what a compaction would leave. */
const restarts = [
  ['records', (world: AppWorld) => world.keep.records],
  ['snapshot', (world: AppWorld) => world.mqtt.snapshot()],
] as const

describe.each(restarts)('from %s', (_name, records) => {
  test('what was acknowledged waits, in order; QoS 0 does not [MQTT-4.5.0-1]', () => {
    const world = new AppWorld()
    offline(world)
    const pub = world.connected('pub')
    pub.publish('t/a', '0')
    pub.publish('t/a', '1', { qos: 1, properties: { contentType: 'x', userProperties: { k: 'v' } } })
    pub.publish('t/b', '2', { qos: 2, messageId: 2 })
    const next = world.restarted(records(world))
    expect(next.client().hello('sub', kept)).toEqual([
      'connack 0 present',
      'publish t/a q1 #1: 1 {"contentType":"x","userProperties":{"k":"v"}}',
      'publish t/b q2 #2: 2',
    ])
    // The filter is there too.
    const again = next.connected('pub')
    expect(again.publish('t/c', '3', { qos: 1 })).toEqual(['puback #1'])
  })

  test('what the client acknowledged does not come again', () => {
    const world = new AppWorld()
    offline(world)
    const pub = world.connected('pub')
    for (let i = 1; i < 4; i++) pub.publish('t', String(i), { qos: 1, messageId: i })
    const sub = world.connected('sub', kept)
    sub.send(ack('puback', 1), ack('puback', 3))
    const next = world.restarted(records(world))
    expect(next.client().hello('sub', kept).slice(1)).toEqual(['publish t q1 #2 dup: 2'])
  })

  test('QoS 2 out: PUBLISH with its id and DUP before PUBREC, PUBREL behind it [MQTT-4.4.0-1]', () => {
    const world = new AppWorld()
    offline(world)
    const pub = world.connected('pub')
    for (const [id, text] of ['a', 'b', 'c'].entries()) pub.publish('t', text, { qos: 2, messageId: id + 1 })
    const sub = world.connected('sub', kept)
    sub.take()
    expect(sub.send(ack('pubrec', 2))).toEqual(['pubrel #2'])
    expect(sub.send(ack('pubrec', 3), ack('pubcomp', 3))).toEqual(['pubrel #3'])
    const next = world.restarted(records(world))
    const back = next.client()
    expect(back.hello('sub', kept)).toEqual(['connack 0 present', 'pubrel #2', 'publish t q2 #1 dup: a'])
    expect(back.send(ack('pubcomp', 2), ack('pubrec', 1))).toEqual(['pubrel #1'])
    back.send(ack('pubcomp', 1))
    expect(next.restarted(records(next)).client().hello('sub', kept)).toEqual(['connack 0 present'])
  })

  test('QoS 2 in: the id is known until PUBREL [MQTT-4.3.3-10]', () => {
    const world = new AppWorld()
    offline(world)
    const pub = world.connected('pub', kept)
    expect(pub.publish('t', 'x', { qos: 2, messageId: 5 })).toEqual(['pubrec #5'])
    const next = world.restarted(records(world))
    const back = next.connected('pub', kept)
    expect(back.publish('t', 'x', { qos: 2, messageId: 5, dup: true })).toEqual(['pubrec #5'])
    expect(next.host.published).toEqual([])
    expect(back.send(ack('pubrel', 5))).toEqual(['pubcomp #5'])
    const last = next.restarted(records(next)).connected('pub', kept)
    expect(last.send(ack('pubrel', 5))).toEqual(['pubcomp #5 0x92'])
  })

  test('retained messages', () => {
    const world = new AppWorld()
    const pub = world.connected('pub')
    pub.publish('a', '1', { retain: true, properties: { contentType: 'x' } })
    pub.publish('b', '2', { retain: true, qos: 1 })
    pub.publish('b', '', { retain: true, qos: 1 })
    pub.publish('c', '3', { retain: true, properties: { messageExpiryInterval: 10 } })
    world.clock.advance(4000)
    const next = world.restarted(records(world))
    expect(next.connected('sub').subscribe('#', 1)).toEqual([
      'suback: 1',
      'publish a retain: 1 {"contentType":"x"}',
      'publish c retain: 3 {"messageExpiryInterval":6}',
    ])
    next.clock.advance(7000)
    expect(next.connected('sub2').subscribe('c')).toEqual(['suback: 0'])
  })

  test('a delayed will is published after a restart, if its session lives [MQTT-3.1.3-9]', () => {
    const world = new AppWorld()
    const will = {
      topic: 'w',
      payload: Buffer.from('bye'),
      qos: 1,
      properties: { willDelayInterval: 5, contentType: 'y' },
    } as const
    world.connected('one', { ...kept, will: will as never })
    world.connected('two', { ...kept, will: will as never }).send({ cmd: 'disconnect' })
    const next = world.restarted(records(world))
    const sub = next.connected('sub')
    sub.subscribe('#')
    next.clock.advance(4000)
    expect(sub.take()).toEqual([])
    next.clock.advance(2000)
    expect(sub.take()).toEqual(['publish w: bye {"contentType":"y"}'])
    expect(
      next
        .restarted(records(next))
        .mqtt.snapshot()
        .toArray()
        .filter(({ kind }) => kind === 'will'),
    ).toEqual([])
  })
})

test('a session of 3.x with clean session 0 lasts for ever; clean 1 ends it and its queue', () => {
  const world = new AppWorld()
  const sub = world.connected('sub', { version: 4, clean: false })
  sub.subscribe('t', 1)
  sub.send({ cmd: 'disconnect' })
  const pub = world.connected('pub')
  pub.publish('t', 'x', { qos: 1 })
  world.clock.advance(100 * 86_400_000)
  const back = world.client(4)
  expect(back.hello('sub', { clean: false })).toEqual(['connack 0 present', 'publish t q1 #1: x'])
  back.send({ cmd: 'disconnect' })
  expect(world.client(4).hello('sub', { clean: true })).toEqual(['connack 0'])
  expect(world.client(4).hello('sub', { clean: false })).toEqual(['connack 0'])
})

test('a session ends with its expiry, its queue and its filters with it [MQTT-3.1.2-23]', () => {
  const world = new AppWorld()
  offline(world)
  const pub = world.connected('pub', { keepalive: 0 })
  pub.publish('t', 'x', { qos: 1 })
  world.clock.advance(1_100_000)
  expect(pub.publish('t', 'x', { qos: 1 })).toEqual(['puback #1 0x10'])
  expect(world.client().hello('sub', kept)).toEqual(['connack 0'])
})

test('DISCONNECT changes the expiry [MQTT-3.14.2-2]', () => {
  const world = new AppWorld()
  const sub = world.connected('sub', kept)
  sub.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 0 } })
  expect(world.client().hello('sub', kept)).toEqual(['connack 0'])
  const short = world.connected('short')
  expect(short.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 5 } })).toEqual([
    'disconnect 0x82',
    'end',
  ])
})

test('a message waits no longer than its expiry, and says what is left of it [MQTT-3.3.2-5, 6]', () => {
  const world = new AppWorld()
  offline(world)
  const pub = world.connected('pub')
  pub.publish('t', 'short', { qos: 1, properties: { messageExpiryInterval: 2 } })
  pub.publish('t', 'long', { qos: 1, properties: { messageExpiryInterval: 20 } })
  world.clock.advance(5500)
  expect(world.client().hello('sub', kept).slice(1)).toEqual(['publish t q1 #1: long {"messageExpiryInterval":15}'])
  expect(world.dropped).toEqual(['a:sub expired'])
})

test('take-over: the first link hears 0x8e, and what it did not acknowledge goes to the second', () => {
  const world = new AppWorld()
  const one = world.connected('sub', kept)
  one.subscribe('t', 1)
  world.connected('pub').publish('t', 'x', { qos: 1 })
  expect(one.take()).toEqual(['publish t q1 #1: x'])
  const two = world.client()
  expect(two.hello('sub', kept)).toEqual(['connack 0 present', 'publish t q1 #1 dup: x'])
  expect(one.take()).toEqual(['disconnect 0x8e', 'end'])
})

test('nothing is said before its group is stored, and nothing of a group that failed is left', () => {
  const world = new AppWorld()
  offline(world)
  const sub = world.connected('sub', kept)
  const pub = world.connected('pub', kept)
  world.keep.holding = true
  expect(pub.publish('t', 'x', { qos: 2, retain: true })).toEqual([])
  expect(pub.publish('t', 'x', { qos: 2, retain: true, dup: true })).toEqual([])
  expect(sub.take()).toEqual([])
  world.keep.decide(false)
  world.clock.settle()
  expect(pub.take()).toEqual(['pubrec #1 0x80'])
  expect(pub.publish('t', 'x', { qos: 2, retain: true })).toEqual([])
  world.keep.decide()
  world.clock.settle()
  expect(pub.take()).toEqual(['pubrec #1'])
  // The packet id is stored before the PUBLISH goes out with it.
  expect(sub.take()).toEqual([])
  world.keep.decide()
  world.clock.settle()
  expect(sub.take()).toEqual(['publish t q2 #1: x'])
  expect(pub.send(ack('pubrel', 1))).toEqual([])
  world.keep.decide()
  world.clock.settle()
  expect(pub.take()).toEqual(['pubcomp #1'])
  expect(sub.send(ack('pubrec', 1))).toEqual([])
  world.keep.decide()
  world.clock.settle()
  expect(sub.take()).toEqual(['pubrel #1'])
})

test.each([1, 2] as const)(
  '3.1.1 at QoS %i: what could not be stored is not acknowledged; its link is closed, so it comes again',
  (qos) => {
    const world = new AppWorld()
    offline(world)
    const pub = world.connected('pub', { version: 4, clean: false })
    world.keep.holding = true
    expect(pub.publish('t', 'x', { qos })).toEqual([])
    world.keep.decide(false)
    world.clock.settle()
    expect(pub.take()).toEqual(['end'])
    world.keep.holding = false
    const again = world.connected('pub', { version: 4, clean: false })
    expect(again.publish('t', 'x', { qos, dup: true })).toEqual([qos === 1 ? 'puback #1' : 'pubrec #1'])
    expect(world.client().hello('sub', kept)).toEqual(['connack 0 present', `publish t q${qos} #1: x`])
  },
)

describe('a queue at its limit', () => {
  const profile = { queueLimit: 3000 }

  test('5.0 is told 0x97, and nobody gets the message', () => {
    const world = new AppWorld({ profile })
    offline(world)
    const [pub, other] = [world.connected('pub'), world.connected('other')]
    other.subscribe('t', 1)
    const answers = [1, 2, 3].map((id) => pub.publish('t', 'x'.repeat(1500), { qos: 1, messageId: id }))
    expect(answers).toEqual([['puback #1'], ['puback #2'], ['puback #3 0x97']])
    expect(other.take()).toHaveLength(2)
    expect(pub.publish('elsewhere', 'x', { qos: 1 })).toEqual(['puback #1 0x10'])
    world.connected('sub', kept).send(ack('puback', 1))
    expect(pub.publish('t', 'x', { qos: 2, messageId: 4 })).toEqual(['pubrec #4'])
  })

  test('3.1.1 waits until there is room', () => {
    const world = new AppWorld({ profile })
    offline(world)
    const pub = world.connected('pub', { version: 4 })
    const large = 'x'.repeat(1500)
    const three = [1, 2, 3].map((id) => publish('t', large, { qos: 1, messageId: id }))
    expect(pub.send(...three, { cmd: 'pingreq' })).toEqual(['puback #1', 'puback #2'])
    world.clock.advance(200_000)
    const sub = world.connected('sub', kept)
    expect(sub.send(ack('puback', 1))).toEqual([`publish t q1 #3: ${large}`])
    expect(pub.take()).toEqual(['puback #3', 'pingresp'])
  })

  test('of all together', () => {
    const world = new AppWorld({ queuedTotal: 3000 })
    offline(world, 'one')
    offline(world, 'two')
    const pub = world.connected('pub')
    const answers = [1, 2].map((id) => pub.publish('t', 'x'.repeat(1500), { qos: 1, messageId: id }))
    expect(answers).toEqual([['puback #1'], ['puback #2 0x97']])
  })
})
