/** Every promise has a test that names it, and no test names one that is not made. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { alinkRows } from '../src/alink/routes.ts'
import { promises } from './promises.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Ids that a test file names: in calls of `promise` and of helpers named like `nodePromise`, and in the rows of its tables. */
function named(source: string): string[] {
  const lists = source.matchAll(/\b(?:\w+P|p)romises?(?:\(|: )\s*('[^']+'|\[[^\]]*\])/g)
  return [...lists].flatMap(([, list]) => [...(list as string).matchAll(/'([^']+)'/g)].map(([, id]) => id as string))
}

const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
const tests = files.filter((file) => file.endsWith('.test.ts') && file !== 'promises.test.ts')
const all = new Set(tests.flatMap((file) => named(readFileSync(`${here}${file}`, 'utf8'))))

test('ids are there once', () => {
  const ids = promises.map(({ id }) => id)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})

test('every promise has a test', () => {
  expect(promises.map(({ id }) => id).filter((id) => !all.has(id))).toEqual([])
})

test('no test names a promise that is not made', () => {
  const made = new Set(promises.map(({ id }) => id))
  expect([...all].filter((id) => !made.has(id))).toEqual([])
})

test('every topic that devices publish to is reached by a protocol test', () => {
  const sources = tests
    .filter((file) => file.startsWith('protocol/'))
    .map((file) => readFileSync(`${here}${file}`, 'utf8'))
  const text = sources.join('\n')
  const missing = alinkRows.filter(
    ({ path }) => !new RegExp(`\\b${path.replaceAll(/\{\w+\}/g, '\\w+')}\\b(?!_)`).test(text),
  )
  expect(missing.map(({ path }) => path)).toEqual([])
})

test.each([
  ["promise('a.b', 'name', run)", ['a.b']],
  ["promise(['a', 'b.c'], 'name', run)", ['a', 'b.c']],
  ["promise(\n    ['a',\n 'b'],\n 'name', run)", ['a', 'b']],
  ["{ promise: 'a', payload: 'x' }", ['a']],
  ["{ promises: ['a', 'b'], payload: ['x'] }", ['a', 'b']],
  ["nodePromise(['a'], 'name', run)", ['a']],
  ['promise(row.promise, row.name, run)', []],
  ["const compromise = 'a'", []],
  ["expect('login.460')", []],
])('ids in %s', (source, ids) => expect(named(source)).toEqual(ids))
