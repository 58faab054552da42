import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SystemClock } from '../../src/clock/system.ts'
import { openStore } from '../../src/store/open.ts'

const outcome = { stored() {}, failed() {} }

export const benches: readonly { readonly name: string; run(iterations: number): void | Promise<void> }[] = [
  {
    name: 'store: a relation, a transaction each',
    async run(iterations) {
      const directory = mkdtempSync(join(tmpdir(), 'homeport-bench-'))
      const store = await openStore<null>({
        directory,
        clock: new SystemClock(),
        durability: 'process',
        commitTimeout: 2000,
        outcome,
      })
      for (let order = 0; order < iterations; order++) {
        const sub = { productKey: 'a1Bench0000', deviceName: `sub-device-${order}` }
        const gateway = { gatewayProductKey: 'a1Gateway00', gatewayDeviceName: 'gateway-0001' }
        store.registry.transact(
          [{ kind: 'relation-put', row: { ...gateway, ...sub, order, createdAt: 1.8e12 } }],
          outcome,
        )
      }
      await store.close()
      rmSync(directory, { recursive: true, force: true })
    },
  },
]
