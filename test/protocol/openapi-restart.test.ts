import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SystemClock } from '../../src/clock/system.ts'
import { defaultSettings } from '../../src/config/settings.ts'
import { silentLog } from '../../src/log/log.ts'
import { Metrics } from '../../src/metrics/metrics.ts'
import { actions } from '../../src/openapi/actions.ts'
import { dispatch } from '../../src/openapi/api/dispatch.ts'
import type { ApiContext } from '../../src/openapi/context.ts'
import type { Answer } from '../../src/openapi/failure.ts'
import type { HomeportNode } from '../../src/platform/node.ts'
import { openNode } from '../../src/platform/node.ts'
import { systemRandom } from '../../src/random/random.ts'
import { apiContext } from '../../src/server/context.ts'

let data: string
let node: HomeportNode
let context: ApiContext

async function open(): Promise<void> {
  const metrics = new Metrics({ process: false })
  const settings = defaultSettings({ data })
  node = await openNode({
    settings,
    clock: new SystemClock(),
    random: systemRandom,
    log: silentLog,
    metrics,
    secretKey: undefined,
    locked: () => {},
  })
  const loaded = { settings, origins: new Map() }
  context = apiContext({ node, loaded, log: silentLog, metrics, version: '0.1.0', listeners: () => ({}) })
}

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'homeport-'))
  await open()
})

afterEach(async () => {
  await node.close()
  rmSync(data, { recursive: true })
})

async function act(name: string, params: Record<string, unknown>): Promise<Answer> {
  const action = actions.find(({ row }) => row.name === name)
  if (!action) throw new Error(name)
  return action.handle(params as never, context)
}

async function call(method: string, path: string, body?: unknown) {
  return dispatch(method, path, new URLSearchParams('secret=true'), body, context)
}

it('what was answered is there after a restart', async () => {
  await call('POST', '/products', { productName: 'lamps', nodeType: 'device', productKey: 'a1Lamps0001' })
  await call('POST', '/products', { productName: 'gateways', nodeType: 'gateway', productKey: 'a1Gateways1' })
  await call('POST', '/devices', { productKey: 'a1Gateways1', deviceName: 'gw01' })
  await call('POST', '/devices', { productKey: 'a1Lamps0001', deviceName: 'lamp', deviceSecret: 'mine' })
  const added = await call('POST', '/topo/a1Gateways1/gw01/a1Lamps0001/lamp')
  expect(added.status).toBe(201)
  await call('POST', '/devices/a1Lamps0001/lamp/disable')
  await act('SaveDeviceProp', { ProductKey: 'a1Lamps0001', DeviceName: 'lamp', Props: '{"a":"b"}' })
  const batch = (await act('BatchRegisterDevice', { ProductKey: 'a1Lamps0001', Count: 3 })) as {
    Data: { ApplyId: number }
  }
  const topic = await act('CreateProductTopic', { ProductKey: 'a1Lamps0001', TopicShortName: 'x', Operation: 'SUB' })

  await node.close()
  await open()
  expect(await call('GET', '/devices/a1Lamps0001/lamp')).toMatchObject({
    status: 200,
    body: { deviceSecret: 'mine', status: 'DISABLE', gateways: ['a1Gateways1/gw01'], tags: { a: 'b' } },
  })
  const page = { ApplyId: batch.Data.ApplyId, CurrentPage: 1, PageSize: 10 }
  expect(await act('QueryPageByApplyId', page)).toMatchObject({ Total: 3 })
  const another = (await act('BatchRegisterDevice', { ProductKey: 'a1Lamps0001', Count: 1 })) as typeof batch
  expect(another.Data.ApplyId).toBeGreaterThan(batch.Data.ApplyId)
  await act('DeleteProductTopic', { TopicId: String(topic.TopicId) })
})

it('of calls at once, one wins', async () => {
  const body = { productName: 'lamps', nodeType: 'device', productKey: 'a1Lamps0001' }
  const replies = await Promise.all([1, 2, 3].map(() => call('POST', '/products', body)))
  expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409])
})

it('messages to nobody have ids of 19 digits', async () => {
  await call('POST', '/products', { productName: 'lamps', nodeType: 'device', productKey: 'a1Lamps0001' })
  await call('POST', '/devices', { productKey: 'a1Lamps0001', deviceName: 'lamp' })
  const pub = { ProductKey: 'a1Lamps0001', TopicFullName: '/a1Lamps0001/lamp/user/get', MessageContent: 'aGk=', Qos: 1 }
  expect(await act('Pub', pub)).toEqual({ MessageId: expect.stringMatching(/^\d{19}$/) })
  expect(String((await act('PubBroadcast', { ...pub, TopicFullName: undefined })).MessageId)).toMatch(/^\d{19}$/)
  const rrpc = { ProductKey: 'a1Lamps0001', DeviceName: 'lamp', RequestBase64Byte: 'aGk=', Timeout: 1000 }
  expect(await act('RRpc', rrpc)).toMatchObject({ RrpcCode: 'OFFLINE' })
})
