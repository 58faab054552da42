import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import type { DownlinkError } from './pending.ts'
import { MAX_CLOSED, PendingDownlinks } from './pending.ts'

const device = { productKey: 'p', deviceName: 'd' }
const other = { productKey: 'p', deviceName: 'e' }

function setUp(limit?: number) {
  const clock = new VirtualClock()
  const pending = new PendingDownlinks<string>({ clock, ...(limit === undefined ? {} : { limit }) })
  const outcomes: string[] = []
  const waiter = (name: string) => ({
    resolve: (value: string) => outcomes.push(`${name}: ${value}`),
    reject: (error: Error) => outcomes.push(`${name}: ${(error as DownlinkError).failure}`),
  })
  const open = (id: string, deadline = 8000, of = device) =>
    pending.open({ id, device: of, deadline, waiter: waiter(id) })
  return { clock, pending, outcomes, open, waiter }
}

describe('requests under way', () => {
  test('closed by the answer, once', () => {
    const { clock, pending, outcomes, open } = setUp()
    expect(open('1')).toBe(true)
    expect(pending.answer(device, '1', 'yes')).toBe('answered')
    expect(pending.answer(device, '1', 'again')).toBe('unknown')
    clock.advance(10_000)
    expect(outcomes).toEqual(['1: yes'])
    expect(pending.size).toBe(0)
  })

  test('closed by time-out; the answer that comes then is late, once', () => {
    const { clock, pending, outcomes, open } = setUp()
    open('1')
    clock.advance(7999)
    expect(outcomes).toEqual([])
    clock.advance(1)
    expect(outcomes).toEqual(['1: time-out'])
    expect(pending.answer(device, '1', 'yes')).toBe('late')
    expect(pending.answer(device, '1', 'yes')).toBe('unknown')
  })

  test('only the device that was asked can answer', () => {
    const { pending, outcomes, open } = setUp()
    open('1')
    expect(pending.answer(other, '1', 'no')).toBe('unknown')
    expect(pending.answer(device, '2', 'no')).toBe('unknown')
    expect(outcomes).toEqual([])
  })

  test('closed by loss of the session, but for what waits in a queue', () => {
    const { pending, outcomes, open, waiter } = setUp()
    open('1')
    open('2', 8000, other)
    pending.open({ id: '3', device, deadline: 8000, waiter: waiter('3'), queued: true })
    expect(pending.lost(device)).toBe(1)
    expect(pending.lost(device)).toBe(0)
    expect(outcomes).toEqual(['1: session-lost'])
    expect(pending.answer(device, '1', 'yes')).toBe('late')
    expect(pending.answer(device, '3', 'yes')).toBe('answered')
    expect(pending.lost({ productKey: 'p', deviceName: 'never' })).toBe(0)
    expect(pending.size).toBe(1)
  })

  test('cancelled', () => {
    const { pending, outcomes, open } = setUp()
    open('1')
    expect(pending.cancel(device, '1')).toBe(true)
    expect(pending.cancel(device, '1')).toBe(false)
    expect(outcomes).toEqual(['1: cancelled'])
  })

  test('nobody waits', () => {
    const { clock, pending } = setUp()
    pending.open({ id: '1', device, deadline: 10, waiter: null })
    pending.open({ id: '2', device, deadline: 10, waiter: null })
    expect(pending.answer(device, '1', 'yes')).toBe('answered')
    clock.advance(10)
    expect(pending.answer(device, '2', 'yes')).toBe('late')
  })

  test('no more than the limit, and no id twice for one device', () => {
    const { pending, outcomes, open } = setUp(2)
    expect([open('1'), open('1'), open('1', 8000, other), open('2')]).toEqual([true, false, true, false])
    expect(outcomes).toEqual([])
    pending.answer(device, '1', 'yes')
    expect(open('2')).toBe(true)
  })

  test('a waiter may ask again at once', () => {
    const { clock, pending, outcomes, open } = setUp(1)
    pending.open({ id: '1', device, deadline: 10, waiter: { resolve: () => {}, reject: () => open('2', 10) } })
    clock.advance(10)
    expect(pending.size).toBe(1)
    clock.advance(10)
    expect(outcomes).toEqual(['2: time-out'])
  })

  test('so many that were not answered are remembered', () => {
    const { pending } = setUp()
    for (let i = 0; i <= MAX_CLOSED; i++) pending.open({ id: String(i), device, deadline: 10, waiter: null })
    pending.lost(device)
    expect(pending.answer(device, '0', 'yes')).toBe('unknown')
    expect(pending.answer(device, '1', 'yes')).toBe('late')
  })
})
