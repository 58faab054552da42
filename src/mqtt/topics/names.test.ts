import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { topicText } from '../codec/publish.ts'
import { TopicNames } from './names.ts'

const outcome = (make: () => string): string => {
  try {
    return make()
  } catch (error) {
    return String(error)
  }
}

test('the text is that of the bytes, whatever was asked for before', () => {
  const names = new TopicNames()
  const topic = fc.oneof(
    fc.constantFrom(
      '/sys/pk/dn/thing/event/property/post',
      '/sys/pk/dm/thing/event/property/post',
      'é',
      'Ã©',
      '',
      'a+b',
    ),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
  )
  fc.assert(
    fc.property(topic, fc.integer({ min: 0, max: 5 }), (text, before) => {
      const buffer = Buffer.concat([Buffer.alloc(before, 'x'), Buffer.from(text), Buffer.from('behind')])
      const end = buffer.length - 6
      expect(outcome(() => names.of(buffer, before, end).text)).toBe(outcome(() => topicText(buffer, before, end)))
    }),
  )
})

test('bytes that are no UTF-8 are refused, also where they spell a known text in Latin-1', () => {
  const names = new TopicNames()
  const known = Buffer.from('Ã©')
  expect(names.of(known, 0, known.length).text).toBe('Ã©')
  const bytes = Buffer.from([0xc3, 0xa9, 0xff])
  expect(names.of(bytes, 0, 2).text).toBe('é')
  expect(() => names.of(bytes, 0, 3)).toThrow('UTF-8')
})

describe('the same object', () => {
  const nameOf = (names: TopicNames, topic: string) => names.of(Buffer.from(topic), 0, Buffer.byteLength(topic))
  const topics = Array.from({ length: 15_000 }, (_, i) => `/sys/a1GwPk00001/sub_${i}/thing/event/property/post`)

  test('is given for the same bytes again, with what hangs on it, for as many topics as a few full gateways have', () => {
    const names = new TopicNames()
    for (const topic of topics) nameOf(names, topic).meaning = topic
    const known = topics.filter((topic) => nameOf(names, topic).meaning === topic).length
    expect(known).toBeGreaterThan(0.98 * topics.length)
  })

  test('is not given for others, however many came since', () => {
    const names = new TopicNames()
    const all = Array.from({ length: 10 }, (_, round) => topics.map((topic) => `${topic}/${round}`)).flat()
    for (const topic of all) nameOf(names, topic).meaning = topic
    const wrong = all.filter((topic) => {
      const { text, meaning } = nameOf(names, topic)
      return text !== topic || (meaning !== null && meaning !== topic)
    })
    expect(wrong).toEqual([])
  })

  test('is compared first where it is likely, and given for its own bytes alone', () => {
    const names = new TopicNames()
    const likely = nameOf(names, '/a/b')
    expect(names.of(Buffer.from('/a/b'), 0, 4, likely)).toBe(likely)
    expect(names.of(Buffer.from('/a/c'), 0, 4, likely).text).toBe('/a/c')
    // The bytes of é are the characters of this one.
    expect(names.of(Buffer.from('é'), 0, 2, nameOf(names, 'Ã©')).text).toBe('é')
  })

  test('is not kept of a topic longer than 256 bytes, nor of one beyond ASCII', () => {
    const names = new TopicNames()
    for (const topic of ['x'.repeat(257), '温度', 'Ã©']) {
      nameOf(names, topic).meaning = topic
      expect(nameOf(names, topic)).toMatchObject({ text: topic, meaning: null })
    }
  })
})

test('a topic of more than 200 levels is refused, also when it comes again', () => {
  const names = new TopicNames()
  for (const topic of ['/'.repeat(200), '/'.repeat(200), `x${'/y'.repeat(200)}`]) {
    expect(() => names.of(Buffer.from(topic), 0, topic.length)).toThrow('200 levels')
  }
  expect(names.of(Buffer.from('/'.repeat(199)), 0, 199).text).toBe('/'.repeat(199))
})
