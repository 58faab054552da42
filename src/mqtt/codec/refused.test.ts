import { describe, expect, test } from 'vitest'
import { hex } from '../../../test/mqtt/hex.ts'
import { decodePacket } from './any.ts'
import { emptyHeader, readHeader } from './fixed-header.ts'
import type { Version } from './packets.ts'
import { PacketError, UnsupportedVersion } from './packets.ts'

/** What is wrong, the version, the bytes, the reason. */
type Row = readonly [name: string, version: Version, bytes: string, reason: number]

const connect: Row[] = [
  ['another protocol name', 4, '10 0d 0004 "MQTX" 04 02 003c 0001 "a"', 0x81],
  ['the old name in lower case', 3, '10 0f 0006 "mqisdp" 03 02 003c 0001 "a"', 0x81],
  ['level 6', 4, '10 0d 0004 "MQTT" 06 02 003c 0001 "a"', 0x84],
  ['level 4 under the old name', 3, '10 0f 0006 "MQIsdp" 04 02 003c 0001 "a"', 0x84],
  ['level 3 under the new name', 4, '10 0d 0004 "MQTT" 03 02 003c 0001 "a"', 0x84],
  ['the reserved connect flag', 4, '10 0d 0004 "MQTT" 04 03 003c 0001 "a"', 0x81],
  ['flags in the fixed header', 4, '11 0d 0004 "MQTT" 04 02 003c 0001 "a"', 0x81],
  ['will QoS 3', 4, '10 13 0004 "MQTT" 04 1e 003c 0001 "a" 0001 "t" 0001 "p"', 0x81],
  ['will QoS without will', 4, '10 0d 0004 "MQTT" 04 0a 003c 0001 "a"', 0x81],
  ['will retain without will', 5, '10 0e 0004 "MQTT" 05 22 003c 00 0001 "a"', 0x81],
  ['an empty will topic', 4, '10 12 0004 "MQTT" 04 06 003c 0001 "a" 0000 0001 "p"', 0x81],
  ['a wildcard in the will topic', 4, '10 13 0004 "MQTT" 04 06 003c 0001 "a" 0001 "#" 0001 "p"', 0x81],
  ['password without user name, 3.1.1', 4, '10 10 0004 "MQTT" 04 42 003c 0001 "a" 0001 "p"', 0x81],
  ['password without user name, 3.1', 3, '10 12 0006 "MQIsdp" 03 42 003c 0001 "a" 0001 "p"', 0x81],
  ['a user name flag without user name, 3.1.1', 4, '10 0d 0004 "MQTT" 04 82 003c 0001 "a"', 0x81],
  ['U+0000 in the client id', 4, '10 0e 0004 "MQTT" 04 02 003c 0002 "a" 00', 0x81],
  ['U+0000 in a client id beyond ASCII', 4, '10 10 0004 "MQTT" 04 02 003c 0004 e4b8ad 00', 0x81],
  ['a user name that is not UTF-8', 4, '10 10 0004 "MQTT" 04 82 003c 0001 "a" 0001 ff', 0x81],
  ['a surrogate in UTF-8', 4, '10 0f 0004 "MQTT" 04 02 003c 0003 eda080', 0x81],
  ['bytes behind the last field', 4, '10 0e 0004 "MQTT" 04 02 003c 0001 "a" 00', 0x81],
  ['a client id longer than the packet', 4, '10 0d 0004 "MQTT" 04 02 003c 0002 "a"', 0x81],
  ['receive maximum 0', 5, '10 11 0004 "MQTT" 05 02 003c 03 21 0000 0001 "a"', 0x82],
  ['maximum packet size 0', 5, '10 13 0004 "MQTT" 05 02 003c 05 27 00000000 0001 "a"', 0x82],
  ['a flag property that is 2', 5, '10 10 0004 "MQTT" 05 02 003c 02 19 02 0001 "a"', 0x82],
  ['a property twice', 5, '10 12 0004 "MQTT" 05 02 003c 04 19 01 19 01 0001 "a"', 0x82],
  ['a property of another packet', 5, '10 11 0004 "MQTT" 05 02 003c 03 23 0001 0001 "a"', 0x81],
  ['a property of the will', 5, '10 13 0004 "MQTT" 05 02 003c 05 18 00000000 0001 "a"', 0x81],
  ['an unknown property', 5, '10 10 0004 "MQTT" 05 02 003c 02 7f 00 0001 "a"', 0x81],
  ['a property id of two bytes', 5, '10 10 0004 "MQTT" 05 02 003c 02 8101 0001 "a"', 0x81],
  ['a property that ends beyond its length', 5, '10 10 0004 "MQTT" 05 02 003c 02 21 00 0a00 "a"', 0x81],
  ['properties longer than the packet', 5, '10 0e 0004 "MQTT" 05 02 003c 7f 0001 "a"', 0x81],
  ['a length of properties with five bytes', 5, '10 10 0004 "MQTT" 05 02 003c 80808080 00 00', 0x81],
  [
    'a wildcard in the response topic of the will',
    5,
    '10 19 0004 "MQTT" 05 06 003c 00 0001 "a" 04 08 0001 "#" 0001 "t" 0001 "p"',
    0x82,
  ],
  ['authentication data without method', 5, '10 11 0004 "MQTT" 05 02 003c 03 16 0000 0001 "a"', 0x82],
]

const publish: Row[] = [
  ['QoS 3', 4, '36 05 0001 "t" 0001', 0x81],
  ['DUP at QoS 0', 4, '38 03 0001 "t"', 0x81],
  ['no body', 4, '30 00', 0x81],
  ['half a topic length', 4, '30 01 00', 0x81],
  ['a topic longer than the packet', 4, '30 04 0003 "ab"', 0x81],
  ['a topic longer than the packet, QoS 1', 4, '32 05 0004 "abc"', 0x81],
  ['packet id 0', 4, '32 05 0001 "t" 0000', 0x81],
  ['packet id missing', 4, '32 03 0001 "t"', 0x81],
  ['packet id cut', 4, '32 04 0001 "t" 00', 0x81],
  ['an empty topic', 4, '30 03 0000 "x"', 0x82],
  ['an empty topic without alias', 5, '30 04 0000 00 "x"', 0x82],
  ['an empty topic with another property', 5, '30 06 0000 02 01 01 "x"', 0x82],
  ['topic alias 0', 5, '30 07 0001 "t" 03 23 0000', 0x94],
  ['payload format 2', 5, '30 06 0001 "t" 02 01 02', 0x82],
  ['a wildcard in the topic', 4, '30 05 0003 "a/+"', 0x90],
  ['a wildcard in a topic beyond ASCII', 4, '30 06 0004 "#" e4b8ad', 0x90],
  ['U+0000 in the topic', 4, '30 04 0002 "a" 00', 0x81],
  ['a topic that is not UTF-8', 4, '30 04 0002 "a" 80', 0x81],
  ['a wildcard in the response topic', 5, '30 08 0001 "t" 04 08 0001 "#"', 0x82],
  ['a subscription identifier from a client', 5, '30 06 0001 "t" 02 0b 01', 0x82],
  ['no properties length', 5, '30 03 0001 "t"', 0x81],
]

const acknowledgements: Row[] = [
  ['PUBACK with flags', 4, '42 02 0001', 0x81],
  ['PUBACK of one byte', 4, '40 01 01', 0x81],
  ['PUBACK with packet id 0', 4, '40 02 0000', 0x81],
  ['PUBACK of 3.1.1 with a reason', 4, '40 03 0001 00', 0x81],
  ['PUBACK with bytes behind', 5, '40 05 0001 00 00 00', 0x81],
  ['PUBACK with a property of CONNECT', 5, '40 07 0001 00 03 21 0001', 0x81],
  ['PUBREL without its flags', 4, '60 02 0001', 0x81],
  ['PUBREL with DUP, 3.1.1', 4, '6a 02 0001', 0x81],
]

const subscriptions: Row[] = [
  ['SUBSCRIBE without filters', 4, '82 02 0001', 0x82],
  ['SUBSCRIBE without its flags', 4, '80 06 0001 0001 "a" 00', 0x81],
  ['SUBSCRIBE with reserved bits, 3.1', 3, '82 06 0001 0001 "a" 04', 0x81],
  ['SUBSCRIBE with packet id 0', 4, '82 06 0000 0001 "a" 00', 0x81],
  ['SUBSCRIBE at QoS 3', 4, '82 06 0001 0001 "a" 03', 0x81],
  ['SUBSCRIBE with reserved bits, 3.1.1', 4, '82 06 0001 0001 "a" 04', 0x81],
  ['SUBSCRIBE with reserved bits, 5.0', 5, '82 07 0001 00 0001 "a" 40', 0x81],
  ['SUBSCRIBE without QoS', 4, '82 05 0001 0001 "a"', 0x81],
  ['SUBSCRIBE at QoS 3, 5.0', 5, '82 07 0001 00 0001 "a" 03', 0x81],
  ['retain handling 3', 5, '82 07 0001 00 0001 "a" 30', 0x82],
  ['no local on a shared subscription', 5, '82 10 0001 00 000a "$share/g/a" 04', 0x82],
  ['subscription identifier 0', 5, '82 09 0001 02 0b 00 0001 "a" 00', 0x82],
  ['two subscription identifiers', 5, '82 0b 0001 04 0b 01 0b 02 0001 "a" 00', 0x82],
  ['a filter with U+0000', 4, '82 06 0001 0001 00 00', 0x81],
  ['UNSUBSCRIBE without filters', 4, 'a2 02 0001', 0x82],
  ['UNSUBSCRIBE without its flags', 4, 'a0 05 0001 0001 "a"', 0x81],
  ['UNSUBSCRIBE with half a filter', 4, 'a2 04 0001 0001', 0x81],
  ['SUBACK without codes', 4, '90 02 0001', 0x82],
  ['UNSUBACK of 3.1.1 with codes', 4, 'b0 03 0001 00', 0x81],
]

const others: Row[] = [
  ['CONNACK with reserved flags', 4, '20 02 02 00', 0x81],
  ['CONNACK cut', 4, '20 01 00', 0x81],
  ['PINGREQ with a body', 4, 'c0 01 00', 0x81],
  ['PINGREQ with flags', 4, 'c1 00', 0x81],
  ['DISCONNECT of 3.1.1 with a body', 4, 'e0 01 00', 0x81],
  ['DISCONNECT with flags', 5, 'e2 00', 0x81],
  ['DISCONNECT with bytes behind', 5, 'e0 03 00 00 00', 0x81],
  ['AUTH before 5.0', 4, 'f0 00', 0x81],
  ['type 0', 4, '00 00', 0x81],
]

describe.each([...connect, ...publish, ...acknowledgements, ...subscriptions, ...others])(
  '%s',
  (_, version, written, reason) => {
    test('is refused', () => {
      const bytes = hex(written)
      const header = emptyHeader()
      expect(readHeader(bytes, 0, bytes.length, header), 'the row itself').toBe(bytes.length)
      const error = refusal(() => decodePacket(bytes, header, version, false))
      expect(error?.reason).toBe(reason)
      expect(error instanceof UnsupportedVersion).toBe(reason === 0x84)
    })
  },
)

function refusal(run: () => void): PacketError | null {
  try {
    run()
    return null
  } catch (error) {
    if (error instanceof PacketError) return error
    throw error
  }
}
