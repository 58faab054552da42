import { expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import { FailedConnects, Failures, NAMES_AT_MOST } from './failures.ts'

const device = { productKey: 'pk', deviceName: 'dn' }
const here = '192.0.2.1'

function failed(limits: { device?: number; product?: number; address?: number }) {
  const clock = new VirtualClock()
  const one = new FailedConnects(clock, {
    failedConnectsPerMinute: limits.device ?? 0,
    failedConnectsPerMinuteOfProduct: limits.product ?? 0,
    failedConnectsPerMinuteOfAddress: limits.address ?? 0,
  })
  return { clock, one }
}

test('without limits nothing is counted', () => {
  const { one } = failed({})
  for (let i = 0; i < 1000; i++) one.add(device, true, here)
  expect(one.on).toBe(false)
  expect(one.reached(device, here)).toBeNull()
})

test.each([
  ['device', 'limits.failedConnectsPerMinute', 'pk/dn', { ...device, deviceName: 'other' }, here],
  ['product', 'limits.failedConnectsPerMinuteOfProduct', 'pk', { ...device, productKey: 'other' }, here],
  ['address', 'limits.failedConnectsPerMinuteOfAddress', here, device, '192.0.2.2'],
] as const)(
  'of a %s: reached at the limit, until the window has passed, by no other',
  (name, setting, who, other, there) => {
    const { one, clock } = failed({ [name]: 3 })
    one.add(device, true, here)
    clock.advance(30_000)
    one.add(device, true, here)
    expect(one.reached(device, here)).toBeNull()
    one.add(device, true, here)
    expect(one.reached(device, here)).toEqual({ setting, limit: 3, who })
    expect(one.reached(other, there)).toBeNull()
    clock.advance(29_999)
    expect(one.reached(device, here)).not.toBeNull()
    clock.advance(1)
    expect(one.reached(device, here)).toBeNull()
  },
)

test('names that do not exist count at their address alone', () => {
  const { one } = failed({ device: 1, product: 1, address: 2 })
  one.add(device, false, here)
  expect(one.reached(device, here)).toBeNull()
  one.add(device, false, here)
  expect(one.reached(device, here)?.setting).toBe('limits.failedConnectsPerMinuteOfAddress')
})

test('what is counted is bounded: the oldest goes, and what is over goes by itself', () => {
  const clock = new VirtualClock()
  const one = new Failures(clock, 1)
  for (let i = 0; i <= NAMES_AT_MOST; i++) one.add(`name ${i}`)
  expect(one.size).toBe(NAMES_AT_MOST)
  expect(one.reached('name 0')).toBe(false)
  expect(one.reached('name 1')).toBe(true)
  clock.advance(60_000)
  one.add('another')
  expect(one.size).toBe(1)
})
