/** What a gateway is told without asking: forced off line, pushes, topology changes; in which order, on which topics, once. */
import { describe, expect } from 'vitest'
import type { DeviceRef } from '../../src/effects/effect.ts'
import { promise } from '../promises.ts'
import { data, extBody, list, sysBody } from '../support/bodies.ts'
import type { Gateway } from '../support/gateway.ts'
import { named } from '../support/gateway.ts'
import type { TestNode } from '../support/node.ts'
import { startTestNode, useNode } from '../support/node.ts'

const node = useNode()

/** All that the gateway was told, with `#` for ids of the platform's own. */
async function told(gateway: Gateway): Promise<string[]> {
  return (await gateway.texts()).map((text) => text.replaceAll(/"id":"2\d{9}"/g, '"id":"#"'))
}

const forced = (gateway: Gateway, code: number, device: DeviceRef) =>
  ['combine/logout_reply', ''].map((path) => {
    const topic = path === '' ? gateway.errorTopic : gateway.topic(path)
    return `${topic} ${extBody('#', code, data(device))}`
  })

const thing = (what: string, { productKey, deviceName }: DeviceRef) =>
  `/sys/${productKey}/${deviceName}/thing/${what} {"method":"thing.${what}","id":"#","params":{},"version":"1.0"}`

const change = (gateway: Gateway, status: number, ...devices: DeviceRef[]) =>
  `/sys/${gateway.name}/thing/topo/change {"method":"thing.topo.change","id":"#","params":{"status":${status},"subList":${list(...devices)}},"version":"1.0"}`

describe('order', () => {
  promise(['push.disable', 'push.all', 'thing.disable', 'topo.change'], 'disable while on line', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    await gateway.login(sub)
    await node().fleet.disable(sub)
    expect(await told(gateway)).toEqual([thing('disable', sub), ...forced(gateway, 522, sub), change(gateway, 8, sub)])
    expect(await told(other)).toEqual([thing('disable', sub), change(other, 8, sub)])
    expect(await gateway.login(sub)).toBe(522)
    await node().fleet.disable(sub)
    expect(await told(gateway)).toEqual([])
  })

  promise(['push.disable', 'push.all'], 'disable while off line', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    await node().fleet.disable(sub)
    for (const each of [gateway, other]) expect(await told(each)).toEqual([thing('disable', sub), change(each, 8, sub)])
  })

  promise(['push.enable', 'thing.enable', 'push.all'], 'enable', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    await node().fleet.disable(sub)
    for (const each of [gateway, other]) await each.rest()
    await node().fleet.enable(sub)
    for (const each of [gateway, other]) expect(await told(each)).toEqual([change(each, 2, sub), thing('enable', sub)])
    expect(await gateway.login(sub)).toBe(200)
  })

  promise(['push.delete', 'thing.delete', 'push.all'], 'delete while on line', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    await gateway.login(sub)
    await node().fleet.remove(sub)
    expect(await told(gateway)).toEqual([thing('delete', sub), ...forced(gateway, 521, sub), change(gateway, 1, sub)])
    expect(await told(other)).toEqual([thing('delete', sub), change(other, 1, sub)])
    expect(await gateway.login(sub)).toBe(521)
  })

  promise(['push.unrelate', 'notice.6401'], 'un-relate while on line: that gateway alone', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    await gateway.login(sub)
    await node().fleet.unrelate(gateway.device, sub)
    expect(await told(gateway)).toEqual([...forced(gateway, 6401, sub), change(gateway, 1, sub)])
    expect(await told(other)).toEqual([])
    expect(node().fleet.onlineThrough(sub)).toBe(null)
  })

  promise('push.unrelate', 'un-relate another gateway: the session stands', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    await gateway.login(sub)
    await node().fleet.unrelate(other.device, sub)
    expect(await told(other)).toEqual([change(other, 1, sub)])
    expect(await told(gateway)).toEqual([])
    expect(node().fleet.onlineThrough(sub)).toBe(gateway.name)
  })

  promise('topo.change', 'an operator adds: 0, one message for all', async () => {
    const { gateway, sub, sub2 } = await node().scene({ subs: 2, related: false })
    await node().fleet.relate(gateway.device, sub, sub2)
    expect(await told(gateway)).toEqual([change(gateway, 0, sub, sub2)])
  })

  promise(
    ['notice.reply-first', 'notice.6401', 'push.own'],
    'topo/delete while on line: the reply, then 6401',
    async () => {
      const { gateway, other, sub } = await node().scene({ gateways: 2 })
      await gateway.login(sub)
      await gateway.publish(gateway.topic('thing/topo/delete'), `{"id":"7","params":${list(sub)}}`, 1)
      expect(await told(gateway)).toEqual([
        `${gateway.topic('thing/topo/delete_reply')} ${sysBody('7', 200, list(sub), 'thing.topo.delete')}`,
        ...forced(gateway, 6401, sub),
      ])
      expect(await told(other)).toEqual([])
    },
  )

  promise(
    ['notice.reply-first', 'sub.unregister', 'push.all'],
    'sub/unregister while on line: the reply, then 521',
    async () => {
      const { gateway, other, sub } = await node().scene({ gateways: 2 })
      await gateway.login(sub)
      await gateway.publish(gateway.topic('thing/sub/unregister'), `{"id":"7","params":${list(sub)}}`)
      expect(await told(gateway)).toEqual([
        `${gateway.topic('thing/sub/unregister_reply')} ${sysBody('7', 200, '{}', 'thing.sub.unregister')}`,
        ...forced(gateway, 521, sub),
      ])
      expect(await told(other)).toEqual([thing('delete', sub), change(other, 1, sub)])
    },
  )

  promise('push.all', 'unregistered here while on line there: 521 goes to the gateway of the session', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    await other.login(sub)
    await gateway.ask('thing/sub/unregister', [named(sub)])
    expect(await told(gateway)).toEqual([])
    expect(await told(other)).toEqual([thing('delete', sub), ...forced(other, 521, sub), change(other, 1, sub)])
  })

  promise(
    ['notice.reply-first', 'forced.522'],
    'login_reply 200 before the notice that ends that session',
    async () => {
      const { gateway, sub } = await node().scene()
      const login = gateway.login(sub)
      await login
      await node().fleet.disable(sub)
      await gateway.rest()
      const own = gateway.frames.filter((frame) => frame.includes('/ext/session/'))
      expect(own).toEqual([
        `publish ${gateway.topic('combine/login_reply')}`,
        `publish ${gateway.topic('combine/logout_reply')}`,
      ])
    },
  )
})

describe('who is not told', () => {
  promise(
    ['push.own', 'topo.delete'],
    'topo/delete of one that is on line through another gateway: its session stands',
    async () => {
      const { gateway, other, sub } = await node().scene({ gateways: 2 })
      await other.login(sub)
      expect((await gateway.ask('thing/topo/delete', [named(sub)])).code).toBe(200)
      for (const each of [gateway, other]) expect(await told(each)).toEqual([])
      expect(node().fleet.onlineThrough(sub)).toBe(other.name)
    },
  )

  promise(
    ['push.disable', 'closed.disabled'],
    'disabled while directly connected: no thing/disable, no notice',
    async () => {
      const { gateway, sub } = await node().scene()
      const direct = await node().device(sub)
      await node().fleet.disable(sub)
      await direct.cut()
      expect(direct.unread).toEqual([])
      expect(await told(gateway)).toEqual([change(gateway, 8, sub)])
    },
  )

  promise(
    ['push.delete', 'closed.disabled'],
    'deleted while directly connected: no thing/delete, no notice',
    async () => {
      const { gateway, sub } = await node().scene()
      const direct = await node().device(sub)
      await node().fleet.remove(sub)
      await direct.cut()
      expect(direct.unread).toEqual([])
      expect(await told(gateway)).toEqual([change(gateway, 1, sub)])
    },
  )

  promise('push.unrelate', 'un-related while directly connected: its connection stands', async () => {
    const { gateway, sub } = await node().scene()
    const direct = await node().device(sub)
    await node().fleet.unrelate(gateway.device, sub)
    expect(await told(gateway)).toEqual([change(gateway, 1, sub)])
    expect(await direct.alive()).toBe(true)
  })

  promise('life.gateway', 'a gateway that is deleted: its sub-devices go on through others', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    await gateway.login(sub)
    await node().fleet.remove(gateway.device)
    await gateway.cut()
    expect(await told(other)).toEqual([])
    expect(await other.login(sub)).toBe(200)
    expect(await told(other)).toEqual([])
  })
})

describe('answers of gateways', () => {
  promise(
    ['thing.disable', 'topo.change'],
    'disable_reply of a sub-device that is off line by then is 520; change_reply is recorded',
    async () => {
      const { gateway, sub } = await node().scene()
      await gateway.login(sub)
      await node().fleet.disable(sub)
      const pushes = await gateway.rest()
      const id = (JSON.parse(String(pushes[0]?.payload)) as { id: string }).id
      await gateway.publish(gateway.topic('thing/topo/change_reply'), `{"id":"${id}","code":200,"data":{}}`)
      expect(await gateway.texts()).toEqual([])
      await gateway.publish(
        `/sys/${sub.productKey}/${sub.deviceName}/thing/disable_reply`,
        `{"id":"${id}","code":200,"data":{}}`,
      )
      expect(await gateway.texts()).toEqual([
        `${gateway.errorTopic} ${extBody(id, 520, data(sub), 'device session error')}`,
      ])
    },
  )

  promise(['thing.enable', 'thing.delete'], 'enable_reply and delete_reply are not answered', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    const name = `${sub.productKey}/${sub.deviceName}`
    for (const path of ['thing/enable_reply', 'thing/delete_reply', 'thing/disable_reply']) {
      expect(await gateway.publish(`/sys/${name}/${path}`, '{"id":"2000000000","code":200,"data":{}}', 1)).toBe(0)
      expect(await gateway.publish(`/sys/${name}/${path}`, 'no JSON', 1)).toBe(0)
    }
    expect(await gateway.texts()).toEqual([])
  })

  promise('topo.add.notify', 'asked to add, and answered', async () => {
    const { gateway, sub } = await node().scene({ related: false })
    const { messages } = node().node
    const id = await messages.notifyAdd(node().fleet.of(gateway.device), [node().fleet.of(sub)])
    expect(await gateway.texts()).toEqual([
      `${gateway.topic('thing/topo/add/notify')} {"method":"thing.topo.add.notify","id":"${id}","params":${list(sub)},"version":"1.0"}`,
    ])
    await gateway.publish(gateway.topic('thing/topo/add/notify_reply'), `{"id":"${id}","code":200,"data":{}}`, 1)
    expect(await gateway.texts()).toEqual([])
  })

  promise('gateway.permit', 'with and without a product', async () => {
    const { gateway } = await node().scene({ subs: 0 })
    const { messages } = node().node
    const device = node().fleet.of(gateway.device)
    const all = await messages.permit(device, 60, null)
    const one = await messages.permit(device, 5, 'a1SuBPk0002')
    const topic = gateway.topic('thing/gateway/permit')
    expect(await gateway.texts()).toEqual([
      `${topic} {"method":"thing.gateway.permit","id":"${all}","params":{"time":60},"version":"1.0"}`,
      `${topic} {"method":"thing.gateway.permit","id":"${one}","params":{"time":5,"productKey":"a1SuBPk0002"},"version":"1.0"}`,
    ])
    await gateway.publish(gateway.topic('thing/gateway/permit_reply'), `{"id":"${all}","code":200,"data":{}}`)
    expect(await gateway.texts()).toEqual([])
  })
})

describe('settings', () => {
  async function onNode(settings: Parameters<typeof startTestNode>[0], run: (node: TestNode) => Promise<void>) {
    const own = await startTestNode(settings)
    try {
      await run(own)
    } finally {
      await own.stop()
    }
  }

  for (const [value, path] of [
    ['logout_reply', 'combine/logout_reply'],
    ['error', ''],
  ] as const) {
    promise('notice.setting', `errors.forcedOfflineTopics ${value}`, () =>
      onNode({ settings: { 'errors.forcedOfflineTopics': value } }, async (own) => {
        const { gateway, other, sub } = await own.scene({ gateways: 2 })
        await gateway.login(sub)
        await other.login(sub)
        const topic = path === '' ? gateway.errorTopic : gateway.topic(path)
        expect(await told(gateway)).toEqual([`${topic} ${extBody('#', 427, data(sub))}`])
        // A refused message is told on /ext/error under any value.
        await gateway.publish(`/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`, '{"id":"1"}')
        expect(await told(gateway)).toEqual([
          `${gateway.errorTopic} ${extBody('1', 520, data(sub), 'device session error')}`,
        ])
      }),
    )
  }

  promise('notice.6401', 'errors.topologyRemoved off: the session ends, and nobody is told 6401', () =>
    onNode({ settings: { 'errors.topologyRemoved': 'off' } }, async (own) => {
      const { gateway, sub, sub2 } = await own.scene({ subs: 2 })
      for (const each of [sub, sub2]) await gateway.login(each)
      await own.fleet.unrelate(gateway.device, sub)
      expect(await told(gateway)).toEqual([change(gateway, 1, sub)])
      expect((await gateway.ask('thing/topo/delete', [named(sub2)])).code).toBe(200)
      expect(await told(gateway)).toEqual([])
      expect([own.fleet.onlineThrough(sub), own.fleet.onlineThrough(sub2)]).toEqual([null, null])
    }),
  )
})

describe('ids of the platform', () => {
  promise(['id.unique', 'id.made'], 'go on behind those of before a restart', async () => {
    const own = await startTestNode()
    try {
      const { gateway, other, sub } = await own.scene({ gateways: 2 })
      const ids: number[] = []
      const forcedId = async (loser: Gateway, winner: Gateway) => {
        await loser.login(sub)
        await winner.login(sub)
        const [first] = await loser.rest()
        ids.push(Number((JSON.parse(String(first?.payload)) as { id: string }).id))
      }
      await forcedId(gateway, other)
      await own.restart()
      await forcedId(await own.gateway(gateway.device), await own.gateway(other.device))
      expect(ids[1]).toBeGreaterThan(ids[0] as number)
      expect(ids[1]).toBeLessThan(2 ** 31)
    } finally {
      await own.stop()
    }
  })
})
