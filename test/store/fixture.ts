/** What the tests of the store share. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { VirtualClock } from '../../src/clock/virtual.ts'
import type { Fact } from '../../src/facts/fact.ts'
import { FactKind, fact } from '../../src/facts/fact.ts'
import type { StoreOptions } from '../../src/store/open.ts'
import { openStore } from '../../src/store/open.ts'
import type { DeviceRow, ProductRow } from '../../src/store/records/rows.ts'
import type { Store } from '../../src/store/store.ts'

/** An empty directory that is removed after the test. */
export function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'homeport-store-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** A copy of a data directory as a process that ends now would leave it behind. */
export function crashed(directory: string): string {
  const copy = temporary()
  cpSync(directory, copy, { recursive: true, filter: (path) => basename(path) !== 'lock' })
  return copy
}

export interface Opened {
  readonly store: Store<string>
  readonly clock: VirtualClock
  readonly directory: string
  /** `stored 1: a b`, `failed 2: c`, and what the log said from `warn` on. */
  readonly events: string[]
  readonly lines: string[]
}

export async function openTest(
  options: Partial<StoreOptions<string>> & { clock?: VirtualClock } = {},
): Promise<Opened> {
  const directory = options.directory ?? temporary()
  const clock = options.clock ?? new VirtualClock()
  const events: string[] = []
  const lines: string[] = []
  const store = await openStore<string>({
    durability: 'process',
    commitTimeout: 2000,
    log: (level, message) => lines.push(`${level} ${message}`),
    outcome: {
      stored: (group, waiting) => events.push(`stored ${group}: ${waiting.join(' ')}`),
      failed: (group, waiting) => events.push(`failed ${group}: ${waiting.join(' ')}`),
    },
    ...options,
    directory,
    clock,
  })
  onTestFinished(() => store.close())
  return { store, clock, directory, events, lines }
}

export function online(deviceName: string, time = 1): Fact {
  return fact({ kind: FactKind.online, productKey: 'a1Pk', deviceName, time })
}

export function names(store: Store<string>): string[] {
  return [...store.factsSinceCheckpoint()].map(({ deviceName }) => deviceName)
}

export function kept(store: Store<string>): string[] {
  return [...store.keepRecords()].map((record) => record.text())
}

export const product: ProductRow = {
  productKey: 'a1Pk',
  productName: 'Meter',
  nodeType: 1,
  productSecret: new Uint8Array([1, 2, 3]),
  dynamicRegistration: true,
  commodityCode: 'iothub_senior',
  dataFormat: 0,
  netType: 'ETHERNET',
  protocolType: 'modbus',
  authType: 'secret',
  categoryKey: 'meter',
  description: '电表',
  createdAt: 1_800_000_000_123,
  modifiedAt: 1_800_000_000_456,
}

export function device(deviceName: string, more: Partial<DeviceRow> = {}): DeviceRow {
  return {
    productKey: 'a1Pk',
    deviceName,
    iotId: `id-${deviceName}`,
    deviceSecret: new Uint8Array([4, 5]),
    nickname: '',
    disabled: false,
    createdAt: 1_800_000_000_000,
    modifiedAt: 1_800_000_000_000,
    activatedAt: 0,
    onlineAt: 0,
    offlineAt: 0,
    address: '',
    ...more,
  }
}
