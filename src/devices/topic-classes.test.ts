import fc from 'fast-check'
import { expect, test } from 'vitest'
import { covers } from './topic-class.ts'
import { createTopicClass, defaultClasses, deleteTopicClass, updateTopicClass } from './topic-classes.ts'
import { applyAll, directoryOf } from './world.fixture.ts'

function world(classes: [shortName: string, operation: string][] = []) {
  const directory = directoryOf({ pk1: {}, pk2: {} })
  const product = directory.product('pk1')
  if (!product) throw new Error('no product')
  applyAll(defaultClasses(directory, 'pk1'), directory)
  const create = (shortName: string, operation: string) => {
    const plan = createTopicClass(directory, 'pk1', { shortName, operation })
    if (plan.ok) applyAll(plan.changes, directory)
    return plan
  }
  for (const [shortName, operation] of classes) create(shortName, operation)
  return { directory, product, create }
}

test.each([
  ['update', 'PUB', true],
  ['update', 'SUB', false],
  ['update/error', 'PUB', true],
  ['get', 'SUB', true],
  ['get', 'PUB', false],
  ['both', 'PUB', true],
  ['both', 'SUB', true],
  ['any/thing', 'SUB', true],
  ['any', 'SUB', true],
  ['any/thing', 'PUB', false],
  ['one/x/y', 'SUB', true],
  ['one/x', 'SUB', false],
  ['other', 'SUB', false],
  ['', 'SUB', false],
] as const)('topic %j %s: %s', (suffix, operation, allowed) => {
  const { product } = world([
    ['both', 'ALL'],
    ['any/#', 'SUB'],
    ['one/+/y', 'SUB'],
  ])
  expect(product.match(suffix, operation) !== undefined).toBe(allowed)
})

test.each([
  ['get', true],
  ['update', false],
  ['#', false],
  ['+', false],
  ['any/#', true],
  ['any/+/x', true],
  ['any', true],
  ['one/+/y', true],
  ['one/z/y', true],
  ['one/#', false],
  ['one/+/+', false],
])('filter %j granted: %s', (suffix, granted) => {
  const { product } = world([
    ['any/#', 'SUB'],
    ['one/+/y', 'SUB'],
  ])
  expect(product.grants(suffix) !== undefined).toBe(granted)
})

test('create, update, delete, with their reasons; caches see a new generation', () => {
  const { directory, product, create } = world()
  const before = product.generation
  const plan = create('cmd/+', 'SUB')
  if (!plan.ok) throw new Error(plan.reason)
  expect([plan.value.id, product.generation > before]).toEqual([4, true])
  expect(create('cmd/+', 'SUB')).toMatchObject({ reason: 'class exists' })
  expect(create('x', 'PUBSUB')).toMatchObject({ reason: 'operation' })
  expect(create('a/#', 'PUB')).toMatchObject({ reason: 'short name' })
  expect(createTopicClass(directory, 'nope', { shortName: 'x', operation: 'PUB' })).toMatchObject({
    reason: 'product unknown',
  })
  expect(updateTopicClass(directory, 'pk1', 4, { operation: 'PUB' })).toMatchObject({ reason: 'short name' })
  expect(updateTopicClass(directory, 'pk1', 99, {})).toMatchObject({ reason: 'class unknown' })
  const changed = updateTopicClass(directory, 'pk1', 4, { shortName: 'cmd', operation: 'ALL', proxySubscribe: true })
  if (!changed.ok) throw new Error(changed.reason)
  applyAll(changed.changes, directory)
  expect(product.match('cmd', 'PUB')?.row.proxySubscribe).toBe(true)
  expect(deleteTopicClass(directory, 'pk2', 4)).toMatchObject({ reason: 'class unknown' })
  const gone = deleteTopicClass(directory, 'pk1', 4)
  if (gone.ok) applyAll(gone.changes, directory)
  expect(product.match('cmd', 'PUB')).toBe(undefined)
})

test('at most 50', () => {
  const { product, create } = world()
  for (let i = 0; i < 47; i++) expect(create(`t${i}`, 'PUB').ok).toBe(true)
  expect(create('one_more', 'PUB')).toMatchObject({ reason: 'too many classes' })
  expect(product.classes.length).toBe(50)
})

/** Every topic of up to four levels over two words; `user` itself is the topic with none. */
const topics: string[][] = [[]]
for (let i = 0; i < topics.length; i++) {
  const topic = topics[i] as string[]
  if (topic.length < 4) topics.push([...topic, 'a'], [...topic, 'b'])
}

/** MQTT's matching, word for word. */
function matches(filter: readonly string[], topic: readonly string[]): boolean {
  const [level, ...rest] = filter
  if (level === undefined) return topic.length === 0
  if (level === '#') return true
  const [word, ...others] = topic
  return word !== undefined && (level === '+' || level === word) && matches(rest, others)
}

test('covers is: every topic that the filter matches also matches the class', () => {
  const filter = fc
    .tuple(fc.array(fc.constantFrom('a', 'b', '+'), { maxLength: 3 }), fc.boolean())
    .map(([levels, all]) => (all || levels.length === 0 ? [...levels, '#'] : levels))
  fc.assert(
    fc.property(filter, filter, (mine, theirs) => {
      const naive = topics.every((topic) => !matches(theirs, topic) || matches(mine, topic))
      expect(covers(mine, theirs)).toBe(naive)
    }),
    { numRuns: 1000 },
  )
})
