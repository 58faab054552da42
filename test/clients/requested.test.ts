/** `mqtt.autoDelivery: requested`: clients that never subscribe get what `_ss=1` asked for, and others get nothing. */
import { describe, expect, test } from 'vitest'
import { makeLogin } from '../../src/auth/make.ts'
import { data, extBody, sysBody } from '../support/bodies.ts'
import { useNode } from '../support/node.ts'
import { connectMqttjs, forms } from './mqttjs.ts'

const node = useNode({ settings: { 'mqtt.autoDelivery': 'requested' } })

describe.each([
  ['with _ss=1', forms.c41, true],
  ['with _ss=1, Python', forms.python, true],
  ['without', forms.paho, false],
] as const)('%s', (_, form, asked) => {
  const what = (...all: string[]) => (asked ? all : [])

  test('replies to a direct device, and an RRPC', async () => {
    const device = await node().fleet.device()
    const mqtt = await connectMqttjs(node(), device, form)
    const base = `/sys/${mqtt.name}/thing`
    await mqtt.publish(`${base}/event/property/post`, '{"id":"1","params":{}}', 1)
    await mqtt.publish(`${base}/event/alarm/post`, '{"id":"2","params":{}}', 1)
    await mqtt.publish(`${base}/deviceinfo/update`, '{"id":"3","params":[{"attrKey":"k","attrValue":"v"}]}', 1)
    expect(await mqtt.rest()).toEqual(
      what(
        `${base}/event/property/post_reply ${sysBody('1', 200, '{}', 'thing.event.property.post')}`,
        `${base}/event/alarm/post_reply ${sysBody('2', 200, '{}', 'thing.event.alarm.post')}`,
        `${base}/deviceinfo/update_reply ${sysBody('3', 200, '{}', 'thing.deviceinfo.update')}`,
      ),
    )
    const answer = node().node.messages.rrpc(node().fleet.of(device), Buffer.from('ping'), 2000, null)
    const requests = await mqtt.rest()
    expect(requests.map((text) => text.replace(/\d{19}/, '#'))).toEqual(what(`/sys/${mqtt.name}/rrpc/request/# ping`))
    for (const request of requests) {
      await mqtt.publish((request.split(' ')[0] as string).replace('request', 'response'), 'pong')
      expect((await answer).code).toBe('SUCCESS')
    }
  })

  test('a gateway: replies, errors, and what comes for its sub-devices', async () => {
    const [device] = await node().fleet.gateways(1)
    const sub = await node().fleet.device()
    if (!device) throw new Error('no gateway')
    await node().fleet.relate(device, sub)
    const mqtt = await connectMqttjs(node(), device, form)
    const login = `/ext/session/${mqtt.name}/combine/login`
    const post = `/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`
    await mqtt.publish(post, '{"id":"1","params":{}}')
    await mqtt.publish(login, JSON.stringify({ id: '2', params: makeLogin(sub) }))
    await mqtt.publish(post, '{"id":"3","params":{}}')
    expect(await mqtt.rest()).toEqual(
      what(
        `/ext/error/${mqtt.name} ${extBody('1', 520, data(sub), 'device session error')}`,
        `${login}_reply ${extBody('2', 200, data(sub))}`,
        `${post}_reply ${sysBody('3', 200, '{}', 'thing.event.property.post')}`,
      ),
    )
    expect(node().fleet.onlineThrough(sub)).toBe(mqtt.name)
  })

  test('broadcast comes in any case', async () => {
    const productKey = await node().fleet.product()
    const device = await node().fleet.device(productKey)
    const mqtt = await connectMqttjs(node(), device, form)
    const product = node().node.world.directory.product(productKey)
    if (!product) throw new Error('no product')
    const id = await node().node.messages.broadcast(product, Buffer.from('all'))
    expect(await mqtt.rest()).toEqual([`/sys/${mqtt.name}/broadcast/request/${id} all`])
  })
})

test('_ss=1 in the login alone counts for that sub-device alone', async () => {
  const [device] = await node().fleet.gateways(1)
  const [asking, silent] = await node().fleet.subs(2)
  if (!device || !asking || !silent) throw new Error('no devices')
  await node().fleet.relate(device, asking, silent)
  const mqtt = await connectMqttjs(node(), device, forms.paho)
  const clientId = `${asking.productKey}.${asking.deviceName}|_ss=1,_v=sdk-c-3.2.0|`
  const login = `/ext/session/${mqtt.name}/combine/login`
  await mqtt.publish(login, JSON.stringify({ id: '1', params: makeLogin(asking, { clientId }) }))
  await mqtt.publish(login, JSON.stringify({ id: '2', params: makeLogin(silent) }))
  const post = (name: string) => `/sys/${asking.productKey}/${name}/thing/event/property/post`
  await mqtt.publish(post(silent.deviceName), '{"id":"3","params":{}}')
  await mqtt.publish(post(asking.deviceName), '{"id":"4","params":{}}')
  expect(await mqtt.rest()).toEqual([
    `${post(asking.deviceName)}_reply ${sysBody('4', 200, '{}', 'thing.event.property.post')}`,
  ])
})

test('a subscription gives the same without _ss, once', async () => {
  const device = await node().fleet.device()
  for (const form of [forms.paho, forms.c41]) {
    const mqtt = await connectMqttjs(node(), device, form)
    const topic = `/sys/${mqtt.name}/thing/event/property/post`
    expect(await mqtt.subscribe(`/sys/${mqtt.name}/thing/event/+/post_reply`)).toEqual([1])
    await mqtt.publish(topic, '{"id":"1","params":{}}', 1)
    expect(await mqtt.rest()).toEqual([`${topic}_reply ${sysBody('1', 200, '{}', 'thing.event.property.post')}`])
  }
})
