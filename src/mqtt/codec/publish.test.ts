import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeAck, MAX_ACK_SIZE, writeAck } from './acks.ts'
import { emptyHeader, readHeader } from './fixed-header.ts'
import {
  decodePublish,
  emptyOffsets,
  encodePublish,
  publishFlags,
  publishSize,
  topicText,
  writePublish,
} from './publish.ts'

/** What is read of a packet whose payload is text. */
function read(packet: Buffer, version: 3 | 4 | 5) {
  const header = emptyHeader()
  expect(readHeader(packet, 0, packet.length, header)).toBe(packet.length)
  const at = emptyOffsets()
  decodePublish(packet, header.bodyStart, header.bodyEnd, header.flags, version, at)
  const { qos, retain, dup, packetId } = at
  const payload = packet.toString('utf8', at.payloadStart, at.payloadEnd)
  return { topic: topicText(packet, at.topicStart, at.topicEnd), payload, qos, retain, dup, packetId }
}

describe('a PUBLISH written into an output', () => {
  const topic = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter((text) => !/[+#\0]/.test(text))
  const payload = fc.string({ unit: 'grapheme', maxLength: 200 })
  const message = fc.record({
    topic,
    payload,
    qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
    retain: fc.boolean(),
    version: fc.constantFrom(4 as const, 5 as const),
    packetId: fc.integer({ min: 1, max: 65_535 }),
    asBytes: fc.boolean(),
  })

  test('fills its size and nothing beside it', () => {
    fc.assert(
      fc.property(message, ({ topic, payload, qos, retain, version, packetId, asBytes }) => {
        const body = asBytes ? Buffer.from(payload) : payload
        const size = publishSize(topic, body, qos, version)
        const out = Buffer.alloc(size + 20, 0xaa)
        const end = writePublish(out, 10, size, topic, body, publishFlags(qos, retain, false), packetId, version)
        expect(end).toBe(10 + size)
        expect(Buffer.concat([out.subarray(0, 10), out.subarray(end)])).toEqual(Buffer.alloc(20, 0xaa))
        const id = qos === 0 ? 0 : packetId
        expect(read(out.subarray(10, end), version)).toEqual({ topic, payload, qos, retain, dup: false, packetId: id })
      }),
      { numRuns: 500, seed: 4711 },
    )
  })

  test.each([127, 128, 16_383, 16_384, 2_097_151, 2_097_152])('with a remaining length of %i', (length) => {
    for (const payload of ['x'.repeat(length - 4), `é${'x'.repeat(length - 6)}`]) {
      const packet = encodePublish({ topic: 'ab', payload }, 4)
      expect(packet.length).toBe(length + (length < 128 ? 2 : length < 16_384 ? 3 : length < 2_097_152 ? 4 : 5))
      expect(read(packet, 4).payload === payload).toBe(true)
    }
  })

  test('a lone surrogate goes out as U+FFFD, in the size that was said', () => {
    expect(read(encodePublish({ topic: 't', payload: 'a\ud800b' }, 4), 4).payload).toBe('a\ufffdb')
  })

  test('what MQTT cannot say is the caller’s error', () => {
    expect(() => publishSize('t'.repeat(65_536), '', 0, 4)).toThrow(RangeError)
    expect(() => publishSize('é'.repeat(32_768), '', 0, 4)).toThrow(RangeError)
    expect(publishSize('t'.repeat(65_535), '', 0, 4)).toBe(65_541)
  })
})

test('offsets of one packet leave nothing in the next', () => {
  const at = emptyOffsets()
  const header = emptyHeader()
  const first = encodePublish(
    { topic: 'a', payload: 'x', qos: 1, retain: true, dup: true, packetId: 9, properties: { topicAlias: 1 } },
    5,
  )
  readHeader(first, 0, first.length, header)
  decodePublish(first, header.bodyStart, header.bodyEnd, header.flags, 5, at)
  expect(at).toMatchObject({ qos: 1, retain: true, dup: true, packetId: 9, properties: { topicAlias: 1 } })
  const second = encodePublish({ topic: 'a', payload: 'x' }, 5)
  readHeader(second, 0, second.length, header)
  decodePublish(second, header.bodyStart, header.bodyEnd, header.flags, 5, at)
  expect(at).toMatchObject({ qos: 0, retain: false, dup: false, packetId: 0, properties: null })
})

test('an acknowledgement written in place is the one encoded', () => {
  for (const name of ['puback', 'pubrec', 'pubrel', 'pubcomp'] as const) {
    for (const version of [3, 4, 5] as const) {
      for (const reason of [0, 0x92]) {
        const out = Buffer.alloc(MAX_ACK_SIZE + 1)
        const end = writeAck(name, out, 1, 0x1234, reason, version)
        const encoded = encodeAck(name, { packetId: 0x1234, reason, properties: null }, version)
        expect(out.subarray(1, end)).toEqual(encoded)
      }
    }
  }
})
