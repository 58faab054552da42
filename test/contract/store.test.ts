/** What every store must do, whatever it is made of. */
import { describe, expect, test } from 'vitest'
import type { VirtualClock } from '../../src/clock/virtual.ts'
import type { RegistryChange } from '../../src/store/records/rows.ts'
import type { Store } from '../../src/store/store.ts'
import { device, kept, names, online, openTest, product } from '../store/fixture.ts'

interface Subject {
  readonly store: Store<string>
  readonly clock: VirtualClock
  readonly events: string[]
  /** Ends the turn, and waits until all groups are decided. */
  decide(): Promise<void>
  /** Closes it, and opens it anew on what it stored. */
  reopen(): Promise<Subject>
}

type Open = () => Promise<Subject>

function files(durability: 'process' | 'power', directory?: string): Open {
  return async () => {
    const opened = await openTest({ durability, commitTimeout: 1e9, ...(directory === undefined ? {} : { directory }) })
    const { store, clock, events } = opened
    return {
      store,
      clock,
      events,
      async decide() {
        clock.settle()
        while (store.commit.decided < store.commit.open - 1) {
          // The disk's time is not the clock's: it may take many steps of the clock.
          clock.advance(1)
          await new Promise<void>((done) => setImmediate(done))
        }
      },
      async reopen() {
        await store.close()
        return files(durability, opened.directory)()
      },
    }
  }
}

const implementations: [name: string, open: Open][] = [
  ['SQLite and logs, durability process', files('process')],
  ['SQLite and logs, durability power', files('power')],
]

function transact(store: Store<string>, ...changes: RegistryChange[]): string {
  let result = 'pending'
  const outcome = {
    stored() {
      result = 'stored'
    },
    failed(cause: Error) {
      result = cause.message
    },
  }
  expect(store.registry.transact(changes, outcome)).toBe(true)
  return result
}

const gateway = { gatewayProductKey: 'a1Gw', gatewayDeviceName: 'gw' }

describe.each(implementations)('%s', (_, open) => {
  test('a turn is one group, decided after it, with what waits in the order recorded', async () => {
    const { store, events, decide } = await open()
    store.commit.fact(online('a'))
    const group = store.commit.wait('one')
    store.commit.keep((out) => out.text('k'))
    expect(store.commit.wait('two')).toBe(group)
    expect(events).toEqual([])
    await decide()
    expect(events).toEqual([`stored ${group}: one two`])
    expect(store.commit.decided).toBe(group)
    store.commit.fact(online('b'))
    expect(store.commit.wait('three')).toBe(group + 1)
    await decide()
    expect(events).toEqual([`stored ${group}: one two`, `stored ${group + 1}: three`])
  })

  test('a group without records is decided too, behind those before it', async () => {
    const { store, events, decide } = await open()
    store.commit.wait('only')
    await decide()
    store.commit.fact(online('a'))
    store.commit.wait('with')
    store.commit.flush()
    store.commit.wait('without')
    await decide()
    expect(events).toEqual(['stored 1: only', 'stored 2: with', 'stored 3: without'])
  })

  test('facts and keep records are there after a restart, in order', async () => {
    const subject = await open()
    for (const name of ['a', 'b', 'c']) {
      subject.store.commit.fact(online(name))
      subject.store.commit.keep((out) => out.text(`keep ${name}`))
      await subject.decide()
    }
    const { store } = await subject.reopen()
    expect(names(store)).toEqual(['a', 'b', 'c'])
    expect(kept(store)).toEqual(['keep a', 'keep b', 'keep c'])
    expect(store.commit.open).toBe(4)
  })

  test('a record that throws while it is written leaves nothing behind', async () => {
    const subject = await open()
    const { store } = subject
    store.commit.keep((out) => out.text('before'))
    const broken = () => {
      throw new Error('broken')
    }
    expect(() => store.commit.keep(broken)).toThrow('broken')
    expect(() => store.commit.fact({ ...online('x'), topic: 'y'.repeat(70_000) })).toThrow()
    store.commit.fact(online('after'))
    await subject.decide()
    const again = (await subject.reopen()).store
    expect(kept(again)).toEqual(['before'])
    expect(names(again)).toEqual(['after'])
  })

  test('every kind of row comes back as it was put', async () => {
    const subject = await open()
    const rows = {
      topic: {
        id: 7,
        productKey: 'a1Pk',
        shortName: 'update',
        operation: 'ALL',
        description: '',
        proxySubscribe: true,
      },
      relation: { ...gateway, productKey: 'a1Pk', deviceName: 'd', order: 3, createdAt: 5 },
      tag: { productKey: 'a1Pk', deviceName: 'd', key: 'k', value: 'v', system: true },
      key: { id: 'LTAI', secret: new Uint8Array([9]), active: true, createdAt: 6 },
      apply: { id: 1, productKey: 'a1Pk', status: 'CREATE', devices: '[]', invalid: '[]', createdAt: 8 },
    } as const
    const full = device('d', {
      disabled: true,
      activatedAt: 1,
      onlineAt: 1_800_000_000_001,
      offlineAt: 3,
      address: '::1',
    })
    const result = transact(
      subject.store,
      { kind: 'product-put', row: product },
      { kind: 'topic-put', row: rows.topic },
      { kind: 'device-put', row: full },
      { kind: 'relation-put', row: rows.relation },
      { kind: 'tag-put', row: rows.tag },
      { kind: 'access-key-put', row: rows.key },
      { kind: 'apply-put', row: rows.apply },
    )
    expect(result).toBe('stored')
    const { read } = (await subject.reopen()).store
    expect([...read.products()]).toEqual([product])
    expect([...read.topicClasses()]).toEqual([rows.topic])
    expect([...read.devices()]).toEqual([full])
    expect([...read.relations()]).toEqual([rows.relation])
    expect([...read.tags()]).toEqual([rows.tag])
    expect([...read.accessKeys()]).toEqual([rows.key])
    expect([...read.applies()]).toEqual([rows.apply])
  })

  test('a device that is deleted takes its relations and tags along, and leaves a tombstone until it is made again', async () => {
    const { store } = await open()
    const tag = { key: 'k', value: 'v', system: false, productKey: 'a1Pk' }
    transact(
      store,
      { kind: 'device-put', row: device('d') },
      { kind: 'device-put', row: device('other') },
      { kind: 'relation-put', row: { ...gateway, productKey: 'a1Pk', deviceName: 'd', order: 1, createdAt: 1 } },
      {
        kind: 'relation-put',
        row: {
          gatewayProductKey: 'a1Pk',
          gatewayDeviceName: 'd',
          productKey: 'a1Pk',
          deviceName: 'other',
          order: 2,
          createdAt: 1,
        },
      },
      { kind: 'relation-put', row: { ...gateway, productKey: 'a1Pk', deviceName: 'other', order: 3, createdAt: 1 } },
      { kind: 'tag-put', row: { ...tag, deviceName: 'd' } },
      { kind: 'tag-put', row: { ...tag, deviceName: 'other' } },
    )
    const tombstone = { productKey: 'a1Pk', deviceName: 'd', iotId: 'id-d', deletedAt: 9 }
    transact(store, { kind: 'device-delete', row: tombstone })
    expect([...store.read.devices()].map(({ deviceName }) => deviceName)).toEqual(['other'])
    expect([...store.read.relations()].map(({ order }) => order)).toEqual([3])
    expect([...store.read.tags()].map(({ deviceName }) => deviceName)).toEqual(['other'])
    expect([...store.read.tombstones()]).toEqual([tombstone])
    transact(store, { kind: 'device-put', row: device('d', { iotId: 'new' }) })
    expect([...store.read.tombstones()]).toEqual([])
  })

  test('the other deletions', async () => {
    const { store } = await open()
    const topic = {
      productKey: 'a1Pk',
      shortName: 's',
      operation: 'PUB',
      description: '',
      proxySubscribe: false,
    } as const
    const relation = { ...gateway, productKey: 'a1Pk', deviceName: 'd' }
    transact(
      store,
      { kind: 'product-put', row: product },
      { kind: 'topic-put', row: { ...topic, id: 1 } },
      { kind: 'topic-put', row: { ...topic, id: 2 } },
      { kind: 'topic-put', row: { ...topic, id: 1, productKey: 'other' } },
      { kind: 'relation-put', row: { ...relation, order: 1, createdAt: 1 } },
      { kind: 'tag-put', row: { productKey: 'a1Pk', deviceName: 'd', key: 'k', value: 'v', system: false } },
      { kind: 'device-delete', row: { productKey: 'a1Pk', deviceName: 'gone', iotId: 'i', deletedAt: 1 } },
    )
    transact(
      store,
      { kind: 'topic-delete', productKey: 'a1Pk', id: 1 },
      { kind: 'relation-delete', row: relation },
      { kind: 'tag-delete', productKey: 'a1Pk', deviceName: 'd', key: 'k' },
    )
    expect([...store.read.topicClasses()].map(({ id, productKey }) => `${productKey} ${id}`)).toEqual([
      'a1Pk 2',
      'other 1',
    ])
    expect([...store.read.relations(), ...store.read.tags()]).toEqual([])
    transact(store, { kind: 'product-delete', productKey: 'a1Pk' })
    expect([...store.read.topicClasses()].map(({ productKey }) => productKey)).toEqual(['other'])
    expect([...store.read.products(), ...store.read.tombstones()]).toEqual([])
  })

  test('a transaction that fails stores nothing of it, and the next is tried anew', async () => {
    const { store } = await open()
    const broken = { ...device('y'), nickname: undefined as unknown as string }
    const result = transact(store, { kind: 'device-put', row: device('x') }, { kind: 'device-put', row: broken })
    expect(result).not.toBe('stored')
    expect([...store.read.devices()]).toEqual([])
    expect(transact(store, { kind: 'device-put', row: device('z') })).toBe('stored')
    expect(store.health()).toEqual({ ok: true, cause: 'ok' })
  })

  test('steps behind the registry run at once while it is free', async () => {
    const { store } = await open()
    const seen: string[] = []
    store.registry.whenFree(
      () => seen.push('run'),
      () => seen.push('failed'),
    )
    expect(seen).toEqual(['run'])
    expect(store.registry.busy).toBe(false)
  })

  test('named values outlive a restart', async () => {
    const subject = await open()
    expect(subject.store.values.get('mark')).toBeUndefined()
    subject.store.values.set('mark', '1')
    subject.store.values.set('mark', '2', true)
    subject.store.values.set('other', '3')
    expect(subject.store.values.get('mark')).toBe('2')
    const { values } = (await subject.reopen()).store
    expect([values.get('mark'), values.get('other')]).toEqual(['2', '3'])
  })

  test('status is folded at close, and only later facts are told after it', async () => {
    let subject = await open()
    transact(subject.store, { kind: 'device-put', row: device('d') })
    subject.store.onCheckpoint(() => [
      { productKey: 'a1Pk', deviceName: 'd', activatedAt: 1, onlineAt: 2, offlineAt: 3, address: '192.0.2.1' },
      { productKey: 'a1Pk', deviceName: 'gone', activatedAt: 1, onlineAt: 2, offlineAt: 3, address: '' },
    ])
    subject.store.commit.fact(online('d'))
    await subject.decide()
    subject = await subject.reopen()
    expect(names(subject.store)).toEqual([])
    const folded = device('d', { activatedAt: 1, onlineAt: 2, offlineAt: 3, address: '192.0.2.1' })
    expect([...subject.store.read.devices()]).toEqual([folded])
    transact(subject.store, { kind: 'device-put', row: device('d', { nickname: 'n' }) })
    expect([...subject.store.read.devices()]).toEqual([{ ...folded, nickname: 'n' }])
    subject.store.commit.fact(online('later'))
    await subject.decide()
    expect(names((await subject.reopen()).store)).toEqual(['later'])
  })

  test('after close, changes fail', async () => {
    const { store, clock, events } = await open()
    store.commit.fact(online('a'))
    store.commit.wait('last')
    await store.close()
    expect(events).toEqual(['stored 1: last'])
    store.commit.fact(online('b'))
    store.commit.wait('late')
    clock.settle()
    expect(events.at(-1)).toBe('failed 2: late')
    expect(transact(store, { kind: 'product-put', row: product })).toBe('the store is closed')
  })
})
