import { expect, test } from 'vitest'
import { Session, SessionSlot } from '../sessions/session.ts'
import { Directory } from './directory.ts'
import { deviceRow, directoryOf, known, plainSealer, productRow, reader } from './world.fixture.ts'

test('loads what the store holds', () => {
  const directory = new Directory()
  directory.load(
    reader({
      products: [productRow('pk2', { createdAt: 2 }), productRow('pk1', { createdAt: 1 })],
      topicClasses: [
        { id: 7, productKey: 'pk1', shortName: 'user/x', operation: 'SUB', description: '', proxySubscribe: false },
      ],
      devices: [
        deviceRow('pk1', 'new1', { createdAt: 9 }),
        deviceRow('pk1', 'old1', { createdAt: 3 }),
        deviceRow('gone', 'dev1'),
      ],
      tombstones: [{ productKey: 'pk1', deviceName: 'dead', iotId: 'i', deletedAt: 5 }],
      tags: [{ productKey: 'pk1', deviceName: 'old1', key: 'k', value: 'v', system: false }],
    }),
  )
  expect([...directory.products()].map((product) => product.productKey)).toEqual(['pk1', 'pk2'])
  expect(directory.newest('pk1', 0, 10).map((device) => device.deviceName)).toEqual(['new1', 'old1'])
  expect(directory.deviceCount).toBe(2)
  expect(directory.tombstone('pk1', 'dead')?.deletedAt).toBe(5)
  expect(known(directory, 'pk1', 'old1').tags?.get('k')).toEqual({ value: 'v', system: false })
  expect(directory.nextTopicId()).toBe(8)
  expect(directory.byIotId('iot-pk1-old1')).toBe(known(directory, 'pk1', 'old1'))
})

test('a device keeps its object through changes and gets a new one after a deletion', () => {
  const directory = directoryOf({ pk1: { devices: ['dev1'] } })
  const device = known(directory, 'pk1', 'dev1')
  const told: string[] = []
  directory.onDeleted((gone) => told.push(gone.key))
  device.opened = 'secret'
  directory.apply({ kind: 'device-put', row: deviceRow('pk1', 'dev1', { disabled: true }) })
  expect([known(directory, 'pk1', 'dev1') === device, device.disabled, device.opened]).toEqual([true, true, 'secret'])
  directory.apply({ kind: 'device-put', row: deviceRow('pk1', 'dev1', { deviceSecret: plainSealer.seal('other') }) })
  expect(device.opened).toBe(null)
  expect(plainSealer.open(directory.sealedSecret(device))).toBe('other')

  directory.apply({
    kind: 'device-delete',
    row: { productKey: 'pk1', deviceName: 'dev1', iotId: device.iotId, deletedAt: 77 },
  })
  expect(device.deleted).toBe(true)
  expect(directory.device('pk1', 'dev1')).toBe(undefined)
  expect(directory.byIotId(device.iotId)).toBe(undefined)
  expect(directory.tombstone('pk1', 'dev1')).toEqual({ iotId: device.iotId, deletedAt: 77 })
  expect(() => directory.sealedSecret(device)).toThrow(RangeError)
  expect(told).toEqual(['pk1/dev1'])

  directory.apply({ kind: 'device-put', row: deviceRow('pk1', 'dev1', { iotId: 'second' }) })
  expect(known(directory, 'pk1', 'dev1')).not.toBe(device)
  expect(directory.tombstone('pk1', 'dev1')).toBe(undefined)
})

test('a change of a device leaves its status alone: that comes from the log', () => {
  const directory = directoryOf({ pk1: { devices: ['dev1'] } })
  const device = known(directory, 'pk1', 'dev1')
  const stale = device.row(directory.arena)
  directory.applyStatus({
    productKey: 'pk1',
    deviceName: 'dev1',
    activatedAt: 1,
    onlineAt: 2,
    offlineAt: 3,
    address: 'a:1',
  })
  directory.apply({ kind: 'device-put', row: { ...stale, nickname: 'nick' } })
  expect([device.activatedAt, device.onlineAt, device.offlineAt, device.address, device.nickname]).toEqual([
    1,
    2,
    3,
    'a:1',
    'nick',
  ])
})

test.each([
  { disabled: false, activatedAt: 0, online: false, status: 'UNACTIVE' },
  { disabled: false, activatedAt: 5, online: false, status: 'OFFLINE' },
  { disabled: false, activatedAt: 5, online: true, status: 'ONLINE' },
  { disabled: true, activatedAt: 5, online: true, status: 'DISABLE' },
  { disabled: true, activatedAt: 0, online: false, status: 'DISABLE' },
])('status $status', ({ disabled, activatedAt, online, status }) => {
  const directory = directoryOf({ pk1: {} })
  directory.apply({ kind: 'device-put', row: deviceRow('pk1', 'dev1', { disabled, activatedAt }) })
  const device = known(directory, 'pk1', 'dev1')
  device.slot = new SessionSlot(device)
  const how = { link: { id: 1 }, gateway: null, persistent: false, auto: false, address: '', first: false }
  if (online) device.slot.holder = new Session(device.slot, device, how, 1, 1)
  expect(device.status).toBe(status)
})

test('pages newest first stay whole while devices come and go', () => {
  const names = Array.from({ length: 500 }, (_, i) => `dev${i + 1000}`)
  const directory = directoryOf({ pk1: { devices: names } })
  let left = names
  const drop = (name: string) => {
    const { iotId } = known(directory, 'pk1', name)
    directory.apply({ kind: 'device-delete', row: { productKey: 'pk1', deviceName: name, iotId, deletedAt: 1 } })
    left = left.filter((other) => other !== name)
  }
  for (let i = 0; i < 450; i++) {
    drop(left[(i * 7919) % left.length] as string)
    if (i % 90 === 0) {
      const page = directory.newest('pk1', 3, 10).map((device) => device.deviceName)
      expect(page).toEqual(left.toReversed().slice(3, 13))
    }
  }
  expect(directory.newest('pk1', 45, 10).map((device) => device.deviceName)).toEqual(left.slice(0, 5).toReversed())
  expect(directory.newest('pk1', 60, 10)).toEqual([])
  for (const name of names)
    expect(directory.byIotId(`iot-pk1-${name}`)?.deviceName).toBe(left.includes(name) ? name : undefined)
})

test('a deleted product takes its devices along', () => {
  const directory = directoryOf({ pk1: { devices: ['dev1'] }, pk2: { devices: ['dev2'] } })
  const device = known(directory, 'pk1', 'dev1')
  directory.apply({ kind: 'product-delete', productKey: 'pk1' })
  expect([device.deleted, directory.deviceCount, directory.productCount]).toEqual([true, 1, 1])
  expect(directory.product('pk1')).toBe(undefined)
})
