/** 200 sub-devices, each logged in through two gateways at the same instant, over real sockets (issue: How it is checked). */
import { describe, expect, test } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeLogin } from '../../src/auth/make.ts'
import type { Gateway } from '../support/gateway.ts'
import { startTestNode } from '../support/node.ts'

/** `RACE_SEEDS=500` runs more. */
const { RACE_SEEDS = '50' } = process.env
const seeds = Array.from({ length: Number(RACE_SEEDS) }, (_, i) => i + 1)

const SUBS = 200
const settings = { 'limits.loginsPerMinute': 100_000, 'limits.loginRequestsPerSecond': 0 } as const

function shuffled<T>(items: readonly T[], seed: number): T[] {
  let state = seed
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    const j = state % (i + 1)
    ;[out[i], out[j]] = [out[j] as T, out[i] as T]
  }
  return out
}

/** Sends all logins without waiting, in parts of so many, so that those of both gateways meet. */
async function loginAll(gateway: Gateway, subs: readonly DeviceSecret[], part: number): Promise<void> {
  for (let at = 0; at < subs.length; at += part) {
    for (const sub of subs.slice(at, at + part)) {
      const payload = JSON.stringify({ id: sub.deviceName, params: makeLogin(sub) })
      void gateway.publish(gateway.topic('combine/login'), payload)
    }
    await new Promise(setImmediate)
  }
}

interface Heard {
  /** 200s by sub-device. */
  readonly won: Map<string, number>
  /** 427s on logout_reply by sub-device. */
  readonly lost: Map<string, number>
  readonly others: string[]
}

async function heard(gateway: Gateway): Promise<Heard> {
  const out: Heard = { won: new Map(), lost: new Map(), others: [] }
  const count = (map: Map<string, number>, name: string) => map.set(name, (map.get(name) ?? 0) + 1)
  for (const { topic, payload } of await gateway.rest()) {
    const { code, data } = JSON.parse(payload.toString()) as { code: number; data: { deviceName: string } }
    if (topic.endsWith('/login_reply') && code === 200) count(out.won, data.deviceName)
    else if (topic.endsWith('/logout_reply') && code === 427) count(out.lost, data.deviceName)
    else if (!(topic === gateway.errorTopic && code === 427)) out.others.push(`${topic} ${payload}`)
  }
  return out
}

describe(`take-over under a race, ${SUBS} sub-devices`, () => {
  test.each(seeds)('seed %i', async (seed) => {
    const node = await startTestNode({
      settings: { ...settings, 'store.durability': seed % 2 === 0 ? 'power' : 'process' },
    })
    try {
      const [a, b] = (await Promise.all((await node.fleet.gateways(2)).map((device) => node.gateway(device)))) as [
        Gateway,
        Gateway,
      ]
      const subs = await node.fleet.subs(SUBS)
      for (const gateway of [a, b]) await node.fleet.relate(gateway.device, ...subs)
      await Promise.all([a, b].map((gateway) => gateway.rest()))
      const part = 1 + (seed % 7) * 10
      await Promise.all([loginAll(a, shuffled(subs, seed), part), loginAll(b, shuffled(subs, seed * 31), part)])
      const [one, two] = [await heard(a), await heard(b)]
      expect([...one.others, ...two.others]).toEqual([])
      const wrong: string[] = []
      for (const sub of subs) {
        const name = sub.deviceName
        const holder = node.fleet.onlineThrough(sub)
        // Both succeeded, one after the other: who was first was told that it lost.
        if (one.won.get(name) !== 1 || two.won.get(name) !== 1) wrong.push(`${name}: not both were answered 200 once`)
        const losses = [one.lost.get(name) ?? 0, two.lost.get(name) ?? 0]
        const expected = holder === a.name ? [0, 1] : holder === b.name ? [1, 0] : []
        if (losses.join() !== expected.join())
          wrong.push(`${name} is on line through ${holder}, 427 was told ${losses}`)
      }
      expect(wrong).toEqual([])
      expect([...node.node.world.sessions.all()].filter(({ gateway }) => gateway !== null)).toHaveLength(SUBS)
    } finally {
      await node.stop()
    }
  })
})
