import { expect, test } from 'vitest'
import { Directory } from './directory.ts'
import type { ProductInput } from './products.ts'
import { createProduct, deleteProduct, updateProduct } from './products.ts'
import { applyAll, directoryOf, maker, plainSealer } from './world.fixture.ts'

test('a new product has keys and three topic classes', () => {
  const directory = new Directory()
  const plan = createProduct(directory, maker(), { productName: 'Meters', nodeType: 0 }, 77)
  if (!plan.ok) throw new Error(plan.reason)
  applyAll(plan.changes, directory)
  const { row, productSecret } = plan.value
  expect(row.productKey).toMatch(/^a1[A-Za-z0-9]{9}$/)
  expect(productSecret).toMatch(/^[A-Za-z0-9]{16}$/)
  expect(plainSealer.open(row.productSecret)).toBe(productSecret)
  expect(row).toMatchObject({
    commodityCode: 'iothub',
    dataFormat: 1,
    netType: 'WIFI',
    createdAt: 77,
    authType: 'secret',
  })
  const classes = directory
    .product(row.productKey)
    ?.classes.map(({ row: { id, shortName, operation } }) => [id, shortName, operation])
  expect(classes).toEqual([
    [1, 'get', 'SUB'],
    [2, 'update', 'PUB'],
    [3, 'update/error', 'PUB'],
  ])
})

test.each([
  ['node type', { nodeType: 2 }],
  ['product name', { productName: 'x' }],
  ['product name taken', { productName: 'name_pk1' }],
  ['description', { description: 'd'.repeat(101) }],
  ['product key', { productKey: 'a-b' }],
  ['product key taken', { productKey: 'pk1' }],
  ['product secret', { productSecret: 'a b' }],
] as [string, Partial<ProductInput>][])('refused: %s', (reason, input) => {
  const directory = directoryOf({ pk1: {} })
  const plan = createProduct(directory, maker(), { productName: 'Meters', nodeType: 0, ...input }, 1)
  expect(plan).toMatchObject({ ok: false, reason })
})

test('update keeps what is not given', () => {
  const directory = directoryOf({ pk1: { description: 'old' }, pk2: {} })
  const plan = updateProduct(directory, 'pk1', { productName: 'New_name' }, 9)
  if (!plan.ok) throw new Error(plan.reason)
  applyAll(plan.changes, directory)
  expect(directory.product('pk1')?.row).toMatchObject({ productName: 'New_name', description: 'old', modifiedAt: 9 })
  expect(updateProduct(directory, 'pk1', { productName: 'name_pk2' }, 9)).toMatchObject({
    reason: 'product name taken',
  })
  expect(updateProduct(directory, 'pk1', { productName: 'New_name' }, 9).ok).toBe(true)
  expect(updateProduct(directory, 'nope', {}, 9)).toMatchObject({ reason: 'product unknown' })
})

test('delete is refused while there are devices', () => {
  const directory = directoryOf({ pk1: { devices: ['dev1'] }, pk2: {} })
  expect(deleteProduct(directory, 'pk1')).toMatchObject({ reason: 'has devices' })
  expect(deleteProduct(directory, 'nope')).toMatchObject({ reason: 'product unknown' })
  const plan = deleteProduct(directory, 'pk2')
  expect(plan).toMatchObject({ ok: true, changes: [{ kind: 'product-delete', productKey: 'pk2' }] })
})
