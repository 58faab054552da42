import { describe, expect, test } from 'vitest'
import { PROXY_HEADER_LIMIT, readProxyHeader } from './proxy-header.ts'

const SIGNATURE = '0d0a0d0a000d0a515549540a'

/** A header of version 2: command, family, addresses, TLVs, all in hex. */
function v2(command: string, family: string, addresses: string, tlvs = ''): Buffer {
  const body = addresses + tlvs
  const length = (body.length / 2).toString(16).padStart(4, '0')
  return Buffer.from(SIGNATURE + command + family + length + body, 'hex')
}

const IPV4 = 'c0000201' + 'c0000202' + 'dcba' + '075b'
const IPV6 = '20010db8000000000000000000000001' + '20010db8000000000000000000000002' + 'dcba' + '075b'
const TLV = '030004a9b87e8f'

const taken: readonly (readonly [name: string, header: Buffer, remote: string | null])[] = [
  ['v1 TCP4', Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 56506 1883\r\n'), '192.0.2.1:56506'],
  ['v1 TCP6', Buffer.from('PROXY TCP6 2001:db8::1 2001:db8::2 56506 1883\r\n'), '2001:db8::1:56506'],
  ['v1 lowest and highest port', Buffer.from('PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n'), '0.0.0.0:0'],
  ['v1 UNKNOWN', Buffer.from('PROXY UNKNOWN\r\n'), null],
  [
    'v1 UNKNOWN of 107 bytes',
    Buffer.from(
      'PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n',
    ),
    null,
  ],
  ['v2 IPv4', v2('21', '11', IPV4), '192.0.2.1:56506'],
  ['v2 IPv4 with a TLV', v2('21', '11', IPV4, TLV), '192.0.2.1:56506'],
  ['v2 IPv6', v2('21', '21', IPV6), '2001:db8::1:56506'],
  ['v2 IPv6 with TLVs', v2('21', '21', IPV6, TLV + TLV), '2001:db8::1:56506'],
  ['v2 LOCAL', v2('20', '00', ''), null],
  ['v2 LOCAL with addresses that mean nothing', v2('20', '11', IPV4), null],
  ['v2 unspecified', v2('21', '00', '', TLV), null],
  ['v2 UNIX', v2('21', '31', '00'.repeat(216)), null],
  ['v2 datagrams', v2('21', '12', IPV4), null],
  ['v2 of the largest size', v2('21', '11', IPV4, '00'.repeat(PROXY_HEADER_LIMIT - 28)), '192.0.2.1:56506'],
]

describe.each(taken)('%s', (_name, header, remote) => {
  test('is read, and what stands behind it is left', () => {
    expect(readProxyHeader(header)).toEqual({ size: header.length, remote })
    expect(readProxyHeader(Buffer.concat([header, Buffer.from('\x10\x0c')]))).toEqual({ size: header.length, remote })
  })

  test('cut anywhere, it waits for more', () => {
    for (let at = 0; at < header.length; at++) expect([at, readProxyHeader(header.subarray(0, at))]).toEqual([at, null])
  })
})

test.each([
  ['MQTT', Buffer.from('\x10\x0c\x00\x04MQTT')],
  ['TLS', Buffer.from([0x16, 3, 1])],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
  ['almost v1', Buffer.from('PROXYTCP4')],
  ['almost v2', Buffer.from('\r\n\r\n\0\r\nQUIT\r')],
  ['v1 without an end', Buffer.from(`PROXY TCP4 ${'1'.repeat(96)}`)],
  ['v1 with a late end', Buffer.from(`PROXY UNKNOWN ${'x'.repeat(92)}\r\n`)],
  ['v1 of an unknown family', Buffer.from('PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n')],
  ['v1 without a family', Buffer.from('PROXY \r\n')],
  ['v1 IPv6 as TCP4', Buffer.from('PROXY TCP4 ::1 ::1 1 2\r\n')],
  ['v1 IPv4 as TCP6', Buffer.from('PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n')],
  ['v1 no address', Buffer.from('PROXY TCP4 a.example b.example 1 2\r\n')],
  ['v1 port too high', Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 65536 2\r\n')],
  ['v1 port with a zero in front', Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n')],
  ['v1 port missing', Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n')],
  ['v1 a word too many', Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n')],
  ['v1 two blanks', Buffer.from('PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n')],
  ['v2 of version 1', v2('11', '11', IPV4)],
  ['v2 of an unknown command', v2('22', '11', IPV4)],
  ['v2 of an unknown family', v2('21', '41', IPV4)],
  ['v2 of an unknown transport', v2('21', '13', IPV4)],
  ['v2 addresses too short', v2('21', '11', IPV4.slice(2))],
  ['v2 IPv6 of the length of IPv4', v2('21', '21', IPV4)],
  ['v2 too large', v2('21', '11', IPV4, '00'.repeat(PROXY_HEADER_LIMIT - 27))],
])('%s is malformed', (_name, bytes) => {
  expect(() => readProxyHeader(bytes)).toThrow('PROXY')
})
