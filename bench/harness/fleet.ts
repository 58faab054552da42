/**
 * A fleet that exists only to be measured: names, keys and secrets follow from numbers, so the server's data directory and the
 * generator's files are made apart and agree.
 *
 * Run as a program it fills a data directory: `node bench/harness/fleet.ts DIRECTORY '{"direct":10000}'`.
 */
import { createHash } from 'node:crypto'
import { SystemClock } from '../../src/clock/system.ts'
import { loadSettings } from '../../src/config/load.ts'
import { planImport } from '../../src/devices/import.ts'
import { silentLog } from '../../src/log/log.ts'
import { Metrics } from '../../src/metrics/metrics.ts'
import type { HomeportNode } from '../../src/platform/node.ts'
import { openNode } from '../../src/platform/node.ts'
import { systemRandom } from '../../src/random/random.ts'
import type { RegistryChange } from '../../src/store/records/rows.ts'

export interface Fleet {
  /** Devices that connect themselves. */
  readonly direct?: number
  readonly gateways?: number
  /** Sub-devices in the topology of each gateway. */
  readonly subDevices?: number
  /** Devices that never come: they only fill the registry. */
  readonly others?: number
}

export interface FleetDevice {
  readonly productKey: string
  readonly deviceName: string
  readonly deviceSecret: string
}

const DIRECT = 'benchDirect'
const GATEWAYS = 'benchGateway'
export const SUB_DEVICES = 'benchSubDev'
const OTHERS = 20
const SLICE = 10_000

const device = (productKey: string, deviceName: string): FleetDevice => ({
  productKey,
  deviceName,
  deviceSecret: createHash('md5').update(deviceName).digest('hex'),
})

export const direct = (index: number) => device(DIRECT, `dev-${index}`)
export const gateway = (index: number) => device(GATEWAYS, `gateway-${index}`)
/** `sub{gateway}-{k}`: what the generator's topics spell `sub{i}-{k}`. */
export const subDevice = (of: number, index: number) => device(SUB_DEVICES, `sub${of}-${index}`)
const other = (index: number) => device(`benchOther${index % OTHERS}`, `other-${index}`)

interface Row extends FleetDevice {
  readonly nodeType: 'device' | 'gateway' | 'subdevice'
}

/** Those that fill the registry come first, so that the fleet's own rows are not the ones that stand together in memory by chance. */
function* rows(fleet: Fleet): Generator<Row> {
  const { others = 0, direct: directs = 0, gateways = 0, subDevices = 0 } = fleet
  for (let i = 0; i < others; i++) yield { ...other(i), nodeType: 'device' }
  for (let i = 0; i < directs; i++) yield { ...direct(i), nodeType: 'device' }
  for (let i = 0; i < gateways; i++) yield { ...gateway(i), nodeType: 'gateway' }
  for (let i = 0; i < gateways; i++) {
    for (let k = 0; k < subDevices; k++) yield { ...subDevice(i, k), nodeType: 'subdevice' }
  }
}

function* slices<T>(items: Iterable<T>): Generator<T[]> {
  let slice: T[] = []
  for (const item of items) {
    slice.push(item)
    if (slice.length < SLICE) continue
    yield slice
    slice = []
  }
  if (slice.length > 0) yield slice
}

function run(node: HomeportNode, changes: readonly RegistryChange[]): Promise<void> {
  return new Promise((stored, failed) => node.registry.run(changes, { stored, failed }))
}

function* relations(node: HomeportNode, fleet: Fleet, now: number): Generator<RegistryChange> {
  const { directory, relations } = node.world
  const find = (it: FleetDevice) => {
    const found = directory.device(it.productKey, it.deviceName)
    if (!found) throw new Error(`${it.deviceName} was not imported`)
    return found
  }
  for (let i = 0; i < (fleet.gateways ?? 0); i++) {
    const from = find(gateway(i))
    for (let k = 0; k < (fleet.subDevices ?? 0); k++) yield relations.adding(from, find(subDevice(i, k)), now)
  }
}

export async function fillFleet(directory: string, fleet: Fleet): Promise<void> {
  const clock = new SystemClock()
  const { settings } = loadSettings({ flags: ['--data', directory] })
  const node = await openNode({
    settings,
    clock,
    random: systemRandom,
    log: silentLog,
    metrics: new Metrics({ process: false }),
    secretKey: undefined,
    locked() {},
  })
  const now = clock.wall()
  for (const slice of slices(rows(fleet))) {
    const plan = planImport(JSON.stringify(slice), 'json', node.world.directory, node.maker, now)
    if (!plan.ok) throw new Error(plan.errors.map(({ reason }) => reason).join('; '))
    await run(node, plan.changes)
  }
  for (const slice of slices(relations(node, fleet, now))) await run(node, slice)
  await node.close()
}

if (import.meta.main) await fillFleet(process.argv[2] as string, JSON.parse(process.argv[3] as string) as Fleet)
