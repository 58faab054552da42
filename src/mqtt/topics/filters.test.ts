import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryFilter, arbitraryTopic, naiveMatch } from '../../../test/mqtt/arbitrary-topics.ts'
import type { SubscribeFilter } from '../codec/packets.ts'
import type { FilterEntry } from './filters.ts'
import { Filters, MAX_MUTED } from './filters.ts'

function asked(filter: string, qos: 0 | 1 | 2 = 0): SubscribeFilter {
  return { filter, qos, noLocal: false, retainAsPublished: false, retainHandling: 0 }
}

describe('what is subscribed', () => {
  test('the highest QoS of the filters that match counts', () => {
    const filters = new Filters()
    expect(filters.match('a/b')).toBe(-1)
    expect(filters.add(asked('a/b', 0))).toBe(true)
    expect(filters.match('a/b')).toBe(0)
    expect(filters.add(asked('a/+', 1))).toBe(true)
    expect(filters.match('a/b')).toBe(1)
    expect(filters.add(asked('a/b', 2))).toBe(false)
    expect(filters.match('a/b')).toBe(2)
    expect(filters.match('a/c')).toBe(1)
    expect(filters.match('b')).toBe(-1)
    expect(filters.size).toBe(2)
  })

  test('a filter that is subscribed again has the new QoS, also a lower one', () => {
    const filters = new Filters()
    for (const filter of ['a', '+']) {
      filters.add(asked(filter, 1))
      filters.add(asked(filter, 0))
    }
    expect(filters.match('a')).toBe(0)
    expect(filters.size).toBe(2)
  })

  test('what is removed matches no more', () => {
    const filters = new Filters()
    filters.add(asked('a', 1))
    filters.add(asked('#', 0))
    expect(filters.remove('a')).toBe(true)
    expect(filters.remove('a')).toBe(false)
    expect(filters.match('a')).toBe(0)
    expect(filters.remove('#')).toBe(true)
    expect(filters.match('a')).toBe(-1)
    expect(filters.size).toBe(0)
  })

  test('each change is seen in the generation, a match is not', () => {
    const filters = new Filters()
    const seen = new Set([filters.generation])
    const changes = [
      () => filters.add(asked('a')),
      () => filters.add(asked('a', 1)),
      () => filters.add(asked('+')),
      () => filters.remove('a'),
      () => filters.remove('+'),
      () => filters.mute('x'),
      () => filters.unmute('x'),
      () => filters.clear(),
    ]
    for (const change of changes) {
      change()
      seen.add(filters.generation)
    }
    expect(seen.size).toBe(changes.length + 1)
    filters.match('a')
    filters.remove('nothing')
    filters.unmute('nothing')
    expect(seen.has(filters.generation)).toBe(true)
  })

  test.each(['+', 'x', '$share/g/x'])('the entry of %s keeps its options and identifier', (name) => {
    const filters = new Filters()
    const filter: SubscribeFilter = { filter: name, qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 }
    filters.add(filter, 268_435_455)
    expect(filters.get(name)).toMatchObject({ ...filter, subscriptionId: 268_435_455 })
    expect(filters.match('x')).toBe(1)
    expect([...filters]).toEqual([filters.get(name)])
    const found: FilterEntry[] = []
    filters.collect('x', found)
    expect(found).toEqual([filters.get(name)])
    filters.add(asked(name, 2))
    expect(filters.get(name)).toMatchObject({ ...asked(name, 2), subscriptionId: 0 })
  })

  test('a shared filter matches by what it shares, and is another than the plain one', () => {
    const filters = new Filters()
    filters.add(asked('$share/g/a/b', 1))
    filters.add(asked('a/b', 0))
    expect(filters.match('a/b')).toBe(1)
    filters.remove('$share/g/a/b')
    expect(filters.match('a/b')).toBe(0)
  })

  test('agrees with the plain matcher, with few filters and with many', () => {
    const entry = fc.tuple(arbitraryFilter, fc.constantFrom(0 as const, 1 as const, 2 as const), fc.boolean())
    const entries = fc.array(entry, { maxLength: 60 })
    const removals = fc.array(fc.nat(), { maxLength: 60 })
    fc.assert(
      fc.property(
        entries,
        removals,
        fc.array(arbitraryTopic, { minLength: 1, maxLength: 5 }),
        (added, gone, topics) => {
          const filters = new Filters()
          const model = new Map<string, { pattern: string; qos: number }>()
          for (const [pattern, qos, shared] of added) {
            const filter = shared ? `$share/g/${pattern}` : pattern
            expect(filters.add(asked(filter, qos))).toBe(!model.has(filter))
            model.set(filter, { pattern, qos })
          }
          for (const at of gone) {
            const filter = [...model.keys()][at % (model.size || 1)]
            if (filter === undefined) break
            expect(filters.remove(filter)).toBe(true)
            model.delete(filter)
          }
          expect(filters.size).toBe(model.size)
          for (const topic of topics) {
            const matching = [...model].filter(([, held]) => naiveMatch(held.pattern, topic))
            expect(filters.match(topic)).toBe(Math.max(-1, ...matching.map(([, held]) => held.qos)))
            const found: FilterEntry[] = []
            filters.collect(topic, found)
            expect(found.map((one) => one.filter).sort()).toEqual(matching.map(([filter]) => filter).sort())
          }
        },
      ),
      { numRuns: 300, seed: 4711 },
    )
  })
})

describe('what is muted', () => {
  const reply = '/sys/pk/dn/thing/event/property/post_reply'
  const replies = '/sys/pk/dn/thing/event/+/post_reply'

  test('nothing, until something is', () => {
    const filters = new Filters()
    expect(filters.isMuted(reply)).toBe(false)
    filters.mute(replies)
    expect(filters.isMuted(reply)).toBe(true)
    expect(filters.isMuted('/sys/pk/dn/thing/topo/add_reply')).toBe(false)
    expect(filters.muted).toEqual([replies])
  })

  test('until the same filter is subscribed, or one that covers it', () => {
    const filters = new Filters()
    for (const again of [replies, '/sys/pk/dn/thing/#', '#']) {
      filters.mute(replies)
      filters.unmute(reply)
      expect(filters.isMuted(reply)).toBe(true)
      filters.unmute(again)
      expect(filters.isMuted(reply)).toBe(false)
    }
    filters.mute('a/#')
    filters.unmute('a/+')
    expect(filters.isMuted('a/b/c')).toBe(true)
  })

  test('with a limit; the oldest is forgotten beyond', () => {
    const filters = new Filters()
    for (let i = 0; i <= MAX_MUTED; i++) filters.mute(`t/${i}`)
    filters.mute('t/1')
    expect(filters.muted).toHaveLength(MAX_MUTED)
    expect(filters.isMuted('t/0')).toBe(false)
    expect(filters.isMuted('t/1')).toBe(true)
  })
})
