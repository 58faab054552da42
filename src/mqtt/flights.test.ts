import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fifo } from './fifo.ts'
import { Flight, Flights } from './flights.ts'

test('ids against a plain map: none is given twice, none is lost, 0 is no id', () => {
  const step = fc.oneof(
    fc.constant('take' as const),
    fc.record({ free: fc.nat() }),
    fc.record({ park: fc.nat() }),
    fc.record({ claim: fc.integer({ min: 1, max: 0xffff }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const flights = new Flights<string>()
      const model = new Map<number, Flight>()
      for (const one of steps) {
        const ids = [...model.keys()]
        if (one === 'take') {
          const id = flights.take(Flight.puback, 'x')
          expect(id).toBeGreaterThan(0)
          expect(model.has(id)).toBe(false)
          model.set(id, Flight.puback)
        } else if ('claim' in one) {
          expect(flights.claim(one.claim, Flight.parked, 'y')).toBe(!model.has(one.claim))
          if (!model.has(one.claim)) model.set(one.claim, Flight.parked)
        } else if (ids.length > 0) {
          const id = ids[('free' in one ? one.free : one.park) % ids.length] as number
          if ('free' in one) {
            flights.free(id)
            model.delete(id)
          } else {
            flights.move(id, Flight.parked)
            model.set(id, Flight.parked)
          }
        }
        expect(flights.taken).toBe(model.size)
        expect(flights.active).toBe([...model.values()].filter((state) => state !== Flight.parked).length)
      }
      expect(flights.ids().sort((a, b) => a - b)).toEqual([...model.keys()].sort((a, b) => a - b))
      for (const [id, state] of model) expect(flights.state(id)).toBe(state)
    }),
    { numRuns: 200 },
  )
})

test('all ids can be taken', () => {
  const flights = new Flights<null>()
  const ids = new Set(Array.from({ length: 65_535 }, () => flights.take(Flight.pubrec, null)))
  expect(ids.size).toBe(65_535)
  expect(ids.has(0)).toBe(false)
  flights.free(4711)
  expect(flights.take(Flight.puback, null)).toBe(4711)
  expect(flights.claim(4711, Flight.puback, null)).toBe(false)
})

test('a queue against an array', () => {
  const queue = new Fifo<number>()
  let model: number[] = []
  for (let i = 0; i < 10_000; i++) {
    queue.push(i)
    model.push(i)
    if (i % 3 !== 0) expect(queue.shift()).toBe(model.shift())
    if (i % 1000 === 999) {
      queue.unshift([-i, -i - 1])
      model = [-i, -i - 1, ...model]
    }
    expect(queue.first).toBe(model[0])
    expect(queue.length).toBe(model.length)
  }
  expect([...queue]).toEqual(model)
  queue.clear()
  expect(queue.shift()).toBeUndefined()
})
