import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VirtualClock } from '../../src/clock/virtual.ts'
import { FactKind, fact } from '../../src/facts/fact.ts'
import { openStore } from '../../src/store/open.ts'
import type { Store } from '../../src/store/store.ts'

const PAYLOAD = Buffer.from(
  JSON.stringify({
    id: '1',
    version: '1.0',
    params: { temperature: 21.5, humidity: 40, note: 'x'.repeat(140) },
    method: 'thing.event.property.post',
  }),
)

const post = fact({
  kind: FactKind.property,
  productKey: 'a1Bench0000',
  deviceName: 'sub-device-0001',
  time: 1_800_000_000_000,
  gateway: 'a1Gateway00/gateway-0001',
  id: '1',
  topic: 'thing/event/property/post',
  payload: PAYLOAD,
})

async function withStore(run: (store: Store<number>, clock: VirtualClock) => void): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'homeport-bench-'))
  const clock = new VirtualClock()
  const outcome = { stored() {}, failed() {} }
  const store = await openStore<number>({ directory, clock, durability: 'process', commitTimeout: 2000, outcome })
  try {
    run(store, clock)
  } finally {
    await store.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Appends facts in groups of a size; opening and removing the directory is in it, so compare at a million iterations. */
function grouped(size: number) {
  return (iterations: number) =>
    withStore((store) => {
      for (let i = 1; i <= iterations; i++) {
        store.commit.fact(post)
        store.commit.wait(i)
        if (i % size === 0) store.commit.flush()
      }
    })
}

export const benches: readonly { readonly name: string; run(iterations: number): void | Promise<void> }[] = [
  { name: 'store: a fact, a group each', run: grouped(1) },
  { name: 'store: a fact, groups of 1,000', run: grouped(1000) },
  {
    name: 'store: a queued message, groups of 1,000',
    run: (iterations) =>
      withStore((store) => {
        const write = (out: { blob(value: Uint8Array): void }) => out.blob(PAYLOAD)
        for (let i = 1; i <= iterations; i++) {
          store.commit.keep(write)
          if (i % 1000 === 0) store.commit.flush()
        }
      }),
  },
]
