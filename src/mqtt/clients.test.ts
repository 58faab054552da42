import { describe, expect, test } from 'vitest'
import { publishOf, subscribeOf, TestWorld } from './probe.fixture.ts'

const filtersOf = (world: TestWorld, at = -1) =>
  [...(world.host.connects.at(at)?.link.filters ?? [])].map(({ filter }) => filter).sort()

describe('session present', () => {
  const clean = { clean: true }
  const kept = { clean: false }
  const five = (clean: boolean, sessionExpiryInterval: number) => ({
    protocolVersion: 5 as const,
    clean,
    properties: { sessionExpiryInterval },
  })
  test.each([
    ['clean twice', clean, clean, false],
    ['persistent twice', kept, kept, true],
    ['persistent, then clean', kept, clean, false],
    ['clean, then persistent', clean, kept, false],
    ['5.0: expiry, then no clean start', five(true, 100), five(false, 0), true],
    ['5.0: expiry, then clean start', five(true, 100), five(true, 100), false],
    ['5.0: no expiry', five(false, 0), five(false, 0), false],
    ['3.1.1, then 5.0', kept, five(false, 0), true],
  ])('%s', (_name, first, second, present) => {
    const world = new TestWorld()
    const one = world.connected(first as object)
    one.send(subscribeOf(1, '/a'))
    one.wire.destroy()
    world.clock.settle()
    const version = 'protocolVersion' in second ? 5 : 4
    expect(world.probe(version).connect(second as object)).toEqual([`connack 0${present ? ' present' : ''}`])
    expect(filtersOf(world)).toEqual(present ? ['/a'] : [])
  })

  test('5.0: a session ends when its time is up, and its queue with it', () => {
    const world = new TestWorld()
    world.connected(five(true, 100)).wire.destroy()
    world.clock.settle()
    world.queue('pk/dn', '/t', 'x')
    world.clock.advance(200_000)
    expect(world.mqtt.inboxes.persistent('pk/dn')).toBe(false)
    expect(world.keep.records.map(({ kind }) => kind).slice(-2)).toEqual(['session-gone', 'owner-gone'])
    expect(world.probe(5).connect(five(false, 100))).toEqual(['connack 0'])
  })

  test('5.0: resumed without expiry, the session and its queue end with that link', () => {
    const world = new TestWorld()
    world.connected(five(true, 100)).wire.destroy()
    world.clock.settle()
    world.queue('pk/dn', '/t', 'x')
    const probe = world.probe(5)
    expect(probe.connect(five(false, 0))).toEqual(['connack 0 present', 'publish /t #1: x'])
    probe.wire.destroy()
    world.clock.settle()
    expect(world.mqtt.inboxes.persistent('pk/dn')).toBe(false)
  })

  test('5.0: DISCONNECT may end the session, but not lengthen one of 0', () => {
    const world = new TestWorld()
    const disconnect = (sessionExpiryInterval: number) =>
      ({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval } }) as never
    world.connected(five(true, 100)).send(disconnect(0))
    expect(world.probe(5).connect(five(false, 0))).toEqual(['connack 0'])
    expect(world.connected(five(true, 0)).send(disconnect(9))).toEqual(['disconnect 130', 'end'])
  })
})

describe('one link a key', () => {
  test('a second link of the key closes the first, whatever its client id', () => {
    const world = new TestWorld()
    const one = world.connected({ clean: false })
    one.send(subscribeOf(1, '/a'))
    const two = world.probe()
    expect(two.connect({ clean: false })).toEqual(['connack 0 present'])
    world.clock.settle()
    expect(one.over).toBe(true)
    expect(world.host.ended.map(({ by }) => by)).toEqual(['taken-over'])
    expect(world.mqtt.link('d:pk/dn')).toBe(world.host.connects[1]?.link)
    expect(filtersOf(world)).toEqual(['/a'])
    expect(two.send(publishOf('/up', 'x', 1, 1))).toEqual(['puback 1'])
  })

  test('the end of the first does not end the session of the second', () => {
    const world = new TestWorld()
    const one = world.connected({ clean: false })
    const two = world.connected({ clean: false })
    one.wire.destroy()
    world.clock.settle()
    expect(world.mqtt.link('d:pk/dn')?.open).toBe(true)
    expect(two.over).toBe(false)
  })
})

describe('after a restart', () => {
  function lived(): TestWorld {
    const world = new TestWorld()
    const probe = world.connected({ clean: false })
    probe.send(subscribeOf(1, '/a', '/b', '/c'), {
      cmd: 'unsubscribe',
      messageId: 2,
      unsubscriptions: ['/b', '/muted'],
    })
    world.queue('pk/dn', '/t', '1')
    world.queue('pk/dn', '/t', '2')
    world.queue('pk/dn', '/t', '3')
    probe.send({ cmd: 'puback', messageId: 2 })
    world.connected({ clientId: 'gone', clean: false }).wire.destroy()
    world.clock.settle()
    world.connected({ clientId: 'gone', clean: true })
    world.connected({ clientId: 'never', clean: true }).send(subscribeOf(1, '/x'))
    return world
  }

  test.each(['records', 'snapshot', 'snapshot and a tail of records'] as const)('from %s', (source) => {
    const world = lived()
    const snapshot = [...world.mqtt.snapshot()]
    const tail = [...snapshot, ...world.keep.records.slice(4)]
    const records = source === 'records' ? world.keep.records : source === 'snapshot' ? snapshot : tail
    const next = world.restarted(records)
    const probe = next.probe()
    expect(probe.connect({ clean: false })).toEqual(['connack 0 present', 'publish /t #1: 1', 'publish /t #2: 3'])
    expect(filtersOf(next)).toEqual(['/a', '/c'])
    const link = next.host.connects[0]?.link
    expect(link?.filters.isMuted('/muted')).toBe(true)
    expect(next.probe().connect({ clientId: 'gone', clean: false })).toEqual(['connack 0'])
    expect(next.probe().connect({ clientId: 'never', clean: false })).toEqual(['connack 0'])
  })

  test('ids of messages go on, so a record of an old one cannot meet a new one', () => {
    const world = lived()
    const next = world.restarted()
    const id = next.mqtt.inboxes.queue('pk/dn', '/t', Buffer.from('4'), 1, true)
    const ids = world.keep.records.map((record) => ('id' in record ? record.id : 0))
    expect(id).toBeGreaterThan(Math.max(...ids))
    expect(Number.isSafeInteger(id)).toBe(true)
  })

  test('5.0: a session whose link the end of the process cut counts from the start', () => {
    const world = new TestWorld()
    world.connected({ protocolVersion: 5, properties: { sessionExpiryInterval: 100 } })
    world.clock.advance(50_000)
    const next = world.restarted()
    next.clock.advance(90_000)
    expect(next.probe(5).connect({ clean: false, properties: { sessionExpiryInterval: 100 } })).toEqual([
      'connack 0 present',
    ])
    const late = world.restarted()
    late.clock.advance(180_000)
    expect(late.probe(5).connect({ clean: false })).toEqual(['connack 0'])
  })
})

/** Reason of a message that nobody subscribed. */
const NOBODY = 0x10

describe('broadcast', () => {
  test('goes to every link whose filters match, at QoS 0, also to a resumed session', () => {
    const world = new TestWorld()
    const said = (topic: string, text: string) => {
      world.mqtt.route({ topic, payload: Buffer.from(text), qos: 0, retain: false, properties: null, from: null })
      return world.mqtt.routed
    }
    const one = world.connected({ clientId: 'one', clean: false })
    const two = world.connected({ clientId: 'two', protocolVersion: 5 })
    one.send(subscribeOf(1, '/broadcast/pk/+', '/other'))
    two.send(subscribeOf(1, '/broadcast/#'))
    expect(said('/broadcast/pk/x', 'hi')).toBe(0)
    expect(said('/other', 'hi')).toBe(NOBODY)
    world.clock.settle()
    expect(one.take()).toEqual(['publish /broadcast/pk/x: hi'])
    expect(two.take()).toEqual(['publish /broadcast/pk/x: hi'])
    one.wire.destroy()
    two.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['/broadcast/#'] })
    expect(said('/broadcast/pk/x', 'nobody')).toBe(NOBODY)
    const again = world.connected({ clientId: 'one', clean: false })
    again.take()
    expect(said('/broadcast/pk/x', 'back')).toBe(0)
    world.clock.settle()
    expect(again.take()).toEqual(['publish /broadcast/pk/x: back'])
  })
})
