import { describe, expect, test } from 'vitest'
import { connectOf, publishOf, subscribeOf, TestWorld } from './probe.fixture.ts'

const ping = Buffer.from([0xc0, 0])

describe('CONNECT', () => {
  test('is answered, and what is pipelined behind it is handled in order', () => {
    const world = new TestWorld()
    const probe = world.probe()
    const answers = probe.send(connectOf(), subscribeOf(1, '/a'), publishOf('/up', 'x', 1, 2), ping)
    expect(answers).toEqual(['connack 0', 'suback 1: 1', 'puback 2', 'pingresp'])
  })

  test('waits for the host; what is pipelined behind it waits too', () => {
    const world = new TestWorld()
    world.host.silent = true
    const probe = world.probe()
    expect(probe.send(connectOf(), publishOf('/up', 'one', 1, 1))).toEqual([])
    expect(probe.send(publishOf('/up', 'two', 1, 2), ping)).toEqual([])
    expect(world.host.published).toEqual([])
    const link = world.host.connects[0]?.link
    expect(link?.open).toBe(false)
    if (link) world.host.let(link)
    expect(link?.open).toBe(true)
    world.clock.settle()
    expect(probe.take()).toEqual(['connack 0', 'puback 1', 'puback 2', 'pingresp'])
  })

  test('held for long: no more than 64 KiB and one read are taken in, and nothing is lost', () => {
    const world = new TestWorld()
    world.host.silent = true
    const probe = world.probe(4, 1024)
    const payload = 'p'.repeat(1000)
    probe.send(connectOf())
    for (let i = 1; i <= 300; i++) probe.send(publishOf('/up', payload, 1, i))
    const link = world.host.connects[0]?.link
    if (link) world.host.let(link)
    world.clock.settle()
    expect(probe.take()).toHaveLength(301)
    expect(world.host.published.map(({ packetId }) => packetId)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1))
  })

  test.each([
    [4, 'sign', 'connack 4'],
    [5, 'sign', 'connack 134'],
    [3, 'disabled', 'connack 5'],
    [4, 'keep-alive', 'connack 2'],
  ] as const)('version %d refused for %s: %s', (version, cause, answer) => {
    const world = new TestWorld()
    world.host.refusal = cause
    const probe = world.probe(version)
    expect(probe.send(connectOf({ protocolVersion: version }), ping)).toEqual([answer, 'end'])
    expect(world.host.ended.map(({ by }) => by)).toEqual(['refused'])
    expect(world.mqtt.stats.refused).toBe(1)
  })

  test('an unknown protocol level is answered', () => {
    const world = new TestWorld()
    const probe = world.probe()
    const bytes = Buffer.from(probe.bytes(connectOf()))
    bytes[8] = 2
    expect(probe.send(bytes)).toEqual(['connack 1', 'end'])
    expect(world.host.connects).toEqual([])
    expect(world.host.ended).toEqual([])
  })

  test('an authentication method is not offered', () => {
    const world = new TestWorld()
    const probe = world.probe(5)
    const properties = { authenticationMethod: 'SCRAM' }
    expect(probe.connect({ properties })).toEqual(['connack 140', 'end'])
    expect(world.host.connects).toEqual([])
  })

  test('does not come: the connection is dropped after 10 s', () => {
    const world = new TestWorld()
    const probe = world.probe()
    world.clock.advance(9_900)
    expect(probe.over).toBe(false)
    world.clock.advance(2_200)
    expect(probe.over).toBe(true)
    expect(world.mqtt.stats.connectTimeouts).toBe(1)
    expect(world.host.ended).toEqual([])
  })

  test('5.0: the CONNACK announces what the listener offers', () => {
    const world = new TestWorld()
    const probe = world.probe(5)
    probe.write(connectOf({ protocolVersion: 5, keepalive: 1200, properties: { sessionExpiryInterval: 70 } }))
    world.clock.settle()
    const connack = probe.packets[0]
    expect(connack?.cmd === 'connack' && connack.properties).toMatchObject({
      maximumQoS: 1,
      receiveMaximum: 100,
      topicAliasMaximum: 20,
      serverKeepAlive: 1200,
      sessionExpiryInterval: 70,
      subscriptionIdentifiersAvailable: false,
    })
  })
})

describe('what breaks the protocol closes the connection', () => {
  const raw = (...bytes: number[]) => Buffer.from(bytes)
  test.each([
    ['a second CONNECT', connectOf(), 'protocol-error', 0x82],
    ['a packet of no type', raw(0x00, 0), 'protocol-error', 0x82],
    ['five bytes of length', raw(0x30, 0xff, 0xff, 0xff, 0xff, 0x01), 'malformed-packet', 0x81],
    ['QoS 3', raw(0x36, 5, 0, 1, 97, 0, 1), 'malformed-packet', 0x81],
    ['a topic with a wildcard', raw(0x30, 5, 0, 2, 47, 43, 0), 'protocol-error', 0x82],
    ['QoS 2', publishOf('/up', 'x', 2, 1), 'qos-not-supported', 0x9b],
    ['PUBREL', raw(0x62, 2, 0, 1), 'protocol-error', 0x82],
    ['a packet larger than the limit', raw(0x30, 0x81, 0x88, 0x10), 'packet-too-large', 0x95],
    ['flags of a PINGREQ', raw(0xc1, 0), 'malformed-packet', 0x81],
  ] as const)('%s', (_name, packet, reason, code) => {
    for (const version of [4, 5] as const) {
      const world = new TestWorld()
      const probe = world.connected({ protocolVersion: version })
      const answers = probe.send(ping, packet, ping)
      expect(answers).toEqual(version === 5 ? ['pingresp', `disconnect ${code}`, 'end'] : ['pingresp', 'end'])
      expect(world.host.violations.map((violation) => violation.reason)).toEqual([reason])
      expect(world.host.ended.map(({ by }) => by)).toEqual([reason])
      expect([...world.mqtt.links()]).toEqual([])
    }
  })

  test('a packet before CONNECT', () => {
    const world = new TestWorld()
    const probe = world.probe()
    expect(probe.send(ping)).toEqual(['end'])
    expect(world.host.violations.map(({ reason }) => reason)).toEqual(['protocol-error'])
    expect(world.host.ended).toEqual([])
  })

  test('5.0: a topic alias that was never set, or is too high, or more than Receive Maximum', () => {
    const alias = (topicAlias: number) => ({ ...publishOf('', 'x'), properties: { topicAlias } }) as never
    for (const [packet, answer] of [
      [alias(3), 'disconnect 130'],
      [{ ...(publishOf('/t', 'x') as object), properties: { topicAlias: 21 } } as never, 'disconnect 148'],
    ] as const) {
      const world = new TestWorld()
      expect(world.connected({ protocolVersion: 5 }).send(packet)).toEqual([answer, 'end'])
    }
    const world = new TestWorld({ profile: { receiveMaximum: 2 } })
    world.host.owing = true
    const probe = world.connected({ protocolVersion: 5 })
    expect(probe.send(publishOf('/t', 'x', 1, 1), publishOf('/t', 'x', 1, 2))).toEqual([])
    expect(probe.send(publishOf('/t', 'x', 1, 3))).toEqual(['disconnect 147', 'end'])
  })
})

describe('PUBLISH', () => {
  test('5.0: topic aliases', () => {
    const world = new TestWorld()
    const probe = world.connected({ protocolVersion: 5 })
    const set = { ...(publishOf('/t', 'one') as object), properties: { topicAlias: 1 } } as never
    const use = { ...(publishOf('', 'two') as object), properties: { topicAlias: 1 } } as never
    probe.send(set, use)
    expect(world.host.published.map(({ topic, payload }) => topic + payload)).toEqual(['/tone', '/ttwo'])
  })

  test('the same topic is the same string object', () => {
    const world = new TestWorld()
    const probe = world.connected()
    probe.send(publishOf('/a', '1'), publishOf('/a', '2'), publishOf('/bb', '3'), publishOf('/a', '4'))
    expect(world.host.published.map(({ topic }) => topic)).toEqual(['/a', '/a', '/bb', '/a'])
  })

  test('repeated while its PUBACK waits: handed on once, with or without DUP', () => {
    const world = new TestWorld()
    world.host.owing = true
    const probe = world.connected()
    probe.send(publishOf('/t', 'x', 1, 5), publishOf('/t', 'x', 1, 5, true), publishOf('/t', 'x', 1, 5))
    expect(world.host.published).toHaveLength(1)
    expect(world.mqtt.stats.duplicatesIn).toBe(2)
    world.host.published[0]?.link.ack(5, 0)
    world.clock.settle()
    expect(probe.take()).toEqual(['puback 5'])
    probe.send(publishOf('/t', 'y', 1, 5))
    expect(world.host.published).toHaveLength(2)
  })

  test('5.0: the PUBACK carries the reason; 3.1.1: it does not', () => {
    for (const [version, answer] of [
      [5, 'puback 1 reason 135'],
      [4, 'puback 1'],
    ] as const) {
      const world = new TestWorld()
      world.host.owing = true
      world.host.onPublish = (link, view) => link.ack(view.packetId, 0x87)
      const probe = world.connected({ protocolVersion: version })
      expect(probe.send(publishOf('/t', 'x', 1, 1))).toEqual([answer])
    }
  })

  test('what a host keeps of the view is found out', () => {
    const world = new TestWorld()
    let kept: Buffer | null = null
    world.host.onPublish = (_link, view) => {
      kept = view.payload
    }
    world.connected().send(publishOf('/t', 'secret'))
    expect(String(kept)).not.toBe('secret')
  })
})

describe('SUBSCRIBE and UNSUBSCRIBE', () => {
  test('one code a filter; what is no filter is refused', () => {
    const world = new TestWorld()
    const probe = world.connected()
    expect(probe.send(subscribeOf(1, '/a', '/no/b', '/c#', '/d/+'))).toEqual(['suback 1: 1,128,128,1'])
    const link = world.host.connects[0]?.link
    expect([...(link?.filters ?? [])].map(({ filter, qos }) => [filter, qos])).toEqual([
      ['/a', 1],
      ['/d/+', 1],
    ])
    expect(probe.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['/a', '/e'] })).toEqual(['unsuback 2'])
    expect(link?.filters.has('/a')).toBe(false)
    expect(link?.filters.isMuted('/e')).toBe(true)
    probe.send(subscribeOf(3, '/e'))
    expect(link?.filters.isMuted('/e')).toBe(false)
  })

  test('5.0: UNSUBACK says which were not subscribed', () => {
    const world = new TestWorld()
    const probe = world.connected({ protocolVersion: 5 })
    probe.send(subscribeOf(1, '/a'))
    probe.write({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['/a', '/e'] })
    world.clock.settle()
    expect(probe.packets[0]).toMatchObject({ cmd: 'unsuback', granted: [0, 17] })
  })
})

describe('hold', () => {
  test('packets behind the current one wait until it was released as often', () => {
    const world = new TestWorld()
    const probe = world.connected()
    world.host.onPublish = (link, view) => {
      if (view.topic !== '/hold') return
      link.hold()
      link.hold()
    }
    expect(probe.send(publishOf('/hold', '', 1, 1), publishOf('/up', 'two', 1, 2))).toEqual(['puback 1'])
    expect(probe.send(publishOf('/up', 'three', 1, 3))).toEqual([])
    const link = world.host.connects[0]?.link
    link?.release()
    world.clock.settle()
    expect(probe.take()).toEqual([])
    link?.release()
    expect(world.host.published).toHaveLength(1)
    world.clock.settle()
    expect(probe.take()).toEqual(['puback 2', 'puback 3'])
  })

  test('released within the same step: nothing waits', () => {
    const world = new TestWorld()
    const probe = world.connected()
    world.host.onPublish = (link) => {
      link.hold()
      link.release()
    }
    expect(probe.send(publishOf('/up', '', 1, 1), publishOf('/up', '', 1, 2))).toEqual(['puback 1', 'puback 2'])
  })

  test.each([
    ['with DISCONNECT', 'disconnect'],
    ['without', 'network'],
  ] as const)('the client leaves meanwhile, %s: what it sent before counts', (how, by) => {
    const world = new TestWorld()
    const probe = world.connected()
    world.host.onPublish = (link, view) => {
      if (view.topic === '/hold') link.hold()
    }
    probe.write(publishOf('/hold', ''), publishOf('/up', 'x'))
    if (how === 'with DISCONNECT') probe.write({ cmd: 'disconnect' } as never)
    probe.wire.end()
    world.clock.settle()
    expect(world.host.ended).toEqual([])
    world.host.connects[0]?.link.release()
    world.clock.settle()
    expect(world.host.published.map(({ topic }) => topic)).toEqual(['/hold', '/up'])
    expect(world.host.ended.map((ended) => ended.by)).toEqual([by])
    expect(world.mqtt.connections).toBe(0)
  })

  test('the client leaves meanwhile and its session is taken over: gone at once', () => {
    const world = new TestWorld()
    const probe = world.connected()
    world.host.onPublish = (link) => link.hold()
    probe.write(publishOf('/hold', ''), publishOf('/up', 'x'))
    probe.wire.destroy()
    world.clock.settle()
    world.connected()
    expect(world.host.ended.map(({ by }) => by)).toEqual(['taken-over'])
    expect(world.mqtt.connections).toBe(1)
  })

  test('every packet held: all are handled in order, however many', () => {
    const world = new TestWorld()
    const probe = world.connected()
    world.host.onPublish = (link) => {
      link.hold()
      world.clock.endOfTurn(() => link.release())
    }
    const packets = Array.from({ length: 50 }, (_, i) => publishOf('/up', '', 1, i + 1))
    expect(probe.send(...packets)).toEqual(packets.map((_, i) => `puback ${i + 1}`))
  })

  test('keep-alive stands still', () => {
    const world = new TestWorld()
    const probe = world.connected({ keepalive: 30 })
    const link = world.host.connects[0]?.link
    link?.hold()
    world.clock.advance(300_000)
    expect(probe.over).toBe(false)
    link?.release()
    world.clock.advance(44_000)
    expect(probe.over).toBe(false)
    world.clock.advance(4_000)
    expect(probe.over).toBe(true)
  })
})

describe('keep-alive', () => {
  test.each([
    [30, 45],
    [60, 90],
    [1, 2],
  ])('%d s: closed after %d s of silence, not before', (keepalive, silence) => {
    const world = new TestWorld()
    const probe = world.connected({ keepalive })
    for (let i = 0; i < 3; i++) {
      world.clock.advance(silence * 1000 - 100)
      expect(probe.send(ping)).toEqual(['pingresp'])
    }
    world.clock.advance(silence * 1000)
    expect(probe.over).toBe(false)
    world.clock.advance(2_100)
    expect(probe.over).toBe(true)
    expect(world.host.ended.map(({ by }) => by)).toEqual(['keep-alive'])
    expect(world.mqtt.stats.keepAliveTimeouts).toBe(1)
  })

  test('5.0: DISCONNECT 0x8D', () => {
    const world = new TestWorld()
    const probe = world.connected({ protocolVersion: 5, keepalive: 30 })
    world.clock.advance(48_000)
    expect(probe.take()).toEqual(['disconnect 141', 'end'])
  })

  test('0 is never', () => {
    const world = new TestWorld()
    const probe = world.connected({ keepalive: 0 })
    world.clock.advance(24 * 3_600_000)
    expect(probe.over).toBe(false)
  })
})

describe('the end', () => {
  test('what was sent before close still goes out; the host hears of it before close returns', () => {
    const world = new TestWorld()
    const probe = world.connected({ protocolVersion: 5 })
    const link = world.host.connects[0]?.link
    link?.send('/t', 'last words')
    link?.close('kicked')
    expect(world.host.ended.map(({ by }) => by)).toEqual(['kicked'])
    link?.send('/t', 'too late')
    link?.close('deleted')
    world.clock.settle()
    expect(probe.take()).toEqual(['publish /t: last words', 'disconnect 152', 'end'])
    expect(world.host.ended).toHaveLength(1)
  })

  test.each([
    ['DISCONNECT', 'disconnect'],
    ['a cut', 'network'],
  ] as const)('%s of the client', (how, by) => {
    const world = new TestWorld()
    const probe = world.connected()
    if (how === 'a cut') probe.wire.destroy()
    else probe.write({ cmd: 'disconnect' } as never, publishOf('/up', 'behind'))
    world.clock.settle()
    expect(world.host.ended.map((ended) => ended.by)).toEqual([by])
    expect(world.host.published).toEqual([])
  })

  test('a client that does not read is dropped a few seconds after close', () => {
    const world = new TestWorld()
    const probe = world.probe(4, 100)
    probe.connect()
    probe.wire.pause()
    const link = world.host.connects[0]?.link
    for (let i = 0; i < 5; i++) {
      link?.send('/t', 'x'.repeat(1000))
      world.clock.settle()
    }
    link?.close('kicked')
    world.clock.advance(3_000)
    expect(world.mqtt.connections).toBe(1)
    world.clock.advance(4_000)
    expect(world.mqtt.connections).toBe(0)
  })

  test('the client leaves while the host judges its CONNECT: told once, a late accept does nothing', () => {
    const world = new TestWorld()
    world.host.silent = true
    const probe = world.probe()
    probe.send(connectOf())
    probe.wire.destroy()
    world.clock.settle()
    expect(world.host.ended.map(({ by }) => by)).toEqual(['network'])
    const link = world.host.connects[0]?.link
    if (link) world.host.let(link)
    expect(link?.open).toBe(false)
    expect(world.mqtt.link('d:pk/dn')).toBe(null)
  })

  test('a defect of the host closes that connection alone', () => {
    const world = new TestWorld()
    const probe = world.connected()
    const other = world.connected({ clientId: 'other' })
    world.host.onPublish = () => {
      throw new TypeError('a defect')
    }
    probe.write(publishOf('/up', 'x'))
    expect(() => world.clock.settle()).toThrow('a defect')
    world.clock.settle()
    expect(probe.over).toBe(true)
    expect(other.send(ping)).toEqual(['pingresp'])
  })
})
