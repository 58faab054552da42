/** Members of a login, single and batch: what is taken, what is refused with which code and `data`, and in which order it is checked. */
import { describe, expect } from 'vitest'
import type { DeviceSecret, LoginOptions } from '../../src/auth/make.ts'
import { makeLogin } from '../../src/auth/make.ts'
import { promise } from '../promises.ts'
import { anyId, data, extBody, list, madeId, noSession } from '../support/bodies.ts'
import { named } from '../support/gateway.ts'
import { useNode } from '../support/node.ts'

const node = useNode({
  settings: { 'limits.loginsPerMinute': 1000, 'limits.batch': 4, 'limits.loginRequestsPerSecond': 'off' },
})

describe('taken', () => {
  const rows: { promise: string; name: string; make: (sub: DeviceSecret) => unknown }[] = [
    {
      promise: 'combine.login',
      name: 'as documented',
      make: (sub) => makeLogin(sub, { timestamp: '1581417203000', cleanSession: true }),
    },
    { promise: 'login.timestamp', name: 'no timestamp', make: (sub) => makeLogin(sub) },
    {
      promise: 'login.timestamp',
      name: 'a number as timestamp',
      make: (sub) => ({ ...makeLogin(sub, { timestamp: 1795420584609 }), timestamp: 1795420584609 }),
    },
    {
      promise: 'login.timestamp',
      name: 'uptime as timestamp',
      make: (sub) => makeLogin(sub, { timestamp: '3382442' }),
    },
    { promise: 'login.timestamp', name: 'an empty timestamp', make: (sub) => makeLogin(sub, { timestamp: '' }) },
    {
      promise: 'login.sign-method',
      name: 'hmacmd5',
      make: (sub) => ({ ...makeLogin(sub, { method: 'md5' }), signMethod: 'hmacmd5' }),
    },
    {
      promise: 'login.sign-method',
      name: 'hmacMd5',
      make: (sub) => ({ ...makeLogin(sub, { method: 'md5' }), signMethod: 'hmacMd5' }),
    },
    {
      promise: 'login.sign-method',
      name: 'HMACSHA1',
      make: (sub) => ({ ...makeLogin(sub, { method: 'sha1' }), signMethod: 'HMACSHA1' }),
    },
    {
      promise: 'login.sign-method',
      name: 'hmacSha256',
      make: (sub) => ({ ...makeLogin(sub, { method: 'sha256' }), signMethod: 'hmacSha256' }),
    },
    { promise: 'login.sign-method', name: 'the key signmethod', make: (sub) => renamed(makeLogin(sub)) },
    {
      promise: 'login.hex',
      name: 'upper-case hex',
      make: (sub) => ({ ...makeLogin(sub), sign: makeLogin(sub).sign.toUpperCase() }),
    },
    {
      promise: 'login.client-id',
      name: 'a client id with a block',
      make: (sub) => makeLogin(sub, { clientId: 'pk.dn|_ss=1,_v=sdk-c-3.2.0|' }),
    },
    {
      promise: 'login.client-id',
      name: 'a client id that says nothing',
      make: (sub) => makeLogin(sub, { clientId: 'id' }),
    },
    {
      promise: 'login.client-id',
      name: 'a client id beyond ASCII',
      make: (sub) => makeLogin(sub, { clientId: '网关|"\\|' }),
    },
    {
      promise: 'login.members',
      name: 'unknown members',
      make: (sub) => ({ ...makeLogin(sub), deviceSecret: 'x', Extra: [{}] }),
    },
    {
      promise: 'login.members',
      name: 'cleanSession as boolean',
      make: (sub) => ({ ...makeLogin(sub), cleanSession: false }),
    },
    {
      promise: 'login.members',
      name: 'cleanSession as string',
      make: (sub) => makeLogin(sub, { cleanSession: false }),
    },
  ]
  for (const row of rows) {
    promise(row.promise, row.name, async () => {
      const { gateway, sub } = await node().scene()
      const answer = await gateway.ask('combine/login', row.make(sub))
      expect(answer.text).toBe(extBody(answer.id, 200, data(sub)))
      expect(node().fleet.onlineThrough(sub)).toBe(gateway.name)
      expect(await gateway.texts()).toEqual([])
    })
  }
})

function renamed({ signMethod, ...rest }: ReturnType<typeof makeLogin>) {
  return { ...rest, signmethod: signMethod }
}

describe('ids', () => {
  const rows: { promise: string; text: string; id: string | null }[] = [
    { promise: 'id.string', text: '"1"', id: '1' },
    { promise: 'id.string', text: '""', id: '' },
    {
      promise: 'id.string',
      text: '"4|exp-topic|/sys/a/b/thing/event/property/post_reply"',
      id: '4|exp-topic|/sys/a/b/thing/event/property/post_reply',
    },
    { promise: 'id.string', text: '"\\u0041\\n\\"\\\\ é"', id: '\\u0041\\n\\"\\\\ é' },
    { promise: 'id.string', text: '"\\/"', id: '\\/' },
    { promise: 'id.number', text: '123', id: '123' },
    { promise: 'id.number', text: '4294967296001', id: '4294967296001' },
    { promise: 'id.number', text: '12345678901234567890123', id: '12345678901234567890123' },
    { promise: 'id.number', text: '-1.50e2', id: '-1.50e2' },
    { promise: 'id.made', text: 'null', id: null },
    { promise: 'id.made', text: 'true', id: null },
    { promise: 'id.made', text: '{"id":"1"}', id: null },
    { promise: 'id.made', text: '["1"]', id: null },
    { promise: 'id.made', text: '', id: null },
  ]
  for (const row of rows) {
    promise([row.promise, 'body.ext'], row.text || 'none', async () => {
      const { gateway, sub } = await node().scene()
      const member = row.text === '' ? '' : `"id":${row.text},`
      for (const [code, params] of [
        [200, makeLogin(sub)],
        [460, { ...named(sub) }],
      ] as const) {
        const { text } = await gateway.request('combine/login', `{${member}"params":${JSON.stringify(params)}}`)
        if (row.id === null) expect(anyId(text)).toBe(extBody('#', code, data(sub)))
        else expect(text).toBe(extBody(row.id, code, data(sub)))
      }
    })
  }

  promise('id.made', 'counted up, none twice', async () => {
    const { gateway } = await node().scene({ subs: 0 })
    const ids: number[] = []
    for (let i = 0; i < 5; i++) ids.push(Number(madeId((await gateway.request('combine/login', 'no JSON')).text)))
    for (let i = 1; i < 5; i++) expect(ids[i]).toBeGreaterThan(ids[i - 1] as number)
  })
})

describe('the order of checks: each row has one defect less than the row before', () => {
  promise('login.order', 'of a login', async () => {
    const { gateway, subs } = await node().scene({ subs: 1, related: false })
    const sub = subs[0] as DeviceSecret
    const { fleet } = node()
    const wrong = { ...sub, deviceSecret: 'wrong' }
    const codes: number[] = []
    const attempt = async (params: unknown) => codes.push((await gateway.ask('combine/login', params)).code)
    await fleet.forget(sub)
    await attempt({ ...makeLogin(wrong), clientId: '' })
    await attempt(makeLogin({ ...wrong, deviceName: 'never_was' }))
    await attempt(makeLogin(wrong))
    const [again] = await fleet.devices(sub.productKey, 1, 'sub', sub.deviceName)
    await fleet.disable(again as DeviceSecret)
    await attempt(makeLogin(wrong))
    await fleet.enable(sub)
    await attempt(makeLogin(wrong))
    await fleet.relate(gateway.device, sub)
    await attempt(makeLogin(wrong))
    await attempt(makeLogin(sub))
    expect(codes).toEqual([460, 6100, 521, 522, 6401, 6287, 200])
  })

  promise('login.created-again', '521 until it is created again, with its new secret', async () => {
    const { gateway, sub } = await node().scene()
    await node().fleet.forget(sub)
    expect(await gateway.login(sub)).toBe(521)
    await node().fleet.devices(sub.productKey, 1, 'sub', sub.deviceName)
    expect(await gateway.login(sub)).toBe(6401)
    await node().fleet.relate(gateway.device, sub)
    expect(await gateway.login(sub)).toBe(200)
  })

  promise('login.gateway', 'the gateway itself, and a device of a gateway product', async () => {
    const { gateway, other } = await node().scene({ gateways: 2, subs: 0 })
    expect(await gateway.login(gateway.device)).toBe(6401)
    expect(await gateway.login(other.device)).toBe(6401)
    expect(await other.alive()).toBe(true)
  })

  promise(['login.6287', 'login.keeps'], 'a wrong sign, made of anything', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    const epoch = node().fleet.epoch(sub)
    const good = makeLogin(sub)
    for (const sign of ['x', good.sign.slice(1), `${good.sign}0`, ' '.repeat(64), '0'.repeat(64), '网']) {
      const answer = await gateway.ask('combine/login', { ...good, sign })
      expect(answer.text).toBe(extBody(answer.id, 6287, data(sub)))
    }
    expect((await gateway.ask('combine/login', { ...good, signMethod: 'hmacsha1' })).code).toBe(6287)
    expect((await gateway.ask('combine/login', { ...good, timestamp: '1' })).code).toBe(6287)
    expect(node().fleet.epoch(sub)).toBe(epoch)
    expect(await gateway.texts()).toEqual([])
  })
})

describe('batch', () => {
  const shapes: { name: string; make: (subs: readonly DeviceSecret[], options: LoginOptions) => unknown }[] = [
    {
      name: 'signMethod in each item',
      make: (subs, options) => ({ deviceList: subs.map((sub) => makeLogin(sub, options)) }),
    },
    {
      name: 'signMethod once',
      make: (subs, options) => ({
        signMethod: 'hmacSha256',
        deviceList: subs.map((sub) => ({ ...makeLogin(sub, options), signMethod: undefined })),
      }),
    },
    {
      name: 'signmethod once',
      make: (subs, options) => ({
        deviceList: subs.map((sub) => ({ ...makeLogin(sub, options), signMethod: undefined })),
        signmethod: 'HMACSHA256',
      }),
    },
  ]
  for (const shape of shapes) {
    promise(['batch.login', 'combine.batch_login'], shape.name, async () => {
      const { gateway, subs } = await node().scene({ subs: 3 })
      const answer = await gateway.ask('combine/batch_login', shape.make(subs, { timestamp: '1', cleanSession: false }))
      expect(answer.topic).toBe(`/ext/session/${gateway.name}/combine/batch_login_reply`)
      expect(answer.text).toBe(extBody(answer.id, 200, list(...subs)))
      for (const sub of subs) expect(node().fleet.onlineThrough(sub)).toBe(gateway.name)
    })
  }

  promise('batch.on-login', 'on combine/login', async () => {
    const { gateway, subs } = await node().scene({ subs: 2 })
    const params = { deviceList: subs.map((sub) => makeLogin(sub)) }
    const answer = await gateway.ask('combine/login', params)
    expect(answer.text).toBe(extBody(answer.id, 200, list(...subs)))
    const empty = await gateway.ask('combine/login', { deviceList: [] })
    expect(empty.text).toBe(extBody(empty.id, 460, '[]'))
    const none = await gateway.ask('combine/login', { deviceList: 'x' })
    expect(none.text).toBe(extBody(none.id, 460, '{}'))
  })

  promise(['batch.first', 'login.keeps'], 'all or nothing: the first that fails gives the code', async () => {
    const { gateway, subs } = await node().scene({ subs: 3 })
    const [a, b, c] = subs as [DeviceSecret, DeviceSecret, DeviceSecret]
    await gateway.login(a)
    const epoch = node().fleet.epoch(a)
    const wrong = { ...makeLogin(b), sign: 'x' }
    const unknown = makeLogin({ ...c, deviceName: 'never_was' })
    for (const [items, code, failed] of [
      [[makeLogin(a), wrong, unknown], 6287, b],
      [[makeLogin(a), unknown, wrong], 6100, { ...c, deviceName: 'never_was' }],
    ] as const) {
      const answer = await gateway.ask('combine/batch_login', { deviceList: items })
      expect(answer.text).toBe(extBody(answer.id, code, list(failed)))
    }
    expect(subs.map((sub) => node().fleet.onlineThrough(sub))).toEqual([gateway.name, null, null])
    expect(node().fleet.epoch(a)).toBe(epoch)
  })

  const sizes: {
    name: string
    items: (subs: readonly DeviceSecret[]) => unknown
    inner: (subs: readonly DeviceSecret[]) => string
  }[] = [
    { name: 'empty', items: () => [], inner: () => '[]' },
    { name: 'longer than limits.batch', items: (subs) => subs, inner: () => '[]' },
    { name: 'the same device twice', items: ([a, b]) => [a, b, a], inner: ([a]) => list(a as DeviceSecret) },
  ]
  for (const row of sizes) {
    promise('batch.size', `login: ${row.name}`, async () => {
      const { gateway, subs } = await node().scene({ subs: 5 })
      const items = (row.items(subs) as DeviceSecret[]).map((sub) => makeLogin(sub))
      const answer = await gateway.ask('combine/batch_login', { deviceList: items })
      expect(answer.text).toBe(extBody(answer.id, 460, row.inner(subs)))
      for (const sub of subs) expect(node().fleet.onlineThrough(sub)).toBe(null)
    })

    promise('batch.size', `logout: ${row.name}`, async () => {
      const { gateway, subs } = await node().scene({ subs: 5 })
      for (const sub of subs) await gateway.login(sub)
      const answer = await gateway.ask('combine/batch_logout', (row.items(subs) as DeviceSecret[]).map(named))
      expect(answer.text).toBe(extBody(answer.id, 460, row.inner(subs)))
      for (const sub of subs) expect(node().fleet.onlineThrough(sub)).toBe(gateway.name)
    })
  }

  promise(['batch.logout', 'combine.batch_logout'], 'logout of all or none', async () => {
    const { gateway, subs, sub, sub2 } = await node().scene({ subs: 3 })
    await gateway.login(sub)
    const refused = await gateway.ask('combine/batch_logout', [named(sub), named(sub2)])
    expect(refused.text).toBe(extBody(refused.id, 520, list(sub2), noSession))
    expect(node().fleet.onlineThrough(sub)).toBe(gateway.name)
    await gateway.login(sub2)
    const done = await gateway.ask('combine/batch_logout', [named(sub), named(sub2)])
    expect(done.topic).toBe(`/ext/session/${gateway.name}/combine/batch_logout_reply`)
    expect(done.text).toBe(extBody(done.id, 200, list(sub, sub2)))
    expect(subs.map((one) => node().fleet.onlineThrough(one))).toEqual([null, null, null])
    expect(await gateway.texts()).toEqual([])
  })
})

describe('logout', () => {
  promise('combine.logout', 'as documented; members beside the name are ignored', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    const answer = await gateway.ask('combine/logout', { ...sub, DeviceSecret: 'x' })
    expect(answer.topic).toBe(`/ext/session/${gateway.name}/combine/logout_reply`)
    expect(answer.text).toBe(extBody(answer.id, 200, data(sub)))
    expect(await gateway.texts()).toEqual([])
  })

  promise(['logout.elsewhere', 'logout.520'], "another gateway's session", async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    await other.login(sub)
    const answer = await gateway.ask('combine/logout', named(sub))
    expect(answer.text).toBe(extBody(answer.id, 520, data(sub), noSession))
    expect(node().fleet.onlineThrough(sub)).toBe(other.name)
    expect(await other.texts()).toEqual([])
  })

  promise('logout.520', 'no such device, a deleted one, the gateway itself', async () => {
    const { gateway, sub } = await node().scene()
    await node().fleet.forget(sub)
    for (const device of [
      sub,
      { ...sub, deviceName: 'never_was' },
      { ...sub, productKey: 'unknown' },
      gateway.device,
    ]) {
      const answer = await gateway.ask('combine/logout', named(device))
      expect(answer.text).toBe(extBody(answer.id, 520, data(device), noSession))
    }
    expect(await gateway.alive()).toBe(true)
  })

  promise('ack.always', 'sys.ack 0 does not suppress the reply', async () => {
    const { gateway, sub } = await node().scene()
    const sys = { ack: 0 }
    for (const [path, params] of [
      ['combine/login', makeLogin(sub)],
      ['combine/logout', named(sub)],
      ['thing/topo/get', {}],
      ['thing/topo/delete', [named(sub)]],
    ] as const) {
      expect((await gateway.request(path, JSON.stringify({ id: '1', params, sys }))).code).toBe(200)
    }
  })
})
