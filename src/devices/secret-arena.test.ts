import { expect, test } from 'vitest'
import { seededRandom } from '../random/random.ts'
import { SecretArena } from './secret-arena.ts'

test('keeps what was put, whatever is freed between', () => {
  const random = seededRandom(3)
  const arena = new SecretArena()
  const kept = new Map<number, Buffer>()
  for (let i = 0; i < 12_000; i++) {
    const bytes = random.bytes(40 + (i % 40))
    const handle = arena.put(bytes)
    expect(kept.has(handle)).toBe(false)
    kept.set(handle, bytes)
    if (i % 3 === 0) {
      const [first] = kept.keys()
      arena.free(first as number)
      kept.delete(first as number)
    }
  }
  for (const [handle, bytes] of kept) {
    expect(arena.equals(handle, bytes)).toBe(true)
    expect(bytes.equals(arena.get(handle))).toBe(true)
  }
})

test('a freed place is wiped and used again', () => {
  const arena = new SecretArena()
  const handle = arena.put(Buffer.from('secret'))
  const view = arena.get(handle)
  arena.free(handle)
  expect(Buffer.from(view).toString('latin1')).toBe('\0\0\0\0\0\0')
  expect(arena.put(Buffer.from('other1'))).toBe(handle)
})

test('has limits', () => {
  const arena = new SecretArena()
  expect(() => arena.put(new Uint8Array(4097))).toThrow(RangeError)
  expect(() => arena.get(0)).toThrow(RangeError)
  expect(arena.get(arena.put(new Uint8Array(4096))).length).toBe(4096)
})
