/** Every row of errors.md by its natural cause: exact topic, exact bytes, the session as it was, the gateway still connected. */
import { describe, expect } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeLogin } from '../../src/auth/make.ts'
import { promise } from '../promises.ts'
import { anyId, data, extBody, madeId, noSession, sessionError } from '../support/bodies.ts'
import type { Gateway } from '../support/gateway.ts'
import { named } from '../support/gateway.ts'
import type { Scene, TestNode } from '../support/node.ts'
import { useNode } from '../support/node.ts'

const node = useNode({ settings: { 'limits.subDevicesOnline': 2 } })

/** Sends a login or logout of `params` with this id, and holds the reply against code and data; returns nothing else. */
async function refused(scene: Scene, path: string, params: unknown, code: number, inner: string, message?: string) {
  const { gateway } = scene
  const id = `4|${path}`
  const answer = await gateway.request(path, JSON.stringify({ id, version: '1.0', params }))
  expect(answer.topic).toBe(`/ext/session/${gateway.name}/${path}_reply`)
  expect(answer.text).toBe(extBody(id, code, inner, message))
  expect(await gateway.texts()).toEqual([])
}

interface Row {
  readonly promise: string
  readonly code: number
  /** Makes the cause. */
  readonly arrange?: (node: TestNode, scene: Scene) => Promise<unknown>
  /** `params` of the login, of those that would work. */
  readonly params?: (login: ReturnType<typeof makeLogin>) => unknown
}

describe('login refused', () => {
  const rows: Row[] = [
    { promise: 'login.460', code: 460, params: ({ sign: _, ...rest }) => rest },
    {
      promise: 'login.429',
      code: 429,
      arrange: async (_, { gateway, sub }) => {
        for (let i = 0; i < 5; i++) expect(await gateway.login(sub)).toBe(200)
      },
    },
    { promise: 'login.6100', code: 6100, params: (login) => ({ ...login, deviceName: 'nobody' }) },
    { promise: 'login.521', code: 521, arrange: (node, { sub }) => node.fleet.forget(sub) },
    { promise: 'login.522', code: 522, arrange: (node, { gateway, sub }) => disabledUnheard(node, gateway, sub) },
    { promise: 'login.6401', code: 6401, arrange: (node, { gateway, sub }) => unrelatedUnheard(node, gateway, sub) },
    {
      promise: 'login.6287',
      code: 6287,
      params: (login) => ({ ...login, sign: login.sign.replace(/^./, (c) => (c === '0' ? '1' : '0')) }),
    },
    {
      promise: 'login.428',
      code: 428,
      arrange: async (_, { gateway, subs }) => {
        for (const sub of subs.slice(1)) expect(await gateway.login(sub)).toBe(200)
      },
    },
  ]
  for (const row of rows) {
    promise(row.promise, `${row.code}`, async () => {
      const scene = await node().scene({ subs: 3 })
      await row.arrange?.(node(), scene)
      const before = subsOnline(scene)
      const login = makeLogin(scene.sub)
      const params = (row.params?.(login) ?? login) as { productKey: string; deviceName: string }
      await refused(scene, 'combine/login', params, row.code, data(params))
      expect(subsOnline(scene)).toEqual(before)
      expect(await scene.gateway.alive()).toBe(true)
    })
  }
})

describe('logout refused', () => {
  promise('logout.460', '460', async () => {
    const scene = await node().scene()
    await scene.gateway.login(scene.sub)
    await refused(scene, 'combine/logout', { productKey: scene.sub.productKey }, 460, '{}')
    expect(subsOnline(scene)).toEqual([scene.gateway.name])
  })

  promise('logout.520', '520: never on line', async () => {
    const scene = await node().scene()
    await refused(scene, 'combine/logout', named(scene.sub), 520, data(scene.sub), noSession)
  })

  promise(['logout.520', 'logout.again'], '520: already off line', async () => {
    const scene = await node().scene()
    const { gateway } = scene
    await gateway.login(scene.sub)
    expect(await gateway.logout(scene.sub)).toBe(200)
    await refused(scene, 'combine/logout', named(scene.sub), 520, data(scene.sub), noSession)
  })
})

describe('forced off line', () => {
  const rows: { promise: string; code: number; cause: (scene: Scene) => Promise<unknown> }[] = [
    { promise: 'forced.427', code: 427, cause: ({ other, sub }) => other.login(sub) },
    { promise: 'forced.521', code: 521, cause: ({ sub }) => node().fleet.remove(sub) },
    { promise: 'forced.522', code: 522, cause: ({ sub }) => node().fleet.disable(sub) },
  ]
  for (const row of rows) {
    promise([row.promise, 'notice.topics'], `${row.code}`, async () => {
      const scene = await node().scene({ gateways: 2 })
      const { gateway } = scene
      expect(await gateway.login(scene.sub)).toBe(200)
      await row.cause(scene)
      const notices = (await gateway.rest()).filter(({ topic }) => topic.startsWith('/ext/'))
      expect(notices.map(({ topic, qos }) => `${topic} at ${qos}`)).toEqual([
        `/ext/session/${gateway.name}/combine/logout_reply at 0`,
        `/ext/error/${gateway.name} at 0`,
      ])
      const [first = '', second] = notices.map(({ payload }) => payload.toString())
      expect(anyId(first)).toBe(extBody('#', row.code, data(scene.sub)))
      expect(second).toBe(first)
      expect(madeId(first)).toMatch(/^\d{10}$/)
      expect(await gateway.logout(scene.sub)).toBe(520)
    })
  }
})

describe('message refused', () => {
  promise(['message.520a', 'ext.error'], '520: never on line', async () => {
    await refusedMessage(await node().scene())
  })

  promise('message.520a', '520: off line by now', async () => {
    const scene = await node().scene()
    await scene.gateway.login(scene.sub)
    await scene.gateway.logout(scene.sub)
    await refusedMessage(scene)
  })

  promise('message.520b', '520: on line through another gateway', async () => {
    const scene = await node().scene({ gateways: 2 })
    await scene.other.login(scene.sub)
    await refusedMessage(scene)
    expect(node().fleet.onlineThrough(scene.sub)).toBe(scene.other.name)
  })

  promise('message.520b', '520: on line by its own connection', async () => {
    const scene = await node().scene()
    await node().device(scene.sub)
    await refusedMessage(scene)
    expect(node().fleet.onlineThrough(scene.sub)).toBe('direct')
  })
})

async function refusedMessage({ gateway, sub }: Scene): Promise<void> {
  const topic = `/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`
  await gateway.publish(topic, '{"id":"77","version":"1.0","params":{"a":1}}')
  expect(await gateway.texts()).toEqual([`/ext/error/${gateway.name} ${extBody('77', 520, data(sub), sessionError)}`])
}

function subsOnline({ subs }: Scene): (string | null)[] {
  return subs.map((sub) => node().fleet.onlineThrough(sub))
}

async function disabledUnheard(node: TestNode, gateway: Gateway, sub: DeviceSecret) {
  await node.fleet.disable(sub)
  await gateway.rest()
}

async function unrelatedUnheard(node: TestNode, gateway: Gateway, sub: DeviceSecret) {
  await node.fleet.unrelate(gateway.device, sub)
  await gateway.rest()
}
