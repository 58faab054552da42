import { cpSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { crashed, openTest } from '../../../test/store/fixture.ts'
import { VirtualClock } from '../../clock/virtual.ts'
import type { Store } from '../store.ts'
import { FRAME_HEADER } from './frame.ts'

/** Runs what waits for the end of a turn one by one, so that a test can look between. */
class SteppingClock extends VirtualClock {
  #steps: (() => void)[] = []

  override endOfTurn(run: () => void): void {
    this.#steps.push(run)
  }

  /** False if nothing waits. */
  step(): boolean {
    const step = this.#steps.shift()
    step?.()
    return step !== undefined
  }
}

type Memory = Map<string, string>

/** Records say `key` and `value`; an empty value takes the key away. */
function put(store: Store<string>, memory: Memory, key: string, value: string): void {
  if (value === '') memory.delete(key)
  else memory.set(key, value)
  store.commit.keep((out) => {
    out.text(key)
    out.text(value)
  })
}

function restored(store: Store<string>): Memory {
  const memory: Memory = new Map()
  for (const record of store.keepRecords()) {
    const [key, value] = [record.text(), record.text()]
    if (value === '') memory.delete(key)
    else memory.set(key, value)
  }
  return memory
}

function sorted(memory: Memory): string[] {
  return [...memory].map(([key, value]) => `${key}=${value}`).sort()
}

function bytes(directory: string): number {
  const log = join(directory, 'log')
  return readdirSync(log).reduce((sum, name) => sum + statSync(join(log, name)).size, 0)
}

async function compacting(more: { durability?: 'process' | 'power' } = {}) {
  const clock = new SteppingClock()
  const opened = await openTest({ clock, segmentBytes: 400_000, commitTimeout: 1e9, ...more })
  const { store, directory } = opened
  const memory: Memory = new Map()
  let snapshots = 0
  store.onCompact(function* () {
    snapshots++
    for (const [key, value] of memory) {
      yield (out) => {
        out.text(key)
        out.text(value)
      }
    }
  })
  const files = () => readdirSync(join(directory, 'log')).sort()
  return { ...opened, clock, memory, files, snapshots: () => snapshots }
}

const turn = () => new Promise<void>((done) => setImmediate(done))
/** Waits for the disk, which is real. */
async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    if (turns > 1_000_000) throw new Error('never came true')
    await turn()
  }
}

const filler = 'x'.repeat(1000)

test('a crash at any moment of a compaction leaves what lived', async () => {
  const { store, clock, memory, directory, files, snapshots } = await compacting()
  for (let i = 0; i < 1500; i++) put(store, memory, `k${i % 1400}`, `${i}${filler}`)
  for (let i = 0; i < 200; i++) put(store, memory, `k${i}`, '')
  store.commit.flush()
  const copies: [string, string[]][] = []
  for (let i = 0; i < 40 && !(snapshots() > 0 && files().length === 2); i++) {
    put(store, memory, `k${i * 30}`, `newer ${i}`)
    put(store, memory, `k${i * 30 + 7}`, '')
    store.commit.flush()
    copies.push([crashed(directory), sorted(memory)])
    clock.step()
    copies.push([crashed(directory), sorted(memory)])
    await turn()
  }
  expect(snapshots()).toBe(1)
  expect(files()).toHaveLength(2)
  expect(copies.length).toBeGreaterThan(6)
  for (const [copy, expected] of copies) {
    const again = await openTest({ directory: copy })
    expect(sorted(restored(again.store))).toEqual(expected)
    await again.store.close()
  }
})

test('it stays small when the same records are written for ever, over restarts too', async () => {
  let directory: string | undefined
  for (let run = 0; run < 3; run++) {
    const opened = await openTest({ ...(directory === undefined ? {} : { directory }), segmentBytes: 400_000 })
    directory = opened.directory
    const { store, clock } = opened
    const memory = restored(store)
    store.onCompact(() =>
      [...memory].map(([key, value]) => (out) => {
        out.text(key)
        out.text(value)
      }),
    )
    for (let i = 0; i < 100; i++) {
      for (let j = 0; j < 100; j++) put(store, memory, `k${j}`, `${run} ${i}${filler}`)
      clock.settle()
      clock.advance(10)
      await turn()
    }
    await until(() => {
      clock.settle()
      return bytes(opened.directory) < 1_500_000
    })
    expect(sorted(restored(store))).toEqual(sorted(memory))
    await store.close()
  }
})

test('an empty snapshot counts, and older segments that a crash left are deleted at the start', async () => {
  const { store, clock, memory, files, directory } = await compacting()
  for (let i = 0; i < 1300; i++) put(store, memory, `k${i}`, filler)
  store.commit.flush()
  for (let i = 0; i < 1300; i++) put(store, memory, `k${i}`, '')
  store.commit.flush()
  const before = crashed(directory)
  while (clock.step());
  await until(() => files().join() === 'keep-0000000002.log,keep-0000000003.log')
  expect(statSync(join(directory, 'log', 'keep-0000000002.log')).size).toBe(FRAME_HEADER)
  expect(sorted(restored(store))).toEqual([])
  // As a crash between the snapshot's new name and the end of what it replaces leaves it.
  const crash = crashed(directory)
  cpSync(join(before, 'log', 'keep-0000000001.log'), join(crash, 'log', 'keep-0000000001.log'))
  const again = (await openTest({ directory: crash })).store
  expect(readdirSync(join(crash, 'log'))).toHaveLength(2)
  expect(sorted(restored(again))).toEqual([])
})

test('durability power: it waits for the groups before it', async () => {
  const { store, clock, memory, files, snapshots } = await compacting({ durability: 'power' })
  for (let i = 0; i < 1300; i++) put(store, memory, `k${i}`, filler)
  store.commit.flush()
  const next = () => {
    if (!clock.step()) clock.advance(1)
    return files().length === 1 && snapshots() > 0
  }
  await until(() => next())
  put(store, memory, 'k0', 'newer')
  store.commit.flush()
  await until(() => next() || store.commit.decided === 2)
  expect(sorted(restored(store))).toEqual(sorted(memory))
})

test('one that cannot be written is given up, and tried again after a while', async () => {
  const { store, clock, memory, files, directory, lines, snapshots } = await compacting()
  symlinkSync('/dev/full', join(directory, 'log', 'keep-0000000002.log.tmp'))
  for (let i = 0; i < 1300; i++) put(store, memory, `k${i}`, filler)
  store.commit.flush()
  while (clock.step());
  expect(lines).toEqual(['warn the log of MQTT sessions could not be compacted'])
  put(store, memory, 'k0', 'a')
  store.commit.flush()
  while (clock.step());
  expect(snapshots()).toBe(1)
  clock.advance(60_000)
  put(store, memory, 'k0', 'b')
  store.commit.flush()
  while (clock.step());
  expect(snapshots()).toBe(2)
  await until(() => !files().includes('keep-0000000001.log'))
  expect(sorted(restored(store))).toEqual(sorted(memory))
})
