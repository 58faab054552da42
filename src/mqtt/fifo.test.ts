import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fifo } from './fifo.ts'

test('is an array that gives from the front, whatever is done in which order', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), count: fc.integer({ min: 1, max: 90 }) }),
    fc.record({ kind: fc.constant('shift' as const), count: fc.integer({ min: 1, max: 110 }) }),
    fc.record({ kind: fc.constant('unshift' as const), count: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ kind: fc.constantFrom('clear' as const), count: fc.constant(0) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const fifo = new Fifo<number>()
      const model: number[] = []
      let next = 0
      for (const { kind, count } of steps) {
        const items = Array.from({ length: count }, () => next++)
        if (kind === 'push') {
          for (const item of items) fifo.push(item)
          model.push(...items)
        } else if (kind === 'unshift') {
          fifo.unshift(items)
          model.unshift(...items)
        } else if (kind === 'clear') {
          fifo.clear()
          model.length = 0
        } else for (let i = 0; i < count; i++) expect(fifo.shift()).toBe(model.shift())
        expect(fifo.length).toBe(model.length)
        expect(fifo.first).toBe(model[0])
        expect([...fifo]).toEqual(model)
      }
    }),
  )
})
