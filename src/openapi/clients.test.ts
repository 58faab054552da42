/** Every action by both npm clients of the vendor, unmodified but for the endpoint, over a real socket. */
import { createRequire } from 'node:module'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeTopoAdd } from '../auth/make.ts'
import type { Device } from '../devices/device.ts'
import { actions } from './actions.ts'
import { wrongIn } from './answers.fixture.ts'
import { FakeContext, testKey } from './context.fixture.ts'
import { HttpServer } from './server.ts'

const require = createRequire(import.meta.url)
const PopCore = require('@alicloud/pop-core').RPCClient
const iot = require('@alicloud/iot20180120')
const { Config } = require('@alicloud/openapi-client')

type Params = Record<string, unknown>
// biome-ignore lint/suspicious/noExplicitAny: answers are looked into member by member
type Body = Record<string, any>
type Call = (action: string, params?: Params) => Promise<Body>

let context: FakeContext
let server: HttpServer
let port: number
/** The last answer as it left the server. */
let raw = ''
const reached = new Set<string>()

beforeEach(async () => {
  context = new FakeContext()
  server = new HttpServer(context, 'token')
  server.register((routes) =>
    routes.addHook('onSend', async (_request, _reply, payload) => {
      raw = String(payload)
      return payload
    }),
  )
  port = await server.listen('127.0.0.1', 0)
})

afterEach(() => server.close())

afterAll(() => {
  expect([...reached].sort()).toEqual(actions.map(({ row }) => row.name).sort())
})

/** What left the server, held against the table. */
function answerOf(action: string): Body {
  reached.add(action)
  const answer = JSON.parse(raw)
  if (answer.Success === true) expect(wrongIn(action, answer)).toEqual([])
  return answer
}

function popCore(method: 'GET' | 'POST'): Call {
  const client = new PopCore({
    accessKeyId: testKey.id,
    accessKeySecret: testKey.secret,
    endpoint: `http://127.0.0.1:${port}`,
    apiVersion: '2018-01-20',
  })
  return async (action, params = {}) => {
    try {
      await client.request(action, params, { method })
    } catch (error) {
      if ((error as { code?: string }).code !== JSON.parse(raw).Code) throw error
    }
    return answerOf(action)
  }
}

function teaClient(): Call {
  const client = new iot.default(
    new Config({
      accessKeyId: testKey.id,
      accessKeySecret: testKey.secret,
      endpoint: `127.0.0.1:${port}`,
      protocol: 'HTTP',
    }),
  )
  return async (action, params = {}) => {
    const request = new iot[`${action}Request`](members(`${action}Request`, params))
    try {
      const { body } = await client[small(action)](request)
      expect(body.success).toBe(JSON.parse(raw).Success)
    } catch (error) {
      if ((error as { code?: string }).code !== JSON.parse(raw).Code) throw error
    }
    return answerOf(action)
  }
}

/** The SDK's classes have their members in small letters, and a class for each list of objects. */
function members(owner: string, params: Params): Params {
  const entries = Object.entries(params).map(([name, value]) => {
    if (!Array.isArray(value) || typeof value[0] !== 'object') return [small(name), value]
    return [small(name), value.map((item: Params) => new iot[`${owner}${name}`](members('', item)))]
  })
  return Object.fromEntries(entries)
}

function small(name: string): string {
  return name === 'RRpc' ? 'rRpc' : name.slice(0, 1).toLowerCase() + name.slice(1)
}

const clients: [name: string, make: () => Call][] = [
  ['pop-core, GET', () => popCore('GET')],
  ['pop-core, POST', () => popCore('POST')],
  ['iot20180120', teaClient],
]

describe.each(clients)('%s', (_name, make) => {
  let call: Call

  beforeEach(() => {
    call = make()
  })

  async function product(name: string, nodeType = 0): Promise<string> {
    return (await call('CreateProduct', { ProductName: name, NodeType: nodeType })).ProductKey
  }

  async function device(productKey: string, name: string): Promise<Device> {
    await call('RegisterDevice', { ProductKey: productKey, DeviceName: name })
    return context.directory.device(productKey, name) as Device
  }

  it('products', async () => {
    const made = await call('CreateProduct', { ProductName: 'lamps_测试', NodeType: 0, Description: 'a & b <c> "d"' })
    const { ProductKey } = made
    expect(made.Data).toMatchObject({
      ProductKey,
      ProductName: 'lamps_测试',
      AliyunCommodityCode: 'iothub',
      DataFormat: 1,
    })
    expect(made.Code).toBe('')
    const again = await call('CreateProduct', { ProductName: 'lamps_测试', NodeType: 0 })
    expect(again).toMatchObject({ Success: false, Code: 'iot.prod.AlreadyExistedProductName' })
    expect(again).not.toHaveProperty('Data')
    await call('UpdateProduct', { ProductKey, ProductName: 'lanterns' })
    const { Data } = await call('QueryProduct', { ProductKey })
    expect(Data).toMatchObject({ ProductName: 'lanterns', Description: 'a & b <c> "d"', NetType: 3, DeviceCount: 0 })
    expect(Data.ProductSecret).toBe(made.Data.ProductSecret)
    const second = await product('gateways', 1)
    const list = await call('QueryProductList', { CurrentPage: 1, PageSize: 1 })
    expect(list.Data).toMatchObject({ Total: 2, PageCount: 2, List: { ProductInfo: [{ ProductKey: second }] } })
    const senior = { CurrentPage: 1, PageSize: 10, AliyunCommodityCode: 'iothub_senior' }
    expect((await call('QueryProductList', senior)).Data.List).toEqual({ ProductInfo: [] })
    await device(second, 'gw01')
    expect((await call('DeleteProduct', { ProductKey: second })).Code).toBe('iot.prod.ProductHasDevices')
    expect((await call('DeleteProduct', { ProductKey })).Success).toBe(true)
    expect((await call('QueryProduct', { ProductKey })).Code).toBe('iot.prod.NotExistedProduct')
  })

  it('topic classes', async () => {
    const ProductKey = await product('lamps')
    const topic = { ProductKey, TopicShortName: 'a/+', Operation: 'SUB', Desc: 'all' }
    const { TopicId } = await call('CreateProductTopic', topic)
    expect(TopicId).toBeTypeOf('number')
    expect((await call('CreateProductTopic', topic)).Code).toBe('iot.messagebroker.TopicAlreadyFound')
    expect((await call('CreateProductTopic', { ...topic, Operation: 'X' })).Code).toBe(
      'iot.messagebroker.InvalidTopicTemplateOperationValue',
    )
    const { ProductTopicInfo } = (await call('QueryProductTopic', { ProductKey })).Data
    expect(ProductTopicInfo.map((info: Body) => [info.TopicShortName, info.Operation])).toEqual([
      [`/${ProductKey}/\${deviceName}/user/get`, '1'],
      [`/${ProductKey}/\${deviceName}/user/update`, '0'],
      [`/${ProductKey}/\${deviceName}/user/update/error`, '0'],
      [`/${ProductKey}/\${deviceName}/user/a/+`, '1'],
    ])
    await call('DeleteProductTopic', { TopicId: String(TopicId) })
    const gone = await call('DeleteProductTopic', { TopicId: String(TopicId) })
    expect(gone.Code).toBe('iot.messagebroker.TopicTemplateIsNotFound')
  })

  it('devices', async () => {
    const ProductKey = await product('lamps')
    const made = await call('RegisterDevice', { ProductKey, DeviceName: 'lamp@1.a:b-c', Nickname: '台灯' })
    expect(made.Data).toMatchObject({ DeviceName: 'lamp@1.a:b-c', Nickname: '台灯' })
    expect(made.Data.DeviceSecret).toMatch(/^[A-Za-z0-9]{32}$/)
    const random = await call('RegisterDevice', { ProductKey })
    const taken = await call('RegisterDevice', { ProductKey, DeviceName: 'lamp@1.a:b-c' })
    expect(taken.Code).toBe('iot.device.AlreadyExistedDeviceName')
    const named = { ProductKey, DeviceName: 'lamp@1.a:b-c' }
    const list = await call('QueryDevice', { ProductKey, PageSize: 1 })
    expect(list).toMatchObject({
      Page: 1,
      PageCount: 2,
      Total: 2,
      Data: { DeviceInfo: [{ IotId: random.Data.IotId }] },
    })
    const next = await call('QueryDevice', { ProductKey, PageSize: 1, CurrentPage: 2, NextToken: list.NextToken })
    expect(next).toMatchObject({ NextToken: '', Data: { DeviceInfo: [{ IotId: made.Data.IotId }] } })
    expect(next.Data.DeviceInfo[0].GmtCreate).toMatch(/^\w{3}, \d\d-\w{3}-\d{4} \d\d:\d\d:\d\d GMT$/)
    const detail = await call('QueryDeviceDetail', named)
    expect(detail.Data).toMatchObject({ Status: 'UNACTIVE', GmtActive: '', UtcOnline: '', Owner: true, NodeType: 0 })
    expect((await call('QueryDeviceInfo', { IotId: made.Data.IotId })).Data.DeviceSecret).toBe(made.Data.DeviceSecret)
    context.connect(context.directory.device(ProductKey, named.DeviceName) as Device)
    expect((await call('GetDeviceStatus', named)).Data.Status).toBe('ONLINE')
    expect((await call('QueryDeviceDetail', named)).Data).toMatchObject({ IpAddress: '10.0.0.1', Status: 'ONLINE' })
    const names = { ProductKey, DeviceName: [named.DeviceName, 'nobody', random.Data.DeviceName] }
    const states = (await call('BatchGetDeviceState', names)).DeviceStatusList.DeviceStatus
    expect(states.map((state: Body) => state.Status)).toEqual(['ONLINE', 'UNACTIVE'])
    const byId = await call('BatchGetDeviceState', { IotId: [random.Data.IotId] })
    expect(byId.DeviceStatusList.DeviceStatus).toMatchObject([{ LastOnlineTime: '', AsAddress: '' }])
    const counts = { deviceCount: 2, onlineCount: 1, activeCount: 1 }
    expect((await call('QueryDeviceStatistics', { ProductKey })).Data).toEqual(counts)
    expect((await call('QueryDeviceStatistics')).Data).toEqual(counts)
    const nicknames = [{ IotId: random.Data.IotId, Nickname: 'the_other' }, { ...named }]
    await call('BatchUpdateDeviceNickname', { DeviceNicknameInfo: nicknames })
    expect((await call('QueryDeviceInfo', named)).Data.Nickname).toBe('')
    await call('DisableThing', named)
    await call('DisableThing', named)
    expect((await call('GetDeviceStatus', named)).Data.Status).toBe('DISABLE')
    await call('EnableThing', named)
    await call('DeleteDevice', named)
    expect((await call('QueryDeviceDetail', named)).Code).toBe('iot.device.NotExistedDevice')
    expect((await call('DeleteDevice', { IotId: made.Data.IotId })).Code).toBe('iot.device.InvalidIoTId')
    expect((await call('QueryDeviceDetail', {})).Code).toBe('iot.prod.NullProductKey')
    expect((await call('QueryDeviceDetail', { ProductKey })).Code).toBe('iot.device.NullDeviceName')
  })

  it('batches', async () => {
    const ProductKey = await product('lamps')
    const { ApplyId } = (await call('BatchRegisterDevice', { ProductKey, Count: 12 })).Data
    const status = await call('QueryBatchRegisterDeviceStatus', { ProductKey, ApplyId })
    expect(status.Data).toMatchObject({ Status: 'CREATE_SUCCESS', InvalidList: { Name: [] }, ValidList: { Name: [] } })
    const page = await call('QueryPageByApplyId', { ApplyId, CurrentPage: 2 })
    expect(page).toMatchObject({ Page: 2, PageSize: 10, PageCount: 2, Total: 12 })
    expect(page.ApplyDeviceList.ApplyDeviceInfo).toHaveLength(2)
    expect((await call('BatchRegisterDevice', { ProductKey, Count: 1001 })).Code).toBe('iot.device.DeviceCountExceeded')

    const wrong = await call('BatchCheckDeviceNames', { ProductKey, DeviceName: ['good', 'a', 'good', 'other'] })
    expect(wrong).toMatchObject({
      Success: false,
      Code: 'iot.device.InvalidFormattedDeviceNameInNameArray',
      Data: {
        InvalidDeviceNameList: { InvalidDeviceName: ['a'] },
        RepeatedDeviceNameList: { RepeatDevieNameList: ['good'] },
      },
    })
    const list = [{ DeviceName: 'good', DeviceNickname: 'nick' }, { DeviceName: 'other' }]
    const checked = (await call('BatchCheckDeviceNames', { ProductKey, DeviceNameList: list })).Data.ApplyId
    const applied = { ProductKey, ApplyId: checked }
    expect((await call('QueryBatchRegisterDeviceStatus', applied)).Data.Status).toBe('CHECK_SUCCESS')
    expect((await call('BatchRegisterDeviceWithApplyId', applied)).Data.ApplyId).toBe(checked)
    expect((await call('BatchRegisterDeviceWithApplyId', applied)).Success).toBe(true)
    expect(context.directory.device(ProductKey, 'good')?.nickname).toBe('nick')
    const late = (await call('BatchCheckDeviceNames', { ProductKey, DeviceName: ['good', 'new1'] })).Data.ApplyId
    const failed = await call('QueryBatchRegisterDeviceStatus', { ProductKey, ApplyId: late })
    expect(failed.Data).toMatchObject({
      Status: 'CHECK_FAILED',
      InvalidList: { Name: ['good'] },
      ValidList: { Name: ['new1'] },
      InvalidDetailList: { invalidDetailList: [{ DeviceName: 'good', ErrorMsg: expect.any(String) }] },
    })
    const refused = await call('BatchRegisterDeviceWithApplyId', { ProductKey, ApplyId: late })
    expect(refused.Code).toBe('iot.device.IncorrentDeviceApplyInfo')
    const thousand = Array.from({ length: 1000 }, (_, i) => `lamp:0123456789:0123456789:${i}`)
    // 16 KiB of headers, as Node has them by default, would be too few for the SDK that puts all into the query.
    expect((await call('BatchCheckDeviceNames', { ProductKey, DeviceName: thousand })).Success).toBe(true)
    const tooMany = await call('BatchCheckDeviceNames', { ProductKey, DeviceName: [...thousand, 'one_more'] })
    expect(tooMany.Code).toBe('iot.device.DeviceCountExceeded')
    const nothing = await call('QueryBatchRegisterDeviceStatus', { ProductKey, ApplyId: 99 })
    expect(nothing.Code).toBe('iot.device.DeviceApplyIsNotFound')
  })

  it('tags', async () => {
    const ProductKey = await product('lamps')
    await device(ProductKey, 'lamp')
    const named = { ProductKey, DeviceName: 'lamp' }
    expect((await call('QueryDeviceProp', named)).Props).toBe('{}')
    await call('SaveDeviceProp', { ...named, Props: '{"room":"kitchen","floor":2}' })
    await call('SaveDeviceProp', { ...named, Props: '{"room":"hall"}' })
    expect(JSON.parse((await call('QueryDeviceProp', named)).Props)).toEqual({ room: 'hall', floor: '2' })
    expect((await call('DeleteDeviceProp', { ...named, PropKey: 'nothing' })).Success).toBe(true)
    await call('DeleteDeviceProp', { ...named, PropKey: 'floor' })
    expect((await call('QueryDeviceProp', named)).Props).toBe('{"room":"hall"}')
    const refused: [props: string, code: string][] = [
      ['[]', 'iot.device.InvalidFormattedDevicePropertiesString'],
      ['x', 'iot.device.InvalidFormattedDevicePropertiesString'],
      ['{"a":{}}', 'iot.device.InvalidFormattedDevicePropertiesString'],
      ['{"":"b"}', 'iot.device.NullDevicePropertyKey'],
      ['{"a b":"c"}', 'iot.device.InvalidFormattedDevicePropertyKey'],
      ['{}', 'iot.device.NoneDeviceProperties'],
      [`{"a":"${'x'.repeat(6000)}"}`, 'iot.device.LongDevicePropertiesString'],
    ]
    for (const [Props, code] of refused) {
      expect((await call('SaveDeviceProp', { ...named, Props })).Code).toBe(code)
    }
  })

  it('topology', async () => {
    const gateways = await product('gateways', 1)
    const lamps = await product('lamps')
    const first = await device(gateways, 'gw01')
    const second = await device(gateways, 'gw02')
    const lamp = await device(lamps, 'lamp')
    const sub = { ProductKey: lamps, DeviceName: 'lamp' }
    const ofFirst = { GwProductKey: gateways, GwDeviceName: 'gw01' }
    expect((await call('GetGatewayBySubDevice', sub)).Code).toBe('iot.device.QueryTopoRelationFailed')
    const secret = { ...sub, productKey: lamps, deviceName: 'lamp', deviceSecret: context.secrets.text(lamp) }
    const signed = makeTopoAdd(secret, { timestamp: 1, method: 'sha1' })
    const item = {
      ...sub,
      ClientId: signed.clientId,
      Timestamp: '1',
      SignMethod: 'hmacSha1',
      Sign: signed.sign.toUpperCase(),
    }
    expect((await call('BatchAddThingTopo', { ...ofFirst, TopoAddItem: [{ ...item, Sign: 'bad' }] })).Code).toBe(
      'iot.device.AddTopoRelationFailed',
    )
    await call('BatchAddThingTopo', { ...ofFirst, TopoAddItem: [item] })
    expect(context.relations.related(first, lamp)).toBe(true)
    await call('BatchAddThingTopo', { ...ofFirst, GwDeviceName: 'gw02', TopoAddItem: [item] })
    expect(context.relations.gatewaysOf(lamp)).toEqual([second])
    const topo = await call('GetThingTopo', { ProductKey: gateways, DeviceName: 'gw02', PageNo: 1, PageSize: 10 })
    expect(topo.Data).toMatchObject({ CurrentPage: 1, Total: 1, List: { deviceInfo: [{ DeviceName: 'lamp' }] } })
    const large = await call('GetThingTopo', { IotId: second.iotId, PageNo: 1, PageSize: 51 })
    expect(large.Code).toBe('iot.device.QueryTopoRelationFailed')
    const none = await call('GetThingTopo', { IotId: first.iotId, PageNo: 1, PageSize: 50 })
    expect(none.Data.List).toEqual({ deviceInfo: [] })
    context.connect(second)
    expect((await call('GetGatewayBySubDevice', { IotId: lamp.iotId })).Data).toMatchObject({
      iotId: second.iotId,
      Status: 'online',
      NodeType: 1,
    })
    const notify = {
      GwIotId: second.iotId,
      DeviceListStr: JSON.stringify([{ productKey: lamps, deviceName: 'lamp' }, { IotId: lamp.iotId }]),
    }
    expect((await call('NotifyAddThingTopo', notify)).Data.MessageId).toBeTypeOf('string')
    expect(context.sent).toEqual([`notify ${second.key} ${lamp.key},${lamp.key}`])
    const offline = await call('NotifyAddThingTopo', { ...ofFirst, DeviceListStr: notify.DeviceListStr })
    expect(offline.Code).toBe('iot.device.OfflineDevice')
    expect((await call('RemoveThingTopo', sub)).Data).toBe(true)
    expect((await call('RemoveThingTopo', sub)).Code).toBe('iot.device.RemoveTopoRelationFailed')
    expect((await call('RemoveThingTopo', { IotId: second.iotId })).Data).toBe(true)
    expect(context.relations.count).toBe(0)
  })

  it('messages', async () => {
    const ProductKey = await product('lamps')
    const lamp = await device(ProductKey, 'lamp')
    const MessageContent = Buffer.from('hello +/= world').toString('base64')
    const topic = `/${ProductKey}/lamp/user/get`
    const sent = await call('Pub', { ProductKey, TopicFullName: topic, MessageContent, Qos: 1 })
    expect(sent.MessageId).toMatch(/^\d{19}$/)
    expect(raw).toContain(`"MessageId":"${sent.MessageId}"`)
    await call('Pub', { ProductKey, TopicFullName: `/broadcast/${ProductKey}/news`, MessageContent })
    await call('PubBroadcast', { ProductKey, MessageContent })
    expect(raw).toMatch(/"MessageId":\d{19}[,}]/)
    await call('PubBroadcast', { ProductKey, MessageContent, TopicFullName: `/broadcast/${ProductKey}/news` })
    const rrpc = { ProductKey, DeviceName: 'lamp', RequestBase64Byte: MessageContent, Timeout: 5000 }
    expect((await call('RRpc', rrpc)).RrpcCode).toBe('OFFLINE')
    context.rrpcResult = { code: 'SUCCESS', payload: Buffer.from('done') }
    expect(await call('RRpc', { ...rrpc, Topic: '/a/b' })).toMatchObject({
      RrpcCode: 'SUCCESS',
      PayloadBase64Byte: 'ZG9uZQ==',
    })
    expect(context.sent).toEqual([
      `pub ${topic} hello +/= world 1`,
      `broadcast /broadcast/${ProductKey}/news hello +/= world`,
      `broadcast ${ProductKey} hello +/= world`,
      `broadcast /broadcast/${ProductKey}/news hello +/= world`,
      `rrpc ${lamp.key} hello +/= world 5000 null`,
      `rrpc ${lamp.key} hello +/= world 5000 /a/b`,
    ])
    expect((await call('RRpc', { ...rrpc, Timeout: 999 })).Code).toBe('iot.messagebroker.InvalidTimeoutValue')
    const wrong = { ProductKey, TopicFullName: topic, MessageContent: '*' }
    expect((await call('Pub', wrong)).Code).toBe('iot.messagebroker.MessageContentIsNotBase64Encode')
    const system = { ProductKey, MessageContent, TopicFullName: `/sys/${ProductKey}/lamp/thing/service/property/set` }
    expect((await call('Pub', system)).Code).toBe('iot.messagebroker.InvalidFormattedTopicName')
    expect((await call('Pub', { ...system, Qos: 2 })).Code).toBe('InvalidQos')
    expect((await call('Pub', { ProductKey, MessageContent: '' })).Code).toBe('MissingMessageContent')
    context.storeFails = true
    const kept = { ProductKey, TopicFullName: topic, MessageContent, Qos: 1 }
    expect((await call('Pub', kept)).Code).toBe('iot.system.SystemException')
  })

  it('the table of codes', async () => {
    const ProductKey = await product('lamps')
    expect((await call('QueryProductList', { CurrentPage: 0, PageSize: 10 })).Code).toBe('iot.common.InvalidPageParams')
    expect((await call('QueryProductList', { CurrentPage: 1, PageSize: 201 })).Code).toBe(
      'iot.common.InvalidPageParams',
    )
    expect((await call('QueryDevice', { ProductKey, CurrentPage: 1001 })).Code).toBe('iot.common.InvalidPageParams')
    expect((await call('CreateProduct', { ProductName: 'x', NodeType: 0 })).Code).toBe(
      'iot.prod.InvalidFormattedProductName',
    )
    expect((await call('CreateProduct', { ProductName: 'lamps2', NodeType: 2 })).Code).toBe('iot.prod.InvalidNodeType')
    expect((await call('RegisterDevice', { ProductKey: 'a-b' })).Code).toBe('iot.prod.InvalidFormattedProductkey')
    expect((await call('RegisterDevice', { ProductKey, DeviceName: 'a b c d' })).Code).toBe(
      'iot.device.InvalidFormattedDeviceName',
    )
  })
})
