import { expect, test } from 'vitest'
import { levels, parseShared, validFilter, validTopic } from './validate.ts'

test.each([
  ['a', true],
  ['/', true],
  ['a//b/', true],
  ['中/文', true],
  ['a b', true],
  ['', false],
  ['a/+', false],
  ['a#', false],
  ['a\0b', false],
])('topic %j: %s', (topic, valid) => {
  expect(validTopic(topic)).toBe(valid)
})

test.each([
  ['a', true],
  ['/', true],
  ['#', true],
  ['+', true],
  ['+/+/#', true],
  ['/#', true],
  ['a/+/b', true],
  ['$SYS/#', true],
  ['$share/g/a/+', true],
  ['$share/g/#', true],
  ['$share/g//', true],
  ['$shared/a', true],
  ['$share', false],
  ['', false],
  ['a+', false],
  ['+a/b', false],
  ['a/b#', false],
  ['#/a', false],
  ['a/#/', false],
  ['##', false],
  ['++', false],
  ['a\0', false],
  ['+/\0', false],
  ['$share/', false],
  ['$share/g', false],
  ['$share/g/', false],
  ['$share//a', false],
  ['$share/+/a', false],
  ['$share/g#/a', false],
  ['$share/g\0/a', false],
  ['$share/g/a+', false],
])('filter %j: %s', (filter, valid) => {
  expect(validFilter(filter)).toBe(valid)
})

test('levels are one more than slashes', () => {
  expect(['a', '/', 'a/b', '/a/b/', '$share/g/a'].map(levels)).toEqual([1, 2, 2, 4, 3])
})

test('the parts of a shared filter', () => {
  expect(parseShared('$share/group/a/+/b')).toEqual({ group: 'group', filter: 'a/+/b' })
  expect(parseShared('$share/g//a')).toEqual({ group: 'g', filter: '/a' })
  expect(parseShared('a/b')).toBeNull()
})
