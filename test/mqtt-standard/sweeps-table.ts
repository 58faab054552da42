/** Every value of a byte, and every property in every packet: which pass and which close follows from the standard's tables. */
import type { Version } from './encode.ts'
import { propertyNames } from './properties.ts'
import type { Row } from './rows.ts'
import { v4, v5 } from './rows.ts'

const byte = Array.from({ length: 256 }, (_, it) => it)
const of: Readonly<Record<4 | 5, typeof v5>> = { 4: v4, 5: v5 }

/** Each step on a connection of its own: `good` is let pass, the rest closes. */
function afterConnect(packets: readonly (readonly [packet: string, answer: string | null])[]): string {
  return packets.map(([packet, answer]) => `a connect; a > ${packet}; ${answer === null ? 'a x' : answer}`).join('; ')
}

// ---- Flags of CONNECT

function goodConnectFlags(flags: number, version: Version): boolean {
  const [will, qos] = [(flags & 4) !== 0, (flags >> 3) & 3]
  if ((flags & 1) !== 0 || qos === 3) return false
  if (!will && (qos !== 0 || (flags & 32) !== 0)) return false
  return version === 5 || (flags & 64) === 0 || (flags & 128) !== 0
}

function connectFlags(version: 4 | 5): string {
  return byte
    .map((flags) => {
      const fields = [
        ...(flags & 4 ? ['will=T/w,x'] : []),
        ...(flags & 128 ? ['user=u'] : []),
        ...(flags & 64 ? ['pass=p'] : []),
      ].join(' ')
      return goodConnectFlags(flags, version)
        ? `a connect flags=${flags} ${fields}`
        : `a open; a > connect id=$a flags=${flags} ${fields}; a x`
    })
    .join('; ')
}

// ---- The first byte of a packet

/** What follows for a client that is let in: steps, or null: closed. */
function firstByte(type: number, flags: number): readonly [string, string | null] {
  const plain = (packet: string, expected: number, answer: string) =>
    [`${packet} flags=${flags}`, flags === expected ? answer : null] as const
  switch (type) {
    case 3: {
      const qos = (flags >> 1) & 3
      const answer = ['a ~', 'a < puback 1; a ~', 'a < pubrec 1; a > pubrel 1; a < pubcomp 1; a ~', null][qos] ?? null
      return [
        `publish T/x x q${qos}${qos > 0 ? ' #1' : ''} flags=${flags & 14}`,
        flags === 8 || flags === 9 ? null : answer,
      ]
    }
    case 4:
      return plain('puback 1', 0, 'a ~')
    case 5:
      return plain('pubrec 1', 0, 'a < pubrel 1 any; a ~')
    case 6:
      return plain('pubrel 1', 2, 'a < pubcomp 1 any; a ~')
    case 7:
      return plain('pubcomp 1', 0, 'a ~')
    case 8:
      return plain('subscribe 1 T/x:0', 2, 'a < suback 1 0; a ~')
    case 10:
      return plain('unsubscribe 1 T/x', 2, 'a < unsuback 1 0x11; a ~')
    case 12:
      return plain('pingreq', 0, 'a < pingresp; a ~')
    case 14:
      return plain('disconnect', 0, 'a end')
    default:
      return [`hex ${((type << 4) | flags).toString(16).padStart(2, '0')} 02 0001`, null]
  }
}

const firstBytes = afterConnect(byte.map((it) => firstByte(it >> 4, it & 15)))

// ---- Options of SUBSCRIBE

function goodOptions(options: number, version: Version): boolean {
  if (version !== 5) return options < 3
  return options < 0x40 && (options & 3) !== 3 && options >> 4 !== 3
}

function subscribeOptions(version: 4 | 5): string {
  return afterConnect(
    byte.map((it) => [`subscribe 1 T/x:${it}`, goodOptions(it, version) ? `a < suback 1 ${it & 3}; a ~` : null]),
  )
}

// ---- Reasons of acknowledgements

const answers = [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]
const reasonsOf = { puback: answers, pubrec: answers, pubrel: [0, 0x92], pubcomp: [0, 0x92] } as const

function reasons(name: keyof typeof reasonsOf): string {
  return afterConnect(
    byte.map((reason) => {
      const good = (reasonsOf[name] as readonly number[]).includes(reason)
      let answer = 'a ~'
      if (name === 'pubrec' && reason < 0x80) answer = 'a < pubrel 1 0x92; a ~'
      if (name === 'pubrel') answer = 'a < pubcomp 1 0x92; a ~'
      return [`${name} 1 ${reason}`, good ? answer : null]
    }),
  )
}

// ---- Properties

const values: Readonly<Record<string, string>> = { pair: 'a:b', text: 'x', binary: 'x', mps: '1000' }
const message = ['pfi', 'mei', 'ct', 'rt', 'cd', 'user']

/** Packets of a client: what may stand in them, how they are spelled around it, and what follows if it may. */
const places: readonly (readonly [
  name: string,
  allowed: readonly string[],
  script: (it: string) => string,
  passes: string,
])[] = [
  [
    'CONNECT',
    ['expiry', 'rpi', 'rri', 'rm', 'tam', 'mps', 'user'],
    (it) => `a open; a > connect id=$a {${it}}`,
    'a < connack 0; a ~',
  ],
  ['a will', [...message, 'delay'], (it) => `a open; a > connect id=$a will=T/w,x will{${it}}`, 'a < connack 0; a ~'],
  ['PUBLISH', [...message, 'alias'], (it) => `a connect; a > publish T/x x {${it}}`, 'a ~'],
  ['PUBACK', ['reason', 'user'], (it) => `a connect; a > puback 1 0 {${it}}`, 'a ~'],
  ['PUBREC', ['reason', 'user'], (it) => `a connect; a > pubrec 1 0 {${it}}`, 'a < pubrel 1 any; a ~'],
  ['PUBREL', ['reason', 'user'], (it) => `a connect; a > pubrel 1 0 {${it}}`, 'a < pubcomp 1 any; a ~'],
  ['PUBCOMP', ['reason', 'user'], (it) => `a connect; a > pubcomp 1 0 {${it}}`, 'a ~'],
  ['SUBSCRIBE', ['sid', 'user'], (it) => `a connect; a > subscribe 1 T/x:0 {${it}}`, 'a < suback 1 0; a ~'],
  ['UNSUBSCRIBE', ['user'], (it) => `a connect; a > unsubscribe 1 T/x {${it}}`, 'a < unsuback 1 0x11; a ~'],
  ['DISCONNECT', ['expiry', 'reason', 'user'], (it) => `a connect {expiry=1}; a > disconnect 0 {${it}}`, 'a end'],
]

const properties: readonly Row[] = places.map(([name, allowed, script, passes]) =>
  v5(
    '4.13.1-1 2.2.2-1',
    `each property in ${name}`,
    propertyNames
      .map(
        (it) =>
          `${script(`${it.name}=${values[it.name] ?? values[it.kind] ?? '1'}`)}; ${allowed.includes(it.name) ? passes : 'a x'}`,
      )
      .join('; '),
  ),
)

/** Ids that no property has, in each of these packets. */
const unknown: readonly Row[] = places.map(([name, , script]) =>
  v5(
    '4.13.1-1',
    `each id that is no property in ${name}`,
    byte
      .filter((id) => id < 0x80 && !propertyNames.some((it) => it.id === id))
      .map((id) => `${script(`${id.toString(16).padStart(2, '0')}=%00%01x`)}; a x`)
      .join('; '),
  ),
)

const versions = [4, 5] as const

export const sweepRows: readonly Row[] = [
  ...versions.map((it) =>
    of[it](
      it === 4 ? '3.1.2-3 3.1.2-11 3.1.2-14 3.1.2-22' : '3.1.2-3 3.1.2-11 3.1.2-12 3.1.2-13',
      'all flags of CONNECT',
      connectFlags(it),
    ),
  ),
  ...versions.map((it) => of[it](it === 4 ? '2.2.2-1 2.2.2-2' : '2.1.3-1', 'all first bytes', firstBytes)),
  ...versions.map((it) => of[it](it === 4 ? '3.8.3-4' : '3.8.3-5', 'all options of SUBSCRIBE', subscribeOptions(it))),
  ...(['puback', 'pubrec', 'pubrel', 'pubcomp'] as const).map((it) =>
    v5('4.13.1-1', `all reasons of ${it}`, reasons(it)),
  ),
  ...properties,
  ...unknown,
]
