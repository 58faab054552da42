/** `alibabacloud-iot-device-sdk` from npm, unmodified, as a customer uses it. */
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { userTags } from '../../src/devices/tags.ts'
import { data, extBody, noSession, sessionError } from '../support/bodies.ts'
import { dynamicProduct, subProduct } from '../support/fleet.ts'
import { named } from '../support/gateway.ts'
import { useNode } from '../support/node.ts'
import { listen, replied, sdkDevice, sdkGateway, sdkLogin } from './device-sdk.ts'

const node = useNode()

describe('a direct device', () => {
  test('connects, reports properties, events and tags, and every callback is called', async () => {
    const device = await node().fleet.device()
    const thing = await sdkDevice(node(), device)
    expect(node().fleet.onlineThrough(device)).toBe('direct')
    const base = `/sys/${device.productKey}/${device.deviceName}/thing`
    const property = await replied((done) => thing.postProps({ LightSwitch: 0 }, done))
    expect(property).toEqual({
      code: 200,
      data: {},
      id: expect.stringMatching(new RegExp(`^\\d+\\|exp-topic\\|${base}/event/property/post_reply$`)),
      message: 'success',
      method: 'thing.event.property.post',
      version: '1.0',
    })
    const event = await replied((done) => thing.postEvent('overheated', { value: 91 }, done))
    expect(event).toMatchObject({ code: 200, method: 'thing.event.overheated.post' })
    const tags = [
      { attrKey: 'floor', attrValue: '3' },
      { attrKey: 'room', attrValue: 'b' },
    ]
    expect(await replied((done) => thing.postTags(tags, done))).toMatchObject({ code: 200, data: {} })
    expect(await replied((done) => thing.deleteTags(['room'], done))).toMatchObject({ code: 200 })
    expect(userTags(node().fleet.of(device))).toEqual([{ key: 'floor', value: '3' }])
  })

  test('receives on a custom topic that it subscribed, and is refused one that is not defined', async () => {
    const { fleet, node: inside } = node()
    const productKey = await fleet.product()
    await fleet.topicClass(productKey, { shortName: 'orders', operation: 'SUB' })
    const device = await fleet.device(productKey)
    const thing = await sdkDevice(node(), device)
    const { until } = listen(thing)
    const granted = (filter: string) =>
      new Promise((resolve) => thing.subscribe(filter, { qos: 1 }, (_, it) => resolve(it)))
    const topic = `/${productKey}/${device.deviceName}/user/orders`
    expect(await granted(topic)).toEqual([{ topic, qos: 1 }])
    expect(await granted(`${topic}/other`)).toEqual([{ topic: `${topic}/other`, qos: 128 }])
    await inside.messages.pub(fleet.of(device), topic, Buffer.from('turn left'), 1)
    expect(await until('/user/orders')).toEqual({ topic, text: 'turn left' })
  })

  test('answers an RRPC with the service it registered', async () => {
    const device = await node().fleet.device()
    const thing = await sdkDevice(node(), device)
    thing.onService('ping', (_, reply) => reply({ code: 200, data: { pong: 1 } }, 'sync'))
    const request = Buffer.from('{"id":"1","version":"1.0","params":{},"method":"thing.service.ping"}')
    const { code, payload } = await node().node.messages.rrpc(node().fleet.of(device), request, 5000, null)
    expect([code, JSON.parse(String(payload)).data]).toEqual(['SUCCESS', { pong: 1 }])
  })

  test('reconnects when the server closes, and receives what was kept for it meanwhile', async () => {
    const { fleet, node: inside } = node()
    const productKey = await fleet.product()
    await fleet.topicClass(productKey, { shortName: 'orders', operation: 'SUB' })
    const device = await fleet.device(productKey)
    const thing = await sdkDevice(node(), device)
    const topic = `/${productKey}/${device.deviceName}/user/orders`
    await new Promise((resolve) => thing.subscribe(topic, { qos: 1 }, resolve))
    const { until } = listen(thing)
    const closed = once(thing, 'close')
    await inside.lifecycle.kick(fleet.of(device))
    await closed
    await inside.messages.pub(fleet.of(device), topic, Buffer.from('while away'), 1)
    await once(thing, 'connect')
    expect((await until('/user/orders')).text).toBe('while away')
    expect(await replied((done) => thing.postProps({ a: 1 }, done))).toMatchObject({ code: 200 })
  })

  test('a wrong secret: refused with 4, told by an error', async () => {
    const device = await node().fleet.device()
    await expect(sdkDevice(node(), { ...device, deviceSecret: 'wrong' })).rejects.toMatchObject([{ code: 4 }])
  })
})

describe('a gateway', () => {
  async function scene(subs = 1) {
    const [device] = await node().fleet.gateways(1)
    if (!device) throw new Error('no gateway')
    const gateway = await sdkGateway(node(), device)
    return { device, gateway, subs: await node().fleet.subs(subs), self: `${device.productKey}/${device.deviceName}` }
  }

  test('a whole day: topology, login, reports of the sub-device, logout', async () => {
    const { gateway, subs, self } = await scene(2)
    const [sub, other] = subs as [(typeof subs)[0], (typeof subs)[0]]
    expect(await replied((done) => gateway.addTopo([sub, other], done))).toMatchObject({
      code: 200,
      message: 'success',
      data: [named(sub), named(other)],
    })
    expect(await replied((done) => gateway.getTopo(done))).toMatchObject({
      code: 200,
      data: [named(sub), named(other)],
    })

    const { reply, subDevice, emitted } = await sdkLogin(gateway, sub)
    expect(reply).toEqual({ id: reply.id, code: 200, message: 'success', data: named(sub) })
    expect(emitted).toBe('connect')
    expect(node().fleet.onlineThrough(sub)).toBe(self)
    const posted = await replied((done) => subDevice.postProps({ temperature: 21.5 }, done))
    expect(posted.id).toMatch(/^\d+\|exp-topic\|\/sys\/a1SuBPk0002\/sub_\d+\/thing\/event\/property\/post_reply$/)
    expect(posted).toMatchObject({ code: 200, message: 'success', data: {} })
    expect(await replied((done) => subDevice.postEvent('alarm', {}, done))).toMatchObject({ code: 200 })
    expect(await replied((done) => subDevice.postTags([{ attrKey: 'k', attrValue: 'v' }], done))).toMatchObject({
      code: 200,
    })
    expect(userTags(node().fleet.of(sub))).toEqual([{ key: 'k', value: 'v' }])

    expect(await replied((done) => gateway.logout(named(sub), done))).toMatchObject({ code: 200, data: named(sub) })
    expect(node().fleet.onlineThrough(sub)).toBe(null)
    expect(await replied((done) => gateway.logout(named(sub), done))).toMatchObject({ code: 520, message: noSession })
    expect(await replied((done) => gateway.removeTopo([named(sub)], done))).toMatchObject({ code: 200 })
    expect((await sdkLogin(gateway, sub)).reply.code).toBe(6401)
    expect(gateway.connected).toBe(true)
  })

  test('refused logins: the code reaches the callback and the error event, and the gateway stays', async () => {
    const { device, gateway, subs } = await scene(3)
    const [unrelated, wrong, barred] = subs as [(typeof subs)[0], (typeof subs)[0], (typeof subs)[0]]
    await node().fleet.relate(device, wrong, barred)
    await node().fleet.disable(barred)
    const rows = [
      [unrelated, 6401, 'topo relation not exist'],
      [{ ...wrong, deviceSecret: 'wrong' }, 6287, 'invalid sign'],
      [barred, 522, 'device forbidden'],
      [{ ...wrong, deviceName: 'nobody' }, 6100, 'device not found'],
      [{ ...wrong, deviceName: '' }, 460, 'request parameter error'],
    ] as const
    for (const [sub, code, message] of rows) {
      const { reply, emitted } = await sdkLogin(gateway, sub)
      expect(reply).toMatchObject({ code, message })
      expect(emitted).toBe(`error ${code}`)
    }
    await node().fleet.remove(barred)
    expect((await sdkLogin(gateway, barred)).reply.code).toBe(521)
    expect(gateway.connected).toBe(true)
  })

  test('427: another gateway took the sub-device over; a publish for it is answered on /ext/error', async () => {
    const first = await scene()
    const second = await scene(0)
    const [sub] = first.subs as [(typeof first.subs)[0]]
    await node().fleet.relate(first.device, sub)
    await node().fleet.relate(second.device, sub)
    const { subDevice } = await sdkLogin(first.gateway, sub)
    const { heard, until } = listen(first.gateway)
    expect((await sdkLogin(second.gateway, sub)).reply.code).toBe(200)
    const notice = await until(`/ext/error/${first.self}`)
    const id = JSON.parse(notice.text).id
    expect(heard).toEqual([
      { topic: `/ext/session/${first.self}/combine/logout_reply`, text: extBody(id, 427, data(sub)) },
      { topic: `/ext/error/${first.self}`, text: extBody(id, 427, data(sub)) },
    ])
    heard.length = 0
    subDevice.postProps({ a: 1 }, () => {})
    const refused = await until(`/ext/error/${first.self}`)
    expect(refused.text).toBe(extBody(JSON.parse(refused.text).id, 520, data(sub), sessionError))
    expect(JSON.parse(refused.text).id).toContain('|exp-topic|')
    expect(first.gateway.connected).toBe(true)
  })

  test('dynamic registration: sub/register gives the secret, with which the sub-device is added and logs in', async () => {
    const { gateway, self } = await scene(0)
    const { deviceSecret, ...sub } = await node().fleet.device(dynamicProduct)
    const answer = await replied((done) => gateway.regiestSubDevice([sub], done))
    expect(answer).toMatchObject({ code: 200, message: 'success', data: [{ ...sub, deviceSecret }] })
    const [given] = answer.data as [{ deviceSecret: string }]
    const device = { ...sub, deviceSecret: given.deviceSecret }
    expect(await replied((done) => gateway.addTopo([device], done))).toMatchObject({ code: 200 })
    expect((await sdkLogin(gateway, device)).reply.code).toBe(200)
    expect(node().fleet.onlineThrough(sub)).toBe(self)
    const strange = named(await node().fleet.device(subProduct))
    expect(await replied((done) => gateway.regiestSubDevice([strange], done))).toMatchObject({ code: 6288 })
  })

  test('its sub-devices are off line when its connection ends, and it logs them in again when it is back', async () => {
    const { device, gateway, subs } = await scene()
    const [sub] = subs as [(typeof subs)[0]]
    await node().fleet.relate(device, sub)
    await sdkLogin(gateway, sub)
    const closed = once(gateway, 'close')
    await node().node.lifecycle.kick(node().fleet.of(device))
    await closed
    expect(node().fleet.onlineThrough(sub)).toBe(null)
    await once(gateway, 'connect')
    expect((await sdkLogin(gateway, sub)).reply.code).toBe(200)
  })

  test('a sub-device registers a service, and answers an RRPC through its gateway', async () => {
    const { device, gateway, subs } = await scene()
    const [sub] = subs as [(typeof subs)[0]]
    await node().fleet.relate(device, sub)
    const { subDevice } = await sdkLogin(gateway, sub)
    subDevice.onService('reboot', ({ params }, reply) => reply({ code: 200, data: { after: params.after } }, 'sync'))
    const request = { id: '9', version: '1.0', params: { after: 3 }, method: 'thing.service.reboot' }
    const { code, payload } = await node().node.messages.rrpc(
      node().fleet.of(sub),
      Buffer.from(JSON.stringify(request)),
      5000,
      null,
    )
    expect(code).toBe('SUCCESS')
    expect(JSON.parse(String(payload))).toMatchObject({ code: 200, data: { after: 3 } })
  })
})
