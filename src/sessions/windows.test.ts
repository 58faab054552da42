import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import { SessionSlot } from './session.ts'
import { LoginWindows, MAX_FAILING_PAIRS } from './windows.ts'

const limits = { loginsPerMinute: 5, loginRequestsPerSecond: 200, failedLoginsPerMinute: 30 }
const gateway = { productKey: 'gw', deviceName: 'A' }

function setUp(changes: Partial<typeof limits> = {}) {
  const clock = new VirtualClock()
  return { clock, windows: new LoginWindows({ clock, limits: { ...limits, ...changes } }) }
}

describe('logins of a device', () => {
  const slot = () => new SessionSlot({ productKey: 'p', deviceName: 'd', slot: null })

  test('slide with the minute', () => {
    const { clock, windows } = setUp()
    const one = slot()
    expect([windows.logins(null), windows.logins(one)]).toEqual([0, 0])
    windows.take(one)
    clock.advance(30_000)
    windows.take(one)
    clock.advance(29_999)
    expect(windows.logins(one)).toBe(2)
    clock.advance(1)
    expect(windows.logins(one)).toBe(1)
    clock.advance(30_000)
    expect(windows.logins(one)).toBe(0)
  })

  test('a place is given back once', () => {
    const { clock, windows } = setUp()
    const one = slot()
    windows.giveBack(one, 1)
    const first = windows.take(one)
    clock.advance(10)
    windows.take(one)
    windows.giveBack(one, first)
    windows.giveBack(one, first)
    expect(windows.logins(one)).toBe(1)
    clock.advance(59_990)
    expect(windows.logins(one)).toBe(1)
  })
})

describe('requests of a connection', () => {
  test('a burst of the rate, then as fast as it refills; each link by itself', () => {
    const { clock, windows } = setUp({ loginRequestsPerSecond: 10 })
    const take = (link: { id: number }, count: number) =>
      Array.from({ length: count }, () => windows.request(link)).filter(Boolean).length
    const [a, b] = [{ id: 1 }, { id: 2 }]
    expect([take(a, 50), take(b, 50)]).toEqual([10, 10])
    clock.advance(99)
    expect(take(a, 5)).toBe(0)
    clock.advance(1)
    expect(take(a, 5)).toBe(1)
    clock.advance(60_000)
    expect(take(a, 50)).toBe(10)
  })

  test('0 is off', () => {
    const { windows } = setUp({ loginRequestsPerSecond: 0 })
    const link = { id: 1 }
    for (let i = 0; i < 1000; i++) expect(windows.request(link)).toBe(true)
  })
})

describe('wrong signatures', () => {
  const device = { productKey: 'p', deviceName: 'd' }

  test('count for the pair of gateway and device', () => {
    const { clock, windows } = setUp()
    windows.fail(gateway, device)
    windows.fail({ ...gateway }, { ...device })
    expect(windows.failures(gateway, device)).toBe(2)
    expect(windows.failures({ ...gateway, deviceName: 'B' }, device)).toBe(0)
    expect(windows.failures(gateway, { ...device, deviceName: 'e' })).toBe(0)
    clock.advance(60_000)
    expect(windows.failures(gateway, device)).toBe(0)
  })

  test('0 is off', () => {
    const { windows } = setUp({ failedLoginsPerMinute: 0 })
    windows.fail(gateway, device)
    expect(windows.failures(gateway, device)).toBe(0)
  })

  test('are remembered of so many pairs; the one that failed longest ago is forgotten', () => {
    const { windows } = setUp()
    windows.fail(gateway, device)
    windows.fail(gateway, { ...device, deviceName: 'old' })
    windows.fail(gateway, device)
    for (let i = 0; i < MAX_FAILING_PAIRS - 1; i++) windows.fail(gateway, { productKey: 'p', deviceName: `x${i}` })
    expect(windows.failures(gateway, device)).toBe(2)
    expect(windows.failures(gateway, { ...device, deviceName: 'old' })).toBe(0)
  })
})
