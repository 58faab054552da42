import { request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeContext, testKey } from './context.fixture.ts'
import { BODY_LIMIT, HttpServer } from './server.ts'

let context: FakeContext
let server: HttpServer
let base: string
const bearer = { authorization: 'Bearer token' }

beforeEach(async () => {
  context = new FakeContext()
  server = new HttpServer(context, 'token')
  base = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`
})

afterEach(() => server.close())

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})

describe('on /', () => {
  it.each<[string, string, RequestInit, number, string]>([
    ['no parameter at all: XML', '/', {}, 400, '<Code>MissingAction</Code>'],
    ['JSON', '/?Format=json', {}, 400, '"Code":"MissingAction"'],
    ['another method', '/?Format=JSON', { method: 'PUT' }, 400, '"Code":"UnsupportedHTTPMethod"'],
    [
      'a body of another type',
      '/?Format=JSON',
      { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } },
      400,
      'MissingAction',
    ],
    [
      'a form with broken escapes',
      '/',
      { method: 'POST', body: 'Format=JSON&A=%zz%', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      400,
      'MissingAction',
    ],
    [
      'a body that is too large',
      '/?Format=JSON',
      { method: 'POST', body: Buffer.alloc(BODY_LIMIT + 1) },
      413,
      '"Code":"RequestBodyTooLarge"',
    ],
    [
      'too many parameters',
      `/?Format=JSON`,
      {
        method: 'POST',
        body: Array.from({ length: 50_001 }, (_, i) => `p${i}=1`).join('&'),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
      400,
      '"Code":"InvalidParameter"',
    ],
  ])('%s', async (_name, path, init, status, text) => {
    const answer = await fetch(base + path, init)
    expect(answer.status).toBe(status)
    expect(await answer.text()).toContain(text)
  })

  it('reads a chunked body without a content type', async () => {
    const body = await new Promise<string>((resolve, reject) => {
      const call = request(`${base}/`, { method: 'POST' }, (answer) => {
        let text = ''
        answer.on('data', (chunk) => {
          text += chunk
        })
        answer.on('end', () => resolve(text))
      })
      call.on('error', reject)
      call.write('Format=JSON&Act')
      call.end('ion=Nothing')
    })
    expect(JSON.parse(body)).toMatchObject({ Code: 'InvalidAction.NotFound', HostId: base.slice(7) })
  })
})

describe('what Node cannot read', () => {
  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(base).port), '127.0.0.1', () => socket.end(text))
      let answer = ''
      socket.on('data', (chunk) => {
        answer += chunk
      })
      socket.on('close', () => resolve(answer))
      socket.on('error', reject)
    })

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 'HTTP/1.1 400 '],
    ['headers that are too long', `GET /?a=${'x'.repeat(600_000)} HTTP/1.1\r\nhost: h\r\n\r\n`, 'HTTP/1.1 431 '],
  ])('%s', async (_name, text, status) => {
    const answer = await raw(text)
    expect(answer.slice(0, status.length)).toBe(status)
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ Code: 'InvalidParameter' })
  })
})

it('lets a running call end when it stops', async () => {
  let answer = () => {}
  context.metrics.scrape = () =>
    new Promise((resolve) => {
      answer = () => resolve({ contentType: 'text/plain', body: 'late' })
      stopping = server.close()
    })
  let stopping = Promise.resolve()
  const call = fetch(`${base}/metrics`)
  await expect
    .poll(() =>
      fetch(`${base}/healthz`).then(
        () => 'open',
        () => 'closed',
      ),
    )
    .toBe('closed')
  answer()
  expect(await (await call).text()).toBe('late')
  await stopping
})

describe('open to all', () => {
  it('healthz, readyz, metrics', async () => {
    expect(await (await fetch(`${base}/healthz`)).json()).toEqual({ status: 'ok' })
    expect((await fetch(`${base}/readyz`)).status).toBe(200)
    context.storeFails = true
    const answer = await fetch(`${base}/readyz`)
    expect([answer.status, await answer.json()]).toEqual([503, { status: 'not ready', cause: 'disk full' }])
    const metrics = await fetch(`${base}/metrics`)
    expect(metrics.headers.get('content-type')).toContain('text/plain')
    expect(await metrics.text()).toContain('homeport_connections')
  })

  it.each([
    ['SignatureDoesNotMatch', 200],
    ['MissingProductKey', 200],
    ['iot.prod.NotExistedProduct', 200],
    ['nothing', 404],
  ])('troubleshoot: %s', async (code, status) => {
    expect((await fetch(`${base}/troubleshoot?q=${code}`)).status).toBe(status)
  })

  it('what nobody knows', async () => {
    const answer = await fetch(`${base}/nothing`)
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      { error: { code: 'NotFound', hint: expect.any(String) } },
    ])
  })
})

describe('/api/v1', () => {
  it.each<[string, Record<string, string>, number]>([
    ['nobody', {}, 401],
    ['a wrong token', { authorization: 'Bearer tokem' }, 401],
    ['the token', bearer, 200],
    ['an access key', basic(testKey.id, testKey.secret), 200],
    ['a wrong secret', basic(testKey.id, 'x'), 401],
    ['an unknown key', basic('nobody', testKey.secret), 401],
    ['nonsense', { authorization: 'Basic %%%' }, 401],
  ])('lets in or not: %s', async (_name, headers, status) => {
    const answer = await fetch(`${base}/api/v1/status`, { headers })
    expect(answer.status).toBe(status)
    expect(await answer.json()).toHaveProperty(status === 200 ? 'devices' : 'error.hint')
  })

  it('lets nobody in by an empty token', async () => {
    const other = new HttpServer(context, '')
    const port = await other.listen('127.0.0.1', 0)
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/status`, { headers: { authorization: 'Bearer x' } })
    expect(answer.status).toBe(401)
    await other.close()
  })

  it('answers errors as errors', async () => {
    const wrong = await fetch(`${base}/api/v1/products`, { method: 'POST', headers: bearer, body: '{' })
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { code: 'InvalidRequest' } }])
    const unknown = await fetch(`${base}/api/v1/nothing`, { headers: bearer })
    expect(unknown.status).toBe(404)
    const large = await fetch(`${base}/api/v1/products`, {
      method: 'POST',
      headers: bearer,
      body: Buffer.alloc(BODY_LIMIT + 1),
    })
    expect([large.status, await large.json()]).toMatchObject([413, { error: { code: 'InvalidRequest' } }])
  })

  it('imports what is larger than any other body', async () => {
    const rows = Array.from({ length: 2 }, (_, i) => ({
      productKey: 'a1Lamps0001',
      deviceName: `lamp${i}`,
      deviceSecret: 'secret',
      nodeType: 'device',
      comment: 'x'.repeat(BODY_LIMIT / 2),
    }))
    const body = JSON.stringify({ format: 'json', text: JSON.stringify(rows) })
    expect(body.length).toBeGreaterThan(BODY_LIMIT)
    const answer = await fetch(`${base}/api/v1/devices/import`, { method: 'POST', headers: bearer, body })
    expect([answer.status, await answer.json()]).toEqual([200, { created: 2, unchanged: 0, createdProducts: 1 }])
    const text = await (await fetch(`${base}/api/v1/devices/export?format=csv`, { headers: bearer })).text()
    expect(text.split('\n')[1]?.trim()).toBe('a1Lamps0001,lamp0,device,false')
  })
})
