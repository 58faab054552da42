/** A short run of the fuzzer; `node test/fuzz/run.ts` is the long one. `FUZZ_SEED` and `FUZZ_PACKETS` choose another. */
import { describe, expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import { script } from './script.ts'

const { FUZZ_SEED = '11', FUZZ_PACKETS = '20000' } = process.env

describe('packets of all kinds, spoiled', () => {
  test('a script follows from the seed and its number', () => {
    const device = { productKey: 'p', deviceName: 'd', deviceSecret: 's' }
    const fleet = { gateways: [device], subs: [device] }
    expect(script(3, 7, fleet)).toEqual(script(3, 7, fleet))
    expect(script(3, 8, fleet)).not.toEqual(script(3, 7, fleet))
  })

  test(`seed ${FUZZ_SEED}: the server lives, serves others, and forgets`, { timeout: 600_000 }, async () => {
    const packets = Number(FUZZ_PACKETS)
    const { rounds, failure } = await fuzz({ seed: Number(FUZZ_SEED), packets, connections: 32, round: packets / 4 })
    expect(failure).toBeNull()
    expect(rounds.at(-1)?.packets).toBeGreaterThanOrEqual(packets)
    const { accepted = 0, violations = 0, publishesIn = 0 } = rounds.at(-1)?.health.stats ?? {}
    // Not all of it was thrown away at the door, and not all of it was right.
    expect(accepted).toBeGreaterThan(packets / 100)
    expect(violations).toBeGreaterThan(packets / 400)
    expect(publishesIn).toBeGreaterThan(packets / 10)
  })
})
