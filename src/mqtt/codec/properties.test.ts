import { expect, test } from 'vitest'
import { hex } from '../../../test/mqtt/hex.ts'
import type { Properties } from './packets.ts'
import { encodeProperties, propertyRows, readProperties } from './properties.ts'
import { PacketReader } from './reader.ts'

// MQTT 5.0 table 2-4: identifier, type, where it may stand.
const acknowledgements = 'puback pubrec pubrel pubcomp suback unsuback'
const standard = `
01 u8 publish will
02 u32 publish will
03 text publish will
08 text publish will
09 binary publish will
0b varint publish subscribe
11 u32 connect connack disconnect
12 text connack
13 u16 connack
15 text connect connack auth
16 binary connect connack auth
17 u8 connect
18 u32 will
19 u8 connect
1a text connack
1c text connack disconnect
1f text connack ${acknowledgements} disconnect auth
21 u16 connect connack
22 u16 connect connack
23 u16 publish
24 u8 connack
25 u8 connack
26 pair connect connack publish will ${acknowledgements} subscribe unsubscribe disconnect auth
27 u32 connect connack
28 u8 connack
29 u8 connack
2a u8 connack`

test('the table is that of the standard', () => {
  const ours = propertyRows.map((row) => [row.id.toString(16).padStart(2, '0'), row.type, ...[...row.places].sort()])
  const theirs = standard
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([id, type, ...places]) => [id, type, ...places.sort()])
  expect(ours).toEqual(theirs)
})

test('user properties keep their order and may repeat a name', () => {
  const properties: Properties = { userProperties: Array.from({ length: 3 }, (_, i) => ['k', `${i}`]) }
  const bytes = encodeProperties('puback', properties)
  expect(bytes.toString('hex')).toBe(
    hex('15 26 0001 "k" 0001 "0" 26 0001 "k" 0001 "1" 26 0001 "k" 0001 "2"').toString('hex'),
  )
  expect(readProperties(new PacketReader(bytes, 0, bytes.length), 'puback')).toEqual(properties)
})

test('the length before more than 127 bytes takes two', () => {
  const properties: Properties = { reasonString: 'r'.repeat(200) }
  const bytes = encodeProperties('puback', properties)
  expect(bytes.subarray(0, 5).toString('hex')).toBe('cb011f00c8')
  expect(readProperties(new PacketReader(bytes, 0, bytes.length), 'puback')).toEqual(properties)
})

test('what may not stand in a packet is not written', () => {
  const properties: Properties = { reasonString: 'no', topicAlias: 3 }
  expect(encodeProperties('publish', properties).toString('hex')).toBe('03230003')
})
