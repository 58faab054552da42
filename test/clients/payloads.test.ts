/**
 * What the SDKs in C, Python, Go and JavaScript put on the wire, byte for byte (clients.md "Exact payloads"), and whether each could
 * read what came back. Nothing is delivered that was neither subscribed nor asked for by `_ss=1`.
 */
import { describe, expect, test } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { data, extBody, list, sysBody } from '../support/bodies.ts'
import { dynamicProduct } from '../support/fleet.ts'
import { useNode } from '../support/node.ts'
import type { Form, Method, MqttjsDevice } from './mqttjs.ts'
import { connectMqttjs, forms, hmac } from './mqttjs.ts'

const node = useNode({ settings: { 'mqtt.autoDelivery': 'requested' } })

/** Covers the client id as it stands in the payload, block and all. */
function signature(sub: DeviceSecret, method: Method, clientId: string, timestamp: string | number): string {
  const { productKey, deviceName, deviceSecret } = sub
  return hmac(
    method,
    deviceSecret,
    `clientId${clientId}deviceName${deviceName}productKey${productKey}timestamp${timestamp}`,
  )
}

async function scene(form: Form, related = false): Promise<{ mqtt: MqttjsDevice; sub: DeviceSecret }> {
  const [gateway] = await node().fleet.gateways(1)
  const sub = await node().fleet.device()
  if (!gateway) throw new Error('no gateway')
  if (related) await node().fleet.relate(gateway, sub)
  return { mqtt: await connectMqttjs(node(), gateway, form), sub }
}

const online = (sub: DeviceSecret) => node().fleet.onlineThrough(sub)

/** As a C Link SDK 4 finds a value: the first of this name anywhere, and no blank around the colon. */
function c4(text: string, key: string): string {
  const at = text.indexOf(`"${key}"`)
  const found = /^"\w+":("[^"]*"|\{|\[|[^,}]+)/.exec(text.slice(at))
  if (at < 0 || !found) throw new Error(`no ${key} for a C Link SDK 4 in ${text}`)
  return (found[1] as string).replaceAll('"', '')
}

describe('C SDK 3.2', () => {
  test('topo/add, login with a block, post, logout; upper-case hex, uptime as timestamp', async () => {
    const { mqtt, sub } = await scene(forms.c32)
    const { productKey: pk, deviceName: dn } = sub
    const id = `${pk}.${dn}`
    const own = signature(sub, 'sha256', id, '3382442').toUpperCase()
    const topoAdd = `{"id":"4","version":"1.0","params":[{"productKey":"${pk}","deviceName":"${dn}","signmethod":"hmacSha256","sign":"${own}","timestamp":"3382442","clientId":"${id}"}],"method":"thing.topo.add"}`
    expect(await mqtt.ask(`/sys/${mqtt.name}/thing/topo/add`, topoAdd)).toBe(
      sysBody('4', 200, list(sub), 'thing.topo.add'),
    )
    const block = `${id}|_ss=1,_v=sdk-c-3.2.0|`
    const sign = signature(sub, 'sha256', block, '3382541').toUpperCase()
    const login = `{"id":"5","version":"1.0","params":{"productKey":"${pk}","deviceName":"${dn}","clientId":"${block}","timestamp":"3382541","signMethod":"hmacSha256","sign":"${sign}","cleanSession":"true"},"method":"combine.login"}`
    expect(await mqtt.ask(`/ext/session/${mqtt.name}/combine/login`, login)).toBe(extBody('5', 200, data(sub)))
    expect(online(sub)).toBe(mqtt.name)
    const post = `{"id":"6","version":"1.0","params":{"LightSwitch":0},"method":"thing.event.property.post"}`
    expect(await mqtt.ask(`/sys/${pk}/${dn}/thing/event/property/post`, post)).toBe(
      sysBody('6', 200, '{}', 'thing.event.property.post'),
    )
    const logout = `{"id":"7","version":"1.0","params":{"productKey":"${pk}","deviceName":"${dn}"},"method":"combine.logout"}`
    expect(await mqtt.ask(`/ext/session/${mqtt.name}/combine/logout`, logout)).toBe(extBody('7', 200, data(sub)))
    expect(online(sub)).toBe(null)
    // The single form names the sub-device in errors too, or a login of this SDK ends with its time-out.
    expect(await mqtt.ask(`/ext/session/${mqtt.name}/combine/logout`, logout)).toBe(
      extBody('7', 520, data(sub), 'device no session'),
    )
  })

  test('own system topics are always granted, so that it does not subscribe in a loop', async () => {
    const { mqtt, sub } = await scene(forms.c301, true)
    const login = `/ext/session/${mqtt.name}/combine/login`
    await mqtt.subscribe(`${login}_reply`)
    const sign = signature(sub, 'sha1', 'id', '1')
    await mqtt.ask(
      login,
      JSON.stringify({
        id: '1',
        params: { ...named(sub), clientId: 'id', timestamp: '1', signMethod: 'hmacSha1', sign },
      }),
    )
    for (const name of [mqtt.name, `${sub.productKey}/${sub.deviceName}`]) {
      const filters = systemFilters(name)
      for (const filter of filters) expect([filter, await mqtt.subscribe(filter)]).toEqual([filter, [1]])
    }
  })
})

/** clients.md 13. */
function systemFilters(name: string): string[] {
  const under = (base: string, ...ends: string[]) => ends.map((end) => `${base}${end}`)
  return [
    ...under(`/sys/${name}/thing/event/`, '+/post_reply', 'property/post_reply'),
    ...under(`/sys/${name}/thing/service/`, '+', '#', 'property/set'),
    ...under(`/sys/${name}/thing/topo/`, '#', 'add_reply', 'delete_reply', 'get_reply', 'add/notify', 'change'),
    ...under(`/ext/session/${name}/combine/`, '#', 'login_reply', 'logout_reply', 'batch_login_reply'),
    ...under('/ext/rrpc/', '#'),
    ...under('/ext/network/probe/', '+'),
    ...under(`/ext/ntp/${name}/`, 'response'),
    ...under('/ext/error/', name),
    ...under('/shadow/get/', name),
    ...under('/ota/device/upgrade/', name),
    ...under(`/sys/${name}/`, 'rrpc/request/+'),
    ...under(`/sys/${name}/thing/`, 'disable', 'enable', 'delete', 'gateway/permit', 'list/found_reply'),
    ...under(`/sys/${name}/thing/model/`, 'down_raw', 'up_raw_reply'),
    ...under(`/sys/${name}/thing/config/`, 'push', 'get_reply', 'log/push', 'log/get_reply'),
    ...under(`/sys/${name}/thing/`, 'dynamicTsl/get_reply', 'dsltemplate/get_reply', 'deviceinfo/update_reply'),
    ...under(`/sys/${name}/thing/`, 'sub/register_reply', 'sub/unregister_reply'),
    ...under(`/sys/${name}/thing/proxy/provisioning/`, 'product_register_reply'),
  ]
}

const named = ({ productKey, deviceName }: DeviceSecret) => ({ productKey, deviceName })

describe('C SDK 3.0.1', () => {
  test('deviceinfo/update with domain SYSTEM before all else; SHA-1 and lower-case hex', async () => {
    const { mqtt, sub } = await scene(forms.c301, true)
    const { productKey: pk, deviceName: dn } = sub
    const info = `/sys/${mqtt.name}/thing/deviceinfo/update`
    const system = `{"id":"0","version":"1.0","params":[{"attrKey":"SYS_LP_SDK_VERSION","attrValue":"3.0.1","domain":"SYSTEM"}],"method":"thing.deviceinfo.update"}`
    await mqtt.publish(info, system, 1)
    expect(await mqtt.rest()).toEqual([])
    const login = `/ext/session/${mqtt.name}/combine/login`
    expect(await mqtt.subscribe(`${login}_reply`)).toEqual([1])
    const block = `${pk}.${dn}|_v=sdk-c-3.0.1|`
    const sign = signature(sub, 'sha1', block, '3382541')
    const text = `{"id":"5","version":"1.0","params":{"productKey":"${pk}","deviceName":"${dn}","clientId":"${block}","timestamp":"3382541","signMethod":"hmacSha1","sign":"${sign}","cleanSession":"true"},"method":"combine.login"}`
    expect(await mqtt.ask(login, text)).toBe(extBody('5', 200, data(sub)))
    expect(online(sub)).toBe(mqtt.name)
  })
})

describe('C Link SDK 4.1', () => {
  test('PINGREQ right behind CONNACK, topology, batch login, a report with ack, batch logout', async () => {
    const { mqtt, sub } = await scene(forms.c41)
    const { productKey: pk, deviceName: dn } = sub
    const pong = new Promise<void>((resolve) =>
      mqtt.client.on('packetreceive', ({ cmd }) => cmd === 'pingresp' && resolve()),
    )
    mqtt.client.sendPing()
    await pong
    const texts: string[] = []
    const ask = async (topic: string, payload: string, body: string) => {
      const text = await mqtt.ask(topic, payload)
      expect(text).toBe(body)
      texts.push(text)
    }
    const id = `${pk}.${dn}`
    const add = signature(sub, 'sha256', id, '1795421016555').toUpperCase()
    const item = `"productKey":"${pk}","deviceName":"${dn}","clientId":"${id}","timestamp":"1795421016555"`
    await ask(
      `/sys/${mqtt.name}/thing/topo/add`,
      `{"id":"1","version":"1.0","params":[{${item},"signmethod":"hmacSha256","sign":"${add}"}]}`,
      sysBody('1', 200, list(sub), 'thing.topo.add'),
    )
    // It says the id of its last request again, and params as a string.
    await ask(
      `/sys/${mqtt.name}/thing/topo/get`,
      '{"id":"1","version":"1.0","params":"{}"}',
      sysBody('1', 200, list(sub), 'thing.topo.get'),
    )
    await ask(
      `/ext/session/${mqtt.name}/combine/batch_login`,
      `{"id":"3","version":"1.0","params":{"signMethod":"hmacSha256","deviceList":[{${item},"cleanSession":"false","sign":"${add}"}]}}`,
      extBody('3', 200, list(sub)),
    )
    expect(online(sub)).toBe(mqtt.name)
    await ask(
      `/sys/${pk}/${dn}/thing/event/property/post`,
      '{"id":"4","version":"1.0","params":{"LightSwitch":0},"sys":{"ack":1}}',
      sysBody('4', 200, '{}', 'thing.event.property.post'),
    )
    await ask(
      `/ext/session/${mqtt.name}/combine/batch_logout`,
      `{"id":"8","version":"1.0","params":[{"productKey":"${pk}","deviceName":"${dn}"}]}`,
      extBody('8', 200, list(sub)),
    )
    expect(online(sub)).toBe(null)
    await ask(
      `/ext/session/${mqtt.name}/combine/batch_logout`,
      `{"id":"9","version":"1.0","params":[{"productKey":"${pk}","deviceName":"${dn}"}]}`,
      extBody('9', 520, list(sub), 'device no session'),
    )
    expect(texts.map((text) => [c4(text, 'id'), c4(text, 'code'), c4(text, 'message'), c4(text, 'data')])).toEqual([
      ['1', '200', 'success', '['],
      ['1', '200', 'success', '['],
      ['3', '200', 'success', '['],
      ['4', '200', 'success', '{'],
      ['8', '200', 'success', '['],
      ['9', '520', 'device no session', '['],
    ])
  })

  test('product_register', async () => {
    const { mqtt } = await scene(forms.c41)
    const { productKey: pk, deviceName: dn, deviceSecret } = await node().fleet.device(dynamicProduct)
    const sign = hmac('sha256', `secret-of-${pk}`, `deviceName${dn}productKey${pk}random8Ygb7ULYh53B6OA`).toUpperCase()
    const text = await mqtt.ask(
      `/sys/${mqtt.name}/thing/proxy/provisioning/product_register`,
      `{"id":"2","version":"1.0","params":{"proxieds":[{"productKey":"${pk}","deviceName":"${dn}","random":"8Ygb7ULYh53B6OA","signMethod":"hmacSha256","sign":"${sign}"}]}}`,
    )
    expect(JSON.parse(text)).toMatchObject({
      id: '2',
      code: 200,
      data: { successes: [{ productKey: pk, deviceName: dn, deviceSecret }], failures: [] },
    })
    expect([c4(text, 'id'), c4(text, 'code'), c4(text, 'deviceSecret')]).toEqual(['2', '200', deviceSecret])
  })

  test('shadow, OTA and what else comes later: acknowledged, no 520, the connection lives', async () => {
    const { mqtt, sub } = await scene(forms.c41, true)
    const item = { ...named(sub), clientId: 'c', timestamp: '1', sign: signature(sub, 'sha256', 'c', '1') }
    await mqtt.ask(
      `/ext/session/${mqtt.name}/combine/batch_login`,
      JSON.stringify({ id: '1', params: { signMethod: 'hmacSha256', deviceList: [item] } }),
    )
    for (const name of [mqtt.name, `${sub.productKey}/${sub.deviceName}`]) {
      await mqtt.publish(`/shadow/update/${name}`, '{"method":"update","state":{"reported":{"a":1}},"version":1}', 1)
      await mqtt.publish(`/shadow/update/${name}`, '{"method":"get"}', 1)
      await mqtt.publish(`/ota/device/inform/${name}`, '{"id":11, "params":{"version":"1.0.0"}}', 1)
      await mqtt.publish(`/sys/${name}/thing/config/get`, '{"id":"12","params":{"getType":"file"}}', 1)
    }
    const errors = (await mqtt.rest()).filter((text) => text.startsWith('/ext/error'))
    expect(errors).toEqual([])
    expect([mqtt.client.connected, online(sub)]).toEqual([true, mqtt.name])
  })
})

describe('Python', () => {
  test('a batch login 3 ms behind the topo/add: both succeed, in order', async () => {
    const { mqtt, sub } = await scene(forms.python)
    const { productKey: pk, deviceName: dn } = sub
    const block = `${pk}.${dn}|lan=Python,_v=2.2.1,_ss=1|`
    const sign = signature(sub, 'sha256', block, '1795421573')
    const item = `"productKey":"${pk}","deviceName":"${dn}","clientId":"${block}","timestamp":"1795421573","cleanSession":"false","sign":"${sign}"`
    const topoAdd = `{"id":"1","version":"1.0","params":[{${item},"signmethod":"hmacsha256"}],"method":"thing.topo.add"}`
    const login = `{"id":"2","version":"1.0","params":{"signMethod":"hmacSha256","deviceList":[{${item}}]}}`
    // Even closer than its 3 ms: in one segment.
    const added = mqtt.publish(`/sys/${mqtt.name}/thing/topo/add`, topoAdd, 1)
    void mqtt.publish(`/ext/session/${mqtt.name}/combine/batch_login`, login)
    await added
    expect(await mqtt.rest()).toEqual([
      `/sys/${mqtt.name}/thing/topo/add_reply ${sysBody('1', 200, list(sub), 'thing.topo.add')}`,
      `/ext/session/${mqtt.name}/combine/batch_login_reply ${extBody('2', 200, list(sub))}`,
    ])
    expect(online(sub)).toBe(mqtt.name)
  })
})

describe('Go', () => {
  test('sub/register first; its secret signs topo/add and the batch login, with signMethod in each item', async () => {
    const { mqtt } = await scene(forms.go)
    const device = await node().fleet.device(dynamicProduct)
    const { productKey: pk, deviceName: dn } = device
    const session = `/ext/session/${mqtt.name}/combine`
    await mqtt.subscribe(`/sys/${mqtt.name}/thing/sub/register_reply`, `/sys/${mqtt.name}/thing/topo/add_reply`)
    await mqtt.subscribe(`${session}/batch_login_reply`, `${session}/batch_logout_reply`)
    const registered = await mqtt.ask(
      `/sys/${mqtt.name}/thing/sub/register`,
      `{"id":"375078136","version":"1.0","params":[{"productKey":"${pk}","deviceName":"${dn}"}],"method":"thing.sub.register"}`,
      1,
    )
    const { id, code, data: rows } = JSON.parse(registered)
    expect([id, code, rows]).toEqual(['375078136', 200, [expect.objectContaining(device)]])
    const sub = { productKey: pk, deviceName: dn, deviceSecret: rows[0].deviceSecret }
    const sign = signature(sub, 'sha1', `${pk}.${dn}`, '1795421016555')
    const item = `"productKey":"${pk}","deviceName":"${dn}","clientId":"${pk}.${dn}","timestamp":"1795421016555"`
    const topoAdd = `{"id":"375078137","version":"1.0","params":[{${item},"signmethod":"hmacsha1","sign":"${sign}"}],"method":"thing.topo.add"}`
    expect(await mqtt.ask(`/sys/${mqtt.name}/thing/topo/add`, topoAdd, 1)).toBe(
      sysBody('375078137', 200, list(sub), 'thing.topo.add'),
    )
    const login = `{"id":"375078138","version":"1.0","params":{"deviceList":[{${item},"cleanSession":"false","signMethod":"hmacsha1","sign":"${sign}"}]},"method":"combine.batch.login"}`
    expect(await mqtt.ask(`${session}/batch_login`, login)).toBe(extBody('375078138', 200, list(sub)))
    expect(online(sub)).toBe(mqtt.name)
    const logout = `{"id":"375078139","version":"1.0","params":[{"productKey":"${pk}","deviceName":"${dn}"}],"method":"combine.batch.logout"}`
    expect(await mqtt.ask(`${session}/batch_logout`, logout)).toBe(extBody('375078139', 200, list(sub)))
    expect(online(sub)).toBe(null)
  })
})

describe('Node', () => {
  test('signMethod in topo/add, a number as timestamp, an empty method, an id with bars', async () => {
    const { mqtt, sub } = await scene(forms.node)
    const { productKey: pk, deviceName: dn } = sub
    const post = `/sys/${pk}/${dn}/thing/event/property/post`
    const session = `/ext/session/${mqtt.name}/combine`
    await mqtt.subscribe(`/sys/${mqtt.name}/thing/topo/add_reply`, `${session}/login_reply`, `${session}/logout_reply`)
    const sign = signature(sub, 'sha1', `${pk}&${dn}`, 1795420584609)
    const item = `{"productKey":"${pk}","deviceName":"${dn}","clientId":"${pk}&${dn}","timestamp":1795420584609,"signMethod":"hmacsha1","sign":"${sign}"}`
    expect(
      await mqtt.ask(
        `/sys/${mqtt.name}/thing/topo/add`,
        `{"id":"1","version":"1.0","params":[${item}],"method":"thing.topo.add"}`,
      ),
    ).toBe(sysBody('1', 200, list(sub), 'thing.topo.add'))
    expect(await mqtt.ask(`${session}/login`, `{"id":"3","version":"1.0","params":${item},"method":""}`)).toBe(
      extBody('3', 200, data(sub)),
    )
    expect(await mqtt.subscribe(`${post}_reply`)).toEqual([1])
    const id = `4|exp-topic|${post}_reply`
    expect(
      await mqtt.ask(post, `{"id":"${id}","version":"1.0","params":{"a":1},"method":"thing.event.property.post"}`),
    ).toBe(sysBody(id, 200, '{}', 'thing.event.property.post'))
    expect(
      await mqtt.ask(
        `${session}/logout`,
        `{"id":"5","version":"1.0","params":{"productKey":"${pk}","deviceName":"${dn}"},"method":""}`,
      ),
    ).toBe(extBody('5', 200, data(sub)))
  })
})
