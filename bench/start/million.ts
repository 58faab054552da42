/**
 * Fills a data directory with devices, and times how long the store takes to read them at a start.
 *
 * `node bench/start/million.ts [DIRECTORY] [DEVICES]`: without a directory a temporary one is used and removed; a directory that
 * has the devices already is only read.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SystemClock } from '../../src/clock/system.ts'
import { openStore } from '../../src/store/open.ts'
import type { DeviceRow, ProductRow, RegistryChange } from '../../src/store/records/rows.ts'
import type { Store } from '../../src/store/store.ts'

const PRODUCTS = 20
const SLICE = 10_000

const clock = new SystemClock()

export function openFor(directory: string): Promise<Store<null>> {
  const outcome = { stored() {}, failed() {} }
  return openStore<null>({ directory, clock, durability: 'process', commitTimeout: 60_000, outcome })
}

function product(index: number): ProductRow {
  return {
    productKey: `a1Million${String(index).padStart(2, '0')}`,
    productName: `Product ${index}`,
    nodeType: 0,
    productSecret: new Uint8Array(44),
    dynamicRegistration: false,
    commodityCode: 'iothub_senior',
    dataFormat: 1,
    netType: 'WIFI',
    protocolType: 'modbus',
    authType: 'secret',
    categoryKey: '',
    description: '',
    createdAt: 1_800_000_000_000,
    modifiedAt: 1_800_000_000_000,
  }
}

function device(index: number): DeviceRow {
  return {
    productKey: product(index % PRODUCTS).productKey,
    deviceName: `device-${String(index).padStart(7, '0')}`,
    iotId: `${String(index).padStart(20, '0')}000100`,
    deviceSecret: new Uint8Array(60).fill(index & 255),
    nickname: '',
    disabled: false,
    createdAt: 1_800_000_000_000,
    modifiedAt: 1_800_000_000_000,
    activatedAt: 1_800_000_000_000 + index,
    onlineAt: 1_800_000_000_000 + index,
    offlineAt: 0,
    address: '192.0.2.17',
  }
}

function transact(store: Store<null>, changes: readonly RegistryChange[]): void {
  const failed = (cause: Error) => {
    throw cause
  }
  store.registry.transact(changes, { stored() {}, failed })
}

export function fill(store: Store<null>, devices: number): void {
  transact(
    store,
    Array.from({ length: PRODUCTS }, (_, index) => ({ kind: 'product-put', row: product(index) })),
  )
  for (let from = 0; from < devices; from += SLICE) {
    const length = Math.min(SLICE, devices - from)
    transact(
      store,
      Array.from({ length }, (_, index) => ({ kind: 'device-put', row: device(from + index) })),
    )
  }
}

/** Milliseconds to read every device, and how many there are. */
export function read(store: Store<null>): { count: number; milliseconds: number } {
  const started = clock.mono()
  let count = 0
  for (const row of store.read.devices()) if (row.deviceName !== '') count++
  return { count, milliseconds: clock.mono() - started }
}

async function main(given: string | undefined, devices: number): Promise<void> {
  const directory = given ?? mkdtempSync(join(tmpdir(), 'homeport-million-'))
  try {
    const first = await openFor(directory)
    if (read(first).count < devices) {
      const started = clock.mono()
      fill(first, devices)
      console.log(`filled with ${devices} devices in ${((clock.mono() - started) / 1000).toFixed(1)} s`)
    }
    await first.close()
    console.log(`homeport.db: ${(statSync(join(directory, 'homeport.db')).size / 2 ** 20).toFixed(0)} MiB`)
    const started = clock.mono()
    const store = await openFor(directory)
    const opened = clock.mono() - started
    const { count, milliseconds } = read(store)
    console.log(`opened in ${opened.toFixed(0)} ms, ${count} devices read in ${(milliseconds / 1000).toFixed(2)} s`)
    await store.close()
  } finally {
    if (given === undefined) rmSync(directory, { recursive: true, force: true })
  }
}

if (import.meta.main) await main(process.argv[2], Number(process.argv[3] ?? 1_000_000))
