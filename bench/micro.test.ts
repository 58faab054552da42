/** The micro-benchmarks on tiny input, so that they do not rot; what they cost is not looked at. */
import { describe, expect, test } from 'vitest'
import { allBenches } from './micro.ts'

const benches = await allBenches()

test('there are benches, each with a name of its own', () => {
  expect(benches.length).toBeGreaterThan(10)
  expect(new Set(benches.map(({ name }) => name)).size).toBe(benches.length)
})

describe.each(benches)('$name', ({ run }) => {
  test('runs', async () => expect(await run(3)).toBe(undefined))
})
