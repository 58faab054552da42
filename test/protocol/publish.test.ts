/** Whose topic is it, and is that device on line here? What gateways and devices publish, and what becomes of it. */
import { describe, expect } from 'vitest'
import { promise } from '../promises.ts'
import { anyId, data, extBody, sessionError, sysBody } from '../support/bodies.ts'
import { subProduct } from '../support/fleet.ts'
import { useNode } from '../support/node.ts'

const node = useNode()

/** Topics of a device of every kind. */
const topics: readonly ((name: string) => string)[] = [
  (name) => `/sys/${name}/thing/event/property/post`,
  (name) => `/sys/${name}/thing/event/alarm/post`,
  (name) => `/sys/${name}/thing/deviceinfo/update`,
  (name) => `/sys/${name}/thing/model/up_raw`,
  (name) => `/sys/${name}/thing/service/property/set_reply`,
  (name) => `/sys/${name}/_thing/diag/post`,
  (name) => `/sys/${name}/rrpc/response/123`,
  (name) => `/sys/${name}/nonsense`,
  (name) => `/sys/${name}/thing/topo/add`,
  (name) => `/ext/session/${name}/combine/login`,
  (name) => `/ext/ntp/${name}/request`,
  (name) => `/ext/rrpc/123/${name}/user/get`,
  (name) => `/shadow/update/${name}`,
  (name) => `/ota/device/inform/${name}`,
  (name) => `/${name}/user/update`,
  (name) => `/${name}/user/not/defined`,
  (name) => `/${name}/update`,
]

describe('520', () => {
  for (const make of topics) {
    const shape = make('{pk}/{dn}')
    promise(['message.every', 'message.puback', 'message.id'], shape, async () => {
      const { gateway, other, sub } = await node().scene({ gateways: 2, subs: 1 })
      const strangers = [
        sub,
        { productKey: sub.productKey, deviceName: 'never_was' },
        { productKey: 'unknown', deviceName: 'x' },
        other.device,
      ]
      for (const device of strangers) {
        gateway.frames.length = 0
        const topic = make(`${device.productKey}/${device.deviceName}`)
        await gateway.publish(topic, '{"id":"abc","params":{}}', 0)
        await gateway.publish(topic, 'no JSON', 1)
        const [first, second, ...more] = await gateway.texts()
        expect(first).toBe(`${gateway.errorTopic} ${extBody('abc', 520, data(device), sessionError)}`)
        expect(anyId(second as string)).toBe(`${gateway.errorTopic} ${extBody('#', 520, data(device), sessionError)}`)
        expect(more).toEqual([])
        expect(gateway.frames.filter((frame) => frame.startsWith('puback'))).toHaveLength(1)
      }
      expect(await other.texts()).toEqual([])
      expect(await gateway.alive()).toBe(true)
    })
  }

  promise(['message.520a', 'message.id'], 'ids as of any request', async () => {
    const { gateway, sub } = await node().scene()
    for (const [payload, id] of [
      ['{"id":12}', '12'],
      ['{"id":"a\\u0062"}', 'a\\u0062'],
      ['{"id":null}', '#'],
      [Buffer.from([0xff, 0xfe]), '#'],
      ['', '#'],
    ] as const) {
      await gateway.publish(`/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`, payload)
      expect((await gateway.texts()).map(anyId)).toEqual([
        `${gateway.errorTopic} ${extBody(id, 520, data(sub), sessionError)}`,
      ])
    }
  })

  promise('message.every', 'a storm: one each, in order', async () => {
    const { gateway, sub } = await node().scene()
    const topic = `/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`
    for (let i = 0; i < 500; i++) await gateway.publish(topic, `{"id":"${i}"}`)
    const ids = (await gateway.rest()).map(({ payload }) => (JSON.parse(payload.toString()) as { id: string }).id)
    expect(ids).toEqual(Array.from({ length: 500 }, (_, i) => String(i)))
  })
})

describe('for a sub-device that is on line here', () => {
  promise(['after.publish', 'report.property'], 'reports are answered on its own topics', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    const name = `${sub.productKey}/${sub.deviceName}`
    gateway.frames.length = 0
    await gateway.publish(`/sys/${name}/thing/event/property/post`, '{"id":"1","params":{"a":1}}', 1)
    await gateway.publish(`/sys/${name}/thing/event/alarm/post`, '{"id":"2","params":{"value":{}}}')
    expect(await gateway.texts()).toEqual([
      `/sys/${name}/thing/event/property/post_reply ${sysBody('1', 200, '{}', 'thing.event.property.post')}`,
      `/sys/${name}/thing/event/alarm/post_reply ${sysBody('2', 200, '{}', 'thing.event.alarm.post')}`,
    ])
    expect(gateway.frames[0]).toBe('puback 1')
  })

  promise(
    ['after.publish', 'report.unsupported'],
    'custom, shadow, OTA and unknown system topics: PUBACK and nothing else',
    async () => {
      const { gateway, sub } = await node().scene()
      await gateway.login(sub)
      const name = `${sub.productKey}/${sub.deviceName}`
      for (const topic of [
        `/${name}/user/update`,
        `/shadow/update/${name}`,
        `/ota/device/inform/${name}`,
        `/sys/${name}/thing/config/get`,
      ]) {
        expect(await gateway.publish(topic, '{"id":"1"}', 1)).toBe(0)
      }
      expect(await gateway.texts()).toEqual([])
    },
  )
})

describe('dropped', () => {
  promise(
    ['message.dropped', 'publish.foreign'],
    'a device that is no gateway, on topics of another device',
    async () => {
      const one = await node().fleet.device()
      const two = await node().fleet.device()
      const device = await node().device(one)
      const victim = await node().device(two)
      for (const make of topics) {
        const topic = make(victim.name)
        await device.publish(topic, '{"id":"1","params":{}}')
        expect(await device.publish(topic, '{"id":"1","params":{}}', 1)).toBe(0)
      }
      expect(await device.texts()).toEqual([])
      expect(await victim.texts()).toEqual([])
      expect(node().refused('foreign-topic').length).toBeGreaterThanOrEqual(2 * topics.length)
    },
  )

  const own = [
    '/sys/{name}/nonsense',
    '/sys/{name}/thing/service/property/set/',
    '/{name}/user/not/defined',
    '/{name}/user/get',
    '/{name}/update',
    '/{name}/user/update/',
    '/ext/nonsense/{name}/x',
    '/ext/error/{name}',
    '/ext/session/{name}/combine/nonsense',
    '/ext/session/{name}/combine/login_reply',
    '/ext/ntp/{name}/response',
    '/as/mqtt/status/{name}',
  ]
  const nameless = [
    'a',
    '/',
    '/a',
    '/a/b',
    '/broadcast/a1SuBPk0002/all',
    '/ext/notify',
    '/ext/register',
    '$SYS/broker',
    '//x/y/z',
    '/sys//x/thing',
  ]
  promise(['message.dropped', 'publish.foreign'], 'topics that are not defined, or name no device', async () => {
    const { gateway } = await node().scene({ subs: 0 })
    const device = await node().device(await node().fleet.device())
    const witness = await node().device(await node().fleet.device())
    await witness.subscribe(`/broadcast/${subProduct}/#`)
    for (const client of [gateway, device]) {
      for (const topic of [...own.map((each) => each.replace('{name}', client.name)), ...nameless]) {
        expect(await client.publish(topic, '{"id":"1"}', 1), topic).toBe(0)
        await client.publish(topic, 'x')
      }
      expect(await client.texts()).toEqual([])
      expect(await client.alive()).toBe(true)
    }
    expect(await witness.texts()).toEqual([])
  })

  promise('publish.foreign', 'a suffix ?_sn=default is no part of the class', async () => {
    const device = await node().device(await node().fleet.device())
    node().refusals.length = 0
    expect(await device.publish(`/${device.name}/user/update?_sn=default`, 'x', 1)).toBe(0)
    await device.rest()
    expect(node().refusals).toEqual([])
    await device.publish(`/${device.name}/user/get?_sn=default`, 'x')
    await device.rest()
    expect(node().refused('topic')).toHaveLength(1)
  })

  promise('publish.payload', 'over limits.payload: dropped, PUBACK; one more KiB: closed', async () => {
    const device = await node().device(await node().fleet.device())
    const topic = `/sys/${device.name}/thing/event/property/post`
    const post = (size: number) =>
      `{"id":"1","params":{"a":"${'x'.repeat(size - '{"id":"1","params":{"a":""}}'.length)}"}}`
    await device.publish(topic, post(262_144), 1)
    expect(await device.text(`${topic}_reply`)).toBe(sysBody('1', 200, '{}', 'thing.event.property.post'))
    expect(await device.publish(topic, post(262_145), 1)).toBe(0)
    expect(await device.texts()).toEqual([])
    expect(node().refused('payload-size')).toHaveLength(1)
    await device.publish(topic, post(262_144 + 1024))
    await device.cut()
  })

  promise('message.520a', 'an oversized payload for a sub-device that is off line: 520', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.publish(`/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`, 'x'.repeat(262_145), 1)
    expect((await gateway.texts()).map(anyId)).toEqual([
      `${gateway.errorTopic} ${extBody('#', 520, data(sub), sessionError)}`,
    ])
  })
})
