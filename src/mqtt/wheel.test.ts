import { expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import type { Watched } from './wheel.ts'
import { Wheel } from './wheel.ts'

class Timed implements Watched {
  watchedAt = 0
  readonly looks: number[] = []
  again = 0
  readonly #clock: VirtualClock
  readonly #start: number

  constructor(clock: VirtualClock) {
    this.#clock = clock
    this.#start = clock.mono()
  }

  look(): number {
    this.looks.push(this.#clock.mono() - this.#start)
    return this.again
  }
}

test('never early, at most two seconds late', () => {
  const clock = new VirtualClock()
  const wheel = new Wheel(clock)
  for (let i = 0; i < 40; i++) {
    clock.advance(137)
    const one = new Timed(clock)
    wheel.watch(one, 5)
    clock.advance(7_000)
    expect(one.looks).toHaveLength(1)
    expect(one.looks[0]).toBeGreaterThanOrEqual(5_000)
  }
})

test('again as often as asked, and forgotten', () => {
  const clock = new VirtualClock()
  const wheel = new Wheel(clock)
  const one = new Timed(clock)
  const other = new Timed(clock)
  one.again = 3
  wheel.watch(one, 3)
  wheel.watch(other, 3)
  wheel.forget(other)
  clock.advance(20_000)
  expect(one.looks).toEqual([4_000, 7_000, 10_000, 13_000, 16_000, 19_000])
  expect(other.looks).toEqual([])
  one.again = 0
  clock.advance(3_000)
  expect(clock.advance(100_000)).toBeLessThanOrEqual(1)
})

test('one that forgets another of the same second', () => {
  const clock = new VirtualClock()
  const wheel = new Wheel(clock)
  const other = new Timed(clock)
  const one = new Timed(clock)
  one.look = () => {
    wheel.forget(other)
    return 0
  }
  wheel.watch(one, 3)
  wheel.watch(other, 3)
  clock.advance(10_000)
  expect(other.looks).toEqual([])
})

test('a loop that stood still is no silence', () => {
  let mono = 0
  let tick = () => {}
  const clock = new VirtualClock()
  const wheel = new Wheel({
    mono: () => mono,
    wall: () => 0,
    real: () => 0,
    after: (_ms, run) => {
      tick = run
      return { cancel: () => {} }
    },
    endOfTurn: () => {},
  })
  const one = new Timed(clock)
  wheel.watch(one, 10)
  mono += 600_000
  tick()
  expect(one.looks).toEqual([])
  for (let i = 0; i < 8; i++) {
    mono += 1_000
    tick()
  }
  expect(one.looks).toHaveLength(1)
})
