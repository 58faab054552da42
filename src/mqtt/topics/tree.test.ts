import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryFilter, arbitraryTopic, naiveMatch } from '../../../test/mqtt/arbitrary-topics.ts'
import type { SubscriptionOptions } from './tree.ts'
import { SubscriptionTree } from './tree.ts'

const plain: SubscriptionOptions = { qos: 0, noLocal: false, retainAsPublished: false, subscriptionId: 0 }
const everyone = () => true

describe('subscriptions', () => {
  test('one delivery a subscriber, merged of all filters that match', () => {
    const tree = new SubscriptionTree<string>()
    expect(tree.add('a/b', 'x', { qos: 0, noLocal: true, retainAsPublished: false, subscriptionId: 3 })).toBe(true)
    expect(tree.add('a/+', 'x', { qos: 1, noLocal: false, retainAsPublished: true, subscriptionId: 5 })).toBe(true)
    expect(tree.add('#', 'x', { ...plain, noLocal: true })).toBe(true)
    expect(tree.add('#', 'y', plain)).toBe(true)
    const { direct } = tree.match('a/b')
    expect([...direct].sort((p, q) => (p.subscriber < q.subscriber ? -1 : 1))).toEqual([
      { subscriber: 'x', qos: 1, noLocal: false, retainAsPublished: true, subscriptionIds: [3, 5] },
      { subscriber: 'y', qos: 0, noLocal: false, retainAsPublished: false, subscriptionIds: null },
    ])
    expect(tree.size).toBe(4)
  })

  test('the same filter again replaces the options', () => {
    const tree = new SubscriptionTree<string>()
    tree.add('a', 'x', { ...plain, qos: 2 })
    expect(tree.add('a', 'x', { ...plain, qos: 1 })).toBe(false)
    expect(tree.match('a').direct).toMatchObject([{ subscriber: 'x', qos: 1 }])
    expect(tree.size).toBe(1)
  })

  test('a route is remembered until the tree changes', () => {
    const tree = new SubscriptionTree<string>()
    tree.add('a', 'x', plain)
    const route = tree.match('a')
    expect(tree.match('a')).toBe(route)
    expect(route.generation).toBe(tree.generation)
    tree.add('b', 'x', plain)
    expect(route.generation).not.toBe(tree.generation)
    expect(tree.match('a')).not.toBe(route)
  })

  test('what is remembered has a limit, in topics and in deliveries', () => {
    const few = new SubscriptionTree<string>({ topics: 2, deliveries: 1000 })
    const first = few.match('1')
    few.match('2')
    few.match('3')
    expect(few.match('1')).not.toBe(first)
    const narrow = new SubscriptionTree<string>({ topics: 1000, deliveries: 3 })
    narrow.add('#', 'x', plain)
    narrow.add('#', 'y', plain)
    const wide = narrow.match('1')
    expect(narrow.match('1')).toBe(wide)
    narrow.match('2')
    expect(narrow.match('1')).not.toBe(wide)
  })

  test('a subscriber that leaves takes all with it', () => {
    const tree = new SubscriptionTree<string>()
    for (const filter of ['a', 'a/+', '#', '$share/g/a']) tree.add(filter, 'x', plain)
    tree.add('a', 'y', plain)
    expect(tree.removeAll('x')).toBe(4)
    expect(tree.removeAll('x')).toBe(0)
    expect(tree.match('a')).toMatchObject({ direct: [{ subscriber: 'y' }], shared: [] })
    expect(tree.remove('a', 'x')).toBe(false)
    expect(tree.size).toBe(1)
  })

  test('agrees with the plain matcher', () => {
    const step = fc.record({ filter: arbitraryFilter, subscriber: fc.nat({ max: 4 }), remove: fc.boolean() })
    const steps = fc.array(step, { maxLength: 40 })
    fc.assert(
      fc.property(steps, fc.array(arbitraryTopic, { minLength: 1, maxLength: 4 }), (steps, topics) => {
        const tree = new SubscriptionTree<number>()
        const model = new Map<string, { filter: string; subscriber: number }>()
        for (const { filter, subscriber, remove } of steps) {
          const key = `${subscriber} ${filter}`
          if (remove) expect(tree.remove(filter, subscriber)).toBe(model.delete(key))
          else {
            expect(tree.add(filter, subscriber, plain)).toBe(!model.has(key))
            model.set(key, { filter, subscriber })
          }
          for (const topic of topics) {
            const found = tree.match(topic).direct.map((one) => one.subscriber)
            const expected = [...model.values()].filter((one) => naiveMatch(one.filter, topic))
            expect(found.sort()).toEqual([...new Set(expected.map((one) => one.subscriber))].sort())
          }
        }
        expect(tree.size).toBe(model.size)
      }),
      { numRuns: 150, seed: 4711 },
    )
  })
})

describe('shared subscriptions', () => {
  test('each group gets one copy, its members in turn', () => {
    const tree = new SubscriptionTree<string>()
    for (const member of ['x', 'y', 'z']) tree.add('$share/g/a/+', member, { ...plain, qos: 1 })
    tree.add('$share/h/a/b', 'w', plain)
    const route = tree.match('a/b')
    expect(route.direct).toEqual([])
    expect(route.shared.map((group) => group.name).sort()).toEqual(['g', 'h'])
    const group = route.shared.find((one) => one.name === 'g')
    const turns = [1, 2, 3, 4].map(() => group?.next(everyone)?.subscriber)
    expect(turns).toEqual(['x', 'y', 'z', 'x'])
  })

  test('a member that cannot take is passed over', () => {
    const tree = new SubscriptionTree<string>()
    for (const member of ['x', 'y']) tree.add('$share/g/a', member, plain)
    const [group] = tree.match('a').shared
    expect(group?.next((member) => member === 'y')?.subscriber).toBe('y')
    expect(group?.next(() => false)).toBeNull()
    expect(group?.next(everyone)?.subscriber).toBe('x')
  })

  test('the last member ends the group', () => {
    const tree = new SubscriptionTree<string>()
    tree.add('$share/g/a', 'x', plain)
    expect(tree.add('$share/g/a', 'x', { ...plain, qos: 1 })).toBe(false)
    expect(tree.match('a').shared[0]?.members).toMatchObject([{ subscriber: 'x', qos: 1 }])
    expect(tree.remove('$share/g/a', 'x')).toBe(true)
    expect(tree.match('a').shared).toEqual([])
  })
})
