import { describe, expect, test } from 'vitest'
import { check } from './checks.ts'
import { Simulation } from './simulation.ts'

/** `SIM_SEED=7` runs that seed alone, `SIM_SEEDS=1000` the first thousand, `SIM_STEPS=2000` longer ones. */
const { SIM_SEED, SIM_SEEDS = '30', SIM_STEPS = '150' } = process.env
const seeds = SIM_SEED ? [Number(SIM_SEED)] : Array.from({ length: Number(SIM_SEEDS) }, (_, i) => i + 1)

describe(`a whole node, ${SIM_STEPS} steps`, () => {
  test.each(seeds)('SIM_SEED=%i', { timeout: 600_000 }, async (seed) => {
    const simulation = new Simulation(seed)
    const trace = await simulation.run(Number(SIM_STEPS))
    expect(check(trace)).toEqual([])
  })
})
