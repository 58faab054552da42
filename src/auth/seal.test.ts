import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seededRandom } from '../random/random.ts'
import { SealError, SealKey } from './seal.ts'
import type { Values } from './seal-key.ts'
import { keyFileName, loadSealKey, SealKeyError } from './seal-key.ts'

const random = seededRandom(11)

test('opens what it sealed, whatever the text', () => {
  const key = new SealKey(random.bytes(32), random)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(key.open(key.seal(text))).toBe(text)
    }),
  )
  expect(key.seal('x'.repeat(32)).length).toBe(61)
  expect(Buffer.from(key.seal('the same')).equals(key.seal('the same'))).toBe(false)
})

test('opens nothing else', () => {
  const key = new SealKey(random.bytes(32), random)
  const sealed = key.seal('secret')
  expect(() => new SealKey(random.bytes(32), random).open(sealed)).toThrow(SealError)
  for (let i = 0; i < sealed.length; i++) {
    const damaged = Uint8Array.from(sealed, (byte, at) => (at === i ? byte ^ 1 : byte))
    expect(() => key.open(damaged)).toThrow(SealError)
    expect(() => key.open(sealed.subarray(0, i))).toThrow(SealError)
  }
})

describe('the key at start', () => {
  let directory = ''
  let stored = new Map<string, string>()
  const values: Values = { get: (name) => stored.get(name), set: (name, value) => void stored.set(name, value) }
  const load = (given?: string) => loadSealKey({ directory, given, values, random })

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'homeport-key-'))
    stored = new Map()
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  test('is made at the first start, readable by its owner alone, and found at the next', () => {
    const sealed = load().seal('secret')
    const path = join(directory, keyFileName)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
    expect(load().open(sealed)).toBe('secret')
  })

  test('may be given, in hex, base64 or as a passphrase', () => {
    const bytes = random.bytes(32)
    const sealed = load(bytes.toString('hex')).seal('secret')
    expect(load(bytes.toString('hex').toUpperCase()).open(sealed)).toBe('secret')
    expect(load(bytes.toString('base64')).open(sealed)).toBe('secret')
    expect(load(bytes.toString('base64url')).open(sealed)).toBe('secret')
    stored.clear()
    const phrase = load('correct horse battery').seal('secret')
    expect(load('correct horse battery').open(phrase)).toBe('secret')
    expect(() => load('correct horse batterz')).toThrow(SealKeyError)
    expect(() => load('short')).toThrow(/too short/)
  })

  test('a wrong, damaged or lost key stops the start and says so', () => {
    load()
    const path = join(directory, keyFileName)
    writeFileSync(path, `${'00'.repeat(32)}\n`)
    expect(() => load()).toThrow(/is not the key/)
    expect(() => load('11'.repeat(32))).toThrow(/HOMEPORT_SECRET_KEY is not the key/)
    writeFileSync(path, 'abc')
    expect(() => load()).toThrow(/64 hex digits/)
    rmSync(path)
    expect(() => load()).toThrow(/is gone/)
  })
})
