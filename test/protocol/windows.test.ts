/** 429 and 428 under a clock that the test moves, and the counts that they rest on. */
import { describe, expect } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeLogin } from '../../src/auth/make.ts'
import { promise } from '../promises.ts'
import { data, extBody, list } from '../support/bodies.ts'
import type { Gateway } from '../support/gateway.ts'
import { startTestNode, useNode } from '../support/node.ts'

const node = useNode({
  clock: 'virtual',
  settings: { 'limits.loginRequestsPerSecond': 10, 'limits.failedLoginsPerMinute': 3 },
})

async function logins(gateway: Gateway, sub: DeviceSecret, count: number): Promise<number[]> {
  const codes: number[] = []
  for (let i = 0; i < count; i++) codes.push(await gateway.login(sub))
  return codes
}

describe('logins of one sub-device within a minute', () => {
  promise('window.sixth', 'the sixth, on line or not', async () => {
    const { gateway, sub } = await node().scene()
    expect(await logins(gateway, sub, 3)).toEqual([200, 200, 200])
    expect(await gateway.logout(sub)).toBe(200)
    expect(await logins(gateway, sub, 3)).toEqual([200, 200, 429])
    expect(node().fleet.onlineThrough(sub)).toBe(gateway.name)
  })

  promise('window.cured', 'refused ones do not count: it ends exactly a minute after the first', async () => {
    const { gateway, sub } = await node().scene()
    expect(await logins(gateway, sub, 5)).toEqual([200, 200, 200, 200, 200])
    for (let second = 0; second < 59; second += 10) {
      expect(await gateway.login(sub)).toBe(429)
      node().advance(second === 50 ? 9_999 : 10_000)
    }
    expect(await gateway.login(sub)).toBe(429)
    node().advance(1)
    expect(await logins(gateway, sub, 6)).toEqual([200, 200, 200, 200, 200, 429])
  })

  promise('window.cured', 'the window slides', async () => {
    const { gateway, sub } = await node().scene()
    for (let i = 0; i < 5; i++) {
      expect(await gateway.login(sub)).toBe(200)
      node().advance(10_000)
    }
    expect(await gateway.login(sub)).toBe(429)
    node().advance(10_000)
    expect(await logins(gateway, sub, 2)).toEqual([200, 429])
    node().advance(10_000)
    expect(await logins(gateway, sub, 2)).toEqual([200, 429])
  })

  promise(['window.gateways', 'login.429'], 'through two gateways, single and in batches', async () => {
    const { gateway, other, sub, sub2 } = await node().scene({ gateways: 2, subs: 2 })
    expect(await logins(gateway, sub, 2)).toEqual([200, 200])
    expect(await logins(other, sub, 2)).toEqual([200, 200])
    const batch = { deviceList: [makeLogin(sub2), makeLogin(sub)] }
    expect((await gateway.ask('combine/batch_login', batch)).code).toBe(200)
    const refused = await other.ask('combine/batch_login', batch)
    expect(refused.text).toBe(extBody(refused.id, 429, list(sub)))
    expect(await logins(gateway, sub2, 1)).toEqual([200])
  })

  promise('window.restart', 'a restart empties it', async () => {
    const own = await startTestNode()
    try {
      const { gateway, sub } = await own.scene()
      await logins(gateway, sub, 5)
      expect(await gateway.login(sub)).toBe(429)
      await own.restart()
      expect(await (await own.gateway(gateway.device)).login(sub)).toBe(200)
    } finally {
      await own.stop()
    }
  })
})

describe('login requests of one connection', () => {
  promise('window.requests', 'as many at once as in a second; a batch is one', async () => {
    const { gateway, other, subs } = await node().scene({ gateways: 2, subs: 12 })
    const batch = { deviceList: subs.slice(0, 6).map((sub) => makeLogin(sub)) }
    expect((await gateway.ask('combine/batch_login', batch)).code).toBe(200)
    const codes: number[] = []
    for (const sub of subs.slice(0, 10)) codes.push(await gateway.login(sub))
    expect(codes).toEqual([...Array(9).fill(200), 429])
    const refused = await gateway.ask('combine/batch_login', batch)
    expect(refused.text).toBe(extBody(refused.id, 429, list(subs[0] as DeviceSecret)))
    expect(await other.login(subs[11] as DeviceSecret)).toBe(200)
    node().advance(100)
    expect(await gateway.login(subs[10] as DeviceSecret)).toBe(200)
    expect(await gateway.login(subs[10] as DeviceSecret)).toBe(429)
    node().advance(1000)
    expect(await gateway.login(subs[10] as DeviceSecret)).toBe(200)
  })
})

describe('wrong signatures for one sub-device through one gateway', () => {
  promise('window.signatures', 'beyond the limit 429, for the right one too, until a minute is over', async () => {
    const { gateway, other, sub, sub2 } = await node().scene({ gateways: 2, subs: 2 })
    const wrong = (one: DeviceSecret) => ({ ...one, deviceSecret: 'wrong' })
    expect(await logins(gateway, wrong(sub), 4)).toEqual([6287, 6287, 6287, 429])
    expect(await gateway.login(sub)).toBe(429)
    expect(await logins(gateway, wrong(sub2), 1)).toEqual([6287])
    expect(await other.login(sub)).toBe(200)
    node().advance(60_000)
    expect(await gateway.login(sub)).toBe(200)
  })
})

describe('sub-devices on line through one gateway', () => {
  promise(['capacity.exact', 'login.428'], '201 logins in a row: exactly 200', async () => {
    const own = await startTestNode({ settings: { 'limits.loginRequestsPerSecond': 'off' } })
    try {
      const { gateway, subs } = await own.scene({ subs: 201 })
      const codes = await Promise.all(subs.map((sub) => gateway.login(sub)))
      expect(codes).toEqual([...Array(200).fill(200), 428])
      expect(own.metrics.subDevicesOnline()).toBe(200)
    } finally {
      await own.stop()
    }
  })

  promise(
    ['capacity.again', 'capacity.frees', 'batch.428'],
    'again at the limit, room after a logout, a batch as a whole',
    async () => {
      const own = await startTestNode({ settings: { 'limits.subDevicesOnline': 3 } })
      try {
        const { gateway, other, subs } = await own.scene({ gateways: 2, subs: 5 })
        const [a, b, c, d, e] = subs as [DeviceSecret, DeviceSecret, DeviceSecret, DeviceSecret, DeviceSecret]
        const batch = (...some: DeviceSecret[]) =>
          gateway.ask('combine/batch_login', { deviceList: some.map((sub) => makeLogin(sub)) })
        expect((await batch(a, b)).code).toBe(200)
        const tooMany = await batch(a, c, d)
        expect(tooMany.text).toBe(extBody(tooMany.id, 428, list(d)))
        expect(own.fleet.onlineThrough(c)).toBe(null)
        expect(await gateway.login(c)).toBe(200)
        expect(await gateway.login(a)).toBe(200)
        const refused = await gateway.ask('combine/login', makeLogin(d))
        expect(refused.text).toBe(extBody(refused.id, 428, data(d)))
        expect(await gateway.logout(b)).toBe(200)
        expect(await gateway.login(d)).toBe(200)
        // One that another gateway takes over makes room as well.
        expect(await other.login(a)).toBe(200)
        expect(await gateway.login(e)).toBe(200)
        expect(await other.login(e)).toBe(200)
      } finally {
        await own.stop()
      }
    },
  )
})
