/** PUBLISH and its acknowledgements: QoS 0, 1 and 2, properties, topic aliases, flow control. */
import type { Row } from './rows.ts'
import { all, both, old, v3, v4, v5 } from './rows.ts'

const form: readonly Row[] = [
  all('3.3.1-4', '3.3.1-4', 'QoS 3 closes', 'a connect; a > publish T/x x q3 #1; a x'),
  all('3.3.1-4', '3.3.1-4', 'QoS 3 with DUP and retain closes', 'a connect; a > publish T/x x q3 #1 dup retain; a x'),
  all('2.3.1-1', '2.2.1-5 4.13.1-1', 'packet id 0 closes: QoS 1', 'a connect; a > publish T/x x q1 #0; a x'),
  all('2.3.1-1', '2.2.1-5 4.13.1-1', 'packet id 0 closes: QoS 2', 'a connect; a > publish T/x x q2 #0; a x'),
  both('3.3.1-2', '3.3.1-2', 'DUP at QoS 0 closes', 'a connect; a > publish T/x x dup; a x'),
  v3('DUP at QoS 0 closes nothing', 'a connect; a > publish T/x x dup; a ~'),
  all(
    '2.3.1-5',
    '2.2.1-2',
    'what stands where QoS 1 has its id is payload at QoS 0',
    'a connect; a sub T/x:0; a > publish T/x {}; a < publish T/x -',
  ),
  all('3.3.2-1', '3.3.2-1', 'a topic longer than the packet closes', 'a connect; a > hex 30 05 0009 612F62; a x'),
  all('3.3.2-1', '3.3.2-1', 'a PUBLISH without a topic closes', 'a connect; a > hex 30 00; a x'),
  all('3.3.2-1', '3.3.2-1', 'a PUBLISH of one byte closes', 'a connect; a > hex 30 01 00; a x'),
  all('4.8.0-1', '4.13.1-1', 'QoS 1 without room for an id closes', 'a connect; a > hex 32 05 0003 612F62; a x'),
  all('3.3.4-1 4.3.1-1', '3.3.4-1 4.3.1-1', 'QoS 0 has no answer', 'a connect; a > publish T/x x; a ~'),
  all(
    '3.3.4-1 2.3.1-6',
    '3.3.4-1 2.2.1-5 4.3.2-4',
    'QoS 1 is answered with PUBACK and the id',
    'a connect; a > publish T/x x q1 #1; a < puback 1; a > publish T/x x q1 #65535; a < puback 65535',
  ),
  all(
    '3.3.4-1 2.3.1-6 4.3.3-2',
    '3.3.4-1 2.2.1-5 4.3.3-8 4.3.3-11',
    'QoS 2 is answered with PUBREC, PUBREL with PUBCOMP',
    'a connect; a > publish T/x x q2 #65535; a < pubrec 65535; a > pubrel 65535; a < pubcomp 65535',
  ),
  ...[0, 1, 2].map((qos) =>
    all(
      '3.3.2-1',
      '3.3.2-1',
      `an empty payload passes at QoS ${qos}`,
      `a,b connect; a sub T/x:${qos}; b pub T/x -${qos === 0 ? '' : ` q${qos}`}; a gets T/x -${qos === 0 ? '' : ` q${qos}`}`,
    ),
  ),
  all(
    '4.2.0-1',
    '4.2.0-1',
    'a payload of 300,000 bytes passes',
    'a,b connect; a sub T/x:1; b pub T/x x300000 q1; a gets T/x x300000 q1',
  ),
  all(
    '4.2.0-1',
    '4.2.0-1',
    'any byte passes in a payload',
    `a connect; a sub T/x:0; a > publish T/x ${Array.from({ length: 256 }, (_, i) => `%${i.toString(16).padStart(2, '0')}`).join('')}; a < publish T/x ${Array.from({ length: 256 }, (_, i) => `%${i.toString(16).padStart(2, '0')}`).join('')}`,
  ),
  all(
    '3.3.1-3',
    '3.3.1-3',
    'DUP is not passed on: QoS 1',
    'a,b connect; a sub T/x:2; b > publish T/x hi q1 #1 dup; b < puback 1; a < publish T/x hi q1',
  ),
  all(
    '3.3.1-3',
    '3.3.1-3',
    'DUP is not passed on: QoS 2',
    'a,b connect; a sub T/x:2; b > publish T/x hi q2 #1 dup; b < pubrec 1; b > pubrel 1; b < pubcomp 1; a < publish T/x hi q2',
  ),
  ...['puback', 'pubrec', 'pubcomp'].map((it) =>
    both(
      '2.2.2-2',
      '2.1.3-1',
      `flags of ${it} close`,
      `a connect; a > ${it} 1 flags=2; a x; b connect; b > ${it} 1 flags=1; b x`,
    ),
  ),
  both(
    '3.6.1-1 2.2.2-2',
    '3.6.1-1 2.1.3-1',
    'flags of PUBREL other than 0010 close',
    'a connect; a > pubrel 1 flags=0; a x; b connect; b > pubrel 1 flags=3; b x; c connect; c > pubrel 1 flags=10; c x',
  ),
  both('2.2.2-2', '2.1.3-1', 'flags of PINGREQ close', 'a connect; a > pingreq flags=1; a x'),
  both('4.8.0-1', '4.13.1-1', 'a PINGREQ with a body closes', 'a connect; a > hex C0 01 00; a x'),
  ...['puback', 'pubrec', 'pubrel', 'pubcomp'].map((it) =>
    all('4.8.0-1', '4.13.1-1', `${it} with packet id 0 closes`, `a connect; a > ${it} 0; a x`),
  ),
  ...['40 00', '40 01 00', '50 01 00', '62 01 00', '70 01 00'].map((it) =>
    all('4.8.0-1', '4.13.1-1', `an acknowledgement that is too short closes: ${it}`, `a connect; a > hex ${it}; a x`),
  ),
  ...['40 03 0001 00', '50 03 0001 00', '62 03 0001 00', '70 03 0001 00'].map((it) =>
    v4('4.8.0-1', `an acknowledgement that is too long closes: ${it}`, `a connect; a > hex ${it}; a x`),
  ),
  ...['20 02 00 00', '90 03 0001 00', 'B0 02 0001', 'D0 00', '00 00', '0F 00'].map((it) =>
    all('4.8.0-1', '4.13.1-1', `what no client sends closes: ${it}`, `a connect; a > hex ${it}; a x`),
  ),
  old('4.8.0-1', 'AUTH is none of 3.x and closes', 'a connect; a > hex F0 00; a x'),
  all('4.8.0-1', '4.13.1-1', 'a remaining length of five bytes closes', 'a connect; a > hex 30 FF FF FF FF 01; a x'),
  all(
    '4.8.0-1',
    '4.13.1-1',
    'a broken packet does not touch the packets before it',
    'a,b connect; a sub T/x:0; b > publish T/x fine; b > publish T/# broken; b x; a < publish T/x fine; a ~',
  ),
]

const flow: readonly Row[] = [
  old(
    '3.3.5-2',
    'what the server alone publishes: acknowledged as usual, and delivered to nobody',
    'a,b connect; a sub $SYS/T/#:1; b pub $SYS/T/x hi q1; b pub $SYS/T/x hi q2; b pub $SYS/T/x hi retain; a ~; c connect; c sub $SYS/T/x:0; c ~',
  ),
  v5(
    '4.3.3-9 3.4.2-1 3.5.2-1',
    'what the server alone publishes: refused, and behind that PUBREC the id is new',
    'a,b connect; a sub $SYS/T/#:1 T/x:0; b > publish $SYS/T/x hi q1 #1; b < puback 1 0x87; b > publish $SYS/T/x hi q2 #2; b < pubrec 2 0x87; b > publish T/x new q2 #2; b < pubrec 2; b > pubrel 2; b < pubcomp 2 0; a < publish T/x new; a ~',
  ),
  all(
    '4.3.2-2',
    '4.3.2-5',
    'QoS 1: behind PUBACK the same id is a new message, whatever DUP says',
    'a,b connect; a sub T/x:0; b > publish T/x 1 q1 #5; b < puback 5; b > publish T/x 2 q1 #5 dup; b < puback 5; a < publish T/x 1; a < publish T/x 2; a ~',
  ),
  all(
    '4.3.3-2',
    '4.3.3-10',
    'QoS 2: until PUBREL the same id is delivered once and answered again',
    'a,b connect; a sub T/x:0; b > publish T/x 1 q2 #5; b < pubrec 5; b > publish T/x 1 q2 #5 dup; b < pubrec 5; b > publish T/x 1 q2 #5 dup; b < pubrec 5; b > pubrel 5; b < pubcomp 5; a < publish T/x 1; a ~',
  ),
  all(
    '4.3.3-2',
    '4.3.3-12',
    'QoS 2: behind PUBCOMP the same id is a new message',
    'a,b connect; a sub T/x:0; b > publish T/x 1 q2 #5; b < pubrec 5; b > pubrel 5; b < pubcomp 5; b > publish T/x 2 q2 #5; b < pubrec 5; b > pubrel 5; b < pubcomp 5; a < publish T/x 1; a < publish T/x 2; a ~',
  ),
  all(
    '4.3.3-2',
    '4.3.3-10',
    'QoS 2: ids of two clients are two',
    'a,b,c connect; a sub T/x:0; b > publish T/x 1 q2 #5; b < pubrec 5; c > publish T/x 2 q2 #5; c < pubrec 5; b > pubrel 5; b < pubcomp 5; c > pubrel 5; c < pubcomp 5; a < publish T/x 1; a < publish T/x 2; a ~',
  ),
  all(
    '4.3.3-2',
    '4.3.3-11',
    'PUBREL with an id that is not known is answered with PUBCOMP',
    'a connect; a > pubrel 77; a < pubcomp 77 any',
  ),
  v5('3.7.2-1', 'PUBREL with an id that is not known: 0x92', 'a connect; a > pubrel 77; a < pubcomp 77 0x92'),
  all(
    '4.3.2-1',
    '4.3.2-2 4.3.2-3',
    'QoS 1 to a subscriber: DUP 0, and done with PUBACK',
    'a,b connect; a sub T/x:1; b pub T/x 1 q1; b pub T/x 2 q1; a < publish T/x 1 q1; a < publish T/x 2 q1; a > puback @1; a > puback @2; a ~',
  ),
  all(
    '4.3.3-1',
    '4.3.3-2 4.3.3-4',
    'QoS 2 to a subscriber: DUP 0, PUBREL behind PUBREC',
    'a,b connect; a sub T/x:2; b pub T/x 1 q2; a < publish T/x 1 q2; a > pubrec @1; a < pubrel @1; a > pubcomp @1; a ~',
  ),
  all(
    '4.3.3-1',
    '4.3.3-4',
    'a PUBREC that comes again gets PUBREL again',
    'a,b connect; a sub T/x:2; b pub T/x 1 q2; a < publish T/x 1 q2; a > pubrec @1; a < pubrel @1; a > pubrec @1; a < pubrel @1; a > pubcomp @1; a ~',
  ),
  v5('3.6.2-1', 'PUBREC with an id that is not known: PUBREL 0x92', 'a connect; a > pubrec 77; a < pubrel 77 0x92'),
  all(
    '2.3.1-6',
    '4.13.1-1',
    'acknowledgements with an id that is not known close nothing',
    'a connect; a > puback 77; a > pubcomp 77; a ~',
  ),
  v5(
    '4.3.3-4 4.4.0-2',
    'a PUBREC of 0x80 and above ends the exchange',
    'a,b connect; a sub T/x:2; b pub T/x 1 q2; a < publish T/x 1 q2; a > pubrec @1 0x97; a ~; b pub T/x 2 q2; a gets T/x 2 q2',
  ),
  all(
    '4.6.0-6 4.6.0-5',
    '4.6.0-5 4.6.0-6',
    'messages of one client stay in order: QoS 0, 1 and 2',
    ['', ' q1', ' q2']
      .map(
        (qos, i) =>
          `b pub T/${i} 1${qos}; b pub T/${i} 2${qos}; b pub T/${i} 3${qos}; a gets T/${i} 1${qos}; a gets T/${i} 2${qos}; a gets T/${i} 3${qos}`,
      )
      .reduce((script, it) => `${script}; ${it}`, 'a,b connect; a sub T/+:2'),
  ),
  all(
    '4.6.0-6',
    '4.6.0-5',
    'order holds for those on line and those who return',
    'a connect keep {expiry=60}; a sub T/x:1; a drop; b connect; b pub T/x 1 q1; b pub T/x 2 q1; b pub T/x 3 q1; a connect keep present {expiry=60}; a gets T/x 1 q1; a gets T/x 2 q1; a gets T/x 3 q1; b pub T/x 4 q1; a gets T/x 4 q1; a ~',
  ),
  all(
    '4.6.0-6',
    '4.6.0-5',
    'QoS 2: order is that of PUBLISH, not of PUBREL',
    'a,b connect; a sub T/x:0; b > publish T/x 1 q2 #1; b > publish T/x 2 q2 #2; b < pubrec 1; b < pubrec 2; b > pubrel 2; b < pubcomp 2; b > pubrel 1; b < pubcomp 1; a < publish T/x 1; a < publish T/x 2; a ~',
  ),
  all(
    '4.4.0-1',
    '4.4.0-1',
    'nothing is sent again while the connection stands',
    'a,b connect; a sub T/x:1 T/y:2; b pub T/x 1 q1; b pub T/y 2 q2; a < publish T/x 1 q1; a < publish T/y 2 q2; advance 120; a ~; a > pubrec @2; a < pubrel @2; advance 120; a ~',
  ),
  v5(
    '3.4.2-1',
    'nobody listens: PUBACK may say so',
    'a connect; a > publish T/nobody x q1 #1; a < puback 1 0x10; a > publish T/nobody x q2 #2; a < pubrec 2 0x10; a > pubrel 2; a < pubcomp 2 0',
  ),
  v5(
    '3.1.2-29',
    'who wants no problem information still gets codes',
    'a connect {rpi=0}; a > publish T/nobody x q1 #1; a < puback 1 0x10 {!reason !user}; a > unsubscribe 3 T/x; a < unsuback 3 0x11 {!reason !user}; a > pubrel 9; a < pubcomp 9 0x92 {!reason !user}; a sub T/x:0; b connect; b pub T/x hi {user=a:b}; a < publish T/x hi {user=a:b}',
  ),
]

const receiveMaximum: readonly Row[] = [
  v5(
    '3.3.4-9 4.9.0-1 4.9.0-2',
    'no more under way than the client takes: QoS 1',
    'a connect {rm=2}; a sub T/x:1; b connect; b pub T/x 1 q1; b pub T/x 2 q1; b pub T/x 3 q1; a < publish T/x 1 q1; a < publish T/x 2 q1; a ~; a > puback @1; a < publish T/x 3 q1; a ~; a > puback @3; a > puback @2; a ~',
  ),
  v5(
    '3.3.4-9 4.9.0-2',
    'no more under way than the client takes: QoS 2 counts until PUBCOMP',
    'a connect {rm=1}; a sub T/x:2; b connect; b pub T/x 1 q2; b pub T/x 2 q2; a < publish T/x 1 q2; a ~; a > pubrec @1; a < pubrel @1; a ~; a > pubcomp @1; a gets T/x 2 q2; a ~',
  ),
  v5(
    '3.3.4-9',
    'a PUBREC of 0x80 and above makes room',
    'a connect {rm=1}; a sub T/x:2; b connect; b pub T/x 1 q2; b pub T/x 2 q2; a < publish T/x 1 q2; a > pubrec @1 0x80; a gets T/x 2 q2; a ~',
  ),
  v5(
    '3.3.4-9',
    'a PUBACK of 0x80 and above makes room',
    'a connect {rm=1}; a sub T/x:1; b connect; b pub T/x 1 q1; b pub T/x 2 q1; a < publish T/x 1 q1; a > puback @1 0x80; a gets T/x 2 q1; a ~',
  ),
  v5(
    '3.3.4-10 4.9.0-3',
    'QoS 0 and everything else goes on meanwhile',
    'a connect {rm=1}; a sub T/x:1 T/y:0; b connect; b pub T/x 1 q1; b pub T/x 2 q1; a < publish T/x 1 q1; b pub T/y zero; a < publish T/y zero; a > subscribe 5 T/z:0; a < suback 5 0; a > publish T/q x q1 #9; a < puback 9; a > publish T/q x q2 #10; a < pubrec 10; a > pubrel 10; a < pubcomp 10; a > unsubscribe 6 T/z; a < unsuback 6 0; a ~; a > puback @1; a gets T/x 2 q1',
  ),
  v5(
    '3.3.4-9 4.9.0-1',
    'what is sent again after a return counts',
    'a connect keep {expiry=60 rm=10}; a sub T/x:1; b connect; b pub T/x 1 q1; b pub T/x 2 q1; b pub T/x 3 q1; a < publish T/x 1 q1; a < publish T/x 2 q1; a < publish T/x 3 q1; a drop; a connect keep present {expiry=60 rm=1}; a < publish T/x 1 q1 dup; a ~; a > puback @1; a < publish T/x 2 q1 dup; a > puback @2; a < publish T/x 3 q1 dup; a > puback @3; a ~',
  ),
  v5(
    '4.13.1-1',
    'a client beyond the server’s receive maximum is cut off with 0x93',
    `a open; a > connect id=$a; a < connack 0 {rm=1000}; ${Array.from({ length: 1001 }, (_, i) => `a > publish T/x x q2 #${i + 1}`).join('; ')}; a cutAfter 0x93`,
  ),
]

/** Properties that go from the publisher to the subscriber as they are. */
const passed = [
  'pfi=0',
  'pfi=1',
  'ct=text/plain',
  'ct=-',
  'rt=T/answer',
  'cd=%00%FF%C3',
  'user=a:b',
  'user=b:1 user=a:2 user=b:1 user=a:1',
  'user=-:-',
] as const
const passedBy: Readonly<Record<string, string>> = {
  pfi: '3.3.2-4',
  ct: '3.3.2-20',
  rt: '3.3.2-15',
  cd: '3.3.2-16',
  user: '3.3.2-17 3.3.2-18',
}

const properties: readonly Row[] = [
  ...passed.flatMap((it) => {
    const numbers = passedBy[it.split('=')[0] as string] as string
    return [
      v5(
        numbers,
        `${it} is passed on`,
        `a,b connect; a sub T/x:1; b pub T/x hi q1 {${it}}; a gets T/x hi q1 {${it}}; b pub T/x hi {${it}}; a < publish T/x hi {${it}}`,
      ),
      v5(
        numbers,
        `${it} is kept in a queue`,
        `a connect keep {expiry=60}; a sub T/x:1; a drop; b connect; b pub T/x hi q1 {${it}}; a connect keep present {expiry=60}; a gets T/x hi q1 {${it}}`,
      ),
      v5(
        numbers,
        `${it} is retained`,
        `b connect; b pub T/x hi retain {${it}}; a connect; a sub T/x:0; a < publish T/x hi retain {${it}}; b pub T/x - retain`,
      ),
      v5(
        numbers,
        `${it} of a will is passed on`,
        `b connect; b sub T/x:0; a connect will=T/x,hi will{${it}}; a drop; b < publish T/x hi {${it}}`,
      ),
    ]
  }),
  v5(
    '3.3.2-4',
    'nothing is added that was not there',
    'a,b connect; a sub T/x:1; b pub T/x hi q1; a gets T/x hi q1 {}',
  ),
  v5(
    '3.1.3-10',
    'user properties of a will keep their order',
    'b connect; b sub T/x:0; a connect will=T/x,hi will{user=z:1 user=a:2 user=z:3}; a drop; b < publish T/x hi {user=z:1 user=a:2 user=z:3}',
  ),
  v5(
    '3.3.2-4',
    'a payload format that does not hold is passed on or refused, and closes nothing else',
    'a,b connect; a sub T/x:0; b > publish T/y %FF {pfi=1}; c connect; c pub T/x ok; a < publish T/x ok',
  ),
  all(
    '3.3.2-1',
    '3.3.2-1',
    'a 3.x and a 5.0 client hear each other',
    'a connect; a sub T/x:1; a pub T/x hi q1; a gets T/x hi q1',
  ),
  ...[
    'pfi=2',
    'pfi=0 pfi=0',
    'mei=1 mei=1',
    'ct=a ct=a',
    'rt=a rt=a',
    'cd=a cd=a',
    'alias=1 alias=1',
    'sid=1',
    'sid=0',
    'expiry=1',
    'reason=x',
    'rm=1',
    'method=x',
    'delay=1',
    'mps=1',
    '7F=x',
    '00=x',
  ].map((it) => v5('4.13.1-1', `${it} in PUBLISH closes`, `a connect; a > publish T/x x {${it}}; a x`)),
  v5(
    '3.3.4-6 4.13.1-1',
    'a subscription identifier in a client’s PUBLISH closes',
    'a connect; a > publish T/x x {sid=1}; a x 0x82',
  ),
  v5('4.13.1-1', 'properties longer than the packet close', 'a connect; a > hex 30 07 0003 612F62 7F 00; a x'),
  v5('2.2.2-1', 'a PUBLISH that ends before its property length closes', 'a connect; a > hex 30 05 0003 612F62; a x'),
  v5('1.5.5-1', 'a property length with spare bytes closes', 'a connect; a > hex 30 07 0003 612F62 8000; a x'),
  v5('1.5.5-1', 'a property length of five bytes closes', 'a connect; a > hex 30 0A 0003 612F62 FFFFFFFF01; a x'),
  ...['puback', 'pubrec', 'pubrel', 'pubcomp'].flatMap((it) => [
    ...['0x01', '0x92', '0xFF', '0x81']
      .filter((code) => code !== '0x92' || it === 'puback' || it === 'pubrec')
      .map((code) => v5('4.13.1-1', `${it} with the reason ${code} closes`, `a,b connect; a > ${it} 1 ${code}; a x`)),
    ...['7F=x', 'alias=1', 'sid=1', 'reason=a reason=a', 'ct=x'].map((property) =>
      v5('4.13.1-1', `${property} in ${it} closes`, `a connect; a > ${it} 1 0 {${property}}; a x`),
    ),
  ]),
  v5(
    '2.2.2-1',
    'acknowledgements take reason strings and user properties',
    'a,b connect; a sub T/x:2 T/y:1; b pub T/x 1 q2; a < publish T/x 1 q2; a > pubrec @1 0 {reason=ok user=a:b}; a < pubrel @1; a > pubcomp @1 0 {user=a:b}; b pub T/y 2 q1; a < publish T/y 2 q1; a > puback @2 0x10 {reason=ok}; a ~',
  ),
  v5(
    '4.3.3-11',
    'PUBREL takes a reason and user properties',
    'a connect; a > publish T/x x q2 #1; a < pubrec 1; a > pubrel 1 0 {user=a:b}; a < pubcomp 1',
  ),
  ...['7F=x', 'alias=1', 'expiry=1 expiry=1', 'ct=x'].map((it) =>
    v5(
      '4.13.1-1',
      `${it} in DISCONNECT closes as broken: the will is published`,
      `b connect; b sub T/w:0; a connect will=T/w,lost; a > disconnect 0 {${it}}; a x; b < publish T/w lost`,
    ),
  ),
]

const expiry: readonly Row[] = [
  v5(
    '3.3.2-5',
    'what expired in a queue is not delivered',
    'a connect keep {expiry=600}; a sub T/x:1; a drop; b connect; b pub T/x gone q1 {mei=10}; b pub T/x stays q1 {mei=100}; b pub T/x forever q1; advance 11; a connect keep present {expiry=600}; a gets T/x stays q1; a gets T/x forever q1 {!mei}; a ~',
  ),
  v5(
    '3.3.2-6',
    'the time that it waited is taken off',
    'a connect keep {expiry=600}; a sub T/x:1; a drop; b connect; b pub T/x hi q1 {mei=100}; advance 40; a connect keep present {expiry=600}; a gets T/x hi q1 {mei=60}',
  ),
  v5('3.3.2-6', 'at once: all of it', 'a,b connect; a sub T/x:0; b pub T/x hi {mei=100}; a < publish T/x hi {mei=100}'),
  v5(
    '3.3.2-5',
    'what is retained expires',
    'b connect; b pub T/x hi retain {mei=10}; advance 11; a connect; a sub T/x:0; a ~',
  ),
  v5(
    '3.3.2-6',
    'what is retained counts down',
    'b connect; b pub T/x hi retain {mei=100}; advance 30; a connect; a sub T/x:0; a < publish T/x hi retain {mei=70}; b pub T/x - retain',
  ),
  v5(
    '3.3.2-6',
    'a will counts from its publication',
    'b connect; b sub T/w:1; a connect will=T/w,lost,1 will{mei=100 delay=50} {expiry=600}; a drop; advance 60; b gets T/w lost q1 {mei=*}',
  ),
  v5(
    '3.3.2-5',
    'what waits for room under the receive maximum expires',
    'a connect {rm=1}; a sub T/x:1; b connect; b pub T/x 1 q1; b pub T/x 2 q1 {mei=5}; b pub T/x 3 q1; a < publish T/x 1 q1; advance 6; a > puback @1; a gets T/x 3 q1; a ~',
  ),
  v5(
    '4.3.3-7 4.3.3-13',
    'what was sent does not expire: QoS 2 goes on',
    'a connect keep {expiry=600}; a sub T/x:2; b connect; b pub T/x hi q2 {mei=10}; a < publish T/x hi q2; advance 11; a > pubrec @hi; a < pubrel @hi; advance 11; a > pubcomp @hi; a ~',
  ),
  v5(
    '4.3.3-7',
    'what was sent is sent again although its time has passed',
    'a connect keep {expiry=600}; a sub T/x:2; b connect; b pub T/x hi q2 {mei=10}; a < publish T/x hi q2; a drop; advance 11; a connect keep present {expiry=600}; a < publish T/x hi q2 dup #@hi; a > pubrec @hi; a < pubrel @hi; a > pubcomp @hi',
  ),
  v5(
    '4.3.3-13',
    'the exchange with the publisher goes on although the message expired',
    'b connect; b > publish T/x hi q2 #1 {mei=1}; b < pubrec 1; advance 5; b > pubrel 1; b < pubcomp 1',
  ),
]

const aliases: readonly Row[] = [
  v5(
    '3.3.2-12',
    'an alias stands for its topic',
    'a,b connect; a sub T/+:0; b > publish T/x 1 {alias=1}; b > publish - 2 {alias=1}; b > publish T/y 3 {alias=2}; b > publish - 4 {alias=2}; b > publish - 5 {alias=1}; a < publish T/x 1; a < publish T/x 2; a < publish T/y 3; a < publish T/y 4; a < publish T/x 5',
  ),
  v5(
    '3.3.2-12',
    'an alias is set anew',
    'a,b connect; a sub T/+:0; b > publish T/x 1 {alias=1}; b > publish T/y 2 {alias=1}; b > publish - 3 {alias=1}; a < publish T/x 1; a < publish T/y 2; a < publish T/y 3',
  ),
  v5(
    '3.3.2-12',
    'all aliases up to the announced maximum are accepted',
    'b open; b > connect id=$b; b < connack 0 {tam=100}; a connect; a sub T/+:0; b > publish T/x 1 {alias=100}; b > publish - 2 {alias=100}; a < publish T/x 1; a < publish T/x 2',
  ),
  v5('3.3.2-8', 'alias 0 closes', 'a connect; a > publish T/x x {alias=0}; a x 0x94'),
  v5(
    '3.3.2-12',
    'an alias beyond the maximum closes',
    'a connect; a > publish T/x x {alias=101}; a x 0x94; b connect; b > publish T/x x {alias=65535}; b x 0x94',
  ),
  v5('4.13.1-1', 'an alias that stands for nothing closes', 'a connect; a > publish - x {alias=7}; a x'),
  v5('4.7.3-1', 'an empty topic without an alias closes', 'a connect; a > publish - x; a x 0x82'),
  v5(
    '3.3.2-7',
    'aliases end with their connection',
    'a connect keep {expiry=60}; a > publish T/x x {alias=1}; a ~; a drop; a connect keep present {expiry=60}; a > publish - x {alias=1}; a x',
  ),
  v5(
    '3.1.2-27 3.3.2-11',
    'nobody gets an alias who did not ask',
    'a,b connect; a sub T/x:0; b pub T/x 1; b pub T/x 2; a < publish T/x 1 {!alias}; a < publish T/x 2 {!alias}',
  ),
  v5(
    '3.1.2-27',
    'an alias of the publisher is not passed on',
    'a,b connect; a sub T/x:0; b > publish T/x 1 {alias=1}; a < publish T/x 1 {!alias}',
  ),
  v5(
    '3.1.2-26 3.3.2-11',
    'aliases of the server are within the client’s maximum',
    'a connect {tam=1}; a sub T/+:0; b connect; b pub T/x 1; b pub T/y 2; b pub T/x 3; b pub T/y 4; a hears T/x 1 T/y 2 T/x 3 T/y 4',
  ),
  v5(
    '3.3.2-7',
    'aliases of the server end with their connection',
    'a connect keep {tam=5 expiry=60}; a sub T/x:1; b connect; b pub T/x 1 q1; b pub T/x 2 q1; a hears T/x 1 T/x 2; a drop; b pub T/x 3 q1; a connect keep present {tam=5 expiry=60}; a hears T/x 1 T/x 2 T/x 3',
  ),
]

const sizes: readonly Row[] = [
  v5(
    '3.1.2-24',
    'who takes not even a CONNACK is not let in, and nothing is sent',
    'a connect keep {expiry=60}; a sub T/x:1; a drop; a open; a > connect id=$a {mps=1}; a end; a open; a > connect id=$a {mps=20}; a end; a connect keep present',
  ),
  v5(
    '3.1.2-24 3.1.2-25',
    'a message that is too large is dropped as if it had been sent',
    'a connect {mps=100}; a sub T/x:1; b connect; b pub T/x x200 q1; b pub T/x small q1; a gets T/x small q1; a ~',
  ),
  v5(
    '3.1.2-25',
    'one that is too large in a queue does not stand in the way',
    'a connect keep {expiry=60}; a sub T/x:1; a drop; b connect; b pub T/x x200 q1; b pub T/x small q1; a connect keep present {expiry=60 mps=100}; a gets T/x small q1; a ~; a drop; a connect keep present {expiry=60}; a ~',
  ),
  v5(
    '3.1.2-24',
    'a retained message that is too large is not sent',
    'b connect; b pub T/x x200 retain; a connect {mps=100}; a sub T/x:0; a ~; b pub T/x - retain',
  ),
  v5(
    '3.1.2-24',
    'others get it',
    'a connect {mps=100}; c connect; a,c sub T/x:0; b connect; b pub T/x x200; c < publish T/x x200; a ~',
  ),
  v5(
    '3.4.2-2 3.9.2-1 3.11.2-1 3.2.2-19',
    'acknowledgements fit into small packets',
    'a open; a > connect id=$a {mps=40}; a < connack 0; a > publish T/n x q1 #1; a < puback 1; a > unsubscribe 2 T/x; a < unsuback 2 0x11; a > pubrel 3; a < pubcomp 3 0x92; a > subscribe 4 T/x:0; a < suback 4 0',
  ),
  v5(
    '3.14.2-3 3.14.2-4',
    'a DISCONNECT fits, or the connection just ends',
    'a open; a > connect id=$a {mps=30}; a < connack 0; a > publish T/# x; a x'.replace('mps=30', 'mps=40'),
  ),
]

export const publishRows: readonly Row[] = [
  ...form,
  ...flow,
  ...receiveMaximum,
  ...properties,
  ...expiry,
  ...aliases,
  ...sizes,
]
