/** Every statement that concerns a server has a row, a law, or a reason why it is unseen; rows name statements that there are. */
import { describe, expect, test } from 'vitest'
import { connectRows } from './connect-table.ts'
import { decode } from './decode.ts'
import { encode } from './encode.ts'
import { Connection, decoded, laws } from './laws.ts'
import { publishRows } from './publish-table.ts'
import { sessionRows } from './session-table.ts'
import { statements } from './statements.ts'
import { subscribeRows } from './subscribe-table.ts'
import { sweepRows } from './sweeps-table.ts'
import { webSocketStatements } from './web-socket.ts'

const rows = [...connectRows, ...publishRows, ...subscribeRows, ...sessionRows, ...sweepRows]
const split = (numbers: string) => numbers.split(' ').filter((it) => it !== '')

const tested = {
  4: new Set([
    ...rows.flatMap(({ v4 }) => v4),
    ...laws.flatMap(({ v4 }) => split(v4)),
    ...split(decoded.v4),
    ...webSocketStatements,
  ]),
  5: new Set([
    ...rows.flatMap(({ v5 }) => v5),
    ...laws.flatMap(({ v5 }) => split(v5)),
    ...split(decoded.v5),
    ...webSocketStatements,
  ]),
} as const

describe.each([4, 5] as const)('statements of level %d', (version) => {
  const own = statements.filter((it) => it.version === version)
  const numbers = own.map(({ number }) => number)

  test('are there once', () => {
    expect(numbers.filter((it, index) => numbers.indexOf(it) !== index)).toEqual([])
    expect(numbers.length).toBe(version === 4 ? 142 : 251)
  })
  test('that concern a server are all tested', () => {
    const missing = own.filter(
      ({ number, concerns, unseen }) => concerns !== 'client' && unseen === '' && !tested[version].has(number),
    )
    expect(missing.map(({ number, gist }) => `${number} ${gist}`)).toEqual([])
  })
  test('that are unseen are few, and are not tested', () => {
    const unseen = own.filter((it) => it.unseen !== '')
    expect(unseen.length).toBeLessThan(10)
    expect(unseen.filter(({ number }) => tested[version].has(number))).toEqual([])
  })
  test('are all that rows name', () => {
    expect([...tested[version]].filter((it) => !numbers.includes(it))).toEqual([])
  })
})

test('no script stands there twice', () => {
  const scripts = rows.flatMap(({ script, versions }) => versions.map((it) => `${it} ${script}`))
  expect(scripts.filter((it, index) => scripts.indexOf(it) !== index)).toEqual([])
})

/** What a client sent, what a server sends then, and the law that is broken. */
const planted: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['CONNACK comes before anything else', ['connect id=a'], ['hex E0 00']],
  ['there is one CONNACK a connection', ['connect id=a'], ['hex 20 03 00 00 00']],
  ['a CONNACK that refuses says that no session is present', ['connect id=a'], ['hex 20 03 01 80 00']],
  ['a reason code is one that the packet has', ['publish t x q1 #1'], ['hex 40 03 0001 96']],
  ['each code of SUBACK or UNSUBACK is one that it has', ['subscribe 1 t:0'], ['hex 90 04 0001 00 03']],
  ['a PUBLISH of QoS 0 has no DUP', [], ['publish t x dup']],
  ['a PUBLISH of QoS 1 or 2 has a packet id that is not in use', [], ['publish t x q1 #0']],
  ['a PUBLISH of QoS 1 or 2 has a packet id that is not in use', [], ['publish t x q1 #1', 'publish t y q1 #1']],
  ['an answer has the packet id of a request', ['publish t x q1 #1'], ['puback 2']],
  ['no packet is larger than the client takes', ['connect id=a {mps=20}'], ['publish t x30']],
  ['a topic alias is within what the client takes', ['connect id=a {tam=1}'], ['publish t x {alias=2}']],
  ['response information is for those who asked', ['connect id=a'], ['hex 20 07 00 00 04 1A 0001 61']],
  [
    'who wants no problem information gets it on PUBLISH, CONNACK and DISCONNECT alone',
    ['connect id=a {rpi=0}', 'publish t x q1 #1'],
    ['puback 1 0x10 {reason=x}'],
  ],
  ['nobody gets an authentication method who named none', ['connect id=a'], ['hex 20 07 00 00 04 15 0001 61']],
  ['nothing comes behind a DISCONNECT', [], ['disconnect 0x8B', 'publish t x']],
  ['a topic has no wildcard, and is empty for an alias alone', [], ['publish t/# x']],
  ['a topic has no wildcard, and is empty for an alias alone', [], ['publish - x']],
  [
    'no more PUBLISH packets of QoS 1 and 2 are under way than the client takes',
    ['connect id=a {rm=1}'],
    ['publish t x q1 #1', 'publish t y q1 #2'],
  ],
]

/** What the decoder must not take from a server. */
const unreadable = [
  'connect id=a',
  'subscribe 1 t:0',
  'hex 00 00',
  'hex D1 00',
  'hex D0 01 00',
  'hex D0 80 00',
  'hex 30 FF FF FF FF 01',
  'hex 20 03 02 00 00',
  'hex 36 06 0001 74 0001 00',
  'hex 30 05 0001 74 80 00',
  'publish %FF x',
  'publish %00 x',
  'publish t x {delay=1}',
  'publish t x {pfi=1 pfi=1}',
  'publish t x {7F=x}',
  'publish t x {user=%FF:x}',
  'disconnect 0x8B {expiry=1}',
  'pubrel 1 flags=0',
  'auth 0x18 flags=1',
  'hex 30 04 0001 74 7F',
  'hex 40 04 0001 00 05',
] as const

describe('laws find what is planted', () => {
  function faults(sent: readonly string[], received: readonly string[]): string[] {
    const seen = new Connection(5)
    seen.sent('connect id=a')
    for (const it of sent) seen.sent(it)
    const connack = encode('hex 20 03 00 00 00', 5)
    // What stands for the CONNACK itself, or before it.
    const early = /^hex (?:E0|20 03 01|20 07)/.test(received[0] as string)
    const packets = [...(early ? [] : [connack]), ...received.map((it) => encode(it, 5))].map((it) => decode(it, 5))
    return packets.flatMap((packet) => {
      if (packet === null) throw new Error('a packet is not whole')
      const broken = laws.filter(({ breaks }) => breaks(packet, seen)).map(({ says }) => says)
      seen.received(packet)
      return broken
    })
  }

  test.each(planted)('%s', (says, sent, received) => expect(faults(sent, received)).toEqual([says]))
  test('each has one planted', () => {
    const all = planted.map(([says]) => says)
    expect(laws.filter(({ says }) => !all.includes(says))).toEqual([])
  })
  test.each(unreadable)('unreadable: %s', (packet) => expect(() => decode(encode(packet, 5), 5)).toThrow())
  test('what is right breaks none', () => {
    const sent = ['publish t x q1 #1', 'subscribe 2 t:0', 'pubrel 3']
    const received = [
      'puback 1',
      'hex 90 04 0002 00 00',
      'pubcomp 3 0x92',
      'publish t x q1 #9',
      'publish t x',
      'disconnect 0x8B',
    ]
    expect(faults(sent, received)).toEqual([])
  })
})
