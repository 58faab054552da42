import { createHmac } from 'node:crypto'
import { beforeEach, expect, it } from 'vitest'
import type { Device } from '../../devices/device.ts'
import { FakeContext } from '../context.fixture.ts'
import { apiRoutes, dispatch } from './dispatch.ts'
import { membersOf } from './list.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into member by member
type Body = Record<string, any>

let context: FakeContext

beforeEach(() => {
  context = new FakeContext()
})

async function call(line: string, body?: unknown): Promise<[status: number, body: Body]> {
  const [method = '', url = ''] = line.split(' ')
  const [path = '', query = ''] = url.split('?')
  const reply = await dispatch(method, path, new URLSearchParams(query), body, context)
  return [reply.status, 'text' in reply ? { text: reply.text, type: reply.type } : (reply.body as Body)]
}

async function fleet(): Promise<{ gateway: Device; lamp: Device }> {
  await call('POST /products', { productName: 'gateways', nodeType: 'gateway', productKey: 'a1Gateways1' })
  await call('POST /products', { productName: 'lamps', nodeType: 'device', productKey: 'a1Lamps0001' })
  await call('POST /devices', { productKey: 'a1Gateways1', deviceName: 'gw01' })
  await call('POST /devices', { productKey: 'a1Lamps0001', deviceName: 'lamp' })
  return {
    gateway: context.directory.device('a1Gateways1', 'gw01') as Device,
    lamp: context.directory.device('a1Lamps0001', 'lamp') as Device,
  }
}

it('products and their topics', async () => {
  const given = { productKey: 'a1Lamps0001', productSecret: 'mine', dynamicRegistration: true }
  const [status, made] = await call('POST /products', { productName: 'lamps', nodeType: 'device', ...given })
  expect([status, made]).toMatchObject([201, { ...given, nodeType: 'device', devices: 0 }])
  expect(await call('GET /products?pageSize=1')).toMatchObject([
    200,
    { total: 1, products: [{ productKey: 'a1Lamps0001' }] },
  ])
  const [, plain] = await call('GET /products/a1Lamps0001')
  expect(plain).not.toHaveProperty('productSecret')
  expect((await call('GET /products/a1Lamps0001?secret=true'))[1].productSecret).toBe('mine')
  const [, off] = await call('PATCH /products/a1Lamps0001', { dynamicRegistration: false })
  expect(off).toMatchObject({ dynamicRegistration: false, productName: 'lamps' })
  const [, topic] = await call('POST /products/a1Lamps0001/topics', { topic: 'alarm', operation: 'PUB' })
  expect((await call('GET /products/a1Lamps0001/topics'))[1].topics).toHaveLength(4)
  expect(await call(`DELETE /products/a1Lamps0001/topics/${topic.id}`)).toEqual([200, { deleted: true }])
  expect((await call(`DELETE /products/a1Lamps0001/topics/${topic.id}`))[0]).toBe(404)
  expect(await call('DELETE /products/a1Lamps0001')).toEqual([200, { deleted: true }])
})

it('devices', async () => {
  const { lamp } = await fleet()
  const [status, made] = await call('POST /devices', { productKey: 'a1Lamps0001', deviceSecret: 'mine' })
  expect([status, made]).toMatchObject([201, { deviceSecret: 'mine', status: 'UNACTIVE', activatedAt: null }])
  const list = await call('GET /devices?productKey=a1Lamps0001&page=2&pageSize=1')
  expect(list).toMatchObject([200, { total: 2, page: 2, devices: [{ deviceName: 'lamp' }] }])
  const [, one] = await call('GET /devices/a1Lamps0001/lamp?secret=true')
  expect(one).toMatchObject({ iotId: lamp.iotId, deviceSecret: context.secrets.text(lamp), gateways: [], tags: {} })
  expect((await call('POST /devices/a1Lamps0001/lamp/disable'))[1].status).toBe('DISABLE')
  expect((await call('POST /devices/a1Lamps0001/lamp/enable'))[1].status).toBe('UNACTIVE')
  expect((await call('DELETE /devices/a1Lamps0001/lamp'))[0]).toBe(200)
  expect((await call('DELETE /devices/a1Lamps0001/lamp'))[0]).toBe(404)
  await call('POST /devices', { productKey: 'a1Lamps0001', deviceName: 'a:b@c.d' })
  expect((await call('GET /devices/a1Lamps0001/a%3Ab%40c.d'))[1].deviceName).toBe('a:b@c.d')
})

it('import and export', async () => {
  const row = { productKey: 'a1Lamps0001', deviceName: 'lamp', deviceSecret: 's', nodeType: 'device' }
  const text = JSON.stringify([row])
  const done = await call('POST /devices/import', { format: 'json', text })
  expect(done).toEqual([200, { created: 1, unchanged: 0, createdProducts: 1 }])
  expect((await call('POST /devices/import', { format: 'json', text }))[1]).toMatchObject({ created: 0, unchanged: 1 })
  const bad = await call('POST /devices/import', {
    format: 'json',
    text: JSON.stringify([
      { ...row, deviceName: 'x' },
      { ...row, deviceSecret: 't' },
    ]),
  })
  expect(bad).toMatchObject([400, { error: { code: 'BadRows', details: [{ row: 1 }, { row: 2 }] } }])
  const [, plain] = await call('GET /devices/export')
  expect(plain.text).not.toContain('deviceSecret')
  const [, full] = await call('GET /devices/export?format=csv&secrets=true&productKey=a1Lamps0001')
  expect(full.text).toContain('a1Lamps0001,lamp,s,device')
  expect((await call('POST /devices/import', { format: 'csv', text: full.text }))[1]).toMatchObject({ unchanged: 1 })
})

it('topology', async () => {
  const { gateway, lamp } = await fleet()
  const pair = '/topo/a1Gateways1/gw01/a1Lamps0001/lamp'
  expect(await call(`POST ${pair}`)).toEqual([201, { added: true }])
  expect((await call(`POST ${pair}`))[0]).toBe(201)
  context.connect(gateway)
  context.connect(lamp, gateway)
  const subDevices = [{ productKey: 'a1Lamps0001', deviceName: 'lamp', status: 'ONLINE', through: 'a1Gateways1/gw01' }]
  expect(await call('GET /topo/a1Gateways1/gw01')).toMatchObject([200, { subDevices, total: 1 }])
  expect((await call('GET /topo/a1Lamps0001/lamp'))[1].gateways).toEqual(['a1Gateways1/gw01'])
  expect((await call('POST /topo/a1Lamps0001/lamp/a1Gateways1/gw01'))[0]).toBe(400)
  expect((await call('POST /topo/a1Gateways1/gw01/a1Gateways1/gw01'))[0]).toBe(400)
  expect((await call('POST /topo/a1Gateways1/gw01/permit', { productKey: 'a1Lamps0001', time: 30 }))[0]).toBe(200)
  expect((await call('POST /topo/a1Gateways1/gw01/permit'))[0]).toBe(200)
  expect(context.sent).toEqual(['permit a1Gateways1/gw01 30 a1Lamps0001', 'permit a1Gateways1/gw01 60 null'])
  expect((await call(`DELETE ${pair}`))[0]).toBe(200)
  expect((await call(`DELETE ${pair}`))[0]).toBe(404)
})

it('sessions', async () => {
  const { gateway, lamp } = await fleet()
  context.connect(gateway)
  context.connect(lamp, gateway)
  const [, { sessions, total }] = await call('GET /sessions')
  expect(total).toBe(2)
  expect(sessions.map((session: Body) => session.gateway)).toEqual([null, 'a1Gateways1/gw01'])
  expect((await call('DELETE /sessions/a1Lamps0001/lamp'))[1]).toEqual({ kicked: true })
  expect((await call('DELETE /sessions/a1Lamps0001/lamp'))[0]).toBe(404)
})

it('parameters that work', async () => {
  const { lamp } = await fleet()
  const [, connect] = await call('GET /sign/connect/a1Lamps0001/lamp')
  expect(connect).toMatchObject({ username: 'lamp&a1Lamps0001', clientId: expect.stringContaining('|securemode=3') })
  const [, { login, topoAdd, related }] = await call('GET /sign/login/a1Gateways1/gw01/a1Lamps0001/lamp')
  expect(related).toBe(false)
  expect(login.topic).toBe('/ext/session/a1Gateways1/gw01/combine/login')
  expect(topoAdd.topic).toBe('/sys/a1Gateways1/gw01/thing/topo/add')
  const { clientId, timestamp, sign } = login.payload.params
  const text = `clientId${clientId}deviceNamelampproductKeya1Lamps0001timestamp${timestamp}`
  const expected = createHmac('sha256', context.secrets.text(lamp)).update(text).digest('hex')
  expect(sign.toLowerCase()).toBe(expected)
})

it('the node', async () => {
  await fleet()
  expect((await call('GET /status'))[1]).toMatchObject({ products: 2, devices: 2, ready: true, store: { ok: true } })
  expect((await call('GET /config'))[1].settings).toHaveLength(1)
})

it.each<[string, unknown, number, string]>([
  ['GET /nothing', undefined, 404, 'NotFound'],
  ['PUT /products', undefined, 405, 'MethodNotAllowed'],
  ['GET /products/a1None', undefined, 404, 'NotFound'],
  ['GET /products?page=0', undefined, 400, 'InvalidRequest'],
  ['GET /products?pageSize=1001', undefined, 400, 'InvalidRequest'],
  ['GET /devices', undefined, 400, 'InvalidRequest'],
  ['GET /devices?productKey=a1None', undefined, 404, 'NotFound'],
  ['GET /devices/a1Lamps0001/nobody', undefined, 404, 'NotFound'],
  ['GET /devices/a1Lamps0001/%zz', undefined, 404, 'NotFound'],
  ['GET /devices/a1Lamps0001/lamp?secret=yes', undefined, 400, 'InvalidRequest'],
  ['POST /products', undefined, 400, 'InvalidRequest'],
  ['POST /products', [], 400, 'InvalidRequest'],
  ['POST /products', { productName: 'lamps', nodeType: 'device' }, 409, 'ProductNameTaken'],
  ['POST /products', { productName: 'x', nodeType: 'device' }, 400, 'ProductName'],
  ['POST /products', { productName: 'more', nodeType: 2 }, 400, 'InvalidRequest'],
  ['POST /products', { productName: 'more', nodeType: 'device', other: 1 }, 400, 'InvalidRequest'],
  ['POST /products', { productName: 'more', nodeType: 'device', productKey: 'a1Lamps0001' }, 409, 'ProductKeyTaken'],
  ['DELETE /products/a1Lamps0001', undefined, 409, 'HasDevices'],
  ['POST /devices', { productKey: 'a1None' }, 404, 'ProductUnknown'],
  ['POST /devices', { productKey: 'a1Lamps0001', deviceName: 'lamp' }, 409, 'DeviceNameTaken'],
  ['POST /devices/import', { format: 'xml', text: '' }, 400, 'InvalidRequest'],
  ['GET /devices/export?format=xml', undefined, 400, 'InvalidRequest'],
  ['POST /topo/a1Gateways1/gw01/permit', { time: 0 }, 400, 'InvalidRequest'],
  ['POST /topo/a1Gateways1/gw01/permit', { time: 60 }, 409, 'GatewayOffline'],
  ['GET /sign/login/a1Lamps0001/lamp/a1Lamps0001/lamp', undefined, 400, 'InvalidRequest'],
])('%s %j: %i %s', async (line, body, status, code) => {
  await fleet()
  const reply = await call(line, body)
  expect(reply).toEqual([status, { error: { code, message: expect.any(String), hint: expect.any(String) } }])
})

it('says so when the store fails, or Homeport does', async () => {
  context.storeFails = true
  const body = { productName: 'lamps', nodeType: 'device' }
  expect(await call('POST /products', body)).toMatchObject([500, { error: { code: 'StoreFailure' } }])
  context.exclusive = () => Promise.reject(new Error('a defect'))
  expect(await call('POST /products', body)).toMatchObject([500, { error: { code: 'InternalError' } }])
})

it('the list of routes', async () => {
  const [status, { routes }] = await call('GET ')
  expect([status, await call('GET /')]).toEqual([200, [200, { documentation: 'docs/api.md', routes }]])
  expect(routes).toHaveLength(apiRoutes.length)
  expect(routes).toContainEqual({
    method: 'POST',
    path: '/api/v1/topo/{gwPk}/{gwDn}/permit',
    summary: expect.stringContaining('thing/gateway/permit'),
    body: { productKey: expect.any(String), time: expect.stringContaining('3600') },
  })
  expect(routes.find((route: Body) => route.path === '/api/v1/devices' && route.body)?.body.productKey).toMatch(
    /^required: /,
  )
})

it.each(apiRoutes.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s says what it does and takes',
  (_, route) => {
    expect(route.summary).toMatch(/^[A-Z].*\.$/)
    expect(membersOf(route).filter(({ what }) => what === '')).toEqual([])
  },
)

it('fixed levels come before those that take anything', () => {
  expect(new Set(apiRoutes.map(({ method, path }) => `${method} ${path}`)).size).toBe(apiRoutes.length)
  const paths = apiRoutes.map(({ path }) => path)
  expect(paths.indexOf('/devices/import')).toBeLessThan(paths.indexOf('/devices/{pk}/{dn}'))
})
