import { expect, it } from 'vitest'
import { Nonces, SIGNATURE_WINDOW } from './nonces.ts'

it('a nonce is good once a key, until no request can be signed for its time', () => {
  const nonces = new Nonces()
  const now = 1_800_000_000_000
  const ahead = now + SIGNATURE_WINDOW
  expect(nonces.use('k', 'n', ahead, now)).toBe('new')
  expect(nonces.use('k', 'n', now, now)).toBe('used')
  expect(nonces.use('other', 'n', now, now)).toBe('new')
  const lastMoment = ahead + SIGNATURE_WINDOW
  expect(nonces.use('k', 'n', lastMoment, lastMoment)).toBe('used')
  expect(nonces.use('k', 'n', lastMoment, lastMoment + 60_001)).toBe('new')
})

it('refuses when it is full, and has room again later', () => {
  const nonces = new Nonces(2)
  expect([1, 2, 3].map((n) => nonces.use('k', String(n), 0, 0))).toEqual(['new', 'new', 'full'])
  expect(nonces.use('k', '1', 0, 0)).toBe('used')
  const later = SIGNATURE_WINDOW + 60_001
  expect(nonces.use('k', '3', later, later)).toBe('new')
})
