/** SUBSCRIBE and UNSUBSCRIBE, filters and topics, shared subscriptions. */
import type { Row } from './rows.ts'
import { all, both, old, v3, v4, v5 } from './rows.ts'

const badFilters = [
  ['an empty filter', '-'],
  ['# within', 'T/#/x'],
  ['# behind a letter', 'T/a#'],
  ['# before a letter', 'T/#a'],
  ['two #', 'T/##'],
  ['+ behind a letter', 'T/a+'],
  ['+ before a letter', 'T/+a'],
  ['+ behind a letter, then a level', 'T/a+/b'],
  ['+ within a level', 'T/a+b/c'],
  ['two +', 'T/++'],
  ['+ and #', 'T/+#'],
  ['# at the front with more', '#/a'],
] as const

const badTopics = [
  ['#', 'T/#'],
  ['+', 'T/+'],
  ['# within a level', 'T/a#b'],
  ['+ within a level', 'T/a+b/c'],
] as const

const wildcards: readonly Row[] = [
  ...badFilters.flatMap(([what, filter]) => [
    all(
      '4.7.1-2 4.7.1-3 4.7.3-1',
      '4.7.1-1 4.7.1-2 4.7.3-1',
      `${what} in SUBSCRIBE closes or fails`,
      `a connect; a > subscribe 1 ${filter}:0; a refusesFilter 1`,
    ),
    all(
      '4.7.1-2 4.7.1-3 4.7.3-1',
      '4.7.1-1 4.7.1-2 4.7.3-1',
      `${what} in UNSUBSCRIBE closes`,
      `a connect; a > unsubscribe 1 ${filter}; a x`,
    ),
  ]),
  ...badTopics.flatMap(([what, topic]) => [
    all('3.3.2-2 4.7.1-1', '3.3.2-2 4.7.0-1', `${what} in a topic closes`, `a connect; a > publish ${topic} x; a x`),
    all(
      '3.3.2-2 4.7.1-1',
      '3.3.2-2 4.7.0-1',
      `${what} in a topic of QoS 1 closes`,
      `a connect; a > publish ${topic} x q1 #1; a x`,
    ),
  ]),
  v5(
    '3.3.2-14',
    'a wildcard in a response topic closes',
    'a connect; a > publish T/x x {rt=T/+}; a x; b connect; b > publish T/x x {rt=#}; b x',
  ),
  all('4.7.3-1', '4.7.3-1', 'an empty topic closes', 'a connect; a > publish - x; a x'),
  all(
    '4.7.1-2',
    '4.7.1-1',
    '# matches its parent and all below',
    'a connect; a sub T/a/#:0; a > publish T/a 1; a < publish T/a 1; a > publish T/a/b 2; a < publish T/a/b 2; a > publish T/a/b/c 3; a < publish T/a/b/c 3; a > publish T/ab 4; a > publish T/b/a 5; a ~',
  ),
  all(
    '4.7.1-3',
    '4.7.1-2',
    '+ matches one level, which may be empty',
    'a connect; a sub T/+:0; a > publish T/a 1; a < publish T/a 1; a > publish T/ 2; a < publish T/ 2; a > publish T/a/b 3; a > publish T/a/ 4; a ~',
  ),
  all(
    '4.7.1-3',
    '4.7.1-2',
    '+ stands first, within and last',
    'a connect; a sub +/T/x:0 T/+/x:0 T/y/+:0; a > publish z/T/x 1; a < publish z/T/x 1; a > publish T/z/x 2; a < publish T/z/x 2; a > publish T/y/z 3; a < publish T/y/z 3; a ~',
  ),
  all(
    '4.7.1-2 4.7.1-3',
    '4.7.1-1 4.7.1-2',
    '+ and # together',
    'a connect; a sub T/+/b/#:0; a > publish T/a/b 1; a < publish T/a/b 1; a > publish T/a/b/c/d 2; a < publish T/a/b/c/d 2; a > publish T/a/c 3; a ~',
  ),
  all(
    '4.7.2-1',
    '4.7.2-1',
    'a filter that begins with a wildcard matches no topic with $',
    'a connect; b connect; a > subscribe 1 +/T/x:0; a < suback 1 0; b pub $x/T/x 1; b pub x/T/x 2; a < publish x/T/x 2; a ~',
  ),
  all(
    '4.7.2-1',
    '4.7.2-1',
    '# alone matches no topic with $',
    'a connect; a sub #:0; b connect; b pub $x/T/y 1; b pub T/y mine; a until T/y mine $x; a unsub #',
  ),
  all(
    '4.7.2-1',
    '4.7.2-1',
    'a filter that spells the first level gets topics with $',
    'a connect; a sub $x/T/#:0; b connect; b pub $x/T/y 1; a < publish $x/T/y 1',
  ),
  all(
    '4.7.3-4',
    '4.7.3-4',
    'letters, spaces and separators are compared as they are',
    'a connect; a sub T/Aa:0 T/%20:0 T//x:0 /T/x:0; a > publish T/aa 1; a > publish T/aA 1; a > publish T/x 1; a > publish T/%20%20 1; a > publish T/x/ 1; a ~; a > publish T/Aa 2; a < publish T/Aa 2; a > publish T/%20 3; a < publish T/%20 3; a > publish T//x 4; a < publish T//x 4; a > publish /T/x 5; a < publish /T/x 5',
  ),
  all(
    '4.7.3-4',
    '4.7.3-4',
    'composed and decomposed letters are two',
    'a connect; a sub T/%C3%A9:0; a > publish T/e%CC%81 1; a ~; a > publish T/%C3%A9 2; a < publish T/%C3%A9 2',
  ),
  all(
    '4.7.3-3',
    '4.7.3-3',
    'a topic and a filter of 65,535 bytes pass',
    'a connect; a sub T/LONG:0; a > publish T/LONG x; a < publish T/LONG x',
  ),
  all(
    '4.7.3-4',
    '4.7.3-4',
    'a topic of 200 levels passes',
    'a connect; a sub DEEP:0; a > publish DEEP x; a < publish DEEP x',
  ),
  v5('', 'a topic of more than 200 levels closes', 'a connect; a > publish DEEP/x x; a x 0x81'),
  v5('', 'a filter of more than 200 levels closes', 'a connect; a > subscribe 1 DEEP/x:0; a x 0x81'),
  old('', 'a topic of more than 200 levels closes', 'a connect; a > publish DEEP/x x; a x'),
]

function lower(granted: number, published: number): Row {
  const qos = (it: number) => (it === 0 ? '' : ` q${it}`)
  return all(
    '3.8.4-6 4.5.0-1 4.3.1-1',
    '3.8.4-8 4.3.1-1',
    `granted ${granted} and published ${published}: the lower`,
    `a,b connect; a sub T/x:${granted}; b pub T/x p${qos(published)}; a gets T/x p${qos(Math.min(granted, published))}; a ~`,
  )
}

const subscribe: readonly Row[] = [
  all(
    '3.8.4-1 3.8.4-2 2.3.1-7',
    '3.8.4-1 3.8.4-2 2.2.1-6',
    'SUBACK answers with the id',
    'a connect; a > subscribe 1 T/x:0; a < suback 1 0; a > subscribe 65535 T/y:0; a < suback 65535 0',
  ),
  both(
    '3.8.1-1 2.2.2-2',
    '3.8.1-1 2.1.3-1',
    'flags other than 0010 close',
    'a connect; a > subscribe 1 T/x:0 flags=0; a x; b connect; b > subscribe 1 T/x:0 flags=3; b x; c connect; c > subscribe 1 T/x:0 flags=10; c x',
  ),
  both('3.8.3-3', '3.8.3-2', 'a SUBSCRIBE without a filter closes', 'a connect; a > subscribe 1; a x'),
  all('2.3.1-1', '2.2.1-6 4.13.1-1', 'packet id 0 closes', 'a connect; a > subscribe 0 T/x:0; a x'),
  all('3.8.3-4', '4.13.1-1', 'QoS 3 closes', 'a connect; a > subscribe 1 T/x:3; a x'),
  ...[4, 8, 16, 32, 64, 128].map((bit) =>
    v4('3.8.3-4', `bit ${bit} of the QoS byte closes`, `a connect; a > subscribe 1 T/x:${bit}; a x`),
  ),
  ...[0x40, 0x80, 0xc0].map((bit) =>
    v5('3.8.3-5', `bits ${bit} of the options close`, `a connect; a > subscribe 1 T/x:${bit}; a x 0x81`),
  ),
  v5('4.13.1-1', 'retain handling 3 closes', 'a connect; a > subscribe 1 T/x:0+rh3; a x 0x82'),
  all('4.8.0-1', '4.13.1-1', 'a filter without a QoS closes', 'a connect; a > hex 82 07 0001 0003 612F62; a x'),
  all(
    '3.8.4-5 3.9.3-1 3.8.4-4',
    '3.8.4-5 3.8.4-6 3.8.4-7 3.9.3-1',
    'a code for each filter, in their order',
    'a connect; a > subscribe 7 T/x:2 T/y:0 T/z:1 T/w:2; a < suback 7 2,0,1,2',
  ),
  all(
    '3.8.4-4',
    '3.8.4-5',
    'several filters act as several packets: the last of equals counts',
    'a connect; a > subscribe 7 T/x:0 T/x:1; a < suback 7 0,1; b connect; b pub T/x hi q2; a gets T/x hi q1; a ~',
  ),
  all(
    '3.8.4-3',
    '3.8.4-3',
    'the same filter again replaces the subscription',
    'a connect; a sub T/x:2; a sub T/x:0; b connect; b pub T/x hi q1; a < publish T/x hi; a ~; a unsub T/x; b pub T/x hi q1; a ~',
  ),
  all(
    '3.8.4-3',
    '3.8.4-3 3.8.4-4',
    'nothing is lost where a subscription is replaced',
    'a connect keep {expiry=60}; b connect; a sub T/x:1; b pub T/x 1 q1; a sub T/x:1; b pub T/x 2 q1; a gets T/x 1 q1; a gets T/x 2 q1; a ~',
  ),
  ...[0, 1, 2].flatMap((granted) => [0, 1, 2].map((published) => lower(granted, published))),
  all(
    '3.3.5-1',
    '3.3.4-2',
    'overlapping subscriptions: the highest QoS',
    'a connect; a sub T/#:0 T/+:2 T/x:1; b connect; b pub T/x hi q2; a gets T/x hi q2; a ~',
  ),
  all(
    '3.3.5-1',
    '3.3.4-2',
    'overlapping subscriptions of a persistent session, off line: the highest QoS',
    'a connect keep {expiry=60}; a sub T/#:0 T/+:1; a drop; b connect; b pub T/x hi q2; a connect keep present {expiry=60}; a gets T/x hi q1; a ~',
  ),
  all(
    '3.3.2-3',
    '3.3.2-3',
    'each gets what matches and nothing else',
    'a,b,c connect; a sub T/x:0; b sub T/y:0; c pub T/x 1; c pub T/y 2; c pub T/z 3; a < publish T/x 1; b < publish T/y 2; a,b ~',
  ),
  all(
    '4.5.0-1',
    '4.5.0-1',
    'all who match get a copy',
    'a,b,c connect; a sub T/x:0; b sub T/+:1; c sub T/#:2; c pub T/x hi q2; a < publish T/x hi; b gets T/x hi q1; c gets T/x hi q2; a,b,c ~',
  ),
  all(
    '3.8.3-1',
    '3.8.3-1',
    'filters of two-byte letters',
    'a connect; a sub T/%D0%B4:0; a > publish T/%D0%B4 x; a < publish T/%D0%B4 x',
  ),
  v5(
    '3.8.3-3',
    'no-local keeps one’s own away',
    'a connect; b connect; a sub T/x:0+nl; b sub T/x:0; a pub T/x mine; a ~; b < publish T/x mine; b pub T/x yours; a < publish T/x yours',
  ),
  v5(
    '3.8.3-3',
    'no-local goes by client id: what one published before stays away after a return',
    'a connect keep {expiry=60}; a sub T/x:1+nl; a pub T/x mine q1; a drop; a connect keep present {expiry=60}; a ~',
  ),
  v5('3.8.3-4', 'no-local on a shared subscription closes', 'a connect; a > subscribe 1 $share/g/T/x:0+nl; a x 0x82'),
  ...['7F=x', 'reason=x', 'alias=1', 'expiry=1', 'sid=1 sid=2', 'sid=0'].map((it) =>
    v5('4.13.1-1', `${it} in SUBSCRIBE closes`, `a connect; a > subscribe 1 T/x:0 {${it}}; a x`),
  ),
  v5(
    '',
    'a subscription identifier of more than 268,435,455 closes',
    'a connect; a > hex 82 0D 0001 05 0B FF FF FF FF 01 0003 612F62 00; a x',
  ),
  v5(
    '3.3.4-3',
    'a subscription identifier of 268,435,455 comes back',
    'a connect; a sub T/x:0 {sid=268435455}; a > publish T/x hi; a < publish T/x hi {sid=268435455}',
  ),
  v5(
    '3.3.4-3 3.3.4-4',
    'a single copy has the identifiers of all that match',
    'a connect; a sub T/x:0 {sid=1}; a sub T/+:1 {sid=2}; a sub T/#:0; a sub T/y:0 {sid=4}; b connect; b pub T/x hi q1; a gets T/x hi q1 {sid=1 sid=2}; a ~',
  ),
  v5(
    '3.3.4-3',
    'no identifier where none was given',
    'a connect; a sub T/x:0; a > publish T/x hi; a < publish T/x hi {!sid}',
  ),
  v5(
    '3.8.4-3 3.3.4-3',
    'a replaced subscription has the new identifier, or none',
    'a connect; a sub T/x:0 {sid=1}; a sub T/x:0 {sid=2}; a > publish T/x hi; a < publish T/x hi {sid=2}; a sub T/x:0; a > publish T/x hi; a < publish T/x hi {!sid}',
  ),
  v5(
    '3.3.4-3',
    'identifiers survive with the session',
    'a connect keep {expiry=60}; a sub T/x:1 {sid=7}; a drop; b connect; b pub T/x hi q1; a connect keep present {expiry=60}; a gets T/x hi q1 {sid=7}',
  ),
  v5(
    '',
    'user properties of SUBSCRIBE and UNSUBSCRIBE are taken',
    'a connect; a sub T/x:0 {user=a:b user=a:c}; a > unsubscribe 1 T/x {user=a:b}; a < unsuback 1 0',
  ),
]

const unsubscribe: readonly Row[] = [
  all(
    '3.10.4-4 2.3.1-7',
    '3.10.4-4 3.10.4-5 2.2.1-6',
    'UNSUBACK answers with the id',
    'a connect; a sub T/x:0; a > unsubscribe 7 T/x; a < unsuback 7 0',
  ),
  all(
    '3.10.4-5',
    '3.10.4-5 3.11.3-2',
    'UNSUBACK comes where nothing was deleted',
    'a connect; a > unsubscribe 65535 T/x; a < unsuback 65535 0x11',
  ),
  both(
    '3.10.1-1 2.2.2-2',
    '3.10.1-1 2.1.3-1',
    'flags other than 0010 close',
    'a connect; a > unsubscribe 1 T/x flags=0; a x; b connect; b > unsubscribe 1 T/x flags=6; b x',
  ),
  both('3.10.3-2', '3.10.3-2', 'an UNSUBSCRIBE without a filter closes', 'a connect; a > unsubscribe 1; a x'),
  all('2.3.1-1', '4.13.1-1', 'packet id 0 closes', 'a connect; a > unsubscribe 0 T/x; a x'),
  all(
    '3.10.4-1',
    '3.10.4-1',
    'filters are compared character by character',
    'a connect; a sub T/x:0 T/+:0; a unsub T/#; a unsub T/y; a unsub T/X; a unsub T/x/; a > publish T/x hi; a < publish T/x hi; a unsub T/x; a > publish T/x hi; a < publish T/x hi; a unsub T/+; a > publish T/x hi; a ~',
  ),
  all(
    '3.10.4-2',
    '3.10.4-2',
    'no new message after UNSUBSCRIBE',
    'a connect; a sub T/x:1; b connect; a unsub T/x; b pub T/x hi q1; a ~',
  ),
  all(
    '3.10.4-3',
    '3.10.4-3',
    'what was begun is completed: QoS 1',
    'a connect keep {expiry=60}; a sub T/x:1; b connect; b pub T/x hi q1; a < publish T/x hi q1; a unsub T/x; a drop; a connect keep present {expiry=60}; a < publish T/x hi q1 dup #@hi; a > puback @hi; a ~',
  ),
  all(
    '3.10.4-3',
    '3.10.4-3',
    'what was begun is completed: QoS 2',
    'a connect; a sub T/x:2; b connect; b pub T/x hi q2; a < publish T/x hi q2; a unsub T/x; a > pubrec @hi; a < pubrel @hi; a > pubcomp @hi; a ~',
  ),
  all(
    '3.10.4-6',
    '3.10.4-6 3.11.3-1',
    'several filters act as several packets with one UNSUBACK',
    'a connect; a sub T/x:0 T/z:0; a > unsubscribe 7 T/x T/y T/z; a < unsuback 7 0,0x11,0; a > publish T/x hi; a > publish T/z hi; a ~',
  ),
  all(
    '3.10.4-6',
    '3.10.4-6 3.11.3-1',
    'a filter twice in a packet',
    'a connect; a sub T/x:0; a > unsubscribe 7 T/x T/x; a < unsuback 7 0,0x11',
  ),
  all(
    '3.10.4-1',
    '3.10.4-1',
    'a subscription that was deleted does not come back with the session',
    'a connect keep {expiry=60}; a sub T/x:1; a unsub T/x; a drop; b connect; b pub T/x hi q1; a connect keep present {expiry=60}; a ~',
  ),
  ...['7F=x', 'sid=1', 'reason=x', 'expiry=1'].map((it) =>
    v5('4.13.1-1', `${it} in UNSUBSCRIBE closes`, `a connect; a > unsubscribe 1 T/x {${it}}; a x`),
  ),
]

const shared: readonly Row[] = [
  v3(
    '3.1 asks for no filters in SUBSCRIBE and UNSUBSCRIBE',
    'a connect; a > subscribe 1; a < suback 1; a > unsubscribe 2; a < unsuback 2; a ~',
  ),
  v5(
    '4.8.2-1',
    'a shared subscription: one of them gets each message',
    'a,b,c connect; a,b sub $share/g/T/x:0; c pub T/x 1; c pub T/x 2; c pub T/x 3; c pub T/x 4; a,b shares T/x 1 2 3 4',
  ),
  v5(
    '4.8.2-1',
    'two names: one of each',
    'a,b,c connect; a sub $share/g/T/x:0; b sub $share/h/T/x:0; c pub T/x 1; a < publish T/x 1; b < publish T/x 1; a,b ~',
  ),
  v5(
    '4.8.2-1',
    'shared and not shared: both',
    'a,b connect; a sub $share/g/T/x:0; a sub T/x:0; b sub $share/g/T/+:0; b pub T/x 1; a < publish T/x 1; a < publish T/x 1; b < publish T/x 1; a,b ~',
  ),
  ...[
    '$share/',
    '$share/g',
    '$share/g/',
    '$share//T/x',
    '$share/g+/T/x',
    '$share/+/T/x',
    '$share/g#/T/x',
    '$share/#',
  ].map((it) =>
    v5(
      '4.8.2-1 4.8.2-2',
      `the shared filter ${it} closes or fails`,
      `a connect; a > subscribe 1 ${it}:0; a refusesFilter 1`,
    ),
  ),
  v5(
    '4.8.2-3',
    'the granted QoS of the chosen one counts',
    'a,b connect; a sub $share/g/T/x:1; b pub T/x hi q2; a gets T/x hi q1; a sub $share/g/T/x:0; b pub T/x hi q2; a < publish T/x hi; a sub $share/g/T/x:2; b pub T/x hi q2; a gets T/x hi q2; a ~',
  ),
  v5(
    '4.8.2-4',
    'QoS 2 under way is completed to the same client',
    'a connect keep {expiry=60}; b connect; a sub $share/g/T/x:2; b pub T/x hi q2; a < publish T/x hi q2; b sub $share/g/T/x:2; a drop; b ~; a connect keep present {expiry=60}; a < publish T/x hi q2 dup #@hi; a > pubrec @hi; a < pubrel @hi; a drop; a connect keep present {expiry=60}; a < pubrel @hi; a > pubcomp @hi; a,b ~',
  ),
  v5(
    '4.8.2-5',
    'QoS 2 under way goes to nobody else if the session ends',
    'a connect {expiry=0}; b connect; a sub $share/g/T/x:2; b pub T/x hi q2; a < publish T/x hi q2; b sub $share/g/T/x:2; a drop; b ~; advance 60; b ~',
  ),
  v5(
    '4.8.2-6',
    'a message that is answered with a failure goes to nobody else: QoS 1',
    'a,b connect; a sub $share/g/T/x:1; b pub T/x hi q1; a < publish T/x hi q1; b sub $share/g/T/x:1; a > puback @hi 0x80; a,b ~',
  ),
  v5(
    '4.8.2-6',
    'a message that is answered with a failure goes to nobody else: QoS 2',
    'a,b connect; a sub $share/g/T/x:2; b pub T/x hi q2; a < publish T/x hi q2; b sub $share/g/T/x:2; a > pubrec @hi 0x83; a,b ~',
  ),
  v5(
    '',
    'a shared subscription gets nothing that is retained',
    'b connect; b pub T/x kept retain; a connect; a sub $share/g/T/x:0; a ~; b pub T/x - retain',
  ),
  v5(
    '3.10.4-1',
    'a shared subscription is deleted by its whole filter',
    'a,b connect; a sub $share/g/T/x:0; a > unsubscribe 1 T/x; a < unsuback 1 0x11; b pub T/x 1; a < publish T/x 1; a > unsubscribe 2 $share/g/T/x; a < unsuback 2 0; b pub T/x 2; a ~',
  ),
  v5(
    '3.3.4-3',
    'a shared subscription has its identifier',
    'a,b connect; a sub $share/g/T/x:0 {sid=5}; b pub T/x 1; a < publish T/x 1 {sid=5}',
  ),
  v5(
    '',
    'who is on line is chosen',
    'a connect keep {expiry=60}; b,c connect; a,b sub $share/g/T/x:1; a drop; c pub T/x 1 q1; c pub T/x 2 q1; c pub T/x 3 q1; b gets T/x 1 q1; b gets T/x 2 q1; b gets T/x 3 q1; b ~',
  ),
  v5(
    '4.5.0-1',
    'where nobody is on line, a persistent session keeps it',
    'a connect keep {expiry=60}; c connect; a sub $share/g/T/x:1; a drop; c pub T/x 1 q1; a connect keep present {expiry=60}; a gets T/x 1 q1',
  ),
  v3(
    'in 3.1 as well: one of them gets each message',
    'a,b,c connect; a,b sub $share/g/T/x:0; c pub T/x 1; c pub T/x 2; a,b shares T/x 1 2',
  ),
]

export const subscribeRows: readonly Row[] = [...wildcards, ...subscribe, ...unsubscribe, ...shared]
