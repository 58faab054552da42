import { expect, test } from 'vitest'
import { seededRandom } from '../random/random.ts'
import type { AccessKeyRow } from '../store/records/rows.ts'
import type { RegistryReader } from '../store/store.ts'
import type { AccessKeyPlan } from './keys.ts'
import { AccessKeys } from './keys.ts'

const sealer = {
  seal: (text: string) => Buffer.from(`sealed:${text}`),
  open: (sealed: Uint8Array) => Buffer.from(sealed).toString().slice(7),
}

function done<T>(keys: AccessKeys, plan: AccessKeyPlan<T>): T {
  if (!plan.ok) throw new Error(plan.reason)
  for (const change of plan.changes) keys.apply(change)
  return plan.value
}

test('the first start makes a key, the next finds it', () => {
  const keys = new AccessKeys(sealer, seededRandom(5))
  const made = done(keys, keys.ensure(10))
  expect(made?.id).toMatch(/^HP[A-Za-z0-9]{22}$/)
  expect(made?.secret).toMatch(/^[A-Za-z0-9]{30}$/)
  expect(keys.secret(made?.id ?? '')).toBe(made?.secret)
  expect(keys.ensure(11)).toEqual({ ok: true, changes: [], value: null })
  expect(keys.list()).toMatchObject([{ id: made?.id, active: true, createdAt: 10 }])
})

test('a key that is given is made, kept, and changed where it differs', () => {
  const keys = new AccessKeys(sealer, seededRandom(5))
  const given = { id: 'testid', secret: 'testsecret' }
  expect(done(keys, keys.ensure(10, given))).toEqual(given)
  expect(keys.ensure(11, given)).toEqual({ ok: true, changes: [], value: null })
  done(keys, keys.setActive('testid', false))
  expect(keys.secret('testid')).toBe(undefined)
  done(keys, keys.ensure(12, { ...given, secret: 'othersecret' }))
  expect([keys.secret('testid'), keys.find('testid')?.createdAt]).toEqual(['othersecret', 10])
})

test('reasons', () => {
  const keys = new AccessKeys(sealer, seededRandom(5))
  done(keys, keys.create(1, { id: 'testid' }))
  expect(keys.create(1, { id: 'testid' })).toMatchObject({ reason: 'key exists' })
  expect(keys.create(1, { id: 'a b' })).toMatchObject({ reason: 'key id' })
  expect(keys.create(1, { secret: 'short' })).toMatchObject({ reason: 'key secret' })
  expect(keys.setActive('nobody', true)).toMatchObject({ reason: 'key unknown' })
  expect(keys.setActive('testid', true)).toMatchObject({ ok: true, changes: [] })
  expect([keys.find('nobody'), keys.secret('nobody')]).toEqual([undefined, undefined])
})

test('loads what the store holds', () => {
  const row: AccessKeyRow = { id: 'testid', secret: sealer.seal('testsecret'), active: true, createdAt: 1 }
  const none = () => []
  const reader: RegistryReader = {
    products: none,
    topicClasses: none,
    devices: none,
    tombstones: none,
    relations: none,
    tags: none,
    applies: none,
    accessKeys: () => [row],
  }
  const keys = new AccessKeys(sealer, seededRandom(5))
  keys.load(reader)
  expect(keys.secret('testid')).toBe('testsecret')
})
