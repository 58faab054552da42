import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTest, temporary } from '../../test/store/fixture.ts'
import { DirectoryInUse, lockDirectory } from './lock.ts'

test('a second server on the same directory is refused, and told whose it is', async () => {
  const { directory, store } = await openTest()
  await expect(openTest({ directory })).rejects.toThrow(DirectoryInUse)
  await store.close()
  await (await openTest({ directory })).store.close()
})

test('the process that holds it is named', () => {
  const directory = temporary()
  const stat = readFileSync(`/proc/${process.ppid}/stat`, 'latin1')
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  writeFileSync(join(directory, 'lock'), JSON.stringify({ pid: process.ppid, started }))
  expect(() => lockDirectory(directory)).toThrow(`is in use by the server with process id ${process.ppid}`)
})

test.each([
  ['of a process that is dead', JSON.stringify({ pid: 2 ** 22 + 1, started: '1' })],
  ['of a process whose id was given to another since', JSON.stringify({ pid: process.ppid, started: '1' })],
  ['that was torn', '{"pi'],
  ['that is empty', ''],
])('a lock %s is replaced', (_, text) => {
  const directory = temporary()
  const path = join(directory, 'lock')
  writeFileSync(path, text)
  const unlock = lockDirectory(directory)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid })
  unlock()
  expect(() => statSync(path)).toThrow('ENOENT')
})

test("another's lock is not removed", () => {
  const directory = temporary()
  const unlock = lockDirectory(directory)
  writeFileSync(join(directory, 'lock'), '{}')
  unlock()
  expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe('{}')
})

test('a new directory is for its owner alone', async () => {
  const directory = join(temporary(), 'deep', 'data')
  await openTest({ directory })
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  expect(statSync(join(directory, 'log')).mode & 0o777).toBe(0o700)
})
