import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { crashed, device, names, online, openTest } from '../../test/store/fixture.ts'
import type { RegistryChange, StatusRow } from './records/rows.ts'

const EVERY_MS = 30_000

function status(deviceName: string, onlineAt: number): StatusRow {
  return { productKey: 'a1Pk', deviceName, activatedAt: 1, onlineAt, offlineAt: 0, address: '' }
}

async function withDevices(count: number, more: Parameters<typeof openTest>[0] = {}) {
  const opened = await openTest(more)
  const { store, clock } = opened
  const changes: RegistryChange[] = Array.from({ length: count }, (_, i) => ({
    kind: 'device-put',
    row: device(`d${i}`),
  }))
  store.registry.transact(changes, { stored() {}, failed() {} })
  const changed = new Map<string, StatusRow>()
  store.onCheckpoint(function* () {
    for (const [name, row] of changed) {
      changed.delete(name)
      yield row
    }
  })
  const login = (deviceName: string, time: number) => {
    store.commit.fact(online(deviceName, time))
    changed.set(deviceName, status(deviceName, time))
    clock.settle()
  }
  const times = () => [...store.read.devices()].map(({ onlineAt }) => onlineAt)
  return { ...opened, login, times }
}

test('every 30 s what changed is folded; a restart reads only what came after', async () => {
  const { clock, login, times, directory } = await withDevices(2)
  login('d0', 10)
  clock.advance(EVERY_MS)
  expect(times()).toEqual([10, 0])
  login('d1', 20)
  const copy = await openTest({ directory: crashed(directory) })
  expect(names(copy.store)).toEqual(['d1'])
  clock.advance(EVERY_MS)
  expect(times()).toEqual([10, 20])
  expect(names((await openTest({ directory: crashed(directory) })).store)).toEqual([])
})

test('many rows go in slices, and a crash between them tells the facts again', async () => {
  const { clock, login, times, directory, store } = await withDevices(5000)
  for (let i = 0; i < 5000; i++) login(`d${i}`, 7)
  clock.advance(EVERY_MS)
  expect(new Set(times())).toEqual(new Set([7]))
  const folded: number[] = []
  store.onCheckpoint(function* () {
    for (let i = 0; i < 5000; i++) {
      if (i === 4500) folded.push(...[crashed(directory)].map((copy) => readSlice(copy)))
      yield status(`d${i}`, 9)
    }
  })
  login('d0', 9)
  clock.advance(EVERY_MS)
  expect(folded).toEqual([4000])
  expect(new Set(times())).toEqual(new Set([9]))
})

function readSlice(copy: string): number {
  const database = new DatabaseSync(join(copy, 'homeport.db'))
  const row = database.prepare('select count(*) as n from devices where online_at = 9').get() as { n: number }
  database.close()
  return row.n
}

test('while SQLite is locked it waits, and nothing is lost', async () => {
  const { clock, login, times, directory, store } = await withDevices(1)
  const other = new DatabaseSync(join(directory, 'homeport.db'))
  onTestFinished(() => other.close())
  other.exec('BEGIN IMMEDIATE')
  login('d0', 10)
  clock.advance(EVERY_MS)
  clock.advance(EVERY_MS)
  expect(times()).toEqual([0])
  other.exec('COMMIT')
  clock.advance(1000)
  expect(times()).toEqual([10])
  expect(store.health().ok).toBe(true)
})

test('segments of facts go when they are behind the checkpoint and older than the retention', async () => {
  const day = 86_400_000
  const { clock, login, directory } = await withDevices(1, { segmentBytes: 100, factsRetention: day })
  const facts = () => readdirSync(join(directory, 'log')).filter((name) => name.startsWith('facts')).length
  for (let i = 1; i <= 6; i++) login('d0', i)
  expect(facts()).toBe(6)
  clock.advance(EVERY_MS)
  expect(facts()).toBe(6)
  clock.advance(2 * day)
  login('d0', 7)
  clock.advance(EVERY_MS)
  // The last of the old ones stays until the next has come of age: only then all of its facts are older.
  expect(facts()).toBe(2)
  const { store } = await openTest({ directory: crashed(directory) })
  expect(names(store)).toEqual([])
})
