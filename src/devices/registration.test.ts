import { expect, test } from 'vitest'
import type { DeviceInput } from './registration.ts'
import { createDevice, createDevices, deleteDevice, setDisabled, setNicknames, setSecret } from './registration.ts'
import { applyAll, directoryOf, known, maker, plainSealer } from './world.fixture.ts'

test('a device with what is given, and what is made', () => {
  const directory = directoryOf({ pk1: {} })
  const plan = createDevice(directory, maker(), 'pk1', {}, 42)
  if (!plan.ok) throw new Error(plan.reason)
  expect(plan.value.row.deviceName).toMatch(/^[A-Za-z0-9]{20}$/)
  expect(plan.value.row.iotId).toMatch(/^[A-Za-z0-9]{20}00[A-Za-z0-9]{6}$/)
  expect(plan.value.deviceSecret).toMatch(/^[A-Za-z0-9]{32}$/)
  applyAll(plan.changes, directory)
  const device = known(directory, 'pk1', plan.value.row.deviceName)
  expect([device.status, device.createdAt, plainSealer.open(directory.sealedSecret(device))]).toEqual([
    'UNACTIVE',
    42,
    plan.value.deviceSecret,
  ])
})

test.each([
  ['device name', [{ deviceName: 'x' }]],
  ['device name', [{ deviceName: '' }]],
  ['device name taken', [{ deviceName: 'ok01' }, { deviceName: 'dev1' }]],
  ['device name twice', [{ deviceName: 'ok01' }, { deviceName: 'ok01' }]],
  ['nickname', [{ nickname: 'a' }]],
  ['device secret', [{ deviceSecret: '' }]],
  ['batch size', []],
  ['batch size', Array.from({ length: 1001 }, () => ({}))],
] as [string, DeviceInput[]][])('refused: %s', (reason, inputs) => {
  const directory = directoryOf({ pk1: { devices: ['dev1'] } })
  expect(createDevices(directory, maker(), 'pk1', inputs, 1)).toMatchObject({ ok: false, reason })
  expect(createDevices(directory, maker(), 'nope', inputs, 1)).toMatchObject({ reason: 'product unknown' })
})

test('disable, enable, rename and renew change one thing; what is so already changes nothing', () => {
  const directory = directoryOf({ pk1: { devices: ['dev1'] } })
  const device = known(directory, 'pk1', 'dev1')
  applyAll(setDisabled(directory, device, true, 5), directory)
  expect([device.status, device.modifiedAt]).toEqual(['DISABLE', 5])
  expect(setDisabled(directory, device, true, 6)).toEqual([])
  applyAll(setDisabled(directory, device, false, 6), directory)
  expect(device.status).toBe('UNACTIVE')

  const named = setNicknames(directory, [{ device, nickname: '灯_1' }], 7)
  if (named.ok) applyAll(named.changes, directory)
  expect(device.nickname).toBe('灯_1')
  expect(setNicknames(directory, [{ device, nickname: '灯_1' }], 8)).toMatchObject({ ok: true, changes: [] })
  expect(setNicknames(directory, [{ device, nickname: 'x' }], 8)).toMatchObject({ reason: 'nickname' })
  expect(setNicknames(directory, [], 8)).toMatchObject({ reason: 'batch size' })
  const none = setNicknames(directory, [{ device, nickname: '' }], 9)
  if (none.ok) applyAll(none.changes, directory)
  expect(device.nickname).toBe('')

  const renewed = setSecret(directory, maker(2), device, 10)
  if (!renewed.ok) throw new Error(renewed.reason)
  applyAll(renewed.changes, directory)
  expect(plainSealer.open(directory.sealedSecret(device))).toBe(renewed.value)
  expect(setSecret(directory, maker(2), device, 10, 'a b')).toMatchObject({ reason: 'device secret' })
})

test('a deletion leaves a tombstone with the time', () => {
  const directory = directoryOf({ pk1: { devices: ['dev1'] } })
  const device = known(directory, 'pk1', 'dev1')
  applyAll([deleteDevice(device, 88)], directory)
  expect([device.deleted, directory.tombstone('pk1', 'dev1')?.deletedAt]).toEqual([true, 88])
  expect(createDevice(directory, maker(), 'pk1', { deviceName: 'dev1' }, 89).ok).toBe(true)
})
