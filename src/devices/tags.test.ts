import { expect, test } from 'vitest'
import type { TagInput } from './tags.ts'
import { deleteTags, putTags, userTags } from './tags.ts'
import { applyAll, directoryOf, known } from './world.fixture.ts'

function world() {
  const directory = directoryOf({ pk1: { devices: ['dev1'] } })
  const device = known(directory, 'pk1', 'dev1')
  const put = (inputs: TagInput[]) => {
    const plan = putTags(device, inputs)
    if (plan.ok) applyAll(plan.changes, directory)
    return plan
  }
  return { directory, device, put }
}

test('upserts; other tags stay; SYSTEM tags stand apart', () => {
  const { directory, device, put } = world()
  put([
    { key: 'room', value: '1' },
    { key: 'SYS_SDK_LANGUAGE', value: 'C', system: true },
  ])
  const plan = put([
    { key: 'floor', value: '9' },
    { key: 'room', value: '1' },
    { key: 'floor', value: '2' },
  ])
  expect(plan).toMatchObject({
    ok: true,
    changes: [{ kind: 'tag-put', row: { key: 'floor', value: '2', system: false } }],
  })
  expect(userTags(device)).toEqual([
    { key: 'room', value: '1' },
    { key: 'floor', value: '2' },
  ])
  expect(userTags(device, ['floor', 'SYS_SDK_LANGUAGE', 'none'])).toEqual([{ key: 'floor', value: '2' }])

  const gone = deleteTags(device, ['room', 'none', 'room'])
  if (!gone.ok) throw new Error(gone.reason)
  expect(gone.changes.length).toBe(1)
  applyAll(gone.changes, directory)
  expect(userTags(device)).toEqual([{ key: 'floor', value: '2' }])
})

test('no object for a device without tags', () => {
  const { directory, device, put } = world()
  expect([device.tags, userTags(device)]).toEqual([null, []])
  put([{ key: 'a', value: '' }])
  applyAll([{ kind: 'tag-delete', productKey: 'pk1', deviceName: 'dev1', key: 'a' }], directory)
  expect(device.tags).toBe(null)
})

test('limits', () => {
  const { device, put } = world()
  const many = (count: number, prefix: string, system = false) =>
    Array.from({ length: count }, (_, i) => ({ key: `${prefix}${i}`, value: 'v', system }))
  expect(put([])).toMatchObject({ reason: 'no tags' })
  expect(put([{ key: 'a b', value: 'v' }])).toMatchObject({ reason: 'key', about: 'a b' })
  expect(put([{ key: 'a', value: '*' }])).toMatchObject({ reason: 'value', about: 'a' })
  expect(put(many(201, 'k'))).toMatchObject({ reason: 'too many items' })
  expect(put(many(101, 'k'))).toMatchObject({ reason: 'too many tags' })
  expect(device.tags).toBe(null)
  expect(put([...many(100, 'k'), ...many(100, 's', true)]).ok).toBe(true)
  expect(put([{ key: 'k7', value: 'w' }]).ok).toBe(true)
  expect(put([{ key: 'one', value: 'more' }])).toMatchObject({ reason: 'too many tags' })
  expect(put([{ key: 'one', value: 'more', system: true }])).toMatchObject({ reason: 'too many tags' })
  expect(
    deleteTags(
      device,
      Array.from({ length: 201 }, (_, i) => `k${i}`),
    ),
  ).toMatchObject({ reason: 'too many items' })
})
