/** JSON of the wrong shape, at every member of every request: the right code and shape of `data`, and nothing has changed. */
import { beforeAll, describe, expect } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeLogin, makeTopoAdd } from '../../src/auth/make.ts'
import { promise } from '../promises.ts'
import { anyId, data, extBody, list, sysBody } from '../support/bodies.ts'
import type { Gateway } from '../support/gateway.ts'
import { named } from '../support/gateway.ts'
import type { Scene } from '../support/node.ts'
import { useNode } from '../support/node.ts'

const node = useNode({ settings: { 'limits.loginRequestsPerSecond': 'off' } })
let scene: Scene

beforeAll(async () => {
  scene = await node().scene({ subs: 2 })
  await scene.gateway.login(scene.sub)
})

/** Values that are no string with something in it. */
const noText = [undefined, null, '', 0, 12, true, [], ['x'], {}, { a: 'b' }]
const noObject = [undefined, null, 'x', '{}', 5, false, []]
const noArray = [undefined, null, 'x', '[]', 5, false, {}, { length: 1 }]
const noJson = [
  '',
  '{',
  'nonsense',
  '[]',
  '[{"id":"1"}]',
  '"text"',
  '12',
  'null',
  '{"id":"1",}',
  Buffer.from([0x7b, 0xff, 0x7d]),
]

interface Request {
  readonly promise: string
  readonly path: string
  /** Of a request that is well. */
  readonly params: (scene: Scene) => unknown
  /** Places in the params whose value must be a string with something in it. */
  readonly texts: readonly (string | number)[][]
  readonly paramsAre: 'object' | 'array'
  /** `data` where no device can be named. */
  readonly empty: '{}' | '[]'
  /** `data` where the device was read: it is named by the replies that say so. */
  readonly naming: 'object' | 'array' | 'never'
}

const login = ({ sub }: Scene) => makeLogin(sub)
const loginTexts = [['productKey'], ['deviceName'], ['clientId'], ['sign'], ['signMethod']]
const inList = (paths: (string | number)[][], ...before: (string | number)[]) =>
  paths.map((path) => [...before, ...path])
const nameTexts = [['productKey'], ['deviceName']]

const requests: readonly Request[] = [
  {
    promise: 'login.460',
    path: 'combine/login',
    params: login,
    texts: loginTexts,
    paramsAre: 'object',
    empty: '{}',
    naming: 'object',
  },
  {
    promise: 'combine.batch_login',
    path: 'combine/batch_login',
    params: (scene) => ({ deviceList: [login(scene)] }),
    texts: inList(loginTexts, 'deviceList', 0),
    paramsAre: 'object',
    empty: '[]',
    naming: 'array',
  },
  {
    promise: 'logout.460',
    path: 'combine/logout',
    params: ({ sub }) => named(sub),
    texts: nameTexts,
    paramsAre: 'object',
    empty: '{}',
    naming: 'never',
  },
  {
    promise: 'combine.batch_logout',
    path: 'combine/batch_logout',
    params: ({ sub }) => [named(sub)],
    texts: inList(nameTexts, 0),
    paramsAre: 'array',
    empty: '[]',
    naming: 'never',
  },
  {
    promise: 'topo.add',
    path: 'thing/topo/add',
    params: ({ sub }) => [makeTopoAdd(sub)],
    texts: inList([['productKey'], ['deviceName'], ['sign'], ['signmethod']], 0),
    paramsAre: 'array',
    empty: '[]',
    naming: 'array',
  },
  {
    promise: 'topo.delete',
    path: 'thing/topo/delete',
    params: ({ sub }) => [named(sub)],
    texts: inList(nameTexts, 0),
    paramsAre: 'array',
    empty: '[]',
    naming: 'never',
  },
  {
    promise: 'list.found',
    path: 'thing/list/found',
    params: ({ sub }) => [named(sub)],
    texts: inList(nameTexts, 0),
    paramsAre: 'array',
    empty: '{}',
    naming: 'never',
  },
  {
    promise: 'sub.register',
    path: 'thing/sub/register',
    params: ({ sub }) => [named(sub)],
    texts: inList(nameTexts, 0),
    paramsAre: 'array',
    empty: '[]',
    naming: 'never',
  },
  {
    promise: 'sub.unregister',
    path: 'thing/sub/unregister',
    params: ({ sub }) => [named(sub)],
    texts: inList(nameTexts, 0),
    paramsAre: 'array',
    empty: '{}',
    naming: 'never',
  },
  {
    promise: 'product.register',
    path: 'thing/proxy/provisioning/product_register',
    params: ({ sub }) => ({ proxieds: [{ ...named(sub), random: '1', signMethod: 'hmacsha1', sign: 'x' }] }),
    texts: inList([['productKey'], ['deviceName'], ['random'], ['sign']], 'proxieds', 0),
    paramsAre: 'object',
    empty: '{}',
    naming: 'never',
  },
  {
    promise: 'report.tags',
    path: 'thing/deviceinfo/update',
    params: () => [{ attrKey: 'k', attrValue: 'v' }],
    texts: [[0, 'attrKey']],
    paramsAre: 'array',
    empty: '{}',
    naming: 'never',
  },
  {
    promise: 'report.tags',
    path: 'thing/deviceinfo/delete',
    params: () => [{ attrKey: 'k' }],
    texts: [[0, 'attrKey']],
    paramsAre: 'array',
    empty: '{}',
    naming: 'never',
  },
  {
    promise: 'report.460',
    path: 'thing/event/property/post',
    params: () => ({}),
    texts: [],
    paramsAre: 'object',
    empty: '{}',
    naming: 'never',
  },
  {
    promise: 'report.460',
    path: 'thing/event/alarm/post',
    params: () => ({}),
    texts: [],
    paramsAre: 'object',
    empty: '{}',
    naming: 'never',
  },
]

for (const request of requests) {
  describe(request.path, () => {
    promise(request.promise, 'is no JSON object', async () => {
      for (const payload of noJson) await refused(request, payload, null, [request.empty])
    })

    promise(request.promise, `params is no ${request.paramsAre}`, async () => {
      for (const params of request.paramsAre === 'object' ? noObject : noArray) {
        await refused(request, JSON.stringify({ id: '1', params }), '1', [request.empty])
      }
    })

    if (Array.isArray(request.params({ sub: nobody } as Scene))) {
      promise(request.promise, 'the list has members that are no objects', async () => {
        for (const value of [null, 'x', 5, []]) {
          await refused(request, JSON.stringify({ id: '1', params: [value] }), '1', [request.empty])
        }
      })
    }

    for (const path of request.texts) {
      promise([request.promise, 'body.data'], `${path.join('.')} is missing, empty or of another type`, async () => {
        for (const value of noText) {
          const params = changed(request.params(scene), path, value)
          await refused(request, JSON.stringify({ id: '1', params }), '1', namings(request, path))
        }
      })
    }
  })
}

const nobody = { productKey: 'p', deviceName: 'd', deviceSecret: 's' }

/** What `data` says: nobody, where the name itself is what is wrong. */
function namings(request: Request, path: readonly (string | number)[]): string[] {
  const name = path.at(-1)
  if (name === 'productKey' || name === 'deviceName' || request.naming === 'never') return [request.empty]
  return [request.naming === 'object' ? data(scene.sub) : list(scene.sub)]
}

async function refused(request: Request, payload: string | Uint8Array, id: string | null, inner: readonly string[]) {
  const { gateway } = scene
  const { text } = await gateway.request(request.path, payload)
  const body = (each: string) =>
    request.path.startsWith('combine/')
      ? extBody(id ?? '#', 460, each)
      : sysBody(id ?? '#', 460, each, request.path.replaceAll('/', '.'))
  expect(inner.map(body), `${payload}`).toContain(id === null ? anyId(text) : text)
  expect(await gateway.texts()).toEqual([])
  expect(unchanged(gateway, scene.sub)).toEqual([gateway.name, 1, 2])
}

/** Who holds the session, its epoch, the size of the topology. */
function unchanged(gateway: Gateway, sub: DeviceSecret) {
  const { relations } = node().node.world
  const gatewayDevice = node().fleet.of(gateway.device)
  return [node().fleet.onlineThrough(sub), node().fleet.epoch(sub), relations.subCount(gatewayDevice)]
}

/** A copy with another value at the place; undefined leaves the member out. */
function changed(value: unknown, path: readonly (string | number)[], replacement: unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return replacement
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>
  copy[name] = changed(copy[name], rest, replacement)
  return copy
}

describe('members of another type that are optional', () => {
  promise('login.members', 'timestamp and cleanSession', async () => {
    for (const [member, values] of [
      ['timestamp', [true, [], {}, null]],
      ['cleanSession', [1, [], {}, null]],
    ] as const) {
      for (const value of values) {
        const params = { ...makeLogin(scene.sub), [member]: value }
        const answer = await scene.gateway.ask('combine/login', params)
        expect(answer.text, `${member} ${JSON.stringify(value)}`).toBe(extBody(answer.id, 460, data(scene.sub)))
      }
    }
  })

  promise(['login.460', 'login.sign-method'], 'a signMethod that is none of the three', async () => {
    for (const signMethod of ['Sha256', 'sha256', 'hmac', 'hmacsha512', 'constructor']) {
      const answer = await scene.gateway.ask('combine/login', { ...makeLogin(scene.sub), signMethod })
      expect(answer.text, signMethod).toBe(extBody(answer.id, 460, data(scene.sub)))
    }
  })

  promise('bad-input', 'a megabyte of JSON is no request, and closes the connection; 256 KiB are one', async () => {
    const { gateway } = await node().scene({ subs: 0 })
    const big = await gateway.request('combine/login', `{"params":"${'x'.repeat(260_000)}"}`)
    expect(big.code).toBe(460)
    const deep = await gateway.request('combine/login', `{"params":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)
    expect(deep.code).toBe(460)
    await gateway.publish(gateway.topic('combine/login'), `{"params":"${'x'.repeat(1_000_000)}"}`)
    await gateway.cut()
    expect(node().fleet.onlineThrough(scene.sub)).toBe(scene.gateway.name)
  })
})
