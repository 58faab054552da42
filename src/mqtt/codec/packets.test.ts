import { expect, test } from 'vitest'
import { hex } from '../../../test/mqtt/hex.ts'
import { packetTable } from '../../../test/mqtt/packet-table.ts'
import type { AnyPacket } from './any.ts'
import { decodePacket, encodePacket } from './any.ts'
import type { FixedHeader } from './fixed-header.ts'
import { emptyHeader, readHeader } from './fixed-header.ts'
import type { Version } from './packets.ts'
import { PacketError } from './packets.ts'

function read(bytes: Buffer, version: Version, toClient = false): AnyPacket | null {
  const header = emptyHeader()
  const size = readHeader(bytes, 0, bytes.length, header)
  return size === 0 || size > bytes.length ? null : decodePacket(bytes, header, version, toClient)
}

function decodeOrRefuse(bytes: Buffer, header: FixedHeader, version: Version, toClient = false): AnyPacket | null {
  try {
    return decodePacket(bytes, header, version, toClient)
  } catch (error) {
    expect(error).toBeInstanceOf(PacketError)
    return null
  }
}

test.each(packetTable)('$name is read', (row) => {
  expect(read(hex(row.bytes), row.version, row.toClient)).toEqual(row.is)
})

test.each(packetTable.filter((row) => !row.readOnly))('$name is written', (row) => {
  expect(encodePacket(row.is, row.version).toString('hex')).toBe(hex(row.bytes).toString('hex'))
})

test.each(packetTable)('$name is read again from what is written', (row) => {
  expect(read(encodePacket(row.is, row.version), row.version, row.toClient)).toEqual(row.is)
})

test.each(packetTable)('$name is read wherever in the buffer it stands', (row) => {
  const bytes = hex(row.bytes)
  const header = emptyHeader()
  const padded = Buffer.concat([hex('30 ff'), bytes, hex('ff 00 ff')])
  expect(readHeader(padded, 2, padded.length, header)).toBe(bytes.length)
  expect(decodePacket(padded, header, row.version, row.toClient ?? false)).toEqual(row.is)
})

test.each(packetTable)('$name is not read while bytes are missing', (row) => {
  const bytes = hex(row.bytes)
  for (let cut = 0; cut < bytes.length; cut++) expect(read(bytes.subarray(0, cut), row.version)).toBeNull()
})

test.each(packetTable.filter((row) => !row.endsOptional))(
  '$name, its body cut, is refused or another packet',
  (row) => {
    const bytes = hex(row.bytes)
    const header = emptyHeader()
    readHeader(bytes, 0, bytes.length, header)
    for (let cut = header.bodyStart; cut < bytes.length; cut++) {
      header.bodyEnd = cut
      expect(decodeOrRefuse(bytes, header, row.version, row.toClient)).not.toEqual(row.is)
    }
  },
)
