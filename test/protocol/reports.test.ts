/** Messages of products without a thing model: what is taken, what is 460, what is recorded without an answer (issue 10, C). */
import { describe, expect } from 'vitest'
import { FactKind } from '../../src/facts/fact.ts'
import { promise } from '../promises.ts'
import { anyId, sysBody } from '../support/bodies.ts'
import { startTestNode, useNode } from '../support/node.ts'

const node = useNode()

describe('property and event posts', () => {
  const paths: { promise: string; path: string; method: string }[] = [
    { promise: 'report.property', path: 'thing/event/property/post', method: 'thing.event.property.post' },
    { promise: 'report.event', path: 'thing/event/alarm/post', method: 'thing.event.alarm.post' },
    { promise: 'report.event', path: 'thing/event/Tür-1/post', method: 'thing.event.Tür-1.post' },
  ]
  const taken = [
    '{}',
    '{"a":1}',
    '{"a":{"value":"on","time":1524448722000}}',
    '{"code":5,"message":"x","id":"y","data":[1]}',
  ]
  for (const { promise: id, path, method } of paths) {
    promise([id, 'body.sys', 'id.string'], `${path}: any object, at either QoS`, async () => {
      const { gateway } = await node().scene({ subs: 0 })
      const device = await node().gateway(await node().fleet.device())
      for (const client of [gateway, device]) {
        for (const params of taken) {
          for (const qos of [0, 1] as const) {
            const { text, topic } = await client.request(
              path,
              `{"id":"4|exp-topic|","params":${params},"sys":{"ack":1}}`,
              qos,
            )
            expect(topic).toBe(`${client.topic(path)}_reply`)
            expect(text).toBe(sysBody('4|exp-topic|', 200, '{}', method))
          }
        }
        expect(await client.texts()).toEqual([])
      }
    })

    promise(['report.ack', 'report.460'], `${path}: sys.ack 0`, async () => {
      const device = await node().gateway(await node().fleet.device())
      device.frames.length = 0
      expect(await device.publish(device.topic(path), '{"id":"1","params":{},"sys":{"ack":0}}', 1)).toBe(0)
      expect(await device.publish(device.topic(path), '{"id":"1","params":[],"sys":{"ack":0}}', 1)).toBe(0)
      expect(await device.texts()).toEqual([])
      expect(device.frames.filter((frame) => frame.startsWith('puback'))).toHaveLength(2)
      const { code } = await device.request(path, '{"id":"1","params":{},"sys":{"ack":"0"}}')
      expect(code).toBe(200)
    })

    promise(['report.460', 'id.made'], `${path}: no JSON, or no object`, async () => {
      const device = await node().gateway(await node().fleet.device())
      for (const payload of ['', 'x', '{"id":"1"', '[]', '5']) {
        const { text } = await device.request(path, payload, 1)
        expect(anyId(text)).toBe(sysBody('#', 460, '{}', method))
      }
      for (const params of ['null', '[]', '"x"', '5']) {
        const { text } = await device.request(path, `{"id":7,"params":${params}}`)
        expect(text).toBe(sysBody('7', 460, '{}', method))
      }
    })
  }
})

describe('tags', () => {
  const update = 'thing/deviceinfo/update'
  const remove = 'thing/deviceinfo/delete'
  const answer = (path: string, code: number) => (id: string) => sysBody(id, code, '{}', path.replaceAll('/', '.'))

  promise('report.tags', 'set, changed and deleted; kept over a restart', async () => {
    const own = await startTestNode()
    try {
      const secret = await own.fleet.device()
      const device = await own.gateway(secret)
      const tags = () => [...(own.fleet.of(secret).tags ?? [])].map(([key, { value }]) => `${key}=${value}`).sort()
      const set = await device.ask(update, [
        { attrKey: 'Room', attrValue: '12' },
        { attrKey: 'SYS_SDK', attrValue: 'C', domain: 'SYSTEM' },
      ])
      expect(set.text).toBe(answer(update, 200)(set.id))
      await device.ask(update, [{ attrKey: 'Room', attrValue: '13' }], 1)
      expect(tags()).toEqual(['Room=13', 'SYS_SDK=C'])
      const gone = await device.ask(remove, [{ attrKey: 'Room' }, { attrKey: 'never_there' }])
      expect(gone.text).toBe(answer(remove, 200)(gone.id))
      await own.restart()
      expect(tags()).toEqual(['SYS_SDK=C'])
    } finally {
      await own.stop()
    }
  })

  promise('report.tags', '460: all or nothing', async () => {
    const secret = await node().fleet.device()
    const device = await node().gateway(secret)
    const good = { attrKey: 'good', attrValue: 'x' }
    for (const bad of [
      null,
      'x',
      {},
      { attrKey: 'k' },
      { attrValue: 'v' },
      { attrKey: 'k', attrValue: 5 },
      { attrKey: 'a b', attrValue: 'v' },
    ]) {
      const refused = await device.ask(update, [good, bad])
      expect(refused.text).toBe(answer(update, 460)(refused.id))
    }
    expect(node().fleet.of(secret).tags?.size ?? 0).toBe(0)
  })

  promise('report.ack', 'sys.ack 0 suppresses the reply, not the change', async () => {
    const secret = await node().fleet.device()
    const device = await node().gateway(secret)
    const payload = '{"id":"1","params":[{"attrKey":"quiet","attrValue":"x"}],"sys":{"ack":0}}'
    expect(await device.publish(device.topic(update), payload, 1)).toBe(0)
    expect(await device.texts()).toEqual([])
    expect(node().fleet.of(secret).tags?.size).toBe(1)
  })

  promise('report.tags', 'read back: those asked for, not those of the SDK', async () => {
    const device = await node().gateway(await node().fleet.device())
    await device.ask(update, [
      { attrKey: 'Room', attrValue: '12' },
      { attrKey: 'Sdk', attrValue: 'C', domain: 'SYSTEM' },
    ])
    const answered = await device.ask('thing/deviceinfo/get', { attrKeys: ['never_there', 'Room', 'Sdk', 'Room'] })
    expect(answered.text).toBe(
      sysBody(answered.id, 200, '[{"attrKey":"Room","attrValue":"12"}]', 'thing.deviceinfo.get'),
    )
    for (const params of [{}, [], { attrKeys: 'Room' }, { attrKeys: [5] }, { attrKeys: Array(11).fill('k') }]) {
      const refused = await device.ask('thing/deviceinfo/get', params)
      expect(refused.text).toBe(sysBody(refused.id, 460, '[]', 'thing.deviceinfo.get'))
    }
  })

  promise('report.tags', 'of a sub-device, by its gateway', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    const topic = `/sys/${sub.productKey}/${sub.deviceName}/${update}`
    await gateway.publish(topic, '{"id":"8","params":[{"attrKey":"of","attrValue":"sub"}]}')
    expect(await gateway.text(`${topic}_reply`)).toBe(answer(update, 200)('8'))
    expect(node().fleet.of(sub).tags?.size).toBe(1)
  })
})

describe('capabilities that come later', () => {
  const topics = [
    '/sys/{name}/thing/config/get',
    '/sys/{name}/thing/log/post',
    '/sys/{name}/thing/config/log/get',
    '/sys/{name}/thing/model/up_raw',
    '/sys/{name}/thing/property/desired/get',
    '/sys/{name}/thing/event/property/pack/post',
    '/sys/{name}/thing/event/property/history/post',
    '/sys/{name}/thing/job/get',
    '/sys/{name}/thing/dsltemplate/get',
    '/sys/{name}/thing/lan/prefix/get',
    '/sys/{name}/thing/service/property/set_reply',
    '/sys/{name}/_thing/diag/post',
    '/shadow/update/{name}',
    '/ota/device/inform/{name}',
    '/ota/device/progress/{name}',
  ]
  promise('report.unsupported', 'PUBACK, recorded as not supported yet, and nothing else', async () => {
    const device = await node().device(await node().fleet.device())
    for (const topic of topics) {
      node().refusals.length = 0
      expect(await device.publish(topic.replace('{name}', device.name), '{"id":11,"params":{"version":"1"}}', 1)).toBe(
        0,
      )
      expect(await device.publish(topic.replace('{name}', device.name), 'not even JSON')).toBe(0)
      expect(await device.texts(), topic).toEqual([])
      expect(
        node().refusals.map(({ check }) => check),
        topic,
      ).toEqual(['capability', 'capability'])
    }
    expect(await device.alive()).toBe(true)
  })
})

describe('facts', () => {
  promise(['report.property', 'report.event'], 'each post is recorded as it came, once', async () => {
    const own = await startTestNode()
    try {
      const device = await own.gateway(await own.fleet.device())
      const property = '{"id":"1","params":{"a":1},"x":"as it came"}'
      await device.request('thing/event/property/post', property, 1)
      await device.request('thing/event/alarm/post', '{"id":"2","params":{}}')
      await device.request('thing/event/property/post', '{"id":"3","params":[]}')
      const { deviceName } = device.device
      const facts = [...own.node.store.factsSinceCheckpoint()]
        .filter(
          (fact) => fact.deviceName === deviceName && (fact.kind === FactKind.property || fact.kind === FactKind.event),
        )
        .map((fact) => [fact.kind, fact.id, fact.topic, Buffer.from(fact.payload).toString()])
      expect(facts).toEqual([
        [FactKind.property, '1', '', property],
        [FactKind.event, '2', 'alarm', '{"id":"2","params":{}}'],
      ])
    } finally {
      await own.stop()
    }
  })
})
