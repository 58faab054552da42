/** CONNECT of devices: who is let in, which CONNACK code the others get, and what ends a connection (direct.md §1). */
import { describe, expect } from 'vitest'
import type { ConnectParameters, DeviceSecret } from '../../src/auth/make.ts'
import { makeConnect } from '../../src/auth/make.ts'
import { encodeConnect } from '../../src/mqtt/codec/connect.ts'
import { promise } from '../promises.ts'
import { startTestNode, useNode } from '../support/node.ts'

const node = useNode({ clock: 'virtual' })

describe('let in', () => {
  const rows: { name: string; make: (device: DeviceSecret) => ConnectParameters }[] = [
    { name: 'hmacsha256', make: (device) => makeConnect(device, { timestamp: '2524608000000' }) },
    {
      name: 'hmacsha1, upper-case hex',
      make: (device) => upper(makeConnect(device, { method: 'sha1', timestamp: 1 })),
    },
    { name: 'hmacmd5, no timestamp', make: (device) => makeConnect(device, { method: 'md5' }) },
    {
      name: 'signmethod absent: hmacmd5',
      make: (device) => edited(makeConnect(device, { method: 'md5' }), /,signmethod=\w+/, ''),
    },
    { name: 'an empty id', make: (device) => makeConnect(device, { id: '' }) },
    { name: 'an id of 64 characters', make: (device) => makeConnect(device, { id: 'x'.repeat(64) }) },
    {
      name: 'line feeds and blanks between the items',
      make: (device) => edited(makeConnect(device), ',', ',\n        '),
    },
    { name: 'a trailing empty item', make: (device) => edited(makeConnect(device), /\|$/, ',|') },
    { name: 'text behind the last bar', make: (device) => edited(makeConnect(device), /\|$/, '|,ext=1') },
    {
      name: 'unknown parameters',
      make: (device) => makeConnect(device, { extra: { lan: 'JS|Broswer ', _v: 'a b', x: '', gw: 1 } }),
    },
    { name: 'securemode 2 over TCP', make: (device) => makeConnect(device, { securemode: 2 }) },
    { name: 'keys in any case', make: (device) => edited(makeConnect(device), 'signmethod', 'signMethod') },
  ]
  for (const row of rows) {
    promise('connect.accepted', row.name, async () => {
      const device = await node().fleet.device()
      const client = await node().device(device, { credentials: row.make(device) })
      expect(client.connackPacket).toMatchObject({ code: 0, sessionPresent: false })
      expect(node().fleet.onlineThrough(device)).toBe('direct')
    })
  }

  promise('connect.accepted', 'MQTT 3.1, and 5.0', async () => {
    for (const version of [3, 5] as const) {
      const client = await node().device(await node().fleet.device(), { version })
      expect(await client.alive()).toBe(true)
    }
  })

  promise('status', 'the first CONNECT or login activates', async () => {
    const { gateway, sub, sub2 } = await node().scene({ subs: 2 })
    const now = node().clock.wall()
    expect(node().fleet.of(sub)).toMatchObject({ activatedAt: 0, onlineAt: 0, offlineAt: 0 })
    await gateway.login(sub)
    const direct = await node().device(sub2)
    for (const device of [sub, sub2]) expect(node().fleet.of(device)).toMatchObject({ activatedAt: now, onlineAt: now })
    node().advance(1000)
    await gateway.logout(sub)
    await direct.end()
    await gateway.rest()
    for (const device of [sub, sub2]) {
      expect(node().fleet.of(device)).toMatchObject({ activatedAt: now, onlineAt: now, offlineAt: now + 1000 })
    }
  })
})

function upper(parameters: ConnectParameters): ConnectParameters {
  return { ...parameters, password: parameters.password.toUpperCase() }
}

function edited(parameters: ConnectParameters, what: string | RegExp, by: string): ConnectParameters {
  return { ...parameters, clientId: parameters.clientId.replace(what, by) }
}

describe('refused', () => {
  interface Row {
    readonly promises: readonly string[]
    readonly name: string
    readonly v3: number
    readonly v5: number
    readonly arrange?: (device: DeviceSecret) => Promise<void>
    readonly credentials?: (made: ConnectParameters) => Partial<ConnectParameters>
    readonly keepAlive?: number
  }
  const rows: Row[] = [
    {
      promises: ['connect.client-id'],
      name: 'no bar block',
      v3: 2,
      v5: 0x85,
      credentials: () => ({ clientId: 'plain' }),
    },
    {
      promises: ['connect.client-id'],
      name: 'an unknown signmethod',
      v3: 2,
      v5: 0x85,
      credentials: (made) => edited(made, /signmethod=\w+/, 'signmethod=sha256'),
    },
    {
      promises: ['connect.client-id'],
      name: 'an id of 65 characters',
      v3: 2,
      v5: 0x85,
      credentials: (made) => edited(made, /^[^|]*/, 'x'.repeat(65)),
    },
    {
      promises: ['connect.user-name'],
      name: 'a user name without &',
      v3: 4,
      v5: 0x86,
      credentials: () => ({ userName: 'name' }),
    },
    {
      promises: ['connect.user-name'],
      name: 'an unknown product',
      v3: 4,
      v5: 0x86,
      credentials: (made) => ({ userName: `${made.userName}x` }),
    },
    {
      promises: ['connect.sign'],
      name: 'a wrong password',
      v3: 4,
      v5: 0x86,
      credentials: (made) => ({ password: made.password.replace(/.$/, (c) => (c === '0' ? '1' : '0')) }),
    },
    { promises: ['connect.sign'], name: 'an empty password', v3: 4, v5: 0x86, credentials: () => ({ password: '' }) },
    {
      promises: ['connect.sign'],
      name: 'another id than the signed one',
      v3: 4,
      v5: 0x86,
      credentials: (made) => edited(made, /^[^|]*/, 'other'),
    },
    {
      promises: ['connect.device'],
      name: 'an unknown device',
      v3: 5,
      v5: 0x87,
      credentials: (made) => ({ userName: `x${made.userName}` }),
    },
    {
      promises: ['connect.device', 'closed.disabled'],
      name: 'a disabled device',
      v3: 5,
      v5: 0x87,
      arrange: (device) => node().fleet.disable(device),
    },
    {
      promises: ['connect.device', 'closed.disabled'],
      name: 'a deleted device',
      v3: 5,
      v5: 0x87,
      arrange: (device) => node().fleet.remove(device),
    },
    { promises: ['connect.keep-alive'], name: 'keep-alive 29', v3: 2, v5: 0x82, keepAlive: 29 },
    { promises: ['connect.keep-alive'], name: 'keep-alive 1201', v3: 2, v5: 0x82, keepAlive: 1201 },
    { promises: ['connect.keep-alive'], name: 'keep-alive 0', v3: 2, v5: 0x82, keepAlive: 0 },
  ]
  for (const row of rows) {
    promise([...row.promises, 'connect.closes'], row.name, async () => {
      const device = await node().fleet.device()
      await row.arrange?.(device)
      for (const version of [3, 4, 5] as const) {
        const client = await node().dial(device, { version })
        const credentials = row.credentials?.(makeConnect(device)) ?? {}
        const keepAlive = row.keepAlive ?? 60
        await expect(client.open({ version, credentials, keepAlive })).rejects.toMatchObject({
          code: version === 5 ? row.v5 : row.v3,
        })
        await client.cut()
      }
    })
  }

  promise(['connect.version', 'connect.closes'], 'an unknown protocol level', async () => {
    for (const level of [2, 6, 0]) {
      const client = await node().dial(await node().fleet.device(), { version: 4 })
      const packet = encodeConnect({
        version: 4,
        clientId: 'a',
        cleanStart: true,
        keepAlive: 60,
        userName: null,
        password: null,
        will: null,
        properties: null,
      })
      packet[8] = level
      client.raw(packet)
      expect((await client.connack()).code).toBe(1)
      await client.cut()
    }
  })

  promise('connect.keep-alive', 'the range is set', async () => {
    const own = await startTestNode({ settings: { 'mqtt.keepAliveMin': 0, 'mqtt.keepAliveMax': 10 } })
    try {
      const device = await own.fleet.device()
      for (const keepAlive of [0, 10]) await own.device(device, { keepAlive })
      await expect(own.device(device, { keepAlive: 11 })).rejects.toMatchObject({ code: 2 })
    } finally {
      await own.stop()
    }
  })

  promise('connect.rate', 'accepted ones alone count', async () => {
    const own = await startTestNode({ clock: 'virtual', settings: { 'limits.connectsPerMinute': 2 } })
    try {
      const device = await own.fleet.device()
      for (let i = 0; i < 4; i++)
        await expect(own.device({ ...device, deviceSecret: 'x' })).rejects.toMatchObject({ code: 4 })
      for (let i = 0; i < 2; i++) await own.device(device)
      await expect(own.device(device)).rejects.toMatchObject({ code: 3 })
      await expect(own.device(device, { version: 5 })).rejects.toMatchObject({ code: 0x9f })
      await own.device(await own.fleet.device())
      own.advance(60_000)
      await own.device(device)
    } finally {
      await own.stop()
    }
  })
})

describe('keep-alive', () => {
  promise('keep-alive.lapse', 'counted from the last packet of any kind', async () => {
    const device = await node().fleet.device()
    const client = await node().device(device, { keepAlive: 40 })
    node().advance(59_000)
    await client.alive()
    node().advance(59_000)
    await client.publish(`/${client.name}/user/update`, 'x', 1)
    node().advance(59_000)
    expect(await client.alive()).toBe(true)
    node().advance(62_000)
    await client.cut()
    expect(node().fleet.onlineThrough(device)).toBe(null)
  })

  promise(
    'keep-alive.lapse',
    'it starts with the CONNACK; what the server sends does not count; 5.0 hears 0x8D',
    async () => {
      const client = await node().device(await node().fleet.device(), { keepAlive: 30, version: 5, acknowledge: false })
      await client.subscribe(`/${client.name}/user/get`)
      for (let i = 0; i < 3; i++) {
        node().advance(14_000)
        await node().node.messages.pub(node().fleet.of(client.device), `/${client.name}/user/get`, Buffer.from('x'), 0)
        await client.next()
      }
      node().advance(5_000)
      expect(await client.cut()).toEqual({ by: 'server', reason: 0x8d })
    },
  )

  promise('connect.first', 'nothing but CONNECT may come first, and one only, soon', async () => {
    const device = await node().fleet.device()
    const early = await node().dial(device)
    early.raw(Buffer.from([0xc0, 0]))
    await early.cut()
    const twice = await node().device(device)
    twice.raw(
      encodeConnect({
        version: 4,
        clientId: 'a',
        cleanStart: true,
        keepAlive: 60,
        userName: null,
        password: null,
        will: null,
        properties: null,
      }),
    )
    await twice.cut()
    const silent = await node().dial(device)
    const answered = await node().device(await node().fleet.device())
    node().advance(12_000)
    await silent.cut()
    expect(await answered.alive()).toBe(true)
  })
})

describe('one connection a device', () => {
  promise('second.closes', 'the second closes the first, whatever the client id', async () => {
    const device = await node().fleet.device()
    const first = await node().device(device)
    const second = await node().device(device, { id: 'another', method: 'sha1' })
    expect(await first.cut()).toEqual({ by: 'server', reason: null })
    expect(first.unread).toEqual([])
    const third = await node().device(device, { version: 5 })
    await second.cut()
    await node().device(device)
    expect(await third.cut()).toEqual({ by: 'server', reason: 0x8e })
  })

  promise('second.closes', 'the same client id on two devices', async () => {
    const one = await node().device(await node().fleet.device(), { id: 'same' })
    const two = await node().device(await node().fleet.device(), { id: 'same' })
    expect([await one.alive(), await two.alive()]).toEqual([true, true])
  })

  promise('second.notify', 'with ext bit 1 it is told why', async () => {
    for (const [ext, told] of [
      [0, []],
      [1, []],
      [2, ['/ext/notify {"title":"kick","content":"Kicked by the same device"}']],
      [3, ['/ext/notify {"title":"kick","content":"Kicked by the same device"}']],
    ] as const) {
      const device = await node().fleet.device()
      const first = await node().device(device, { extra: { ext } })
      await node().device(device)
      await first.cut()
      expect(first.unread.map(({ topic, payload, qos }) => `${topic} ${payload}${qos === 0 ? '' : qos}`)).toEqual(told)
    }
  })
})

describe('an operator ends a connection', () => {
  const rows: { promise: string; name: string; reason: number; end: (device: DeviceSecret) => Promise<unknown> }[] = [
    { promise: 'closed.disabled', name: 'disable', reason: 0x98, end: (device) => node().fleet.disable(device) },
    { promise: 'closed.disabled', name: 'delete', reason: 0x98, end: (device) => node().fleet.remove(device) },
    {
      promise: 'closed.kicked',
      name: 'kick',
      reason: 0x98,
      end: (device) => node().node.lifecycle.kick(node().fleet.of(device)),
    },
  ]
  for (const row of rows) {
    promise(row.promise, row.name, async () => {
      for (const version of [4, 5] as const) {
        const device = await node().fleet.device()
        const client = await node().device(device, { version })
        await row.end(device)
        expect(await client.cut()).toEqual({ by: 'server', reason: version === 5 ? row.reason : null })
        expect(client.unread).toEqual([])
        expect(node().fleet.onlineThrough(device)).toBe(null)
        if (row.name === 'kick') await node().device(device)
      }
    })
  }
})

describe('bad input', () => {
  const packets: [string, number[]][] = [
    ['a reserved packet type', [0x00, 0]],
    ['flags that must be zero', [0xc1, 0]],
    ['SUBSCRIBE with wrong flags', [0x80, 6, 0, 1, 0, 1, 97, 0]],
    ['SUBSCRIBE without a filter', [0x82, 2, 0, 1]],
    ['SUBSCRIBE at QoS 3', [0x82, 6, 0, 1, 0, 1, 97, 3]],
    ['packet id 0', [0x32, 5, 0, 1, 97, 0, 0]],
    ['PUBLISH at QoS 3', [0x36, 5, 0, 1, 97, 0, 1]],
    ['a topic longer than its packet', [0x30, 3, 0, 9, 97]],
    ['a topic with a wildcard', [0x30, 4, 0, 1, 0x2b, 0]],
    ['a topic that is no UTF-8', [0x30, 4, 0, 2, 0xff, 0xfe]],
    ['a topic with U+0000', [0x30, 3, 0, 1, 0]],
    ['an empty topic', [0x30, 2, 0, 0]],
    ['a length of five bytes', [0x30, 0xff, 0xff, 0xff, 0xff, 1]],
    ['a packet of 100 MB', [0x30, 0x80, 0xc2, 0xd7, 0x2f]],
    ['CONNACK', [0x20, 2, 0, 0]],
    ['PUBREL', [0x62, 2, 0, 1]],
    ['PINGREQ with a body', [0xc0, 1, 0]],
  ]
  for (const [name, bytes] of packets) {
    promise('bad-input', name, async () => {
      const { gateway, other, sub } = await node().scene({ gateways: 2 })
      await other.login(sub)
      gateway.raw(Buffer.from(bytes))
      await gateway.cut()
      expect(node().fleet.onlineThrough(sub)).toBe(other.name)
      expect(await other.texts()).toEqual([])
    })
  }

  promise('bad-input', 'a packet that is cut off', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    gateway.raw(Buffer.from([0x30, 100, 0, 5]))
    gateway.wire.end()
    await gateway.cut()
    expect(node().fleet.onlineThrough(sub)).toBe(null)
  })

  promise('publish.qos2', 'PUBLISH at QoS 2: closed, 5.0 hears 0x9B', async () => {
    for (const version of [4, 5] as const) {
      const client = await node().device(await node().fleet.device(), { version })
      const topic = Buffer.from(`/${client.name}/user/update`)
      const body = Buffer.concat([
        Buffer.from([0, topic.length]),
        topic,
        Buffer.from([0, 1]),
        Buffer.alloc(version === 5 ? 1 : 0),
      ])
      client.raw(Buffer.concat([Buffer.from([0x34, body.length]), body]))
      expect((await client.cut()).reason).toBe(version === 5 ? 0x9b : null)
    }
  })
})
