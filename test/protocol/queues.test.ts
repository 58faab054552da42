/** QoS 1 messages for devices that are off line: whose wait, for how long, where they go; and what a restart leaves of them. */
import { describe, expect } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { promise } from '../promises.ts'
import type { DeviceClient } from '../support/client.ts'
import type { TestNode } from '../support/node.ts'
import { startTestNode, useNode } from '../support/node.ts'

const node = useNode({ clock: 'virtual', settings: { 'limits.offlineMessages': 5, 'limits.offlineTime': '1h' } })

const topicOf = ({ productKey, deviceName }: DeviceSecret) => `/${productKey}/${deviceName}/user/get`

async function pub(on: TestNode, device: DeviceSecret, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    await on.node.messages.pub(on.fleet.of(device), topicOf(device), Buffer.from(text), 1)
  }
}

const payloads = async (client: DeviceClient) => (await client.rest()).map(({ payload }) => payload.toString())

/** A device that subscribed in a persistent session, and is off line. */
async function away(on: TestNode): Promise<DeviceSecret> {
  const device = await on.fleet.device()
  const client = await on.device(device, { clean: false })
  expect(await client.subscribe(topicOf(device))).toEqual([1])
  await gone(on, client)
  return device
}

/** DISCONNECT, and the server has seen it. */
async function gone(on: TestNode, client: DeviceClient): Promise<void> {
  await client.end()
  if (on.node.world.sessions.holder(on.fleet.of(client.device)) !== null) throw new Error('still on line')
}

describe('direct devices', () => {
  promise('session.persistent', 'clean session 0: kept in order, whatever the client id, once', async () => {
    const device = await away(node())
    await pub(node(), device, 'one', 'two')
    const client = await node().device(device, { clean: false, id: 'another' })
    expect(client.connackPacket).toMatchObject({ code: 0, sessionPresent: true })
    const messages = await client.rest()
    expect(messages.map(({ payload, qos, dup }) => [payload.toString(), qos, dup])).toEqual([
      ['one', 1, false],
      ['two', 1, false],
    ])
    await gone(node(), client)
    expect(await payloads(await node().device(device, { clean: false }))).toEqual([])
  })

  promise('session.persistent', 'QoS 0 is not kept', async () => {
    const device = await away(node())
    await node().node.messages.pub(node().fleet.of(device), topicOf(device), Buffer.from('x'), 0)
    expect(await payloads(await node().device(device, { clean: false }))).toEqual([])
  })

  promise('session.clean', 'clean session 1: neither filters nor messages', async () => {
    const device = await away(node())
    await pub(node(), device, 'one')
    const clean = await node().device(device, { clean: true })
    expect(clean.connackPacket).toMatchObject({ sessionPresent: false })
    expect(await payloads(clean)).toEqual([])
    await pub(node(), device, 'not subscribed')
    expect(await payloads(clean)).toEqual([])
    await gone(node(), clean)
    await pub(node(), device, 'nobody waits')
    const again = await node().device(device, { clean: false })
    expect(again.connackPacket).toMatchObject({ sessionPresent: false })
    await again.subscribe(topicOf(device))
    expect(await payloads(again)).toEqual([])
  })

  promise('session.limits', 'the oldest goes first', async () => {
    const device = await away(node())
    await pub(node(), device, '1', '2', '3', '4', '5', '6', '7')
    expect(await payloads(await node().device(device, { clean: false }))).toEqual(['3', '4', '5', '6', '7'])
  })

  promise('session.limits', 'limits.offlineTime', async () => {
    const device = await away(node())
    await pub(node(), device, 'old')
    node().advance(1_800_000)
    await pub(node(), device, 'new')
    node().advance(1_800_000)
    expect(await payloads(await node().device(device, { clean: false }))).toEqual(['new'])
  })

  promise('session.unacked', 'what was not acknowledged comes again, with DUP', async () => {
    const device = await away(node())
    await pub(node(), device, 'one', 'two')
    const silent = await node().device(device, { clean: false, acknowledge: false })
    const [one, two] = await silent.rest()
    expect([one?.payload.toString(), two?.payload.toString()]).toEqual(['one', 'two'])
    silent.puback(one?.packetId as number)
    await silent.alive()
    await gone(node(), silent)
    const again = await node().device(device, { clean: false })
    expect((await again.rest()).map(({ payload, dup }) => [payload.toString(), dup])).toEqual([['two', true]])
  })

  promise('session.persistent', 'a filter that comes late lets them through', async () => {
    const device = await node().fleet.device()
    await gone(node(), await node().device(device, { clean: false }))
    await pub(node(), device, 'waits')
    const client = await node().device(device, { clean: false })
    expect(await payloads(client)).toEqual([])
    await client.subscribe(topicOf(device))
    expect(await payloads(client)).toEqual(['waits'])
  })

  promise('session.persistent', 'UNSUBSCRIBE counts in the next connection too', async () => {
    const device = await away(node())
    const client = await node().device(device, { clean: false })
    await client.unsubscribe(topicOf(device))
    await gone(node(), client)
    await pub(node(), device, 'kept, not delivered')
    const again = await node().device(device, { clean: false })
    expect(await payloads(again)).toEqual([])
  })
})

describe('a device that is deleted and created again', () => {
  promise(
    ['session.clean', 'login.created-again'],
    'has nothing of the old one: no session, no filters, no messages',
    async () => {
      const device = await away(node())
      await pub(node(), device, 'for the old one')
      await node().fleet.remove(device)
      await node().fleet.devices(device.productKey, 1, 'dev', device.deviceName)
      const client = await node().device(device, { clean: false })
      expect(client.connackPacket).toMatchObject({ sessionPresent: false })
      await client.subscribe(topicOf(device))
      expect(await payloads(client)).toEqual([])
    },
  )

  promise(['after.clean', 'login.created-again'], 'the same for a sub-device, and its topics work', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub, { cleanSession: false })
    await gateway.subscribe(topicOf(sub))
    const post = `/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`
    await gateway.publish(post, '{"id":"1","params":{}}')
    await gateway.logout(sub)
    await pub(node(), sub, 'for the old one')
    await node().fleet.remove(sub)
    await node().fleet.devices(sub.productKey, 1, 'sub', sub.deviceName)
    await node().fleet.relate(gateway.device, sub)
    await gateway.rest()
    await gateway.login(sub, { cleanSession: false })
    await gateway.subscribe(topicOf(sub))
    await gateway.publish(post, '{"id":"2","params":{}}')
    expect((await gateway.rest()).map(({ topic }) => topic)).toEqual([`${post}_reply`])
    await pub(node(), sub, 'for the new one')
    expect(await payloads(gateway)).toEqual(['for the new one'])
  })
})

describe('sub-devices', () => {
  promise('after.clean', 'cleanSession false: they wait, and come after the next login', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub, { cleanSession: false })
    await gateway.subscribe(topicOf(sub))
    await gateway.logout(sub)
    await pub(node(), sub, 'one', 'two')
    gateway.frames.length = 0
    expect(await gateway.login(sub, { cleanSession: false })).toBe(200)
    expect(await payloads(gateway)).toEqual(['one', 'two'])
    expect(gateway.frames[0]).toBe(`publish ${gateway.topic('combine/login_reply')}`)
  })

  for (const cleanSession of [true, undefined]) {
    promise('after.clean', `cleanSession ${cleanSession ?? 'absent'}: what was missed is dropped`, async () => {
      const { gateway, sub } = await node().scene()
      const how = cleanSession === undefined ? {} : { cleanSession }
      await gateway.login(sub, how)
      await gateway.subscribe(topicOf(sub))
      await gateway.logout(sub)
      await pub(node(), sub, 'one')
      await gateway.login(sub, how)
      expect(await payloads(gateway)).toEqual([])
    })
  }

  promise('after.clean', 'false before, true now: dropped', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub, { cleanSession: false })
    await gateway.subscribe(topicOf(sub))
    await gateway.logout(sub)
    await pub(node(), sub, 'one')
    await gateway.login(sub, { cleanSession: true })
    expect(await payloads(gateway)).toEqual([])
    await gateway.login(sub, { cleanSession: false })
    expect(await payloads(gateway)).toEqual([])
  })

  promise(
    ['after.clean', 'after.downlink'],
    'the queue follows it to another gateway, and to its own connection',
    async () => {
      const { gateway, other, sub } = await node().scene({ gateways: 2 })
      await gateway.login(sub, { cleanSession: false })
      await gateway.subscribe(topicOf(sub))
      await gateway.logout(sub)
      await pub(node(), sub, 'for the other')
      await other.login(sub, { cleanSession: false })
      expect(await payloads(other)).toEqual([])
      await other.subscribe(topicOf(sub))
      expect(await payloads(other)).toEqual(['for the other'])
      await other.logout(sub)
      await pub(node(), sub, 'for itself')
      const direct = await node().device(sub, { clean: false })
      await direct.subscribe(topicOf(sub))
      expect(await payloads(direct)).toEqual(['for itself'])
      expect(await payloads(gateway)).toEqual([])
    },
  )

  promise(
    ['after.clean', 'session.unacked'],
    'a take-over while some are not acknowledged: the winner gets them',
    async () => {
      const { other, sub, gateways } = await node().scene({ gateways: 2 })
      const silent = await node().gateway((gateways[0] as DeviceClient).device, { acknowledge: false })
      await silent.login(sub, { cleanSession: false })
      await silent.subscribe(topicOf(sub))
      await pub(node(), sub, 'one', 'two')
      expect(await payloads(silent)).toEqual(['one', 'two'])
      await other.login(sub, { cleanSession: false })
      await other.subscribe(topicOf(sub))
      expect(await payloads(other)).toEqual(['one', 'two'])
    },
  )

  promise('after.clean', 'the gateway is gone: they wait until it is back and has logged in', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub, { cleanSession: false })
    await gone(node(), gateway)
    await pub(node(), sub, 'one')
    const back = await node().gateway(gateway.device)
    expect(await payloads(back)).toEqual([])
    await back.login(sub, { cleanSession: false })
    await back.subscribe(topicOf(sub))
    expect(await payloads(back)).toEqual(['one'])
  })

  promise(
    'after.subscribe',
    "filters in the gateway's persistent session survive, and act once the sub-device is on line",
    async () => {
      const device = (await node().fleet.gateways(1))[0] as DeviceSecret
      const sub = (await node().fleet.subs(1))[0] as DeviceSecret
      await node().fleet.relate(device, sub)
      const first = await node().gateway(device, { clean: false })
      await first.login(sub)
      await first.subscribe(topicOf(sub))
      await gone(node(), first)
      const back = await node().gateway(device, { clean: false })
      expect(back.connackPacket).toMatchObject({ sessionPresent: true })
      await back.login(sub)
      await pub(node(), sub, 'heard')
      expect(await payloads(back)).toEqual(['heard'])
    },
  )
})

describe('a restart', () => {
  promise(
    ['session.restart', 'session.unacked', 'after.clean'],
    'filters, queues and what was not acknowledged are there',
    async () => {
      const own = await startTestNode()
      try {
        const device = await away(own)
        const busy = await own.fleet.device()
        const silent = await own.device(busy, { clean: false, acknowledge: false })
        await silent.subscribe([topicOf(busy), `/sys/${silent.name}/thing/#`])
        await silent.unsubscribe(`/sys/${silent.name}/thing/event/+/post_reply`)
        const { gateway, sub } = await own.scene()
        await gateway.login(sub, { cleanSession: false })
        await gateway.subscribe(topicOf(sub))
        await gateway.logout(sub)
        await pub(own, device, 'one', 'two')
        await pub(own, busy, 'again')
        await pub(own, sub, 'sub')
        await silent.next(topicOf(busy))

        await own.restart()
        const client = await own.device(device, { clean: false })
        expect(client.connackPacket).toMatchObject({ code: 0, sessionPresent: true })
        expect(await payloads(client)).toEqual(['one', 'two'])
        await pub(own, device, 'three')
        expect(await payloads(client)).toEqual(['three'])
        const back = await own.device(busy, { clean: false })
        expect(await payloads(back)).toEqual(['again'])
        const gatewayBack = await own.gateway(gateway.device)
        expect(gatewayBack.connackPacket).toMatchObject({ sessionPresent: false })
        await gatewayBack.login(sub, { cleanSession: false })
        await gatewayBack.subscribe(topicOf(sub))
        expect(await payloads(gatewayBack)).toEqual(['sub'])

        await own.restart()
        expect(await payloads(await own.device(device, { clean: false }))).toEqual([])
        const clean = await own.device(busy, { clean: true })
        expect(clean.connackPacket).toMatchObject({ sessionPresent: false })
      } finally {
        await own.stop()
      }
    },
  )

  promise('session.restart', 'nothing is left of a device that was deleted before', async () => {
    const own = await startTestNode()
    try {
      const device = await away(own)
      const online = await own.fleet.device()
      const client = await own.device(online, { clean: false })
      await client.subscribe(topicOf(online))
      await pub(own, device, 'for the old one')
      for (const each of [device, online]) await own.fleet.remove(each)
      await client.cut()
      await own.restart()
      for (const each of [device, online]) {
        await own.fleet.devices(each.productKey, 1, 'dev', each.deviceName)
        const again = await own.device(each, { clean: false })
        expect(again.connackPacket).toMatchObject({ sessionPresent: false })
        await again.subscribe(topicOf(each))
        expect(await payloads(again)).toEqual([])
      }
    } finally {
      await own.stop()
    }
  })
})

describe('management pushes', () => {
  promise(['session.persistent', 'push.all'], 'come again where they were not acknowledged', async () => {
    const { gateways, sub } = await node().scene()
    const { device } = gateways[0] as DeviceClient
    await gone(node(), gateways[0] as DeviceClient)
    const deaf = await node().gateway(device, { clean: false, acknowledge: false })
    const pushes = [`/sys/${sub.productKey}/${sub.deviceName}/thing/disable`, deaf.topic('thing/topo/change')]
    await node().fleet.disable(sub)
    const first = await deaf.rest()
    expect(first.map(({ topic, qos, dup }) => [topic, qos, dup])).toEqual(pushes.map((topic) => [topic, 1, false]))
    await gone(node(), deaf)
    const back = await node().gateway(device, { clean: false })
    const again = await back.rest()
    expect(again.map(({ topic, qos, dup }) => [topic, qos, dup])).toEqual(pushes.map((topic) => [topic, 1, true]))
    expect(again.map(({ payload }) => payload.toString())).toEqual(first.map(({ payload }) => payload.toString()))
    await gone(node(), back)
    expect(await payloads(await node().gateway(device, { clean: false }))).toEqual([])
  })
})
