/** Packets, their bytes written by hand beside what they say; `src/mqtt/codec/packets.test.ts` walks them both ways. */
import type { AnyPacket } from '../../src/mqtt/codec/any.ts'
import type { Version } from '../../src/mqtt/codec/packets.ts'
import { hex } from './hex.ts'

export interface PacketRow {
  readonly name: string
  readonly version: Version
  readonly bytes: string
  readonly is: AnyPacket
  /** Who reads it; the server unless said otherwise. */
  readonly toClient?: boolean
  /** Accepted in this form, but not written so. */
  readonly readOnly?: boolean
  /** What it ends with may be left out. */
  readonly endsOptional?: boolean
}

const none = { properties: null }
const plainFilter = { noLocal: false, retainAsPublished: false, retainHandling: 0 } as const
const quiet = { qos: 0, retain: false, dup: false, packetId: 0, properties: null } as const
const login = { keepAlive: 60, cleanStart: true, userName: null, password: null, will: null, properties: null } as const

const connects: PacketRow[] = [
  {
    name: 'CONNECT of 3.1.1 with nothing more',
    version: 4,
    bytes: '10 10 0004 "MQTT" 04 02 003c 0004 "dev1"',
    is: { type: 'connect', packet: { ...login, version: 4, clientId: 'dev1' } },
  },
  {
    name: 'CONNECT of 3.1 with user and password',
    version: 3,
    bytes: '10 18 0006 "MQIsdp" 03 c0 003c 0002 "id" 0002 "me" 0002 "pw"',
    is: {
      type: 'connect',
      packet: { ...login, version: 3, clientId: 'id', cleanStart: false, userName: 'me', password: Buffer.from('pw') },
    },
  },
  {
    name: 'CONNECT of 3.1 whose flags promise a user name that is not there',
    version: 3,
    bytes: '10 10 0006 "MQIsdp" 03 c3 003c 0002 "id"',
    is: { type: 'connect', packet: { ...login, version: 3, clientId: 'id' } },
    readOnly: true,
  },
  {
    name: 'CONNECT of 3.1.1 with a will',
    version: 4,
    bytes: '10 15 0004 "MQTT" 04 2e 0000 0001 "c" 0001 "t" 0003 00ff01',
    is: {
      type: 'connect',
      packet: {
        ...login,
        version: 4,
        clientId: 'c',
        keepAlive: 0,
        will: { topic: 't', payload: hex('00ff01'), qos: 1, retain: true, properties: null },
      },
    },
  },
  {
    name: 'CONNECT whose client id holds a line feed',
    version: 4,
    bytes: '10 16 0004 "MQTT" 04 02 003c 000a "a&b|x=1,\n|"',
    is: { type: 'connect', packet: { ...login, version: 4, clientId: 'a&b|x=1,\n|' } },
  },
  {
    name: 'CONNECT of 5.0, empty client id, password alone',
    version: 5,
    bytes: '10 11 0004 "MQTT" 05 42 04b0 00 0000 0002 0102',
    is: {
      type: 'connect',
      packet: { ...login, version: 5, clientId: '', keepAlive: 1200, password: hex('0102') },
    },
  },
  {
    name: 'CONNECT of 5.0 with properties and will properties',
    version: 5,
    bytes: `10 39 0004 "MQTT" 05 06 001e 14 11 00000078 21 000a 22 0005 26 0001 "k" 0001 "v" 17 00
            0001 "c" 0f 01 01 02 0000003c 18 00000005 03 0000 0001 "w" 0002 "by"`,
    is: {
      type: 'connect',
      packet: {
        ...login,
        version: 5,
        clientId: 'c',
        keepAlive: 30,
        properties: {
          sessionExpiryInterval: 120,
          receiveMaximum: 10,
          topicAliasMaximum: 5,
          userProperties: [['k', 'v']],
          requestProblemInformation: 0,
        },
        will: {
          topic: 'w',
          payload: Buffer.from('by'),
          qos: 0,
          retain: false,
          properties: { payloadFormatIndicator: 1, messageExpiryInterval: 60, willDelayInterval: 5, contentType: '' },
        },
      },
    },
    readOnly: true,
  },
]

const connacks: PacketRow[] = [
  {
    name: 'CONNACK of 3.1.1',
    version: 4,
    bytes: '20 02 01 00',
    is: { type: 'connack', packet: { sessionPresent: true, code: 0, ...none } },
  },
  {
    name: 'CONNACK of 3.1 that refuses',
    version: 3,
    bytes: '20 02 00 05',
    is: { type: 'connack', packet: { sessionPresent: false, code: 5, ...none } },
  },
  {
    name: 'CONNACK of 5.0: the length of the properties always stands',
    version: 5,
    bytes: '20 03 00 00 00',
    is: { type: 'connack', packet: { sessionPresent: false, code: 0, ...none } },
  },
  {
    // direct.md §1.3; the same bytes, but the order of the properties.
    name: 'CONNACK of 5.0 as the platform announces itself',
    version: 5,
    bytes: '20 20 00 00 1d 11 00000000 13 04b0 21 000a 22 0014 24 01 25 01 27 00040000 28 01 29 00 2a 01',
    is: {
      type: 'connack',
      packet: {
        sessionPresent: false,
        code: 0,
        properties: {
          sessionExpiryInterval: 0,
          serverKeepAlive: 1200,
          receiveMaximum: 10,
          topicAliasMaximum: 20,
          maximumQos: 1,
          retainAvailable: 1,
          maximumPacketSize: 262_144,
          wildcardSubscriptionAvailable: 1,
          subscriptionIdentifierAvailable: 0,
          sharedSubscriptionAvailable: 1,
        },
      },
    },
  },
]

const publishes: PacketRow[] = [
  {
    name: 'PUBLISH at QoS 0',
    version: 4,
    bytes: '30 07 0003 "a/b" "hi"',
    is: { type: 'publish', packet: { ...quiet, topic: 'a/b', payload: Buffer.from('hi') } },
  },
  {
    name: 'PUBLISH at QoS 1, repeated, retained, without payload',
    version: 4,
    bytes: '3b 05 0001 "t" 0102',
    is: {
      type: 'publish',
      packet: { topic: 't', payload: hex(''), qos: 1, retain: true, dup: true, packetId: 0x102, properties: null },
    },
  },
  {
    name: 'PUBLISH at QoS 2',
    version: 3,
    bytes: '34 06 0001 "t" ffff 00',
    is: { type: 'publish', packet: { ...quiet, topic: 't', payload: hex('00'), qos: 2, packetId: 0xffff } },
  },
  {
    name: 'PUBLISH on a topic beyond ASCII',
    version: 4,
    bytes: '30 06 0003 e4b8ad 01',
    is: { type: 'publish', packet: { ...quiet, topic: '中', payload: hex('01') } },
  },
  {
    name: 'PUBLISH of 5.0 without properties',
    version: 5,
    bytes: '30 06 0001 "t" 00 "hi"',
    is: { type: 'publish', packet: { ...quiet, topic: 't', payload: Buffer.from('hi') } },
  },
  {
    name: 'PUBLISH of 5.0 with a topic alias for the topic',
    version: 5,
    bytes: '32 0a 0000 0007 03 23 0009 "ok"',
    is: {
      type: 'publish',
      packet: { ...quiet, topic: '', payload: Buffer.from('ok'), qos: 1, packetId: 7, properties: { topicAlias: 9 } },
    },
  },
  {
    name: 'PUBLISH of 5.0 to a client, with two subscription identifiers',
    version: 5,
    bytes: '30 11 0001 "t" 0d 08 0001 "r" 09 0001 ff 0b 01 0b 8001',
    toClient: true,
    is: {
      type: 'publish',
      packet: {
        ...quiet,
        topic: 't',
        payload: hex(''),
        properties: { responseTopic: 'r', correlationData: hex('ff'), subscriptionIdentifier: [1, 128] },
      },
    },
    readOnly: true,
  },
]

const acks: PacketRow[] = [
  {
    name: 'PUBACK of 3.1.1',
    version: 4,
    bytes: '40 02 0007',
    is: { type: 'puback', packet: { packetId: 7, reason: 0, ...none } },
  },
  {
    name: 'PUBACK of 5.0, shortest form',
    version: 5,
    bytes: '40 02 0007',
    is: { type: 'puback', packet: { packetId: 7, reason: 0, ...none } },
  },
  {
    name: 'PUBACK of 5.0 with a reason',
    version: 5,
    bytes: '40 03 0007 87',
    is: { type: 'puback', packet: { packetId: 7, reason: 0x87, ...none } },
  },
  {
    name: 'PUBACK of 5.0 with a reason and empty properties',
    version: 5,
    bytes: '40 04 0007 10 00',
    is: { type: 'puback', packet: { packetId: 7, reason: 0x10, ...none } },
    readOnly: true,
    endsOptional: true,
  },
  {
    name: 'PUBREC of 5.0 with the cause',
    version: 5,
    bytes: '50 11 0007 99 0d 26 0004 "code" 0004 "6106"',
    is: { type: 'pubrec', packet: { packetId: 7, reason: 0x99, properties: { userProperties: [['code', '6106']] } } },
  },
  {
    name: 'PUBREL',
    version: 4,
    bytes: '62 02 0102',
    is: { type: 'pubrel', packet: { packetId: 0x102, reason: 0, ...none } },
  },
  {
    name: 'PUBREL of 3.1, sent again',
    version: 3,
    bytes: '6a 02 0102',
    is: { type: 'pubrel', packet: { packetId: 0x102, reason: 0, ...none } },
    readOnly: true,
  },
  {
    name: 'PUBCOMP of 5.0 for an id that is not known',
    version: 5,
    bytes: '70 03 0001 92',
    is: { type: 'pubcomp', packet: { packetId: 1, reason: 0x92, ...none } },
  },
]

const subscriptions: PacketRow[] = [
  {
    name: 'SUBSCRIBE of 3.1.1, two filters',
    version: 4,
    bytes: '82 0f 000a 0003 "a/+" 01 0004 "/b/#" 00',
    is: {
      type: 'subscribe',
      packet: {
        packetId: 10,
        filters: [
          { filter: 'a/+', qos: 1, ...plainFilter },
          { filter: '/b/#', qos: 0, ...plainFilter },
        ],
        ...none,
      },
    },
  },
  {
    name: 'SUBSCRIBE of 3.1, sent again',
    version: 3,
    bytes: '8a 06 000a 0001 "a" 01',
    is: { type: 'subscribe', packet: { packetId: 10, filters: [{ filter: 'a', qos: 1, ...plainFilter }], ...none } },
    readOnly: true,
  },
  {
    name: 'SUBSCRIBE of 5.0 with options and an identifier',
    version: 5,
    bytes: '82 09 000a 02 0b 05 0001 "a" 2e',
    is: {
      type: 'subscribe',
      packet: {
        packetId: 10,
        filters: [{ filter: 'a', qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 }],
        properties: { subscriptionIdentifier: [5] },
      },
    },
  },
  {
    name: 'SUBACK of 3.1.1',
    version: 4,
    bytes: '90 05 000a 00 01 80',
    is: { type: 'suback', packet: { packetId: 10, codes: Uint8Array.of(0, 1, 0x80), ...none } },
  },
  {
    name: 'SUBACK of 5.0',
    version: 5,
    bytes: '90 05 000a 00 01 87',
    is: { type: 'suback', packet: { packetId: 10, codes: Uint8Array.of(1, 0x87), ...none } },
  },
  {
    name: 'UNSUBSCRIBE of 3.1.1',
    version: 4,
    bytes: 'a2 08 000b 0001 "a" 0001 "b"',
    is: { type: 'unsubscribe', packet: { packetId: 11, filters: ['a', 'b'], ...none } },
  },
  {
    name: 'UNSUBSCRIBE of 5.0',
    version: 5,
    bytes: 'a2 06 000b 00 0001 "a"',
    is: { type: 'unsubscribe', packet: { packetId: 11, filters: ['a'], ...none } },
  },
  {
    name: 'UNSUBACK of 3.1.1',
    version: 4,
    bytes: 'b0 02 000b',
    is: { type: 'unsuback', packet: { packetId: 11, codes: new Uint8Array(0), ...none } },
  },
  {
    name: 'UNSUBACK of 5.0',
    version: 5,
    bytes: 'b0 05 000b 00 00 11',
    is: { type: 'unsuback', packet: { packetId: 11, codes: Uint8Array.of(0, 0x11), ...none } },
  },
]

const others: PacketRow[] = [
  { name: 'PINGREQ', version: 4, bytes: 'c0 00', is: { type: 'pingreq', packet: null } },
  { name: 'PINGRESP', version: 5, bytes: 'd0 00', is: { type: 'pingresp', packet: null } },
  {
    name: 'DISCONNECT of 3.1.1',
    version: 4,
    bytes: 'e0 00',
    is: { type: 'disconnect', packet: { reason: 0, ...none } },
  },
  {
    name: 'DISCONNECT of 5.0, shortest form',
    version: 5,
    bytes: 'e0 00',
    is: { type: 'disconnect', packet: { reason: 0, ...none } },
  },
  {
    name: 'DISCONNECT of 5.0, taken over',
    version: 5,
    bytes: 'e0 01 8e',
    is: { type: 'disconnect', packet: { reason: 0x8e, ...none } },
  },
  {
    name: 'DISCONNECT of 5.0 with session expiry',
    version: 5,
    bytes: 'e0 07 00 05 11 00000000',
    is: { type: 'disconnect', packet: { reason: 0, properties: { sessionExpiryInterval: 0 } } },
  },
  { name: 'AUTH, shortest form', version: 5, bytes: 'f0 00', is: { type: 'auth', packet: { reason: 0, ...none } } },
  {
    name: 'AUTH that goes on',
    version: 5,
    bytes: 'f0 09 18 07 15 0001 "m" 16 0000',
    is: {
      type: 'auth',
      packet: { reason: 0x18, properties: { authenticationMethod: 'm', authenticationData: hex('') } },
    },
  },
]

export const packetTable: readonly PacketRow[] = [
  ...connects,
  ...connacks,
  ...publishes,
  ...acks,
  ...subscriptions,
  ...others,
]
