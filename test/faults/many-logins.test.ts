/** Many sub-devices of one gateway (issue: How it is checked). */
import { expect, test } from 'vitest'
import { makeLogin } from '../../src/auth/make.ts'
import type { Gateway } from '../support/gateway.ts'
import type { TestNodeOptions } from '../support/node.ts'
import { startTestNode } from '../support/node.ts'

async function withFleet(
  count: number,
  settings: NonNullable<TestNodeOptions['settings']>,
  run: (gateway: Gateway, fleet: Awaited<ReturnType<typeof prepared>>) => Promise<void>,
) {
  const node = await startTestNode({ settings })
  try {
    const fleet = await prepared(node, count)
    await run(fleet.gateway, fleet)
  } finally {
    await node.stop()
  }
}

async function prepared(node: Awaited<ReturnType<typeof startTestNode>>, count: number) {
  const [device] = await node.fleet.gateways(1)
  if (!device) throw new Error('no gateway')
  const subs = await node.fleet.subs(count)
  await node.fleet.relate(device, ...subs)
  return { node, gateway: await node.gateway(device), subs }
}

test('200 log in one by one, at the default limits', () =>
  withFleet(201, { 'limits.loginRequestsPerSecond': 0 }, async (gateway, { node, subs }) => {
    for (const sub of subs.slice(0, 200)) expect(await gateway.login(sub)).toBe(200)
    expect(await gateway.login(subs[200] as (typeof subs)[number])).toBe(428)
    for (const sub of subs.slice(0, 200)) expect(node.fleet.onlineThrough(sub)).toBe(gateway.name)
    // At the limit, one that is on line may log in again, and one that leaves makes room.
    expect(await gateway.login(subs[0] as (typeof subs)[number])).toBe(200)
    expect(await gateway.logout(subs[7] as (typeof subs)[number])).toBe(200)
    expect(await gateway.login(subs[200] as (typeof subs)[number])).toBe(200)
  }))

test.each(['process', 'power'])('of 201 pipelined logins 200 succeed, and the last gets 428 (%s)', (durability) =>
  withFleet(
    201,
    { 'limits.loginRequestsPerSecond': 0, 'store.durability': durability },
    async (gateway, { node, subs }) => {
      for (const [i, sub] of subs.entries())
        void gateway.publish(gateway.topic('combine/login'), JSON.stringify({ id: String(i), params: makeLogin(sub) }))
      const codes = new Map<string, number>()
      for (let i = 0; i < 201; i++) {
        const { id, code } = JSON.parse(await gateway.text(`${gateway.topic('combine/login')}_reply`)) as {
          id: string
          code: number
        }
        codes.set(id, code)
      }
      expect(codes.get('200')).toBe(428)
      expect([...codes.values()].filter((code) => code === 200)).toHaveLength(200)
      expect([...node.node.world.sessions.all()].filter((session) => session.gateway !== null)).toHaveLength(200)
    },
  ),
)

test('2,000 log in by batches, with the limits raised', () =>
  withFleet(
    2000,
    { 'limits.subDevicesOnline': 2000, 'limits.batch': 50, 'limits.loginRequestsPerSecond': 0 },
    async (gateway, { node, subs }) => {
      for (let at = 0; at < subs.length; at += 50) {
        const answer = await gateway.ask('combine/batch_login', {
          deviceList: subs.slice(at, at + 50).map((sub) => makeLogin(sub)),
        })
        expect(answer.code).toBe(200)
        expect(answer.data).toHaveLength(50)
      }
      expect(node.metrics.subDevicesOnline()).toBe(2000)
    },
  ))
