import { expect, test } from 'vitest'
import * as filters from './filters.ts'
import * as publish from './publish.ts'

test.each([...filters.benches, ...publish.benches])('$name runs', ({ run }) => {
  const before = filters.total() + publish.total()
  run(10)
  expect(Number.isFinite(filters.total() + publish.total())).toBe(true)
  expect(filters.total() + publish.total()).toBeGreaterThanOrEqual(before)
})
