/** MQTT.js over 3.1, 3.1.1 and 5.0, with the client id of every client of the field. */
import { describe, expect, test } from 'vitest'
import { data, extBody, sysBody } from '../support/bodies.ts'
import { subProduct } from '../support/fleet.ts'
import { useNode } from '../support/node.ts'
import type { Form, VersionName } from './mqttjs.ts'
import { connectMqttjs, forms } from './mqttjs.ts'

const node = useNode()

const all: readonly (VersionName | 'none')[] = ['3.1', '3.1.1', '5.0']
const rows = Object.values<Form>(forms).flatMap((form) => all.map((version) => [form.name, version, form] as const))

test.each(rows)(
  '%s over MQTT %s connects, posts and hears the reply without a subscription',
  async (_, version, form) => {
    const device = await node().fleet.device()
    const mqtt = await connectMqttjs(node(), device, form, version as VersionName)
    expect(node().fleet.onlineThrough(device)).toBe('direct')
    const topic = `/sys/${device.productKey}/${device.deviceName}/thing/event/property/post`
    const reply = await mqtt.ask(topic, '{"id":"1","version":"1.0","params":{"a":1}}', 1)
    expect(reply).toBe(sysBody('1', 200, '{}', 'thing.event.property.post'))
  },
)

test.each(rows)('%s over MQTT %s, signed for another device, is refused', async (_, version, form) => {
  const [device, other] = await node().fleet.devices(subProduct, 2, 'dev')
  if (!device || !other) throw new Error('no devices')
  const forged = { ...device, deviceSecret: other.deviceSecret }
  const codes = { '3.1': 4, '3.1.1': 4, '5.0': 0x86, none: 0 }
  await expect(connectMqttjs(node(), forged, form, version as VersionName)).rejects.toMatchObject({
    code: codes[version],
  })
  expect(node().fleet.onlineThrough(device)).toBe(null)
})

describe('MQTT 5.0', () => {
  test('what the server announces; a topic alias from the first message on', async () => {
    const device = await node().fleet.device()
    const mqtt = await connectMqttjs(node(), device, forms.c41, '5.0', {
      autoUseTopicAlias: true,
      properties: { topicAliasMaximum: 10, sessionExpiryInterval: 600 },
    })
    const topic = `/sys/${mqtt.name}/thing/event/property/post`
    for (const id of ['1', '2', '3']) {
      expect(await mqtt.ask(topic, `{"id":"${id}","params":{}}`, 1)).toBe(
        sysBody(id, 200, '{}', 'thing.event.property.post'),
      )
    }
  })

  test('a device that is disabled is told 0x98, in a DISCONNECT of two bytes, which a C Link SDK 4 can read', async () => {
    const device = await node().fleet.device()
    const mqtt = await connectMqttjs(node(), device, forms.c41, '5.0')
    const told = new Promise((resolve) => mqtt.client.on('disconnect', resolve))
    await node().fleet.disable(device)
    expect(await told).toMatchObject({ reasonCode: 0x98, length: 2 })
  })
})

describe('sessions', () => {
  test.each(['3.1.1', '5.0'] as const)('%s: QoS 1 messages wait for a client that comes back', async (version) => {
    const { fleet } = node()
    const productKey = await fleet.product()
    await fleet.topicClass(productKey, { shortName: 'orders', operation: 'SUB' })
    const device = await fleet.device(productKey)
    const topic = `/${productKey}/${device.deviceName}/user/orders`
    const more = version === '5.0' ? { properties: { sessionExpiryInterval: 600 } } : {}
    const first = await connectMqttjs(node(), device, forms.node, version, more)
    expect(await first.subscribe(topic)).toEqual([1])
    await first.client.endAsync()
    for (const text of ['one', 'two']) await node().node.messages.pub(fleet.of(device), topic, Buffer.from(text), 1)
    const second = await connectMqttjs(node(), device, forms.node, version, more)
    expect([await second.next(topic), await second.next(topic)]).toEqual(['one', 'two'])
  })

  test('a second connection of a device closes the first', async () => {
    const device = await node().fleet.device()
    const first = await connectMqttjs(node(), device, forms.node)
    const closed = new Promise<void>((resolve) => first.client.once('close', resolve))
    const second = await connectMqttjs(node(), device, forms.python)
    await closed
    expect(second.client.connected).toBe(true)
    expect(await second.rest()).toEqual([])
  })

  test('the direct connection of a sub-device takes it from its gateway, who is told 427', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    await connectMqttjs(node(), sub, forms.node)
    const notices = (await gateway.texts()).map((text) => text.replace(/"id":"\d+"/, '"id":"#"'))
    expect(notices).toEqual(
      [`/ext/session/${gateway.name}/combine/logout_reply`, gateway.errorTopic].map(
        (topic) => `${topic} ${extBody('#', 427, data(sub))}`,
      ),
    )
  })
})
