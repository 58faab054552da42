import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { device, openTest } from '../../test/store/fixture.ts'

async function locked() {
  const opened = await openTest({ commitTimeout: 200 })
  const { store, directory } = opened
  const other = new DatabaseSync(join(directory, 'homeport.db'))
  onTestFinished(() => other.close())
  const seen: string[] = []
  const put = (name: string, then?: () => void) =>
    store.registry.transact([{ kind: 'device-put', row: device(name) }], {
      stored() {
        seen.push(`stored ${name}`)
        then?.()
      },
      failed: (cause) => seen.push(`failed ${name}: ${cause.message}`),
    })
  const step = (name: string) =>
    store.registry.whenFree(
      () => seen.push(`ran ${name}`),
      () => seen.push(`not run ${name}`),
    )
  const devices = () => [...store.read.devices()].map(({ deviceName }) => deviceName)
  return {
    ...opened,
    seen,
    put,
    step,
    devices,
    lock: () => other.exec('BEGIN IMMEDIATE'),
    unlock: () => other.exec('COMMIT'),
  }
}

const TIMED_OUT = 'the registry was locked by another process for 200 ms'

describe('while another connection holds the write lock', () => {
  test('changes wait, in order, and are stored when it is gone', async () => {
    const { clock, seen, put, step, devices, lock, unlock, store } = await locked()
    lock()
    expect(put('b')).toBe(false)
    step('behind b')
    expect(put('a')).toBe(false)
    expect(store.registry.busy).toBe(true)
    clock.advance(100)
    expect(seen).toEqual([])
    expect(store.health().ok).toBe(false)
    unlock()
    clock.advance(20)
    expect(seen).toEqual(['stored b', 'ran behind b', 'stored a'])
    expect(store.registry.busy).toBe(false)
    expect(store.health().ok).toBe(true)
    expect(devices()).toEqual(['a', 'b'])
  })

  test('after the time-out all that wait fail, and the next is tried anew', async () => {
    const { clock, seen, put, step, devices, lock, unlock } = await locked()
    lock()
    put('a')
    clock.advance(190)
    put('b')
    step('c')
    clock.advance(20)
    expect(seen).toEqual([`failed a: ${TIMED_OUT}`, `failed b: ${TIMED_OUT}`, 'not run c'])
    put('d')
    unlock()
    clock.advance(20)
    expect(seen.at(-1)).toBe('stored d')
    expect(put('e')).toBe(true)
    expect(devices()).toEqual(['d', 'e'])
    // The probe that the failure armed, and nothing more.
    expect(clock.advance(10_000)).toBe(1)
  })

  test('what an outcome asks for comes behind what waits', async () => {
    const { clock, seen, put, step, lock, unlock } = await locked()
    lock()
    put('a', () => {
      put('c')
      step('d')
    })
    put('b')
    unlock()
    clock.advance(20)
    expect(seen).toEqual(['stored a', 'stored b', 'stored c', 'ran d'])
  })

  test('a long queue is carried out in slices, and what comes meanwhile keeps its place', async () => {
    const { clock, seen, put, lock, unlock, store } = await locked()
    lock()
    for (let i = 0; i < 600; i++) put(`d${i}`)
    unlock()
    clock.advance(20)
    expect(seen).toHaveLength(600)
    expect(seen.at(-1)).toBe('stored d599')
    expect(store.registry.busy).toBe(false)
  })

  test('the queue has a limit', async () => {
    const { seen, put, step, lock, unlock } = await locked()
    lock()
    for (let i = 0; i < 10_000; i++) step('s')
    put('first')
    for (let i = 1; i < 10_000; i++) put(`d${i}`)
    expect(put('late')).toBe(true)
    expect(seen.at(-1)).toBe('failed late: 10000 changes wait for the registry already')
    unlock()
  })

  test('close tries once more, then fails what waits', async () => {
    const { seen, put, lock, store } = await locked()
    lock()
    put('a')
    await store.close()
    expect(seen).toEqual(['failed a: the store is closed'])
  })

  test('named values are written when it is gone', async () => {
    const { clock, lock, unlock, store, directory } = await locked()
    lock()
    store.values.set('mark', '1', true)
    expect(store.values.get('mark')).toBe('1')
    clock.advance(500)
    unlock()
    clock.advance(200)
    const other = new DatabaseSync(join(directory, 'homeport.db'))
    expect(other.prepare('select value from named_values').all()).toMatchObject([{ value: '1' }])
    other.close()
  })

  test('the health comes back by itself when it is gone', async () => {
    const { clock, put, lock, unlock, store } = await locked()
    lock()
    put('a')
    clock.advance(5000)
    expect(store.health()).toEqual({ ok: false, cause: expect.stringContaining('registry: ') })
    unlock()
    clock.advance(1000)
    expect(store.health().ok).toBe(true)
  })
})
