/** One session a device: between gateways, and between a gateway and the device's own connection; and how sessions end. */
import { describe, expect } from 'vitest'
import { makeLogin } from '../../src/auth/make.ts'
import { promise } from '../promises.ts'
import { anyId, data, extBody } from '../support/bodies.ts'
import type { Gateway } from '../support/gateway.ts'
import { startTestNode, useNode } from '../support/node.ts'

const node = useNode()

const forced = (gateway: Gateway, device: Parameters<typeof data>[0]) => [
  `${gateway.topic('combine/logout_reply')} ${extBody('#', 427, data(device))}`,
  `${gateway.errorTopic} ${extBody('#', 427, data(device))}`,
]

async function told(gateway: Gateway): Promise<string[]> {
  return (await gateway.texts()).map(anyId)
}

describe('between gateways', () => {
  promise(['login.take-over', 'forced.427'], "the loser's notice before the winner's reply", async () => {
    for (let i = 0; i < 5; i++) {
      const { gateway, other, sub } = await node().scene({ gateways: 2 })
      await gateway.login(sub)
      const epoch = node().fleet.epoch(sub)
      node().arrivals.length = 0
      expect(await other.login(sub)).toBe(200)
      await gateway.rest()
      expect(node().arrivals.filter((line) => !line.includes('/ntp/'))).toEqual([
        `${gateway.name}: ${gateway.topic('combine/logout_reply')}`,
        `${gateway.name}: ${gateway.errorTopic}`,
        `${other.name}: ${other.topic('combine/login_reply')}`,
      ])
      expect(node().fleet.onlineThrough(sub)).toBe(other.name)
      expect(node().fleet.epoch(sub)).toBe(epoch + 1)
    }
  })

  promise(
    ['login.again-behind', 'login.take-over'],
    'the loser comes back: back and forth, each loser told once',
    async () => {
      const { gateway, other, sub } = await node().scene({ gateways: 2 })
      await gateway.login(sub)
      await other.login(sub)
      expect(await told(gateway)).toEqual(forced(gateway, sub))
      await gateway.login(sub)
      expect(await told(other)).toEqual(forced(other, sub))
      expect(await told(gateway)).toEqual([])
      expect(node().fleet.onlineThrough(sub)).toBe(gateway.name)
    },
  )

  promise('login.again-behind', 'both at the same instant, several times: one session, every loser told', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    const logins = [gateway.login(sub), other.login(sub), gateway.login(sub), other.login(sub), gateway.login(sub)]
    expect(await Promise.all(logins)).toEqual([200, 200, 200, 200, 200])
    const holder = node().fleet.onlineThrough(sub)
    const loser = holder === gateway.name ? other : gateway
    const winner = loser === gateway ? other : gateway
    expect(holder).toBe(winner.name)
    // Whoever lost was told; the loser last of all, with nothing behind it.
    const notices = (await loser.texts()).filter((text) => text.includes('"code":427'))
    expect(notices.length).toBeGreaterThan(0)
    await loser.publish(`/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`, '{"id":"1","params":{}}')
    expect((await loser.texts()).map(anyId)).toEqual([
      `${loser.errorTopic} ${extBody('1', 520, data(sub), 'device session error')}`,
    ])
    await winner.rest()
    await winner.publish(`/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`, '{"id":"1","params":{}}')
    expect((await winner.rest()).map(({ topic }) => topic)).toEqual([
      `/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post_reply`,
    ])
  })

  promise('login.refresh', 'by the gateway that holds it: same epoch, nobody is told', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    await gateway.login(sub)
    const epoch = node().fleet.epoch(sub)
    expect(await gateway.login(sub)).toBe(200)
    expect(node().fleet.epoch(sub)).toBe(epoch)
    expect(await told(gateway)).toEqual([])
    expect(await told(other)).toEqual([])
  })

  promise('login.keeps', 'a refused login takes nothing from the other gateway', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    await gateway.login(sub)
    expect(await other.login({ ...sub, deviceSecret: 'wrong' })).toBe(6287)
    await node().fleet.unrelate(other.device, sub)
    expect(await other.login(sub)).toBe(6401)
    expect(await told(gateway)).toEqual([])
    expect(node().fleet.onlineThrough(sub)).toBe(gateway.name)
  })

  promise('batch.login', 'a batch takes over from several gateways', async () => {
    const { gateways, sub, sub2 } = await node().scene({ gateways: 3, subs: 2 })
    const [a, b, c] = gateways as [Gateway, Gateway, Gateway]
    await a.login(sub)
    await b.login(sub2)

    expect((await c.ask('combine/batch_login', { deviceList: [makeLogin(sub), makeLogin(sub2)] })).code).toBe(200)
    expect(await told(a)).toEqual(forced(a, sub))
    expect(await told(b)).toEqual(forced(b, sub2))
  })
})

describe('between a gateway and its own connection', () => {
  promise('login.direct', 'login closes the direct connection', async () => {
    const { gateway, sub } = await node().scene()
    const direct = await node().device(sub)
    expect(await gateway.login(sub)).toBe(200)
    await direct.cut()
    expect(node().fleet.onlineThrough(sub)).toBe(gateway.name)
    expect(await told(gateway)).toEqual([])
  })

  promise(['direct.427', 'forced.427'], 'a direct connection: the gateway is told', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    const direct = await node().device(sub)
    expect(await told(gateway)).toEqual(forced(gateway, sub))
    expect(node().fleet.onlineThrough(sub)).toBe('direct')
    expect(await gateway.logout(sub)).toBe(520)
    expect(await direct.alive()).toBe(true)
    expect(await gateway.login(sub)).toBe(200)
    await direct.cut()
  })

  promise('login.direct', 'with ext bit 1 it is told why before', async () => {
    const { gateway, sub } = await node().scene()
    const direct = await node().device(sub, { extra: { ext: 3 } })
    await gateway.login(sub)
    await direct.cut()
    expect(direct.unread.map(({ topic, payload }) => `${topic} ${payload}`)).toEqual([
      '/ext/notify {"title":"kick","content":"Kicked by the same device"}',
    ])
  })

  promise('direct.427', 'a refused CONNECT takes nothing', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    await expect(node().device({ ...sub, deviceSecret: 'wrong' })).rejects.toMatchObject({ code: 4 })
    await expect(node().device(sub, { keepAlive: 5 })).rejects.toMatchObject({ code: 2 })
    expect(await told(gateway)).toEqual([])
    expect(node().fleet.onlineThrough(sub)).toBe(gateway.name)
  })
})

describe('the end of a gateway', () => {
  const ends: { promise: string; name: string; end: (gateway: Gateway) => Promise<unknown> }[] = [
    { promise: 'life.ends', name: 'DISCONNECT', end: (gateway) => gateway.end() },
    {
      promise: 'life.ends',
      name: 'a cut cable',
      end: async (gateway) => gateway.destroy(),
    },
    {
      promise: 'life.gateway',
      name: 'kicked',
      end: (gateway) => node().node.lifecycle.kick(node().fleet.of(gateway.device)),
    },
    { promise: 'life.gateway', name: 'disabled', end: (gateway) => node().fleet.disable(gateway.device) },
    { promise: 'life.gateway', name: 'deleted', end: (gateway) => node().fleet.remove(gateway.device) },
    {
      promise: 'life.gateway',
      name: 'the same credentials elsewhere',
      end: (gateway) => node().gateway(gateway.device),
    },
    { promise: 'bad-input', name: 'a malformed packet', end: async (gateway) => gateway.raw(Buffer.from([0xf0, 0])) },
  ]
  for (const row of ends) {
    promise(row.promise, `${row.name}: its connection is closed, its sub-devices are off line`, async () => {
      const { gateway, other, sub, sub2 } = await node().scene({ gateways: 2, subs: 2 })
      await gateway.login(sub)
      await other.login(sub2)
      const before = node().node.connects.count
      await row.end(gateway)
      await gateway.within(gateway.closed, 'the end')
      // The server has seen it when it no longer counts the connection, or counts the new one in its place.
      const gone = row.name.startsWith('the same') ? before : before - 1
      while (node().node.connects.count !== gone) await other.alive()
      expect(node().fleet.onlineThrough(sub)).toBe(null)
      expect(node().fleet.onlineThrough(sub2)).toBe(other.name)
      expect(await other.alive()).toBe(true)
    })
  }

  promise('life.ends', 'back again: they stay off line until they log in', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    const again = await node().gateway(gateway.device)
    await gateway.cut()
    expect(node().fleet.onlineThrough(sub)).toBe(null)
    await again.publish(`/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`, '{"id":"3","params":{}}')
    expect(await again.texts()).toEqual([`${again.errorTopic} ${extBody('3', 520, data(sub), 'device session error')}`])
    expect(await again.login(sub)).toBe(200)
  })

  promise(['life.gateway', 'closed.disabled'], 'disabled or deleted: it is not let in again', async () => {
    const { gateway, other } = await node().scene({ gateways: 2, subs: 0 })
    await node().fleet.disable(gateway.device)
    await node().fleet.remove(other.device)
    for (const each of [gateway, other]) {
      await each.cut()
      await expect(node().gateway(each.device)).rejects.toMatchObject({ code: 5 })
    }
    await node().fleet.enable(gateway.device)
    await node().gateway(gateway.device)
  })
})

describe('a sub-device that is kicked', () => {
  promise('forced.427', 'its gateway is told 427', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    await node().node.lifecycle.kick(node().fleet.of(sub))
    expect(await told(gateway)).toEqual(forced(gateway, sub))
    expect(node().fleet.onlineThrough(sub)).toBe(null)
  })
})

describe('a restart', () => {
  promise('life.ends', 'nobody is on line after it; times and activation stay', async () => {
    const own = await startTestNode()
    try {
      const { gateway, sub } = await own.scene()
      await gateway.login(sub)
      const { activatedAt, onlineAt } = own.fleet.of(sub)
      expect(activatedAt).toBeGreaterThan(0)
      await own.restart()
      await gateway.cut()
      expect(own.fleet.onlineThrough(sub)).toBe(null)
      expect(own.fleet.of(sub)).toMatchObject({ activatedAt, onlineAt })
    } finally {
      await own.stop()
    }
  })
})
