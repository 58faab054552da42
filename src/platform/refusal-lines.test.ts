import { expect, test } from 'vitest'
import type { Refusal } from '../alink/row.ts'
import { VirtualClock } from '../clock/virtual.ts'
import { RefusalLines } from './refusal-lines.ts'

const offline: Refusal = {
  scenario: 'message',
  code: 520,
  check: 'session',
  why: 'off line',
  device: 'subPk/sub_01',
  gateway: 'gwPk/gw_01',
  link: null,
  topic: '/sys/subPk/sub_01/thing/event/property/post',
}

function written(perSecond: number) {
  const clock = new VirtualClock()
  const lines: string[] = []
  const all = new RefusalLines(clock, perSecond, ({ code, device }, beyond) =>
    lines.push(`${code} ${device} +${beyond}`),
  )
  return { clock, lines, all }
}

test('so many a second are lines, and one says how many came beyond them', () => {
  const { clock, lines, all } = written(3)
  for (let i = 1; i <= 10; i++) all.refusal({ ...offline, device: `subPk/sub_${i}` })
  expect(lines).toEqual(['520 subPk/sub_1 +0', '520 subPk/sub_2 +0', '520 subPk/sub_3 +0'])
  clock.advance(1000)
  expect(lines.slice(3)).toEqual(['520 subPk/sub_10 +7'])
  clock.advance(1000)
  all.refusal(offline)
  expect(lines.slice(4)).toEqual(['520 subPk/sub_01 +0'])
})

test.each<[string, Partial<Refusal>]>([
  ['another gateway', { gateway: 'gwPk/gw_02' }],
  ['another scenario', { scenario: 'publish' }],
  ['another code', { code: 460 }],
  ['another check', { check: 'newest' }],
  ['a device of its own connection', { gateway: '', device: 'subPk/sub_02' }],
])('%s has lines of its own', (_, other) => {
  const { clock, lines, all } = written(1)
  for (let i = 0; i < 3; i++) {
    all.refusal(offline)
    all.refusal({ ...offline, ...other })
  }
  expect(lines).toHaveLength(2)
  clock.advance(1000)
  expect(lines).toHaveLength(4)
  expect(lines.slice(2).map((line) => line.slice(-2))).toEqual(['+2', '+2'])
})

test.each<[string, (i: number) => string]>([
  ['a thousand have lines of their own within a second', (i) => `pk/d${i}`],
  ['names that are too long have none', (i) => `${i}${'x'.repeat(60_000)}`],
])('%s: the others share theirs', (_, nameOf) => {
  const { lines, all } = written(1)
  for (let i = 0; i < 5000; i++) all.refusal({ ...offline, gateway: '', device: nameOf(i) })
  const own = nameOf(0).length > 200 ? 0 : 1000
  expect(lines).toHaveLength(own + 1)
  all.sum()
  expect(lines).toHaveLength(own + 2)
  expect(lines.at(-1)).toMatch(new RegExp(`\\+${5000 - own - 1}$`))
})

test('0: each is a line', () => {
  const { clock, lines, all } = written(0)
  for (let i = 0; i < 500; i++) all.refusal(offline)
  clock.advance(1000)
  expect(lines).toHaveLength(500)
})

test('what was not written yet is told when the server stops', () => {
  const { lines, all } = written(1)
  for (let i = 0; i < 5; i++) all.refusal(offline)
  all.sum()
  expect(lines).toEqual(['520 subPk/sub_01 +0', '520 subPk/sub_01 +4'])
})
