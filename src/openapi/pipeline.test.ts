import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { actions } from './actions.ts'
import { FakeContext, testKey } from './context.fixture.ts'
import type { HttpCall } from './http-call.ts'
import { httpCall } from './http-call.ts'
import { Pipeline } from './pipeline.ts'
import { signAcs3, stringToSignAcs3 } from './signature/acs3.ts'
import { encode } from './signature/rfc3986.ts'
import { signV1, stringToSignV1 } from './signature/v1.ts'

let context: FakeContext
let pipeline: Pipeline
let nonce = 0

beforeEach(() => {
  context = new FakeContext()
  pipeline = new Pipeline(context, actions)
})

function stamp(offset = 0): string {
  return `${new Date(context.clock.real() + offset).toISOString().slice(0, 19)}Z`
}

type Parameters = Record<string, string | undefined>

/** A V1 call; a parameter that is undefined is left out, a Signature that is given is kept. */
function v1(given: Parameters, { method = 'GET', secret = testKey.secret } = {}): HttpCall {
  const all: Parameters = {
    Format: 'JSON',
    Action: 'QueryProductList',
    Version: '2018-01-20',
    AccessKeyId: testKey.id,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: `nonce ${nonce++}`,
    Timestamp: stamp(),
    ...given,
  }
  const kept = new Map(Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined))
  if (!('Signature' in given)) kept.set('Signature', signV1(stringToSignV1(method, kept), secret))
  const text = Array.from(kept, ([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  if (method !== 'POST') return httpCall(method, `/?${text}`, { host: 'homeport:8080' })
  const headers = { host: 'homeport:8080', 'content-type': 'application/x-www-form-urlencoded' }
  return httpCall('POST', '/', headers, Buffer.from(text))
}

interface Acs3 {
  readonly headers?: Record<string, string | undefined>
  readonly leaveOut?: string
  readonly signature?: string
  readonly query?: string
}

function acs3({ headers = {}, leaveOut = '', signature, query = 'CurrentPage=1&PageSize=10' }: Acs3 = {}): HttpCall {
  const all: Record<string, string | undefined> = {
    host: 'homeport:8080',
    'x-acs-action': 'QueryProductList',
    'x-acs-version': '2018-01-20',
    'x-acs-date': stamp(),
    'x-acs-signature-nonce': `nonce ${nonce++}`,
    'x-acs-content-sha256': createHash('sha256').digest('hex'),
    ...headers,
  }
  const names = Object.keys(all).filter(
    (name) => all[name] !== undefined && name !== leaveOut && name !== 'authorization',
  )
  const call = httpCall('POST', `/?${query}`, all)
  const right = signAcs3(stringToSignAcs3(call, names), testKey.secret)
  const authorization = `ACS3-HMAC-SHA256 Credential=${testKey.id},SignedHeaders=${names.join(';')},Signature=${signature ?? right}`
  return { ...call, headers: { authorization, ...all } }
}

async function codeOf(call: HttpCall): Promise<string> {
  const answer = await pipeline.answer(call)
  return answer.body.startsWith('<')
    ? (/<Code>(.*)<\/Code>/.exec(answer.body)?.[1] ?? '')
    : JSON.parse(answer.body).Code
}

/** From all defects to none: each row mends the defect that the row before it was refused for. */
const defects: Parameters = {
  Format: 'YAML',
  Action: undefined,
  Version: undefined,
  AccessKeyId: undefined,
  Signature: undefined,
  SignatureMethod: undefined,
  SignatureNonce: undefined,
  SignatureVersion: undefined,
  Timestamp: undefined,
}

const order: [code: string, mended: Parameters][] = [
  ['InvalidParameter.Format', {}],
  ['MissingAction', { Format: 'JSON' }],
  ['InvalidAction.NotFound', { Action: 'queryDevice' }],
  ['MissingVersion', { Action: 'QueryDevice' }],
  ['InvalidVersion', { Version: '2017-04-20' }],
  ['MissingAccessKeyId', { Version: '2018-01-20' }],
  ['MissingSignature', { AccessKeyId: 'nobody' }],
  ['MissingSignatureMethod', { Signature: 'wrong' }],
  ['MissingSignatureNonce', { SignatureMethod: 'HMAC-MD5' }],
  ['MissingSignatureVersion', { SignatureNonce: 'used' }],
  ['MissingTimestamp', { SignatureVersion: '2.0' }],
  ['InvalidSignatureVersion', { Timestamp: 'yesterday' }],
  ['InvalidSignatureMethod', { SignatureVersion: '1.0' }],
  ['InvalidAccessKeyId.NotFound', { SignatureMethod: 'HMAC-SHA1' }],
  ['InvalidAccessKeyId.Inactive', { AccessKeyId: 'revoked' }],
  ['InvalidTimeStamp.Format', { AccessKeyId: testKey.id }],
  ['InvalidTimeStamp.Expired', { Timestamp: '2017-10-02T09:39:41Z' }],
]

describe('order of the checks', () => {
  beforeEach(() => {
    for (const change of [...changesOf(context.keys.create(2, { id: 'revoked', secret: 'testsecret' }))])
      context.keys.apply(change)
    for (const change of changesOf(context.keys.setActive('revoked', false))) context.keys.apply(change)
  })

  it.each(order.map(([code], i) => [i, code] as const))('%i: %s', async (i, code) => {
    const given = Object.assign({}, defects, ...order.slice(0, i + 1).map(([, mended]) => mended))
    expect(await codeOf(v1(given))).toBe(code)
  })

  it('goes on with signature, nonce, required, types, action', async () => {
    const base = { Action: 'QueryDevice', SignatureNonce: 'used', PageSize: 'x' }
    expect(await codeOf(v1({ ...base, Signature: 'wrong' }))).toBe('SignatureDoesNotMatch')
    expect(await codeOf(v1(base))).toBe('MissingProductKey')
    expect(await codeOf(v1(base))).toBe('SignatureNonceUsed')
    expect(await codeOf(v1({ ...base, SignatureNonce: 'a' }))).toBe('MissingProductKey')
    expect(await codeOf(v1({ ...base, SignatureNonce: 'b', ProductKey: '?' }))).toBe('InvalidPageSize')
    const right = { ...base, PageSize: '1' }
    expect(await codeOf(v1({ ...right, SignatureNonce: 'c', ProductKey: '?', IotInstanceId: 'x' }))).toBe(
      'iot.Sre.IotInstanceNotFound',
    )
    expect(await codeOf(v1({ ...right, SignatureNonce: 'd', ProductKey: '?' }))).toBe(
      'iot.prod.InvalidFormattedProductkey',
    )
    expect(await codeOf(v1({ ...right, SignatureNonce: 'e', ProductKey: 'a1' }))).toBe('iot.prod.NotExistedProduct')
  })

  it('does not spend the nonce of a wrong signature', async () => {
    const call = { SignatureNonce: 'n', CurrentPage: '1', PageSize: '1' }
    expect(await codeOf(v1(call, { secret: 'guessed' }))).toBe('SignatureDoesNotMatch')
    expect(await codeOf(v1(call))).toBe('')
  })

  it('says who was refused, by which check', async () => {
    await codeOf(v1({ Timestamp: 'x' }))
    expect(context.refusals).toMatchObject([
      { scenario: 'openapi QueryProductList', who: testKey.id, check: 'time', code: 'InvalidTimeStamp.Format' },
    ])
    await codeOf(v1({ Action: '' }))
    expect(context.refusals.at(-1)).toMatchObject({ scenario: 'openapi' })
  })
})

describe('ACS3', () => {
  it.each<[string, Acs3]>([
    ['', {}],
    ['', { query: 'PageSize=10&CurrentPage=1&ResourceGroupId=a%20b%2Fc' }],
    ['MissingAction', { headers: { 'x-acs-action': undefined } }],
    ['InvalidAction.NotFound', { headers: { 'x-acs-action': 'Nothing' } }],
    ['MissingVersion', { headers: { 'x-acs-version': undefined } }],
    ['MissingSignatureNonce', { headers: { 'x-acs-signature-nonce': undefined } }],
    ['MissingTimestamp', { headers: { 'x-acs-date': undefined } }],
    ['IncompleteSignature', { headers: { authorization: 'ACS3-HMAC-SHA256 nonsense' } }],
    [
      'InvalidSignatureMethod',
      { headers: { authorization: 'ACS3-HMAC-SM3 Credential=a,SignedHeaders=host,Signature=b' } },
    ],
    ['IncompleteSignature', { leaveOut: 'host' }],
    ['IncompleteSignature', { leaveOut: 'x-acs-content-sha256' }],
    ['InvalidTimeStamp.Expired', { headers: { 'x-acs-date': '2020-01-01T00:00:00Z' } }],
    ['SignatureDoesNotMatch', { signature: 'ab'.repeat(32) }],
  ])('%s: %j', async (code, how) => {
    expect(await codeOf(acs3(how))).toBe(code)
  })

  it('refuses a body that is not the one signed', async () => {
    const call = acs3()
    expect(await codeOf({ ...call, body: Buffer.from('x') })).toBe('SignatureDoesNotMatch')
  })
})

describe('answers', () => {
  it('takes parameters of query and body as one, the body winning', async () => {
    const call = v1({ CurrentPage: '1', PageSize: '1' }, { method: 'POST' })
    expect(await codeOf({ ...call, query: [['PageSize', '1000']] })).toBe('')
  })

  it('names the string to sign, and never the secret', async () => {
    const call = v1({ CurrentPage: '1', PageSize: '1', Signature: 'wrong' })
    const given = new Map(call.query)
    const { status, body } = await pipeline.answer(call)
    expect(status).toBe(400)
    expect(JSON.parse(body)).toEqual({
      RequestId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
      HostId: 'homeport:8080',
      Code: 'SignatureDoesNotMatch',
      Message: `Specified signature is not matched with our calculation. server string to sign is:${stringToSignV1('GET', given)}`,
      Recommend: expect.stringContaining('?q=SignatureDoesNotMatch&product=Iot&requestId='),
    })
    expect(body).not.toContain(testKey.secret)
  })

  it('are XML without Format', async () => {
    const fine = await pipeline.answer(v1({ Format: undefined, CurrentPage: '1', PageSize: '10' }))
    expect(fine.type).toBe('text/xml;charset=utf-8')
    expect(fine.body).toMatch(
      /^<\?xml version='1.0' encoding='UTF-8'\?><QueryProductListResponse><RequestId>[0-9A-F-]{36}<\/RequestId><Success>true<\/Success><Code><\/Code><Data><CurrentPage>1<\/CurrentPage>/,
    )
    const wrong = await pipeline.answer(v1({ Format: undefined, Version: 'x' }))
    expect(wrong.body).toContain('<Error><RequestId>')
    expect(wrong.body).toContain('<Code>InvalidVersion</Code><Message>')
  })

  it('tell an action that Homeport lacks by its name, and count it', async () => {
    const { status, body } = await pipeline.answer(v1({ Action: 'CreateEdgeInstance' }))
    expect([status, JSON.parse(body)]).toMatchObject([
      200,
      {
        Success: false,
        Code: 'iot.common.APINotSupportedInInstance',
        ErrorMessage: expect.stringContaining('CreateEdgeInstance'),
      },
    ])
    expect((await context.metrics.scrape()).body).toContain('scenario="unsupported action",code="CreateEdgeInstance"')
  })

  it('give business failures another status where the setting says so', async () => {
    context = new FakeContext({ openapi: { businessErrorStatus: '400' } })
    pipeline = new Pipeline(context, actions)
    const { status, body } = await pipeline.answer(v1({ Action: 'QueryProduct', ProductKey: 'a1' }))
    expect([status, JSON.parse(body).Code]).toEqual([400, 'iot.prod.NotExistedProduct'])
  })

  it('say so when the store fails, and when Homeport does', async () => {
    const create = { Action: 'CreateProduct', ProductName: 'lamps', NodeType: '0' }
    context.storeFails = true
    expect(await codeOf(v1(create))).toBe('iot.system.SystemException')
    context.exclusive = () => Promise.reject(new Error('a defect'))
    expect((await pipeline.answer(v1(create))).status).toBe(500)
  })

  it('keep to the vendor rates only with the profile vendor', async () => {
    const call = { Action: 'DeleteProductTopic', TopicId: '77' }
    for (let i = 0; i < 60; i++) expect(await codeOf(v1(call))).toBe('iot.messagebroker.TopicTemplateIsNotFound')
    context = new FakeContext({ limits: { profile: 'vendor' } })
    pipeline = new Pipeline(context, actions)
    context.clock.mono = () => 1000
    const codes = new Set<string>()
    for (let i = 0; i < 150; i++) codes.add(await codeOf(v1(call)))
    expect(codes).toContain('Throttling.Api')
  })
})

function changesOf(plan: ReturnType<FakeContext['keys']['create']> | ReturnType<FakeContext['keys']['setActive']>) {
  if (!plan.ok) throw new Error(plan.reason)
  return plan.changes
}
