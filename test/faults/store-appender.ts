/**
 * A process that appends to a store until it is killed, and says what was stored: `node store-appender.ts DIRECTORY SEED`.
 * A line for each: `f N` the fact N, `k N` the keep record N, `r N` the relation N.
 */
import { writeSync } from 'node:fs'
import { SystemClock } from '../../src/clock/system.ts'
import { FactKind, fact } from '../../src/facts/fact.ts'
import { seededRandom } from '../../src/random/random.ts'
import { openStore } from '../../src/store/open.ts'

const [directory = '', seed = '1'] = process.argv.slice(2)
const random = seededRandom(Number(seed))
const clock = new SystemClock()

const store = await openStore<string>({
  directory,
  clock,
  durability: 'process',
  commitTimeout: 2000,
  segmentBytes: 20_000,
  outcome: {
    stored: (_group, waiting) => void writeSync(1, `${waiting.join('\n')}\n`),
    failed: (_group, _waiting, cause) => {
      throw cause
    },
  },
})

let next = 0

/** What lives: the keep records, all of them. */
store.onCompact(function* () {
  for (let n = 1; n <= next; n++) {
    yield (out) => {
      out.u32(n)
      out.blob(Buffer.alloc(700))
    }
  }
})

function turn(): void {
  for (let left = (random.bytes(1)[0] as number) % 8; left >= 0; left--) {
    next++
    const n = next
    const payload = Buffer.alloc((random.bytes(1)[0] as number) * 4)
    store.commit.fact(fact({ kind: FactKind.property, productKey: 'p', deviceName: String(n), time: n, payload }))
    store.commit.wait(`f ${n}`)
    store.commit.keep((out) => {
      out.u32(n)
      out.blob(payload)
    })
    store.commit.wait(`k ${n}`)
  }
  const gateway = { gatewayProductKey: 'g', gatewayDeviceName: 'g', productKey: 'p' }
  const row = { ...gateway, deviceName: String(next), order: next, createdAt: 1 }
  const stored = () => void writeSync(1, `r ${row.order}\n`)
  store.registry.transact([{ kind: 'relation-put', row }], { stored, failed() {} })
  clock.endOfTurn(turn)
}

turn()
