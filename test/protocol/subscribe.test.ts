/** Which filters are granted, and what reaches whom because of them (direct.md §4; sub-devices.md §9). */
import { describe, expect } from 'vitest'
import { promise } from '../promises.ts'
import { subProduct } from '../support/fleet.ts'
import { startTestNode, useNode } from '../support/node.ts'

const node = useNode()

/** Filters of a device's own, as clients.md 13 lists them. */
const own: readonly string[] = [
  '/sys/{name}/thing/event/property/post_reply',
  '/sys/{name}/thing/event/+/post_reply',
  '/sys/{name}/thing/service/+',
  '/sys/{name}/thing/service/#',
  '/sys/{name}/thing/#',
  '/sys/{name}/thing/topo/#',
  '/sys/{name}/rrpc/#',
  '/sys/{name}/rrpc/request/+',
  '/sys/{name}/#',
  '/sys/{name}/thing/topo/add_reply',
  '/sys/{name}/thing/model/down_raw',
  '/sys/{name}/no/such/capability',
  '/ext/session/{name}/combine/#',
  '/ext/session/{name}/combine/login_reply',
  '/ext/error/{name}',
  '/ext/ntp/{name}/response',
  '/ota/device/upgrade/{name}',
  '/shadow/get/{name}',
  '/{name}/user/get',
]
const nameless: readonly string[] = [
  '/ext/rrpc/#',
  '/ext/rrpc/+/sys/{name}/thing/service/+',
  '/ext/rrpc/+/{name}/user/get',
  '/ext/network/probe/+',
  '/ext/notify',
  '/ext/register',
  '/ext/regnwl',
  '/ext/auth/identity/response',
  '/broadcast/{pk}/#',
  '/broadcast/{pk}/all/of/them',
]
const refused: readonly string[] = [
  '#',
  '+/#',
  '/#',
  '/+/+/user/get',
  '/sys/#',
  '/sys/+/+/thing/#',
  '/sys/{pk}/+/thing/#',
  '/sys/+/{dn}/thing/#',
  '/ext/#',
  '/ext/error/+/+',
  '/ext/session/+/+/combine/login_reply',
  '/ext/error/#',
  '/ext/rrpc',
  '/broadcast/#',
  '/broadcast/+/x',
  '/broadcast/a1GwPk00001/x',
  '/{name}/#',
  '/{name}/user/#',
  '/{name}/user/+',
  '/{name}/user/update',
  '/{name}/user/not/defined',
  '/{name}/update',
  '$SYS/#',
  '$share/group/sys/{name}/#',
  'a',
  '/as/mqtt/status/{name}',
]

const fill = (filter: string, name: string) =>
  filter
    .replace('{name}', name)
    .replace('{pk}', name.split('/')[0] as string)
    .replace('{dn}', name.split('/')[1] as string)

describe('granted', () => {
  promise('subscribe.own', "the device's own, known or not; QoS as asked", async () => {
    const device = await node().device(await node().fleet.device())
    const filters = own.map((filter) => fill(filter, device.name))
    expect(await device.subscribe(filters, 1)).toEqual(filters.map(() => 1))
    expect(await device.subscribe(filters, 0)).toEqual(filters.map(() => 0))
  })

  promise('subscribe.nameless', 'filters that name no device', async () => {
    const device = await node().device(await node().fleet.device())
    const filters = nameless.map((filter) => fill(filter, device.name))
    expect(await device.subscribe(filters)).toEqual(filters.map(() => 1))
    expect(await device.texts()).toEqual([])
  })

  promise('publish.qos2', 'QoS 2 is granted 1', async () => {
    const device = await node().device(await node().fleet.device())
    expect(await device.subscribe([`/sys/${device.name}/thing/#`, '/ext/rrpc/#'], 2)).toEqual([1, 1])
  })
})

describe('refused with 0x80, and the connection lives', () => {
  promise('subscribe.foreign', 'wildcards for productKey or deviceName, undefined topics', async () => {
    for (const device of [await node().device(await node().fleet.device()), (await node().scene()).gateway]) {
      for (const filter of refused.map((each) => fill(each, device.name)))
        if (filter !== '/broadcast/a1GwPk00001/x' || !device.name.startsWith('a1Gw'))
          expect(await device.subscribe(filter), filter).toEqual([0x80])
      expect(await device.alive()).toBe(true)
    }
  })

  promise('subscribe.foreign', 'topics of another device, among granted ones', async () => {
    const one = await node().device(await node().fleet.device())
    const two = await node().device(await node().fleet.device())
    const filters = own.map((filter) => fill(filter, two.name))
    expect(await one.subscribe([`/sys/${one.name}/thing/#`, ...filters])).toEqual([1, ...filters.map(() => 0x80)])
    await two.publish(`/sys/${two.name}/thing/event/property/post`, '{"params":{}}')
    await two.rest()
    expect(await one.texts()).toEqual([])
  })

  promise('subscribe.limit', 'more than limits.subscriptions for one device', async () => {
    const device = await node().device(await node().fleet.device())
    const filters = Array.from({ length: 100 }, (_, i) => `/sys/${device.name}/thing/service/s${i}`)
    expect(await device.subscribe(filters)).toEqual(filters.map(() => 1))
    expect(await device.subscribe('/ext/notify')).toEqual([0x80])
    expect(await device.subscribe(filters[5] as string)).toEqual([1])
    await device.unsubscribe(filters[5] as string)
    expect(await device.subscribe(['/ext/notify', filters[5] as string])).toEqual([1, 0x80])
  })

  promise('subscribe.limit', 'counted for the device that the filter names', async () => {
    const { gateway, sub, sub2 } = await node().scene({ subs: 2 })
    for (const each of [sub, sub2]) await gateway.login(each)
    for (const name of [gateway.name, `${sub.productKey}/${sub.deviceName}`, `${sub2.productKey}/${sub2.deviceName}`]) {
      const filters = Array.from({ length: 100 }, (_, i) => `/sys/${name}/thing/service/s${i}`)
      expect(await gateway.subscribe(filters)).toEqual(filters.map(() => 1))
      expect(await gateway.subscribe(`/sys/${name}/thing/#`)).toEqual([0x80])
    }
  })

  promise('subscribe.limit', 'more than limits.filtersPerSubscribe in one packet', async () => {
    const ownNode = await startTestNode({ settings: { 'limits.filtersPerSubscribe': 8 } })
    try {
      const device = await ownNode.device(await ownNode.fleet.device())
      const filters = Array.from({ length: 10 }, (_, i) => `/sys/${device.name}/thing/service/s${i}`)
      expect(await device.subscribe(filters)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0x80, 0x80])
    } finally {
      await ownNode.stop()
    }
  })
})

describe('custom topics', () => {
  promise('subscribe.custom', 'by the classes of the product, both ways', async () => {
    const { fleet } = node()
    const productKey = await fleet.product()
    await fleet.topicClass(productKey, { shortName: 'both', operation: 'ALL' })
    await fleet.topicClass(productKey, { shortName: 'a/+/c', operation: 'SUB' })
    await fleet.topicClass(productKey, { shortName: 'deep/#', operation: 'SUB' })
    const device = await node().device(await fleet.device(productKey))
    const verdicts: [string, number][] = [
      ['get', 1],
      ['update', 0x80],
      ['both', 1],
      ['a/b/c', 1],
      ['a/+/c', 1],
      ['a/#', 0x80],
      ['a/b/c/d', 0x80],
      ['deep/#', 1],
      ['deep/a/b', 1],
      ['deep/+/b', 1],
      ['+', 0x80],
      ['#', 0x80],
    ]
    const codes = await device.subscribe(verdicts.map(([filter]) => `/${device.name}/user/${filter}`))
    expect(verdicts.map(([filter], i) => [filter, codes[i]])).toEqual(verdicts)
    const publishes: [string, boolean][] = [
      ['update', true],
      ['update/error', true],
      ['both', true],
      ['get', false],
      ['a/b/c', false],
      ['deep/a', false],
      ['update/x', false],
    ]
    for (const [topic, allowed] of publishes) {
      node().refusals.length = 0
      await device.publish(`/${device.name}/user/${topic}`, 'x', 1)
      expect(node().refusals.length === 0, topic).toBe(allowed)
    }
  })

  promise('subscribe.custom', 'a class that is new takes effect at once', async () => {
    const { fleet } = node()
    const productKey = await fleet.product()
    const device = await node().device(await fleet.device(productKey))
    expect(await device.subscribe(`/${device.name}/user/later`)).toEqual([0x80])
    await device.publish(`/${device.name}/user/later`, 'x', 1)
    await fleet.topicClass(productKey, { shortName: 'later', operation: 'ALL' })
    expect(await device.subscribe(`/${device.name}/user/later`)).toEqual([1])
    node().refusals.length = 0
    await device.publish(`/${device.name}/user/later`, 'x', 1)
    expect(node().refusals).toEqual([])
  })

  promise('subscribe.custom', 'a downlink needs the subscription', async () => {
    const device = await node().device(await node().fleet.device())
    const { messages } = node().node
    const topic = `/${device.name}/user/get`
    await messages.pub(node().fleet.of(device.device), topic, Buffer.from('unheard'), 0)
    await messages.pub(node().fleet.of(device.device), topic, Buffer.from('unheard'), 1)
    expect(await device.texts()).toEqual([])
    await device.subscribe(topic, 1)
    await messages.pub(node().fleet.of(device.device), topic, Buffer.from([0, 255]), 0)
    const [message] = await device.rest()
    expect([message?.topic, message?.qos, message?.payload]).toEqual([topic, 0, Buffer.from([0, 255])])
  })

  promise('subscribe.proxy', 'not with the proxy-subscription flag', async () => {
    const { fleet } = node()
    const productKey = await fleet.product()
    await fleet.topicClass(productKey, { shortName: 'proxied', operation: 'SUB', proxySubscribe: true })
    const device = await node().device(await fleet.device(productKey))
    const topic = `/${device.name}/user/proxied`
    await node().node.messages.pub(fleet.of(device.device), topic, Buffer.from('x'), 0)
    expect(await device.texts()).toEqual([`${topic} x`])
    await device.unsubscribe(topic)
    await node().node.messages.pub(fleet.of(device.device), topic, Buffer.from('x'), 0)
    expect(await device.texts()).toEqual([])
  })

  for (const [publish, subscribe, delivered] of [
    [0, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
    [1, 1, 1],
  ] as const) {
    promise('subscribe.qos', `published at ${publish}, subscribed at ${subscribe}`, async () => {
      const device = await node().device(await node().fleet.device())
      const topic = `/${device.name}/user/get`
      await device.subscribe(topic, subscribe)
      await node().node.messages.pub(node().fleet.of(device.device), topic, Buffer.from('x'), publish)
      expect((await device.rest()).map(({ qos }) => qos)).toEqual([delivered])
    })
  }

  promise('subscribe.qos', 'overlapping filters: one copy at the highest', async () => {
    const { fleet } = node()
    const productKey = await fleet.product()
    await fleet.topicClass(productKey, { shortName: 'a/#', operation: 'SUB' })
    const device = await node().device(await fleet.device(productKey))
    await device.subscribe(`/${device.name}/user/a/#`, 0)
    await device.subscribe(`/${device.name}/user/a/b`, 1)
    await node().node.messages.pub(fleet.of(device.device), `/${device.name}/user/a/b`, Buffer.from('x'), 1)
    expect((await device.rest()).map(({ qos }) => qos)).toEqual([1])
  })
})

describe('for sub-devices', () => {
  promise('after.subscribe', 'refused before its login, granted after, refused again when it is off line', async () => {
    const { gateway, sub } = await node().scene()
    const name = `${sub.productKey}/${sub.deviceName}`
    const filters = [...own, '/ext/session/{name}/combine/login_reply', '/sys/{name}/thing/topo/add_reply'].map(
      (filter) => fill(filter, name),
    )
    expect(await gateway.subscribe(filters)).toEqual(filters.map(() => 0x80))
    await gateway.login(sub)
    expect(await gateway.subscribe(filters)).toEqual(filters.map(() => 1))
    await gateway.logout(sub)
    expect(await gateway.subscribe(filters)).toEqual(filters.map(() => 0x80))
    expect(await gateway.alive()).toBe(true)
  })

  promise('after.subscribe', 'of another gateway, and of one that connects itself', async () => {
    const { gateway, other, sub, sub2 } = await node().scene({ gateways: 2, subs: 2 })
    await other.login(sub)
    const direct = await node().device(sub2)
    for (const device of [sub, sub2, other.device]) {
      expect(await gateway.subscribe(`/sys/${device.productKey}/${device.deviceName}/thing/#`)).toEqual([0x80])
    }
    expect(await direct.alive()).toBe(true)
  })

  promise('after.downlink', 'custom downlinks go to the connection that logged it in, subscribed there', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    const topic = `/${sub.productKey}/${sub.deviceName}/user/get`
    const pub = (text: string, qos: 0 | 1) =>
      node().node.messages.pub(node().fleet.of(sub), topic, Buffer.from(text), qos)
    await gateway.login(sub)
    await gateway.subscribe(topic)
    await pub('to the first', 1)
    expect(await gateway.texts()).toEqual([`${topic} to the first`])
    await other.login(sub)
    await gateway.rest()
    await pub('nobody subscribed', 1)
    await other.subscribe(topic)
    await pub('to the second', 1)
    expect(await gateway.texts()).toEqual([])
    expect(await other.texts()).toEqual([`${topic} to the second`])
    await gateway.login(sub)
    await pub('its filter is still there', 0)
    expect(await gateway.texts()).toEqual([`${topic} its filter is still there`])
  })

  promise('after.downlink', 'system downlinks too: RRPC', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    const outcome = node().node.messages.rrpc(node().fleet.of(sub), Buffer.from('question'), 5000, null)
    const { topic, payload } = await gateway.next(`/sys/${sub.productKey}/${sub.deviceName}/rrpc/request/+`)
    expect(payload.toString()).toBe('question')
    await gateway.publish(topic.replace('request', 'response'), 'answer')
    expect(await outcome).toMatchObject({ code: 'SUCCESS', payload: Buffer.from('answer') })
  })
})

describe('broadcast', () => {
  promise('broadcast.topic', 'by topic: those who subscribed, and are of the product', async () => {
    const { fleet, node: homeport } = node()
    const productKey = await fleet.product()
    const heard = await node().device(await fleet.device(productKey))
    const deaf = await node().device(await fleet.device(productKey))
    const stranger = await node().device(await fleet.device())
    expect(await heard.subscribe(`/broadcast/${productKey}/#`)).toEqual([1])
    expect(await stranger.subscribe(`/broadcast/${productKey}/#`)).toEqual([0x80])
    await homeport.messages.broadcastTopic(`/broadcast/${productKey}/all`, Buffer.from('hello'))
    expect((await heard.rest()).map(({ topic, qos }) => [topic, qos])).toEqual([[`/broadcast/${productKey}/all`, 0]])
    expect(await deaf.texts()).toEqual([])
    expect(await stranger.texts()).toEqual([])
  })

  promise(['broadcast.product', 'auto.either'], 'of a product: everyone on line, sub-devices too', async () => {
    const own = await startTestNode({ settings: { 'mqtt.autoDelivery': 'requested' } })
    try {
      const { gateway, sub, sub2 } = await own.scene({ subs: 2 })
      await gateway.subscribe(gateway.topic('combine/login_reply'))
      await gateway.login(sub)
      const direct = await own.device(sub2)
      await gateway.rest()
      const product = own.node.world.directory.product(subProduct)
      const id = await own.node.messages.broadcast(product as NonNullable<typeof product>, Buffer.from('all'))
      expect(id).toMatch(/^\d{19}$/)
      expect(await gateway.texts()).toEqual([`/sys/${sub.productKey}/${sub.deviceName}/broadcast/request/${id} all`])
      expect(await direct.texts()).toEqual([`/sys/${direct.name}/broadcast/request/${id} all`])
    } finally {
      await own.stop()
    }
  })
})
