import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodePayload } from './base64.ts'

it.each([
  ['aGk=', 'hi'],
  ['aGk', 'hi'],
  ['', ''],
  ['+/+/', '\ufffd\ufffd\ufffd'],
])('decodes %j', (text, payload) => {
  expect(decodePayload(text, 10).toString()).toBe(payload)
})

it.each(['a', 'aGk==', 'aG k', 'a-_b', 'aGk=\n', '=', 'aGkx='])('refuses %j', (text) => {
  expect(() => decodePayload(text, 10)).toThrow('base64')
})

it('has a limit, and takes whatever Buffer encodes', () => {
  expect(() => decodePayload('aGkx', 2)).toThrow('limit')
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const payload = Buffer.from(bytes)
      expect(decodePayload(payload.toString('base64'), bytes.length)).toEqual(payload)
    }),
  )
})
