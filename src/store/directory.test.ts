import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeDirectory } from './directory.ts'

const root = mkdtempSync(join(tmpdir(), 'homeport-directory-'))

afterAll(() => rmSync(root, { recursive: true }))

test('those above it are made, too; one that is there is left as it is', () => {
  const path = join(root, 'a', 'b', 'c')
  makeDirectory(path)
  makeDirectory(path)
  expect(statSync(path).isDirectory()).toBe(true)
  expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700)
})

test.each([
  ['a file stands above it', () => join(root, 'file', 'x'), 'ENOTDIR'],
  ['the file system refuses the name', () => '/proc/x', 'ENOENT'],
])('%s: an error, at once', (_, path, code) => {
  writeFileSync(join(root, 'file'), '')
  expect(() => makeDirectory(path())).toThrow(code)
})
