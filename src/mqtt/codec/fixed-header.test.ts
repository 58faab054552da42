import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hex } from '../../../test/mqtt/hex.ts'
import { emptyHeader, MAX_REMAINING_LENGTH, readHeader, varintSize, writeVarint } from './fixed-header.ts'

// The borders of MQTT 5.0 table 1-1.
const lengths: [string, number][] = [
  ['00', 0],
  ['7f', 127],
  ['8001', 128],
  ['ff7f', 16_383],
  ['808001', 16_384],
  ['ffff7f', 2_097_151],
  ['80808001', 2_097_152],
  ['ffffff7f', MAX_REMAINING_LENGTH],
]

describe.each(lengths)('remaining length %s', (bytes, length) => {
  const packet = Buffer.concat([hex('3d'), hex(bytes)])

  test('is read before the body is there', () => {
    const header = emptyHeader()
    expect(readHeader(packet, 0, packet.length, header)).toBe(packet.length + length)
    expect(header).toEqual({ type: 3, flags: 13, bodyStart: packet.length, bodyEnd: packet.length + length })
  })

  test('is not known while bytes of it are missing', () => {
    for (let end = 0; end < packet.length; end++) expect(readHeader(packet, 0, end, emptyHeader())).toBe(0)
  })

  test('is written', () => {
    const out = Buffer.alloc(4)
    expect(writeVarint(out, 0, length)).toBe(varintSize(length))
    expect(out.subarray(0, varintSize(length)).toString('hex')).toBe(bytes)
  })
})

test('a fifth byte of the remaining length is malformed, as soon as the fourth says that it comes', () => {
  for (const bytes of ['30 80808080', '30 ffffffff7f', '30 8080808001']) {
    expect(() => readHeader(hex(bytes), 0, hex(bytes).length, emptyHeader())).toThrow(/four bytes/)
  }
})

test('a length with needless bytes is read: some firmware always writes four', () => {
  expect(readHeader(hex('c0 80808000'), 0, 5, emptyHeader())).toBe(5)
})

test('every length comes back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX_REMAINING_LENGTH }), (length) => {
      const out = Buffer.alloc(5)
      const end = writeVarint(out, 1, length)
      expect(readHeader(out, 0, end, emptyHeader())).toBe(end + length)
    }),
  )
})
