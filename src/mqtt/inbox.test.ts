import { describe, expect, test } from 'vitest'
import { pubackOf, publishOf, subscribeOf, TestWorld } from './probe.fixture.ts'

const owner = 'pk/dn'
const MINUTE = 60_000
const sleeper = { clean: false } as const

/** A world whose device `dn` has a persistent session and is off line. */
function sleeping(options: ConstructorParameters<typeof TestWorld>[0] = {}): TestWorld {
  const world = new TestWorld(options)
  world.connected(sleeper).wire.destroy()
  world.clock.settle()
  return world
}

const kinds = (world: TestWorld) => world.keep.records.map((record) => record.kind)

describe('a persistent owner', () => {
  test('off line: messages wait and go out in order at the next connect, behind the CONNACK', () => {
    const world = sleeping()
    for (const text of ['1', '2', '3']) world.queue(owner, '/t', text)
    expect(world.mqtt.inboxes.size(owner)).toBe(3)
    const probe = world.probe()
    expect(probe.connect(sleeper)).toEqual([
      'connack 0 present',
      'publish /t #1: 1',
      'publish /t #2: 2',
      'publish /t #3: 3',
    ])
    expect(probe.send(pubackOf(1), pubackOf(2), pubackOf(3))).toEqual([])
    expect(kinds(world)).toEqual([
      'session',
      'owner',
      'queued',
      'queued',
      'queued',
      'delivered',
      'delivered',
      'delivered',
    ])
  })

  test('a message goes out only once its group is stored; one of a failed group never', () => {
    const world = new TestWorld()
    const probe = world.connected(sleeper)
    const one = world.mqtt.inboxes.queue(owner, '/t', Buffer.from('one'), 1, true)
    const two = world.mqtt.inboxes.queue(owner, '/t', Buffer.from('two'), 1, true)
    world.clock.settle()
    expect(probe.take()).toEqual([])
    world.mqtt.inboxes.discard(owner, one)
    world.mqtt.inboxes.deliver(owner, two)
    world.mqtt.inboxes.deliver(owner, one)
    world.clock.settle()
    expect(probe.take()).toEqual(['publish /t #1: two'])
  })

  test('what was not acknowledged comes again with DUP and the same id, before what is newer', () => {
    const world = new TestWorld()
    const probe = world.connected(sleeper)
    for (const text of ['1', '2', '3']) world.queue(owner, '/t', text)
    probe.send(pubackOf(2))
    probe.wire.destroy()
    world.clock.settle()
    world.queue(owner, '/t', '4')
    const again = world.probe()
    expect(again.connect(sleeper)).toEqual([
      'connack 0 present',
      'publish /t #1 dup: 1',
      'publish /t #3 dup: 3',
      'publish /t #4: 4',
    ])
  })

  test('the window: no more under way than the client acknowledges', () => {
    const world = new TestWorld({ profile: { sendWindow: 2 } })
    const probe = world.connected(sleeper)
    for (const text of ['1', '2', '3', '4']) world.queue(owner, '/t', text)
    expect(probe.take()).toEqual(['publish /t #1: 1', 'publish /t #2: 2'])
    expect(probe.send(pubackOf(2))).toEqual(['publish /t #3: 3'])
    expect(probe.send(pubackOf(9))).toEqual([])
    expect(probe.send(pubackOf(1), pubackOf(3))).toEqual(['publish /t #4: 4'])
  })

  test('5.0: the client may ask for a smaller window, and packets of a size', () => {
    const world = new TestWorld()
    const properties = { receiveMaximum: 1, maximumPacketSize: 40, sessionExpiryInterval: 60 }
    const probe = world.connected({ protocolVersion: 5, properties })
    world.queue(owner, '/t', 'x'.repeat(100))
    world.queue(owner, '/t', '1')
    world.queue(owner, '/t', '2')
    expect(probe.take()).toEqual(['publish /t #2: 1'])
    expect(kinds(world).at(-1)).toBe('queued')
    expect(world.keep.records.filter(({ kind }) => kind === 'delivered')).toHaveLength(1)
  })

  test('what the link may not receive now waits for a SUBSCRIBE; what may go overtakes it', () => {
    const world = new TestWorld()
    world.host.grant = (link, _owner, topic) => link.filters.match(topic)
    const probe = world.connected(sleeper)
    probe.send(subscribeOf(1, '/a'))
    for (const topic of ['/b', '/a', '/b']) world.queue(owner, topic, topic)
    expect(probe.take()).toEqual(['publish /a #1: /a'])
    expect(probe.send(subscribeOf(2, '/b'))).toEqual(['suback 2: 1', 'publish /b #2: /b', 'publish /b #3: /b'])
  })

  test('a message that comes between a SUBSCRIBE and its SUBACK does not overtake those that waited for it', () => {
    const world = new TestWorld()
    let subscribed = false
    world.host.grant = () => (subscribed ? 1 : -1)
    const probe = world.connected(sleeper)
    for (const text of ['1', '2']) world.queue(owner, '/a', text)
    subscribed = true
    world.queue(owner, '/a', '3')
    world.clock.settle()
    expect(probe.take()).toEqual(['publish /a #1: 1', 'publish /a #2: 2', 'publish /a #3: 3'])
  })

  test('kept anew, where dropping the old could not be stored: nothing old lives on', () => {
    const world = sleeping()
    world.queue(owner, '/a', 'old')
    world.mqtt.inboxes.setPersistent(owner, false)
    world.mqtt.inboxes.setPersistent(owner, true)
    world.queue(owner, '/a', 'new')
    world.mqtt.inboxes.queue(owner, '/a', Buffer.from('open'), 1, true)
    const records = [...world.mqtt.current({ kind: 'owner-gone', owner })]
    expect(records.map((record) => (record.kind === 'queued' ? record.payload.toString() : record.kind))).toEqual([
      'owner-gone',
      'owner',
      'new',
      'open',
    ])
    expect([...world.mqtt.current({ kind: 'owner', owner })].map(({ kind }) => kind)).toEqual(['owner'])
  })

  test('what was refused and what was not acknowledged: in the order in which it was queued', () => {
    const world = new TestWorld()
    world.host.grant = (link, _owner, topic) => link.filters.match(topic)
    const probe = world.connected(sleeper)
    probe.send(subscribeOf(1, '/a'))
    for (const topic of ['/b', '/a', '/b', '/a']) world.queue(owner, topic, topic)
    expect(probe.take()).toEqual(['publish /a #1: /a', 'publish /a #2: /a'])
    probe.wire.destroy()
    world.clock.settle()
    world.host.grant = null
    expect(world.probe().connect(sleeper).slice(1)).toEqual([
      'publish /b #3: /b',
      'publish /a #1 dup: /a',
      'publish /b #4: /b',
      'publish /a #2 dup: /a',
    ])
  })

  test('granted QoS 0: sent without id, and counted as delivered', () => {
    const world = new TestWorld()
    world.host.grant = () => 0
    const probe = world.connected(sleeper)
    world.queue(owner, '/t', 'x')
    expect(probe.take()).toEqual(['publish /t: x'])
    expect(kinds(world).at(-1)).toBe('delivered')
  })

  test('at the limit the oldest goes first, and it is told', () => {
    const world = sleeping({ offlineMessages: 3 })
    for (const text of ['1', '2', '3', '4', '5']) world.queue(owner, '/t', text)
    expect(world.dropped).toEqual([`${owner} full`, `${owner} full`])
    expect(world.mqtt.stats.droppedFull).toBe(2)
    expect(world.probe().connect(sleeper).slice(1)).toEqual([
      'publish /t #1: 3',
      'publish /t #2: 4',
      'publish /t #3: 5',
    ])
  })

  test.each([
    ['found by the sweep', 62 * MINUTE],
    ['found when it would be sent', 60 * MINUTE],
  ])('too old: %s', (_name, wait) => {
    const world = sleeping()
    world.clock.advance(30_000)
    world.queue(owner, '/t', 'old')
    world.clock.advance(wait)
    expect(world.probe().connect(sleeper)).toEqual(['connack 0 present'])
    expect(world.dropped).toEqual([`${owner} expired`])
    expect(kinds(world).at(-1)).toBe('delivered')
  })

  test('a clean start drops the queue', () => {
    const world = sleeping()
    world.queue(owner, '/t', 'x')
    expect(world.probe().connect({ clean: true })).toEqual(['connack 0'])
    expect(world.mqtt.inboxes.persistent(owner)).toBe(false)
    expect(kinds(world).slice(-2)).toEqual(['session-gone', 'owner-gone'])
    expect(world.dropped).toEqual([`${owner} gone`])
  })
})

describe('an owner without persistence', () => {
  test('on line: QoS 1 in memory, lost with the link', () => {
    const world = new TestWorld()
    const probe = world.connected()
    const link = world.host.connects[0]?.link
    if (link) world.mqtt.inboxes.send(owner, link, '/t', 'x', true)
    world.clock.settle()
    expect(probe.take()).toEqual(['publish /t #1: x'])
    probe.wire.destroy()
    world.clock.settle()
    expect(world.dropped).toEqual([`${owner} gone`])
    expect(world.probe().connect()).toEqual(['connack 0'])
    expect(world.keep.records).toEqual([])
  })

  test('the window and the limit hold for it too', () => {
    const world = new TestWorld({ profile: { sendWindow: 1 }, offlineMessages: 2 })
    const probe = world.connected()
    const link = world.host.connects[0]?.link
    for (const text of ['1', '2', '3', '4']) if (link) world.mqtt.inboxes.send(owner, link, '/t', text, true)
    world.clock.settle()
    expect(probe.take()).toEqual(['publish /t #1: 1'])
    expect(probe.send(pubackOf(1))).toEqual(['publish /t #2: 3'])
    expect(world.dropped).toEqual([`${owner} full`])
  })

  test('not subscribed: dropped', () => {
    const world = new TestWorld()
    const probe = world.connected()
    const link = world.host.connects[0]?.link
    if (link) world.mqtt.inboxes.send(owner, link, '/t', 'x', false)
    world.clock.settle()
    expect(probe.take()).toEqual([])
    expect(world.dropped).toEqual([`${owner} not-subscribed`])
  })
})

describe('owners behind gateways', () => {
  const sub = 'pk/sub'

  /** Two gateways, and a sub-device with a persistent session on line through the first. */
  function gateways() {
    const world = new TestWorld()
    const one = world.connected({ clientId: 'gw1' })
    const two = world.connected({ clientId: 'gw2' })
    const [first, second] = world.host.connects.map(({ link }) => link)
    if (!first || !second) throw new Error('not connected')
    world.mqtt.inboxes.setPersistent(sub, true)
    world.mqtt.inboxes.attach(sub, first)
    return { world, one, two, first, second }
  }

  test('the queue follows its owner; an acknowledgement of the old gateway is too late', () => {
    const { world, one, two, second } = gateways()
    world.queue(sub, '/t', '1')
    world.queue(sub, '/t', '2')
    expect(one.take()).toEqual(['publish /t #1: 1', 'publish /t #2: 2'])
    one.send(pubackOf(1))
    world.mqtt.inboxes.attach(sub, second)
    world.clock.settle()
    expect(two.take()).toEqual(['publish /t #1 dup: 2'])
    one.send(pubackOf(2))
    world.queue(sub, '/t', '3')
    expect(one.take()).toEqual([])
    expect(two.take()).toEqual(['publish /t #2: 3'])
  })

  test('detached: messages wait; attached again: those without PUBACK come again under their id', () => {
    const { world, one, first, second } = gateways()
    world.queue(sub, '/t', '1')
    world.mqtt.inboxes.detach(sub, second)
    world.mqtt.inboxes.detach(sub, first)
    world.queue(sub, '/t', '2')
    expect(one.take()).toEqual(['publish /t #1: 1'])
    world.mqtt.inboxes.attach(sub, first)
    world.clock.settle()
    expect(one.take()).toEqual(['publish /t #1 dup: 1', 'publish /t #2: 2'])
    one.send(pubackOf(1), pubackOf(2))
    expect(world.keep.records.filter(({ kind }) => kind === 'delivered')).toHaveLength(2)
  })

  test('a window that is full is shared in turn', () => {
    const world = new TestWorld({ profile: { sendWindow: 1 } })
    const probe = world.connected({ clientId: 'gw1' })
    const link = world.host.connects[0]?.link
    for (const name of ['pk/a', 'pk/b']) {
      world.mqtt.inboxes.setPersistent(name, true)
      if (link) world.mqtt.inboxes.attach(name, link)
    }
    for (const text of ['a1', 'a2', 'a3']) world.queue('pk/a', '/t', text)
    for (const text of ['b1', 'b2']) world.queue('pk/b', '/t', text)
    const order = probe.take()
    for (let id = 1; id < 5; id++) order.push(...probe.send(pubackOf(id)))
    expect(order.map((text) => text.slice(-2))).toEqual(['a1', 'a2', 'b1', 'a3', 'b2'])
  })

  test('the link closes while many wait: everything is back in its queue, in order', () => {
    const { world, one, two, first, second } = gateways()
    for (let i = 1; i <= 30; i++) world.queue(sub, '/t', `${i}`)
    expect(one.take()).toHaveLength(10)
    one.send(pubackOf(3))
    first.close('kicked')
    expect(world.mqtt.inboxes.size(sub)).toBe(29)
    world.mqtt.inboxes.attach(sub, second)
    world.clock.settle()
    const order = two.take()
    for (let id = 1; id <= 29; id++) order.push(...two.send(pubackOf(id)))
    expect(order.map((text) => Number(text.split(': ')[1]))).toEqual(
      Array.from({ length: 30 }, (_, i) => i + 1).filter((i) => i !== 3),
    )
  })

  test('persistence off: what is under way is left to the client, the rest is dropped', () => {
    const { world, one } = gateways()
    for (let i = 1; i <= 12; i++) world.queue(sub, '/t', `${i}`)
    world.mqtt.inboxes.setPersistent(sub, false)
    expect(world.dropped).toHaveLength(2)
    one.take()
    const before = world.keep.records.length
    expect(one.send(pubackOf(1), pubackOf(2))).toEqual([])
    expect(world.keep.records).toHaveLength(before)
  })

  test('attached to a link that has closed: detached from the one before', () => {
    const { world, one, first, second } = gateways()
    second.close('kicked')
    world.mqtt.inboxes.attach(sub, second)
    world.queue(sub, '/t', 'x')
    expect(one.take()).toEqual([])
    world.mqtt.inboxes.attach(sub, first)
    world.clock.settle()
    expect(one.take()).toEqual(['publish /t #1: x'])
  })
})

describe('a slow reader', () => {
  test('QoS 0 is dropped and counted beyond the limit, QoS 1 waits, memory stays bounded', () => {
    const world = new TestWorld({ profile: { outputLimit: 100_000, sendWindow: 1000 }, offlineMessages: 1000 })
    const probe = world.probe(4, 1000)
    probe.connect(sleeper)
    probe.wire.pause()
    const link = world.host.connects[0]?.link
    const text = 'x'.repeat(10_000)
    for (let i = 0; i < 100; i++) {
      link?.send('/zero', text)
      world.clock.settle()
    }
    for (let i = 0; i < 20; i++) world.queue(owner, '/one', `${i}`)
    const dropped = world.mqtt.stats.droppedQos0
    expect(dropped).toBeGreaterThan(70)
    expect(world.mqtt.inboxes.size(owner)).toBe(20)
    probe.wire.resume()
    world.clock.settle()
    const got = probe.take()
    expect(got.filter((packet) => packet.startsWith('publish /zero'))).toHaveLength(100 - dropped)
    expect(got.filter((packet) => packet.startsWith('publish /one'))).toHaveLength(20)
    probe.send(publishOf('/up', 'still there', 1, 1))
    expect(world.host.published).toHaveLength(1)
  })

  test('that goes on asking: its packets wait until it has read the answers; keep-alive goes on', () => {
    const world = new TestWorld({ profile: { outputLimit: 10_000 } })
    const probe = world.probe(4, 1000)
    probe.connect({ keepalive: 30 })
    probe.wire.pause()
    world.host.onPublish = (link) => link.send('/answer', 'x'.repeat(3000))
    for (let i = 1; i <= 100; i++) probe.send(publishOf('/up', 'x', 1, i))
    expect(world.host.published.length).toBeLessThan(10)
    probe.wire.resume()
    world.clock.settle()
    expect(world.host.published).toHaveLength(100)
    expect(probe.take().filter((packet) => packet.startsWith('puback'))).toHaveLength(100)
    probe.wire.pause()
    for (let i = 1; i <= 100; i++) probe.send(publishOf('/up', 'x', 1, i))
    world.clock.advance(48_000)
    expect(world.host.ended.map(({ by }) => by)).toEqual(['keep-alive'])
  })

  test('a message larger than the limit holds nothing up', () => {
    const world = new TestWorld({ profile: { outputLimit: 10_000 } })
    const probe = world.connected(sleeper)
    world.host.connects[0]?.link.send('/zero', 'x'.repeat(100_000))
    world.queue(owner, '/one', '1')
    expect(probe.take()).toHaveLength(2)
  })
})
