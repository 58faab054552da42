import fc from 'fast-check'
import { expect, test } from 'vitest'
import { topicText } from '../codec/publish.ts'
import { TopicTexts } from './texts.ts'

const outcome = (make: () => string): string => {
  try {
    return make()
  } catch (error) {
    return String(error)
  }
}

test('the text is that of the bytes, whatever was asked for before', () => {
  const texts = new TopicTexts()
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
      expect(outcome(() => texts.text(buffer, before, end))).toBe(outcome(() => topicText(buffer, before, end)))
    }),
  )
})

test('bytes that are no UTF-8 are refused, also where they spell a known text in Latin-1', () => {
  const texts = new TopicTexts()
  const known = Buffer.from('Ã©')
  expect(texts.text(known, 0, known.length)).toBe('Ã©')
  const bytes = Buffer.from([0xc3, 0xa9, 0xff])
  expect(texts.text(bytes, 0, 2)).toBe('é')
  expect(() => texts.text(bytes, 0, 3)).toThrow('UTF-8')
})
