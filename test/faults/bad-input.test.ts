/** What no client may send, over real sockets: never a crash, never a changed session, and others do not notice. */
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeConnect, makeLogin } from '../../src/auth/make.ts'
import { connectPacket } from '../../src/mqtt/client.ts'
import { encodePublish } from '../../src/mqtt/codec/publish.ts'
import { hex } from '../mqtt/hex.ts'
import { packetTable } from '../mqtt/packet-table.ts'
import { data, extBody } from '../support/bodies.ts'
import type { Gateway } from '../support/gateway.ts'
import { useNode } from '../support/node.ts'

const node = useNode({ settings: { 'limits.loginRequestsPerSecond': 0, 'limits.loginsPerMinute': 100_000 } })

let gateway: Gateway
let bystander: Gateway
let sub: DeviceSecret
let epoch = 0
beforeEach(async () => {
  const scene = await node().scene({ gateways: 2, subs: 1 })
  ;[gateway, bystander] = scene.gateways as [Gateway, Gateway]
  sub = scene.subs[0] as DeviceSecret
  expect(await bystander.login(sub)).toBe(200)
  epoch = node().fleet.epoch(sub)
})

/** Whatever came: the session of the sub-device stands, its gateway works, and heard nothing. */
afterEach(async () => {
  expect(await bystander.texts()).toEqual([])
  expect(node().fleet.onlineThrough(sub)).toBe(bystander.name)
  expect(node().fleet.epoch(sub)).toBe(epoch)
  expect(await bystander.publish(`/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`, '{}', 1)).toBe(0)
  expect(node().errors).toEqual([])
})

/** Bytes without order, the same for a number. */
function noise(seed: number): Buffer {
  const parts = Array.from({ length: 1 + (seed % 20) }, (_, i) => createHash('sha512').update(`${seed} ${i}`).digest())
  return Buffer.concat(parts).subarray(0, 1 + ((seed * 37) % (parts.length * 64)))
}

/** A PUBLISH head whose topic is these bytes. */
function publishOf(topic: Buffer, payload: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(topic.length)
  return packet(0x30, Buffer.concat([length, topic, payload]))
}

function packet(first: number, body: Buffer): Buffer {
  const head = [first]
  let left = body.length
  do {
    const rest = left >> 7
    head.push((left & 127) | (rest > 0 ? 128 : 0))
    left = rest
  } while (left > 0)
  return Buffer.concat([Buffer.from(head), body])
}

/** Sent behind CONNACK; each closes the connection. */
const broken: readonly (readonly [string, () => Buffer])[] = [
  ['a second CONNECT', () => connectPacket({ ...makeConnect(gateway.device) }, 4)],
  ['a reserved type', () => hex('00 00')],
  ['AUTH, which 3.1.1 does not know', () => hex('f0 00')],
  ['a packet that only a server sends', () => hex('20 02 00 00')],
  ['PUBREL', () => hex('62 02 00 01')],
  ['a PUBLISH at QoS 3', () => hex('36 05 00 01 61 00 01')],
  ['a PUBLISH at QoS 2', () => hex('34 05 00 01 61 00 01')],
  ['a packet id of 0', () => hex('32 05 00 01 61 00 00')],
  ['a topic longer than its packet', () => hex('30 04 ff ff 61 61')],
  ['an empty topic', () => hex('30 02 00 00')],
  ['a topic with a wildcard', () => publishOf(Buffer.from('/a/+/b'), hex('7b7d'))],
  ['a topic that is no UTF-8', () => publishOf(hex('2f c3 28'), hex('7b7d'))],
  ['a topic with a surrogate', () => publishOf(hex('2f ed a0 80'), hex('7b7d'))],
  ['a topic with U+0000', () => publishOf(hex('2f 00'), hex('7b7d'))],
  ['an endless length', () => hex('30 ff ff ff ff 01')],
  ['a length beyond the limit', () => hex('30 ff ff ff 7f')],
  ['a packet beyond the limit', () => publishOf(Buffer.from('/a'), Buffer.alloc(300 * 1024))],
  [
    '1 MiB of JSON',
    () => publishOf(Buffer.from(gateway.topic('combine/login')), Buffer.from(`"${'x'.repeat(1024 * 1024)}"`)),
  ],
  ['a SUBSCRIBE without filters', () => hex('82 02 00 01')],
  ['a SUBSCRIBE with wrong flags', () => hex('80 06 00 01 00 01 61 00')],
  ['a SUBSCRIBE at QoS 3', () => hex('82 06 00 01 00 01 61 03')],
  ['a filter that is no UTF-8', () => hex('82 07 00 01 00 02 c3 28 00')],
  ['an UNSUBSCRIBE without filters', () => hex('a2 02 00 01')],
  ['a PINGREQ with a body', () => hex('c0 01 00')],
  ['a DISCONNECT with a body', () => hex('e0 01 00')],
]

/** Payloads on combine/login; each is answered 460. */
const payloads: readonly (readonly [string, () => string | Buffer])[] = [
  ['nothing', () => ''],
  ['arrays, very deep, cut off', () => '['.repeat(250_000)],
  ['arrays, very deep', () => '['.repeat(120_000) + ']'.repeat(120_000)],
  ['objects, very deep', () => `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`],
  ['an id that is very deep', () => `{"id":${'['.repeat(100_000)}${']'.repeat(100_000)},"params":{}}`],
  ['params that are very deep', () => `{"params":${'{"sign":'.repeat(25_000)}1${'}'.repeat(25_000)}}`],
  ['a number without end', () => `{"id":${'9'.repeat(200_000)},"params":1e999}`],
  ['many members of one name', () => `{${'"id":"1",'.repeat(20_000)}"params":[]}`],
  ['invalid UTF-8', () => Buffer.concat([Buffer.from('{"id":"'), hex('c3 28'), Buffer.from('"}')])],
  ['a lone surrogate, escaped', () => '{"id":"\\ud800","params":{}}'],
  ['__proto__', () => '{"id":"1","params":{"__proto__":{"productKey":"a"},"deviceName":"b"}}'],
  ['256 KiB of blanks', () => ' '.repeat(256 * 1024)],
]

describe('behind CONNACK', () => {
  test.each(broken)('%s closes the connection', async (_, bytes) => {
    gateway.raw(bytes())
    expect(await gateway.cut()).toMatchObject({ by: 'server' })
  })

  test.each(payloads)('a login of %s is answered 460', async (_, payload) => {
    const answer = await gateway.request('combine/login', payload(), 1)
    expect(answer.code).toBe(460)
    expect(await gateway.alive()).toBe(true)
  })

  test('a payload of exactly limits.payload is judged, one byte more is dropped, and both connections live', async () => {
    const fits = JSON.stringify({ id: '7', params: {} }).padEnd(256 * 1024)
    expect((await gateway.request('combine/login', fits)).text).toBe(extBody('7', 460, '{}'))
    expect(await gateway.publish(gateway.topic('combine/login'), `${fits} `, 1)).toBe(0)
    expect(await gateway.texts()).toEqual([])
  })

  test('a login cut off at every byte, then the cable, logs nobody in', async () => {
    const other = (await node().fleet.subs(1))[0] as DeviceSecret
    await node().fleet.relate(gateway.device, other)
    const payload = JSON.stringify({ id: '1', params: makeLogin(other) })
    const whole = encodePublish({ topic: gateway.topic('combine/login'), payload, qos: 0, packetId: 0 }, 4)
    for (let cut = 1; cut < whole.length; cut += 7) {
      const client = await node().gateway(gateway.device)
      client.raw(whole.subarray(0, cut))
      client.destroy()
    }
    expect(await bystander.alive()).toBe(true)
    expect(node().fleet.onlineThrough(other)).toBe(null)
  })

  test('a login byte by byte is a login', async () => {
    const other = (await node().fleet.subs(1))[0] as DeviceSecret
    await node().fleet.relate(gateway.device, other)
    const payload = JSON.stringify({ id: '5', params: makeLogin(other) })
    const whole = encodePublish({ topic: gateway.topic('combine/login'), payload, qos: 0, packetId: 0 }, 4)
    for (const byte of whole) gateway.raw(Buffer.of(byte))
    expect(await gateway.text(`${gateway.topic('combine/login')}_reply`)).toBe(extBody('5', 200, data(other)))
  })

  test('noise: the connection ends, or what it says is dropped', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const client = await node().gateway(gateway.device)
      client.raw(noise(seed))
      // What is no whole packet yet waits for its rest; the end of the stream ends it.
      client.wire.end()
      await client.within(client.closed, `the end of the connection behind noise ${seed}`)
    }
  })
})

describe('before CONNACK', () => {
  const first: readonly (readonly [string, () => Buffer])[] = [
    ['a PUBLISH', () => hex('30 04 00 01 61 61')],
    ['a PINGREQ', () => hex('c0 00')],
    ['another protocol', () => Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')],
    ['a protocol name that is none', () => hex('10 0c 00 04 4d 51 54 58 04 02 00 3c 00 00')],
    ['the reserved flag', () => hex('10 0c 00 04 4d 51 54 54 04 03 00 3c 00 00')],
    ['a will that is not there', () => hex('10 0c 00 04 4d 51 54 54 04 06 00 3c 00 00')],
    ['a client id that is no UTF-8', () => hex('10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 c3 28')],
    ['a CONNECT of 100 KiB', () => packet(0x10, Buffer.alloc(100 * 1024))],
    ['a CONNECT with something behind it', () => hex('10 0d 00 04 4d 51 54 54 04 02 00 3c 00 00 00')],
  ]
  test.each(first)('%s closes the connection', async (_, bytes) => {
    const client = await node().dial(gateway.device)
    client.raw(bytes())
    await client.cut()
    expect(client.connackPacket).toBe(null)
  })

  test('noise ends the connection, or is cut off by the end of the stream', async () => {
    for (let seed = 101; seed <= 160; seed++) {
      const client = await node().dial(gateway.device)
      client.raw(noise(seed))
      client.wire.end()
      await client.within(client.closed, `the end of the connection behind noise ${seed}`)
    }
  })

  test('a CONNECT cut off at every byte, then the cable, takes nobody over', async () => {
    const whole = connectPacket({ ...makeConnect(bystander.device) }, 4)
    for (let cut = 1; cut < whole.length; cut += 3) {
      const client = await node().dial(gateway.device)
      client.raw(whole.subarray(0, cut))
      client.destroy()
    }
    expect(await bystander.alive()).toBe(true)
  })

  test('every packet of the table, on a connection of its own', async () => {
    for (const { bytes, version } of packetTable) {
      const client = await node().dial(gateway.device, { version })
      client.raw(hex(bytes))
      client.wire.end()
      await client.within(client.closed, 'the end of the connection')
    }
  })
})
