/** Sub-devices that get their secrets through the gateway, and are deleted through it (sub-devices.md §7). */
import { createHmac } from 'node:crypto'
import { describe, expect } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import type { DeviceRef } from '../../src/effects/effect.ts'
import { promise } from '../promises.ts'
import { data, list, sysBody } from '../support/bodies.ts'
import { dynamicProduct } from '../support/fleet.ts'
import { named } from '../support/gateway.ts'
import { useNode } from '../support/node.ts'

const node = useNode()

const secretOf = (device: DeviceSecret) => `{"deviceSecret":"${device.deviceSecret}",${data(device).slice(1)}`

describe('sub/register', () => {
  const reply = (id: string, code: number, inner: string) => sysBody(id, code, inner, 'thing.sub.register')

  promise('sub.register', 'the secret, and the same again after the first login', async () => {
    const { gateway } = await node().scene({ subs: 0 })
    const devices = await node().fleet.devices(dynamicProduct, 2, 'sub')
    const first = await gateway.ask('thing/sub/register', devices.map(named), 1)
    expect(first.text).toBe(reply(first.id, 200, `[${devices.map(secretOf).join(',')}]`))
    const [device] = devices as [DeviceSecret]
    expect(await gateway.login(device)).toBe(6401)
    expect(await gateway.addTopo(device)).toBe(200)
    expect(await gateway.login(device)).toBe(200)
    const again = await gateway.ask('thing/sub/register', [named(device)])
    expect(again.text).toBe(reply(again.id, 200, `[${secretOf(device)}]`))
  })

  promise('sub.register', '6100, 6288, all or nothing', async () => {
    const { gateway, sub } = await node().scene()
    const [device] = (await node().fleet.devices(dynamicProduct, 1, 'sub')) as [DeviceSecret]
    const unknown = { productKey: dynamicProduct, deviceName: 'never_was' }
    for (const [items, code, failed] of [
      [[device, unknown, sub], 6100, unknown],
      [[device, sub, unknown], 6288, sub],
    ] as const) {
      const answer = await gateway.ask('thing/sub/register', items.map(named))
      expect(answer.text).toBe(reply(answer.id, code, list(failed)))
    }
  })

  promise('sub.register', '30 at most, none twice', async () => {
    const { gateway } = await node().scene({ subs: 0 })
    const devices = await node().fleet.devices(dynamicProduct, 31, 'sub')
    const tooMany = await gateway.ask('thing/sub/register', devices.map(named))
    expect(tooMany.text).toBe(reply(tooMany.id, 460, '[]'))
    const first = devices[0] as DeviceSecret
    const twice = await gateway.ask('thing/sub/register', [named(first), named(first)])
    expect(twice.text).toBe(reply(twice.id, 460, list(first)))
    expect((await gateway.ask('thing/sub/register', devices.slice(1).map(named))).code).toBe(200)
  })

  promise('sub.register.bound', "one in another gateway's topology is no error by default", async () => {
    const { gateway, other } = await node().scene({ gateways: 2, subs: 0 })
    const [device] = (await node().fleet.devices(dynamicProduct, 1, 'sub')) as [DeviceSecret]
    await node().fleet.relate(other.device, device)
    expect((await gateway.ask('thing/sub/register', [named(device)])).code).toBe(200)
  })

  promise('sub.register', 'the switch of the product decides each time', async () => {
    const { gateway } = await node().scene({ subs: 0 })
    const productKey = await node().fleet.product({ dynamicRegistration: true })
    const device = await node().fleet.device(productKey)
    expect((await gateway.ask('thing/sub/register', [named(device)])).code).toBe(200)
    await node().fleet.setDynamic(productKey, false)
    expect((await gateway.ask('thing/sub/register', [named(device)])).code).toBe(6288)
  })
})

describe('product_register', () => {
  const path = 'thing/proxy/provisioning/product_register'
  const reply = (id: string, code: number, inner: string) =>
    sysBody(id, code, inner, 'thing.proxy.provisioning.product_register')

  function signed(device: DeviceRef, changes: Record<string, unknown> = {}, algorithm = 'sha256') {
    const { productKey, deviceName } = device
    const content = `deviceName${deviceName}productKey${productKey}random567345`
    const sign = createHmac(algorithm, `secret-of-${productKey}`).update(content).digest('hex')
    return { productKey, deviceName, random: '567345', signMethod: `hmac${algorithm}`, sign, ...changes }
  }

  const failure = (device: DeviceRef, code: number, message: string) =>
    `{${data(device).slice(1, -1)},"errorDetail":{"code":${code},"message":"${message}"}}`

  promise('product.register', 'a secret for each that is well, a failure for each that is not', async () => {
    const { gateway, sub } = await node().scene()
    const [a, b, c, d, e] = (await node().fleet.devices(dynamicProduct, 5, 'sub')) as [
      DeviceSecret,
      DeviceSecret,
      DeviceSecret,
      DeviceSecret,
      DeviceSecret,
    ]
    await node().fleet.relate(gateway.device, c)
    await gateway.login(c)
    await gateway.rest()
    const unknown = { productKey: dynamicProduct, deviceName: 'never_was' }
    const proxieds = [
      signed(a),
      signed(b, { signMethod: 'HmacMd5', sign: signed(b, {}, 'md5').sign.toUpperCase() }),
      signed(c),
      signed(d, { sign: 'x' }),
      signed(e, { signMethod: 'Sha256' }),
      signed(unknown),
      signed(sub),
    ]
    const answer = await gateway.ask(path, { proxieds })
    const failures = [
      failure(c, 6289, 'device is already active'),
      failure(d, 6600, 'signature error'),
      failure(e, 6292, 'sign method is not supported'),
      failure(unknown, 6100, 'device not found'),
      failure(sub, 6288, 'dynamic registration is not enabled'),
    ]
    expect(answer.text).toBe(
      reply(answer.id, 200, `{"failures":[${failures.join(',')}],"successes":[${secretOf(a)},${secretOf(b)}]}`),
    )
  })

  promise('product.register', 'twice as long as it is not active; both lists are always there', async () => {
    const { gateway } = await node().scene({ subs: 0 })
    const [device] = (await node().fleet.devices(dynamicProduct, 1, 'sub')) as [DeviceSecret]
    for (let i = 0; i < 2; i++) {
      const answer = await gateway.ask(path, { proxieds: [signed(device)] })
      expect(answer.text).toBe(reply(answer.id, 200, `{"failures":[],"successes":[${secretOf(device)}]}`))
    }
    await gateway.addTopo(device)
    await gateway.login(device)
    const active = await gateway.ask(path, { proxieds: [signed(device)] })
    expect(active.data).toMatchObject({ successes: [], failures: [{ errorDetail: { code: 6289 } }] })
  })
})

describe('sub/unregister', () => {
  const reply = (id: string, code: number, inner: string) => sysBody(id, code, inner, 'thing.sub.unregister')

  promise('sub.unregister', 'deletes the devices', async () => {
    const { gateway, sub, sub2 } = await node().scene({ subs: 2 })
    const answer = await gateway.ask('thing/sub/unregister', [named(sub), named(sub2)])
    expect(answer.text).toBe(reply(answer.id, 200, '{}'))
    expect(await gateway.texts()).toEqual([])
    expect(await gateway.login(sub)).toBe(521)
    await expect(node().device(sub2)).rejects.toMatchObject({ code: 5 })
  })

  promise('sub.unregister', '6100, 6401, all or nothing', async () => {
    const { gateway, sub } = await node().scene()
    const [stranger] = (await node().fleet.subs(1)) as [DeviceSecret]
    const unknown = { ...sub, deviceName: 'never_was' }
    for (const [items, code] of [
      [[sub, unknown, stranger], 6100],
      [[sub, stranger, unknown], 6401],
    ] as const) {
      const answer = await gateway.ask('thing/sub/unregister', items.map(named))
      expect(answer.text).toBe(reply(answer.id, code, '{}'))
    }
    expect(await gateway.login(sub)).toBe(200)
  })
})

describe('a device that is no gateway', () => {
  const paths = [
    'combine/login',
    'combine/logout',
    'combine/batch_login',
    'combine/batch_logout',
    'thing/topo/add',
    'thing/topo/delete',
    'thing/topo/get',
    'thing/list/found',
    'thing/sub/register',
    'thing/sub/unregister',
    'thing/proxy/provisioning/product_register',
  ]
  promise(['not-gateway', 'not-gateway.subscribe'], 'gets 460 on each, and may subscribe the replies', async () => {
    const device = await node().fleet.device()
    const client = await node().gateway(device)
    expect(await client.subscribe(paths.map((path) => `${client.topic(path)}_reply`))).toEqual(paths.map(() => 1))
    for (const path of paths) {
      const { code } = await client.ask(path, path.endsWith('get') ? {} : [named(device)])
      expect(code, path).toBe(460)
    }
    expect(await client.texts()).toEqual([])
  })

  promise('not-gateway', 'the same for a sub-device, through its gateway', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    const name = `${sub.productKey}/${sub.deviceName}`
    await gateway.publish(`/sys/${name}/thing/topo/get`, '{"id":"5","params":{}}')
    expect(await gateway.text(`/sys/${name}/thing/topo/get_reply`)).toBe(sysBody('5', 460, '[]', 'thing.topo.get'))
  })
})
