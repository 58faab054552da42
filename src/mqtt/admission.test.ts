import { expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import type { ConnectionRefused } from './admission.ts'
import { Admission, addressOf, UNLIMITED } from './admission.ts'

function admission(limits: Partial<typeof UNLIMITED>) {
  const clock = new VirtualClock()
  const refused: (readonly [ConnectionRefused, string])[] = []
  const one = new Admission(clock, { ...UNLIMITED, ...limits }, (why, remote) => refused.push([why, remote()]))
  return { clock, refused, one }
}

const handle = (fd: number) => ({
  fd,
  getpeername(out: { address?: string; port?: number }) {
    out.address = '192.0.2.1'
    out.port = 4711
    return 0
  },
})

test.each([
  ['192.0.2.1:4711', '192.0.2.1'],
  ['::ffff:192.0.2.1:4711', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6:4711', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::6:4711', '2001:db8:1:2::/64'],
  ['2001:db8::6:4711', '2001:db8:0:0::/64'],
  ['::1:4711', '0:0:0:0::/64'],
  ['fe80::1%eth0:4711', 'fe80:0:0:0::/64'],
  ['?:0', '?'],
])('the address of %s is %s', (remote, address) => {
  expect(addressOf(remote)).toBe(address)
})

test('without limits everything is taken', () => {
  const { one, refused } = admission({})
  for (let i = 0; i < 1000; i++) {
    expect(one.accepts(handle(i))).toBe(true)
    expect(one.enters({ remote: '192.0.2.1:1' })).toBe(true)
  }
  expect(refused).toEqual([])
})

test('so many connections a second, and again in the next', () => {
  const { one, refused, clock } = admission({ perSecond: 2 })
  expect([1, 2, 3, 4].map((fd) => one.accepts(handle(fd)))).toEqual([true, true, false, false])
  expect(refused).toEqual([
    ['rate', '192.0.2.1:4711'],
    ['rate', '192.0.2.1:4711'],
  ])
  clock.advance(1000)
  expect([1, 2, 3].map((fd) => one.accepts(handle(fd)))).toEqual([true, true, false])
})

test('so many connections of an address, and again when one is gone; others do not notice', () => {
  const { one, refused } = admission({ perAddress: 2 })
  expect(one.enters({ remote: '192.0.2.1:1' })).toBe(true)
  expect(one.enters({ remote: '192.0.2.1:2' })).toBe(true)
  expect(one.enters({ remote: '192.0.2.1:3' })).toBe(false)
  expect(one.enters({ remote: '192.0.2.2:1' })).toBe(true)
  expect(refused).toEqual([['address', '192.0.2.1:3']])
  one.leaves({ remote: '192.0.2.1:1' })
  expect(one.enters({ remote: '192.0.2.1:4' })).toBe(true)
  expect(one.enters({ remote: '192.0.2.1:5' })).toBe(false)
})

test('file descriptors from the reserve on are not taken', () => {
  const { one, refused } = admission({ files: 192 })
  expect(one.accepts(handle(191))).toBe(true)
  expect(one.accepts(handle(192))).toBe(false)
  expect(one.accepts({})).toBe(true)
  expect(refused).toEqual([['open-files', '192.0.2.1:4711']])
})
