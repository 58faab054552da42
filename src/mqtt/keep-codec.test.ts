import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteReader, ByteWriter } from '../facts/bytes.ts'
import type { KeepRecord } from './keep.ts'
import { readKeep, writeKeep } from './keep-codec.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 60 })
const time = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
const level = fc.constantFrom(0, 1, 2)
const filter = fc.record({
  filter: text,
  qos: level,
  noLocal: fc.boolean(),
  retainAsPublished: fc.boolean(),
  retainHandling: level,
})
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((value) => Buffer.from(value))
const message = { topic: text, payload: bytes(300), properties: bytes(40) }
const packetId = fc.integer({ min: 1, max: 0xffff })
const until = fc.oneof(time, fc.constant(Number.POSITIVE_INFINITY))
const record = fc.oneof(
  fc.record({ kind: fc.constant('session'), key: text, expiry: u32, endedAt: time }),
  fc.record({ kind: fc.constant('session-gone'), key: text }),
  fc.record({ kind: fc.constant('filter'), key: text, filter, subscriptionId: u32 }),
  fc.record({ kind: fc.constant('filter-gone'), key: text, filter: text }),
  fc.record({ kind: fc.constantFrom('owner', 'owner-gone'), owner: text }),
  fc.record({
    kind: fc.constant('queued'),
    owner: text,
    id: time,
    topic: text,
    payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    qos: fc.constantFrom(1, 2),
    auto: fc.boolean(),
    expiresAt: time,
  }),
  fc.record({ kind: fc.constant('delivered'), owner: text, id: time }),
  fc.record({
    kind: fc.constant('message'),
    key: text,
    id: time,
    ...message,
    qos: fc.constantFrom(1, 2),
    retain: fc.boolean(),
    subscriptionIds: fc.option(fc.array(fc.integer({ min: 1, max: 268_435_455 }), { minLength: 1, maxLength: 4 })),
    expiresAt: until,
  }),
  fc.record({ kind: fc.constantFrom('sent', 'received'), key: text, id: time, packetId }),
  fc.record({ kind: fc.constant('message-gone'), key: text, id: time }),
  fc.record({ kind: fc.constantFrom('qos2-in', 'qos2-in-gone'), key: text, packetId }),
  fc.record({ kind: fc.constant('retained'), ...message, qos: level, expiresAt: until }),
  fc.record({ kind: fc.constant('retained-gone'), topic: text }),
  fc.record({
    kind: fc.constant('will'),
    key: text,
    clientId: text,
    ...message,
    qos: level,
    retain: fc.boolean(),
    dueAt: time,
  }),
  fc.record({ kind: fc.constant('will-gone'), key: text }),
) as fc.Arbitrary<KeepRecord>

test('records come back as they were', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (records) => {
      const out = new ByteWriter(64)
      for (const one of records) writeKeep(out, one)
      const reader = new ByteReader(Buffer.from(out.view()))
      expect(records.map(() => readKeep(reader))).toEqual(records)
      expect(reader.left).toBe(0)
    }),
  )
})

test('a record that is cut off is refused at every cut', () => {
  fc.assert(
    fc.property(record, (one) => {
      const out = new ByteWriter(64)
      writeKeep(out, one)
      for (let cut = 0; cut < out.length; cut++) {
        expect(() => readKeep(new ByteReader(out.view().subarray(0, cut)))).toThrow(RangeError)
      }
    }),
    { numRuns: 50 },
  )
})

test('an unknown kind is refused', () => {
  expect(() => readKeep(new ByteReader(Buffer.from([99])))).toThrow('keep record of kind 99')
})
