import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import { AlinkIds, MessageIds } from './ids.ts'

describe('ids of the platform', () => {
  test('count up from 2000000000, reserved in blocks before they are used', () => {
    const marks: number[] = []
    const ids = new AlinkIds({ mark: undefined, reserve: (mark) => marks.push(mark) })
    expect(marks).toEqual([2000010000])
    expect([ids.next(), ids.next()]).toEqual(['2000000000', '2000000001'])
    for (let i = 2; i < 4999; i++) ids.next()
    expect(marks).toEqual([2000010000])
    expect(ids.next()).toBe('2000004999')
    expect(marks).toEqual([2000010000, 2000020000])
    for (let i = 5000; i < 14_999; i++) ids.next()
    expect(marks).toHaveLength(2)
    expect(ids.next()).toBe('2000014999')
    expect(marks.at(-1)).toBe(2000030000)
  })

  test('are not repeated by a restart, wherever it comes', () => {
    const seen = new Set<string>()
    let mark: number | undefined
    for (const count of [1, 4_999, 5_000, 9_999, 10_001, 25_000, 3]) {
      const ids = new AlinkIds({ mark, reserve: (next) => (mark = next) })
      for (let i = 0; i < count; i++) {
        const id = ids.next()
        seen.add(id)
      }
    }
    expect(seen.size).toBe(55_003)
  })

  test('wrap behind 2147483647', () => {
    let mark = 2147480000
    const ids = new AlinkIds({ mark, reserve: (next) => (mark = next) })
    let last = ''
    for (let i = 0; i <= 3647; i++) last = ids.next()
    expect(last).toBe('2147483647')
    expect(ids.next()).toBe('2000000000')
    expect(mark).toBe(2000006352)
    for (let i = 1; i < 1351; i++) last = ids.next()
    expect(mark).toBe(2000006352)
    expect(ids.next()).toBe('2000001351')
    expect(mark).toBe(2000016352)
  })

  test.each([1999999999, 2147483648, Number.NaN, 2000000000.5])('a mark that is none, %d, begins anew', (mark) => {
    expect(new AlinkIds({ mark, reserve: () => {} }).next()).toBe('2000000000')
  })
})

describe('message ids', () => {
  test('19 digits, below 2^63, strictly increasing also where the clock stands or steps back', () => {
    const clock = new VirtualClock({ start: 1_800_000_000_000 })
    let wall = clock.wall()
    const stepping = { ...clock, wall: () => wall } as unknown as VirtualClock
    const ids = new MessageIds(stepping)
    let last = 0n
    for (const step of [0, 0, 1, -5000, 0, 5000, 0.5, 100]) {
      wall += step
      const id = ids.next()
      expect(id).toMatch(/^\d{19}$/)
      expect(BigInt(id)).toBeGreaterThan(last)
      expect(BigInt(id)).toBeLessThan(2n ** 63n)
      last = BigInt(id)
    }
  })

  test('a million within a millisecond', () => {
    const ids = new MessageIds(new VirtualClock({ start: 1_800_000_000_000 }))
    let id = ''
    for (let i = 0; i <= 1_000_000; i++) id = ids.next()
    expect(id).toBe('1800000000001000000')
  })

  test('a clock that says 1970', () => {
    expect(new MessageIds(new VirtualClock({ start: 0 })).next()).toBe('1000000000000000000')
  })
})
