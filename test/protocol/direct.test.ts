/** What a connected device uses beside its messages: time, RRPC, rates, and the parts of MQTT that are taken and ignored (direct.md §6). */
import { describe, expect } from 'vitest'
import { makeConnect } from '../../src/auth/make.ts'
import { encodeConnect } from '../../src/mqtt/codec/connect.ts'
import { encodePublish } from '../../src/mqtt/codec/publish.ts'
import { promise } from '../promises.ts'
import { subProduct } from '../support/fleet.ts'
import { startTestNode, useNode } from '../support/node.ts'

const node = useNode({ clock: 'virtual' })

describe('time', () => {
  const rows: [string, (now: number) => string | null][] = [
    [
      '{"deviceSendTime":"1571724098000"}',
      (now) => `{"deviceSendTime":"1571724098000","serverRecvTime":"${now}","serverSendTime":"${now}"}`,
    ],
    [
      '{"deviceSendTime":"1234"}',
      (now) => `{"deviceSendTime":"1234","serverRecvTime":"${now}","serverSendTime":"${now}"}`,
    ],
    ['{"deviceSendTime":""}', (now) => `{"deviceSendTime":"","serverRecvTime":"${now}","serverSendTime":"${now}"}`],
    [
      '{"deviceSendTime":1571724098000,"x":1}',
      (now) => `{"deviceSendTime":1571724098000,"serverRecvTime":${now},"serverSendTime":${now}}`,
    ],
    ['{}', () => null],
    ['{"deviceSendTime":null}', () => null],
    ['nonsense', () => null],
    ['', () => null],
  ]
  for (const [request, response] of rows) {
    promise(['ntp', 'auto.either'], request || 'nothing', async () => {
      const device = await node().device(await node().fleet.device())
      await device.publish(`/ext/ntp/${device.name}/request`, request, 1)
      const expected = response(node().clock.wall())
      const messages = await device.rest()
      expect(messages.map(({ topic, payload, qos }) => [topic, payload.toString(), qos])).toEqual(
        expected === null ? [] : [[`/ext/ntp/${device.name}/response`, expected, 0]],
      )
    })
  }

  promise('ntp', 'for a sub-device that is on line too', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    const name = `${sub.productKey}/${sub.deviceName}`
    await gateway.publish(`/ext/ntp/${name}/request`, '{"deviceSendTime":"1"}')
    expect((await gateway.rest()).map(({ topic }) => topic)).toEqual([`/ext/ntp/${name}/response`])
  })
})

describe('RRPC', () => {
  const ask = (
    device: Parameters<ReturnType<typeof node>['fleet']['of']>[0],
    topic: string | null = null,
    timeout = 5000,
  ) => node().node.messages.rrpc(node().fleet.of(device), Buffer.from([1, 2, 255]), timeout, topic)

  promise('rrpc.system', 'SUCCESS: the payload is opaque, both ways', async () => {
    const device = await node().device(await node().fleet.device())
    const outcome = ask(device.device)
    const request = await device.next(`/sys/${device.name}/rrpc/request/+`)
    const id = request.topic.split('/').at(-1) as string
    expect(id).toMatch(/^\d{19}$/)
    expect([request.payload, request.qos]).toEqual([Buffer.from([1, 2, 255]), 0])
    await device.publish(`/sys/${device.name}/rrpc/response/${id}`, Buffer.from([0, 254]))
    expect(await outcome).toEqual({ messageId: id, code: 'SUCCESS', payload: Buffer.from([0, 254]) })
    await device.publish(`/sys/${device.name}/rrpc/response/${id}`, 'twice', 1)
    expect(await device.texts()).toEqual([])
  })

  promise('rrpc.system', 'TIMEOUT, and a late answer changes nothing', async () => {
    const device = await node().device(await node().fleet.device())
    const outcome = ask(device.device)
    const { topic } = await device.next('/sys/+/+/rrpc/request/+')
    node().advance(5000)
    expect((await outcome).code).toBe('TIMEOUT')
    node().refusals.length = 0
    expect(await device.publish(topic.replace('request', 'response'), 'late', 1)).toBe(0)
    expect(node().refusals.map(({ code }) => code)).toEqual([1904])
  })

  promise('rrpc.system', 'OFFLINE at once; also where it goes off line meanwhile', async () => {
    const device = await node().device(await node().fleet.device())
    expect((await ask(await node().fleet.device())).code).toBe('OFFLINE')
    const outcome = ask(device.device)
    await device.next('/sys/+/+/rrpc/request/+')
    await device.end()
    expect((await outcome).code).toBe('OFFLINE')
    expect((await ask(device.device)).code).toBe('OFFLINE')
  })

  promise('rrpc.system', "nobody else's answer counts", async () => {
    const device = await node().device(await node().fleet.device())
    const stranger = await node().device(await node().fleet.device())
    const outcome = ask(device.device)
    const { topic } = await device.next('/sys/+/+/rrpc/request/+')
    const id = topic.split('/').at(-1) as string
    await stranger.publish(`/sys/${stranger.name}/rrpc/response/${id}`, 'mine', 1)
    await stranger.publish(`/sys/${device.name}/rrpc/response/${id}`, 'forged', 1)
    await device.publish(topic.replace('request', 'response'), 'real')
    expect(String((await outcome).payload)).toBe('real')
  })

  promise('rrpc.custom', 'on the original topic, with ext bit 0 alone', async () => {
    const device = await node().device(await node().fleet.device(), { extra: { ext: 1 } })
    const topic = `/${device.name}/user/get`
    const outcome = ask(device.device, topic)
    const request = await device.next('/ext/rrpc/+/#')
    const { messageId } = { messageId: request.topic.split('/')[3] }
    expect(request.topic).toBe(`/ext/rrpc/${messageId}${topic}`)
    await device.publish(request.topic, 'answer')
    expect(await outcome).toEqual({ messageId, code: 'SUCCESS', payload: Buffer.from('answer') })
    const without = await node().device(await node().fleet.device(), { extra: { ext: 2 } })
    expect((await ask(without.device, `/${without.name}/user/get`)).code).toBe('UNKNOWN')
    expect(await without.texts()).toEqual([])
  })

  promise('rrpc.half', 'the link broke less than one keep-alive ago', async () => {
    const device = await node().device(await node().fleet.device(), { keepAlive: 60 })
    const witness = await node().device(await node().fleet.device())
    device.destroy()
    while (node().fleet.onlineThrough(device.device) !== null) await witness.alive()
    expect((await ask(device.device)).code).toBe('HALFCONN')
    node().advance(60_000)
    expect((await ask(device.device)).code).toBe('OFFLINE')
  })
})

describe('taken and ignored', () => {
  promise('publish.retain', 'the retained flag', async () => {
    const productKey = await node().fleet.product()
    await node().fleet.topicClass(productKey, { shortName: 'both', operation: 'ALL' })
    const device = await node().device(await node().fleet.device(productKey))
    const topic = `/${device.name}/user/both`
    const packet = encodePublish({ topic, payload: 'kept?', qos: 1, packetId: 7, retain: true }, 4)
    device.raw(packet)
    expect(await device.answer(7)).toEqual([0])
    expect(await device.subscribe(topic)).toEqual([1])
    expect(await device.texts()).toEqual([])
  })

  promise('publish.retain', 'a will', async () => {
    const device = await node().fleet.device()
    const witness = await node().device(await node().fleet.device())
    await witness.subscribe([`/broadcast/${subProduct}/#`, `/sys/${witness.name}/thing/#`])
    const client = await node().dial(device)
    const { clientId, userName, password } = makeConnect(device)
    const will = {
      topic: `/broadcast/${subProduct}/will`,
      payload: Buffer.from('x'),
      qos: 1,
      retain: true,
      properties: null,
    } as const
    client.raw(
      encodeConnect({
        version: 4,
        clientId,
        userName,
        password: Buffer.from(password),
        cleanStart: true,
        keepAlive: 60,
        will,
        properties: null,
      }),
    )
    expect((await client.connack()).code).toBe(0)
    client.destroy()
    while (node().fleet.onlineThrough(device) !== null) await witness.alive()
    expect(await witness.texts()).toEqual([])
  })

  promise('publish.foreign', 'a device hears nothing of what it publishes itself', async () => {
    const productKey = await node().fleet.product()
    await node().fleet.topicClass(productKey, { shortName: 'both', operation: 'ALL' })
    const device = await node().device(await node().fleet.device(productKey))
    await device.subscribe(`/${device.name}/user/both`)
    await device.publish(`/${device.name}/user/both`, 'x', 1)
    expect(await device.texts()).toEqual([])
  })

  promise('subscribe.nameless', 'what is addressed to another device does not come by such a filter', async () => {
    const device = await node().device(await node().fleet.device(), { extra: { ext: 1 } })
    const eavesdropper = await node().device(await node().fleet.device(), { extra: { ext: 1 } })
    await eavesdropper.subscribe(['/ext/rrpc/#', '/ext/notify'])
    const outcome = node().node.messages.rrpc(
      node().fleet.of(device.device),
      Buffer.from('x'),
      5000,
      `/${device.name}/user/get`,
    )
    const { topic } = await device.next('/ext/rrpc/#')
    await device.publish(topic, 'y')
    expect((await outcome).code).toBe('SUCCESS')
    expect(await eavesdropper.texts()).toEqual([])
  })
})

describe('rates', () => {
  promise('publish.rate', 'beyond the limit dropped with PUBACK, counted for the device in the topic', async () => {
    const own = await startTestNode({
      clock: 'virtual',
      settings: { 'limits.publishesPerSecondQos0': 2, 'limits.publishesPerSecondQos1': 1 },
    })
    try {
      const { gateway, sub } = await own.scene()
      await gateway.login(sub)
      const post = (name: string) => `/sys/${name}/thing/event/property/post`
      const name = `${sub.productKey}/${sub.deviceName}`
      for (let i = 0; i < 4; i++) await gateway.publish(post(name), '{"id":"0","params":{}}')
      for (let i = 0; i < 3; i++) expect(await gateway.publish(post(name), '{"id":"1","params":{}}', 1)).toBe(0)
      await gateway.publish(post(gateway.name), '{"id":"2","params":{}}')
      const ids = async () =>
        (await gateway.rest()).map(({ payload }) => (JSON.parse(payload.toString()) as { id: string }).id)
      expect(await ids()).toEqual(['0', '0', '1', '2'])
      for (let i = 0; i < 5; i++) expect((await gateway.ask('thing/topo/get', {}, 1)).code).toBe(200)
      for (let i = 0; i < 4; i++) expect(await gateway.login(sub)).toBe(200)
      own.advance(1000)
      await gateway.publish(post(name), '{"id":"3","params":{}}', 1)
      expect(await ids()).toEqual(['3'])
    } finally {
      await own.stop()
    }
  })
})
