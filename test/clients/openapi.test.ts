/** Whole stories told by the vendor's OpenAPI clients, with devices on line at the other end. */
import { describe, expect, test } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeTopoAdd } from '../../src/auth/make.ts'
import { anyId, data, extBody } from '../support/bodies.ts'
import type { TestNode } from '../support/node.ts'
import { useNode } from '../support/node.ts'
import { connectMqttjs, forms } from './mqttjs.ts'
import type { Body, Call, Key } from './openapi.ts'
import { iot20180120, keyOf, popCore } from './openapi.ts'

const node = useNode()

const clients: readonly [string, (node: TestNode, key: Key) => Call][] = [
  ['@alicloud/pop-core', popCore],
  ['@alicloud/iot20180120', iot20180120],
]

let count = 0

describe.each(clients)('%s', (_, make) => {
  const caller = () => make(node(), keyOf(node()))
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const plain = (text: unknown) => Buffer.from(String(text), 'base64').toString()

  async function product(call: Call, NodeType: 0 | 1): Promise<string> {
    const { Data } = await call('CreateProduct', { ProductName: `story_${++count}`, NodeType })
    return Data.ProductKey
  }

  async function registered(call: Call, ProductKey: string): Promise<DeviceSecret> {
    const DeviceName = `story_${++count}`
    const { Data } = await call('RegisterDevice', { ProductKey, DeviceName })
    return { productKey: ProductKey, deviceName: DeviceName, deviceSecret: Data.DeviceSecret }
  }

  const named = ({ productKey, deviceName }: DeviceSecret) => ({ ProductKey: productKey, DeviceName: deviceName })

  test('a device is registered, connects with the secret given, and receives', async () => {
    const call = caller()
    const productKey = await product(call, 0)
    await call('CreateProductTopic', { ProductKey: productKey, TopicShortName: 'orders', Operation: 'SUB' })
    const device = await registered(call, productKey)
    const status = async () => (await call('GetDeviceStatus', named(device))).Data.Status
    expect(await status()).toBe('UNACTIVE')

    const mqtt = await connectMqttjs(node(), device, forms.node)
    expect(await status()).toBe('ONLINE')

    const topic = `/${productKey}/${device.deviceName}/user/orders`
    expect(await mqtt.subscribe(topic)).toEqual([1])
    for (const Qos of [0, 1]) {
      const order = { ProductKey: productKey, TopicFullName: topic, MessageContent: base64(`at ${Qos}`), Qos }
      const { Success, MessageId } = await call('Pub', order)
      expect([Success, String(MessageId)]).toEqual([true, expect.stringMatching(/^\d{19}$/)])
      expect(await mqtt.next(topic)).toBe(`at ${Qos}`)
    }

    await mqtt.client.endAsync()
    await expect.poll(status).toBe('OFFLINE')
    await call('Pub', { ProductKey: productKey, TopicFullName: topic, MessageContent: base64('kept'), Qos: 1 })
    const again = await connectMqttjs(node(), device, forms.node)
    expect(await again.next(topic)).toBe('kept')
  })

  test('RRpc: SUCCESS with what the device answered, TIMEOUT, OFFLINE', async () => {
    const call = caller()
    const device = await registered(call, await product(call, 0))
    const rrpc = (Timeout: number): Promise<Body> =>
      call('RRpc', { ...named(device), RequestBase64Byte: base64('how warm?'), Timeout })
    expect(await rrpc(1000)).toMatchObject({ Success: true, RrpcCode: 'OFFLINE' })
    const mqtt = await connectMqttjs(node(), device, forms.c41)
    expect(await rrpc(1000)).toMatchObject({ Success: true, RrpcCode: 'TIMEOUT' })
    mqtt.kept.length = 0
    mqtt.client.on('message', (topic, payload) => {
      if (topic.includes('/rrpc/request/')) void mqtt.publish(topic.replace('request', 'response'), `${payload} 21.5`)
    })
    const answer = await rrpc(5000)
    expect([answer.RrpcCode, plain(answer.PayloadBase64Byte)]).toEqual(['SUCCESS', 'how warm? 21.5'])
  })

  test('a gateway: topology, disable, enable, delete, and what it is told of each', async () => {
    const call = caller()
    const gateway = await registered(call, await product(call, 1))
    const sub = await registered(call, await product(call, 0))
    const mqtt = await connectMqttjs(node(), gateway, forms.c41)
    const told = async () => (await mqtt.rest()).map(anyId).filter((text) => !text.includes('/topo/change '))
    const notice = (code: number) => [
      `/ext/session/${mqtt.name}/combine/logout_reply ${extBody('#', code, data(sub))}`,
      `/ext/error/${mqtt.name} ${extBody('#', code, data(sub))}`,
    ]
    const push = (what: string) =>
      `/sys/${sub.productKey}/${sub.deviceName}/thing/${what} {"method":"thing.${what}","id":"#","params":{},"version":"1.0"}`
    const login = async () => {
      const params = { ...makeTopoAdd(sub), signMethod: 'hmacsha256' }
      const text = await mqtt.ask(`/ext/session/${mqtt.name}/combine/login`, JSON.stringify({ id: '1', params }))
      return JSON.parse(text).code
    }
    const item = makeTopoAdd(sub, { timestamp: '1795421016555' })
    const TopoAddItem = [
      { ...named(sub), ClientId: item.clientId, SignMethod: 'hmacSha256', Sign: item.sign, Timestamp: item.timestamp },
    ]
    const owner = { GwProductKey: gateway.productKey, GwDeviceName: gateway.deviceName }

    expect(await login()).toBe(6401)
    await call('NotifyAddThingTopo', {
      ...owner,
      DeviceListStr: JSON.stringify([{ productKey: sub.productKey, deviceName: sub.deviceName }]),
    })
    expect(JSON.parse(await mqtt.next(`/sys/${mqtt.name}/thing/topo/add/notify`))).toMatchObject({
      method: 'thing.topo.add.notify',
      params: [{ productKey: sub.productKey, deviceName: sub.deviceName }],
    })
    await call('BatchAddThingTopo', { ...owner, TopoAddItem })
    const { Data } = await call('GetThingTopo', { ...named(gateway), PageNo: 1, PageSize: 10 })
    expect([Data.Total, Data.List.deviceInfo[0].DeviceName]).toEqual([1, sub.deviceName])
    await told()

    expect(await login()).toBe(200)
    expect((await call('GetDeviceStatus', named(sub))).Data.Status).toBe('ONLINE')
    await call('DisableThing', named(sub))
    expect(await told()).toEqual([push('disable'), ...notice(522)])
    expect([(await call('GetDeviceStatus', named(sub))).Data.Status, await login()]).toEqual(['DISABLE', 522])
    await call('EnableThing', named(sub))
    expect(await told()).toEqual([push('enable')])

    expect(await login()).toBe(200)
    await call('DeleteDevice', named(sub))
    expect(await told()).toEqual([push('delete'), ...notice(521)])
    expect(await login()).toBe(521)
    expect(mqtt.client.connected).toBe(true)
  })

  test('DisableThing of a device that is connected itself closes its connection', async () => {
    const call = caller()
    const device = await registered(call, await product(call, 0))
    const mqtt = await connectMqttjs(node(), device, forms.python)
    const closed = new Promise<void>((resolve) => mqtt.client.once('close', resolve))
    await call('DisableThing', named(device))
    await closed
    await expect(connectMqttjs(node(), device, forms.python)).rejects.toMatchObject({ code: 5 })
    await call('EnableThing', named(device))
    expect((await connectMqttjs(node(), device, forms.python)).client.connected).toBe(true)
  })

  test('PubBroadcast reaches every device of the product, and those that subscribed a topic', async () => {
    const call = caller()
    const productKey = await product(call, 0)
    const [one, two] = [await registered(call, productKey), await registered(call, productKey)]
    const [first, second] = [
      await connectMqttjs(node(), one, forms.node),
      await connectMqttjs(node(), two, forms.python),
    ]
    const all = await call('PubBroadcast', { ProductKey: productKey, MessageContent: base64('everybody') })
    for (const mqtt of [first, second]) {
      expect(await mqtt.rest()).toEqual([`/sys/${mqtt.name}/broadcast/request/${all.MessageId} everybody`])
    }
    const topic = `/broadcast/${productKey}/news`
    expect(await first.subscribe(topic)).toEqual([1])
    await call('PubBroadcast', {
      ProductKey: productKey,
      TopicFullName: topic,
      MessageContent: base64('who asked'),
    })
    expect([await first.rest(), await second.rest()]).toEqual([[`${topic} who asked`], []])
  })

  test('a wrong secret, an unknown key, an unknown device: each with its code', async () => {
    const { id } = keyOf(node())
    const wrong = make(node(), { id, secret: 'wrong' })
    await expect(wrong('QueryProductList', { CurrentPage: 1, PageSize: 10 })).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
    const unknown = make(node(), { id: 'nobody', secret: 'wrong' })
    await expect(unknown('QueryProductList', { CurrentPage: 1, PageSize: 10 })).rejects.toMatchObject({
      code: 'InvalidAccessKeyId.NotFound',
    })
    const call = caller()
    const missing = { ProductKey: await product(call, 0), DeviceName: 'nobody_there' }
    const refusal = await call('GetDeviceStatus', missing).catch(({ code }) => ({ Code: code }))
    expect(refusal.Code).toBe('iot.device.NotExistedDevice')
  })
})
