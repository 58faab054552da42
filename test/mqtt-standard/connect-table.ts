/** CONNECT, CONNACK, keep-alive and the end of a connection. */
import type { Row } from './rows.ts'
import { all, both, old, v3, v4, v5 } from './rows.ts'

const first: readonly Row[] = [
  all(
    '3.1.4-4 3.2.0-1 7.1.1-1 4.2.0-1',
    '3.1.4-5 3.2.0-1 3.2.0-2 4.2.0-1',
    'CONNECT is answered with CONNACK 0',
    'a open; a > connect id=$a; a < connack 0; a ~',
  ),
  all(
    '3.1.0-2 4.8.0-1',
    '3.1.0-2 4.13.1-1 4.13.2-1 3.14.4-2',
    'a second CONNECT closes',
    'a connect; a > connect id=$a; a x 0x82',
  ),
  ...[
    'publish T/x hello',
    'publish T/x hello q1 #1',
    'subscribe 1 T/x:0',
    'unsubscribe 1 T/x',
    'pingreq',
    'disconnect',
    'puback 1',
    'pubrel 1',
    'hex F0 00',
    'hex 00 00',
    'hex 20 02 00 00',
  ].map((packet) =>
    all(
      '3.1.0-1',
      '3.14.0-1 4.13.1-1',
      `${packet} instead of CONNECT closes without a packet`,
      `a open; a > ${packet}; a end`,
    ),
  ),
  all(
    '3.1.4-4',
    '3.1.4-5',
    'packets may follow CONNECT at once',
    'a open; a > connect id=$a; a > subscribe 1 T/x:1; a < connack 0; a < suback 1 1; a ~',
  ),
  all('4.2.0-1', '4.2.0-1', 'packets come cut at every byte', 'a open; a > hex 10; a > hex 00; a end'),
  old('3.1.2-1', 'another protocol name is not processed', 'a open; a > connect name=MQTX id=$a; a x'),
  v5('3.1.2-1', 'another protocol name closes', 'a open; a > connect name=MQTX id=$a; a x'),
  v4(
    '3.1.2-2 3.2.2-5',
    'an unknown level gets code 1, then the end',
    'a open; a > connect level=6 id=$a; a < connack 1; a end',
  ),
  v4('3.1.2-2', 'level 0 gets code 1, then the end', 'a open; a > connect level=0 id=$a; a < connack 1; a end'),
  v5('3.1.2-2', 'an unknown version closes', 'a open; a > hex 10 11 0004 4D515454 06 02 0000 00 0004 61626364; a gone'),
  v3(
    '3.1 leaves flags of PUBREL, SUBSCRIBE and UNSUBSCRIBE open',
    'a connect; a > publish T/x x q2 #1; a < pubrec 1; a > pubrel 1 flags=0; a < pubcomp 1; a > subscribe 2 T/x:0 flags=10; a < suback 2 0; a > unsubscribe 3 T/x flags=0; a < unsuback 3; a ~',
  ),
  v3(
    '3.1: reserved bits of a QoS close',
    'a connect; a > subscribe 1 T/x:4; a x; b connect; b > subscribe 1 T/x:128; b x',
  ),
  v3('the name MQTT with level 3 is refused', 'a open; a > connect name=MQTT level=3 id=$a; a x'),
  v4('3.1.2-1', 'the name MQIsdp with level 4 is refused', 'a open; a > connect name=MQIsdp level=4 id=$a; a x'),
  both('3.1.2-1', '3.1.2-1', 'the name in other letters is refused', 'a open; a > connect name=mqtt id=$a; a x'),
  both('3.1.2-1 3.1.4-1', '3.1.2-1 3.1.4-1', 'an empty name is refused', 'a open; a > connect name=- id=$a; a x'),
]

/** Flags of CONNECT that contradict each other or what follows them. */
const flags: readonly Row[] = [
  both('3.1.2-3', '3.1.2-3', 'the reserved flag is refused', 'a open; a > connect flags=3 id=$a; a x'),
  both('3.1.2-14', '3.1.2-12', 'will QoS 3 is refused', 'a open; a > connect id=$a will=T/w,x,3; a x'),
  both(
    '3.1.2-11 3.1.2-13',
    '3.1.2-11',
    'a will QoS without a will is refused',
    'a open; a > connect flags=0x0A id=$a; a x',
  ),
  both('3.1.2-11', '3.1.2-11', 'will QoS 2 without a will is refused', 'a open; a > connect flags=0x12 id=$a; a x'),
  both(
    '3.1.2-11 3.1.2-15',
    '3.1.2-13',
    'will retain without a will is refused',
    'a open; a > connect flags=0x22 id=$a; a x',
  ),
  all(
    '3.1.2-9 3.1.4-1',
    '3.1.2-9 3.1.4-1',
    'a will flag without a will is refused',
    'a open; a > connect flags=6 id=$a; a x',
  ),
  all(
    '3.1.2-11 3.1.4-1',
    '3.1.4-1',
    'a will without its flag is refused',
    'a open; a > connect flags=2 id=$a will=T/w,x; a x',
  ),
  both(
    '3.1.2-18',
    '3.1.2-16',
    'a user name without its flag is refused',
    'a open; a > connect flags=2 id=$a user=u; a x',
  ),
  both(
    '3.1.2-19',
    '3.1.2-17',
    'a user name flag without a user name is refused',
    'a open; a > connect flags=0x82 id=$a; a x',
  ),
  both(
    '3.1.2-20',
    '3.1.2-18',
    'a password without its flag is refused',
    'a open; a > connect flags=0x82 id=$a user=u pass=p; a x',
  ),
  both(
    '3.1.2-21',
    '3.1.2-19',
    'a password flag without a password is refused',
    'a open; a > connect flags=0xC2 id=$a user=u; a x',
  ),
  all('3.1.2-19 3.1.2-21', '3.1.2-17 3.1.2-19', 'user name and password are read', 'a connect user=u pass=p; a ~'),
  all('3.1.2-21', '3.1.2-19', 'user name and password may be empty', 'a connect user=- pass=-; a ~'),
  v4('3.1.2-22', 'a password without a user name is refused', 'a open; a > connect id=$a pass=p; a x'),
  v5('3.1.2-19', 'a password without a user name is allowed', 'a connect pass=p; a ~'),
  all(
    '3.1.3-1',
    '3.1.3-1',
    'all fields stand in their order',
    'b connect; b sub T/w:1; a connect user=u pass=p will=T/w,gone,1; a drop; b gets T/w gone q1',
  ),
  both(
    '3.1.4-1 2.2.2-2',
    '3.1.4-1 2.1.3-1',
    'flags of the first byte are refused',
    'a open; a > connect id=$a type=0x11; a x',
  ),
  all('3.1.4-1', '3.1.4-1', 'bytes behind the payload are refused', 'a open; a > connect id=$a tail=%00; a x'),
  all(
    '3.1.3-3 3.1.4-1',
    '3.1.3-3 3.1.4-1',
    'a CONNECT without a payload is refused',
    'a open; a > hex 10 0A 0004 4D515454 04 02 0000; a gone',
  ),
  all(
    '3.1.4-1',
    '3.1.4-1',
    'a CONNECT that ends within its header is refused',
    'a open; a > hex 10 07 0004 4D515454 04; a gone',
  ),
  all(
    '3.1.4-1',
    '3.1.4-1',
    'a CONNECT whose client id is longer than the packet is refused',
    'a open; a > hex 10 0E 0004 4D515454 04 02 0000 0040 6162; a gone',
  ),
  all('3.1.4-1', '3.1.4-1', 'a remaining length of five bytes is refused', 'a open; a > hex 10 FF FF FF FF 01; a gone'),
]

const notText = [
  ['a lone byte of a sequence', '%C3'],
  ['a byte that no text has', '%FF'],
  ['a surrogate', '%ED%A0%80'],
  ['a pair of surrogates', '%ED%A0%80%ED%B0%80'],
  ['an overlong form', '%C1%81'],
  ['an overlong slash', '%E0%80%AF'],
  ['U+0000 in two bytes', '%C0%80'],
  ['a point beyond U+10FFFF', '%F4%90%80%80'],
] as const

/** What a receiver may treat as malformed; on the applications' listener it does. */
const odd = [
  '%01',
  '%0A',
  '%1F',
  '%7F',
  '%C2%80',
  '%C2%9F',
  '%EF%B7%90',
  '%EF%BF%BE',
  '%EF%BF%BF',
  '%F0%9F%BF%BF',
] as const

const texts: readonly Row[] = [
  ...odd.map((it) =>
    all(
      '1.5.3-1 4.8.0-1',
      '1.5.4-1 4.13.1-1',
      `controls and what is no character close: ${it}`,
      [
        `a open; a > connect id=x${it}; a x`,
        `a open; a > connect id=$a user=x${it}; a x`,
        `a open; a > connect id=$a will=T/${it},x; a x`,
        `a connect; a > publish T/${it} x; a x`,
        `a connect; a > subscribe 1 T/${it}:0; a x`,
        `a connect; a > unsubscribe 1 T/${it}; a x`,
        `a connect; a sub T/x:0; a > publish T/x ${it}; a < publish T/x ${it}`,
      ].join('; '),
    ),
  ),
  ...notText.flatMap(([what, bytes]) => [
    both(
      '1.5.3-1 3.1.3-4',
      '1.5.4-1 3.1.3-4',
      `${what} in a client id is refused`,
      `a open; a > connect id=x${bytes}; a x`,
    ),
    both(
      '1.5.3-1 3.1.3-10',
      '1.5.4-1 3.1.3-11',
      `${what} in a will topic is refused`,
      `a open; a > connect id=$a will=T/${bytes},x; a x`,
    ),
    both(
      '1.5.3-1 3.1.3-11',
      '1.5.4-1 3.1.3-12',
      `${what} in a user name is refused`,
      `a open; a > connect id=$a user=u${bytes}; a x`,
    ),
    both('1.5.3-1 3.3.2-1', '1.5.4-1 3.3.2-1', `${what} in a topic closes`, `a connect; a > publish T/${bytes} x; a x`),
    both(
      '1.5.3-1 3.8.3-1',
      '1.5.4-1 3.8.3-1',
      `${what} in a filter closes`,
      `a connect; a > subscribe 1 T/${bytes}:0; a x`,
    ),
    both(
      '1.5.3-1 3.10.3-1',
      '1.5.4-1 3.10.3-1',
      `${what} in a filter of UNSUBSCRIBE closes`,
      `a connect; a > unsubscribe 1 T/${bytes}; a x`,
    ),
    v5('1.5.4-1 3.3.2-13', `${what} in a response topic closes`, `a connect; a > publish T/x x {rt=T/${bytes}}; a x`),
    v5('1.5.4-1 3.3.2-19', `${what} in a content type closes`, `a connect; a > publish T/x x {ct=${bytes}}; a x`),
    v5(
      '1.5.7-1',
      `${what} in the name of a user property closes`,
      `a connect; a > publish T/x x {user=${bytes}:v}; a x`,
    ),
    v5(
      '1.5.7-1',
      `${what} in the value of a user property closes`,
      `a connect; a > publish T/x x {user=k:${bytes}}; a x`,
    ),
  ]),
  both('1.5.3-2', '1.5.4-2', 'U+0000 in a client id is refused', 'a open; a > connect id=x%00; a x'),
  both('1.5.3-2', '1.5.4-2', 'U+0000 in a will topic is refused', 'a open; a > connect id=$a will=T/%00,x; a x'),
  both('1.5.3-2', '1.5.4-2', 'U+0000 in a user name is refused', 'a open; a > connect id=$a user=%00; a x'),
  all('1.5.3-2 4.7.3-2', '1.5.4-2 4.7.3-2', 'U+0000 in a topic closes', 'a connect; a > publish T/%00 x; a x'),
  all('1.5.3-2 4.7.3-2', '1.5.4-2 4.7.3-2', 'U+0000 in a filter closes', 'a connect; a > subscribe 1 T/%00:0; a x'),
  v5('1.5.4-2', 'U+0000 in a content type closes', 'a connect; a > publish T/x x {ct=%00}; a x'),
  v5('1.5.7-1', 'U+0000 in a user property closes', 'a connect; a > publish T/x x {user=a%00:b}; a x'),
  all(
    '1.5.3-3',
    '1.5.4-3',
    'U+FEFF is a character like others',
    'a connect; a sub T/%EF%BB%BFx:0; a > publish T/%EF%BB%BFx bom; a < publish T/%EF%BB%BFx bom; a > publish T/x none; a ~',
  ),
  all(
    '1.5.3-1',
    '1.5.4-1',
    'points of one to four bytes pass',
    'a connect; a sub T/é%E2%82%AC%F0%9F%98%80:0; a > publish T/é%E2%82%AC%F0%9F%98%80 x; a < publish T/é%E2%82%AC%F0%9F%98%80 x'.replaceAll(
      'é',
      '%C3%A9',
    ),
  ),
]

const ids: readonly Row[] = [
  all(
    '3.1.3-5',
    '3.1.3-5',
    'client ids of one character and of 23 are allowed',
    'a connect id=Z; b connect id=0123456789abcdefABCDEFG; a,b ~',
  ),
  all(
    '3.1.3-5',
    '3.1.3-5',
    'client ids of all letters and digits are allowed',
    'a connect id=0123456789abcdefghijklm; a bye; a connect id=nopqrstuvwxyzABCDEFGHI; a bye; a connect id=JKLMNOPQRSTUVWXYZ; a ~',
  ),
  v4(
    '3.1.3-6',
    'clients without an id are told apart',
    'a open; a > connect; a < connack 0; b open; b > connect; b < connack 0; a,b ~',
  ),
  v5(
    '3.1.3-6 3.1.3-7 3.2.2-16',
    'clients without an id are told theirs',
    'a open; a > connect; a < connack 0 {acid=*}; b open; b > connect; b < connack 0 {acid=*}; a,b ~',
  ),
  v5('3.1.3-7', 'who has an id is assigned none', 'a open; a > connect id=$a; a < connack 0 {!acid}'),
  v5(
    '3.1.3-6 3.1.3-7',
    'an id is assigned without clean start too',
    'a open; a > connect keep {expiry=10}; a < connack 0 {acid=*}; a ~',
  ),
  v4(
    '3.1.3-8 3.1.3-9 3.2.2-4 3.2.2-5',
    'no id and clean session 0 get code 2, then the end',
    'a open; a > connect keep; a < connack 2; a end',
  ),
  all(
    '3.1.3-2',
    '3.1.3-2',
    'ids that differ in one letter have sessions of their own',
    'a connect keep id=$a {expiry=60}; a sub T/x:1; a drop; a connect keep absent id=$a%58 {expiry=60}; a drop; a connect keep present id=$a {expiry=60}',
  ),
  v5('3.1.3-8 3.1.4-2', 'a client id that cannot be is refused', 'a open; a > connect id=%FF; a x'),
]

const answers: readonly Row[] = [
  all(
    '3.1.4-2',
    '3.1.4-3',
    'a second connection of a client id closes the first',
    'a connect; a2 connect id=$a; a x 0x8E; a2 ~',
  ),
  all(
    '3.1.4-2',
    '3.1.4-3',
    'a third closes the second',
    'a connect; a2 connect id=$a; a x; a3 connect id=$a; a2 x; a3 ~',
  ),
  all(
    '3.1.4-2 3.1.2-4 3.2.2-2',
    '3.1.4-3 3.1.2-5 3.2.2-3',
    'who takes over takes the session over',
    'a connect keep {expiry=60}; a sub T/x:1; a2 connect keep present id=$a {expiry=60}; a x 0x8E; b connect; b pub T/x hi q1; a2 gets T/x hi q1',
  ),
  v4(
    '3.1.4-5 3.2.2-5',
    'what follows a refused CONNECT is not processed',
    'b connect; b sub T/#:0; a open; a > connect keep; a > publish T/x hello; a < connack 2; a end; b ~',
  ),
  v5(
    '3.1.4-6 3.1.4-2 3.2.2-7 3.2.2-6 4.12.0-1 4.12.0-4 4.13.2-1',
    'what follows a refused CONNECT is not processed',
    'b connect; b sub T/#:0; a open; a > connect id=$a {method=m}; a > publish T/x hello; a < connack 0x8C; a end; b ~',
  ),
  v4('3.2.2-6', 'a CONNECT that no code fits is closed without CONNACK', 'a open; a > connect flags=3 id=$a; a end'),
  all(
    '3.2.2-1 3.1.4-3 3.1.2-6',
    '3.2.2-2 3.1.4-4 3.1.2-4',
    'clean: no session is present, though there was one',
    'a connect keep {expiry=60}; a drop; a connect keep present {expiry=60}; a drop; a connect absent',
  ),
  all(
    '3.2.2-3 3.1.2-4',
    '3.2.2-3 3.1.2-6',
    'not clean: none is present where there was none',
    'a connect keep absent {expiry=60}',
  ),
  v5(
    '3.2.2-9 3.2.2-10 3.2.2-12',
    'nothing is said of a maximum QoS, and 2 is supported',
    'a open; a > connect id=$a will=T/w,x,2; a < connack 0 {!mqos}; a sub T/x:2; a pub T/x hi q2; a gets T/x hi q2',
  ),
  v5(
    '3.2.2-22',
    'no keep-alive of the server: the client’s own counts',
    'a open; a > connect id=$a ka=10; a < connack 0 {!ska}; advance 14; a ~; advance 14; a ~; advance 17; a x 0x8D',
  ),
  v5(
    '3.1.2-28',
    'no response information unasked, and none of value 0',
    'a open; a > connect id=$a {rri=0}; a < connack 0 {!ri}; b open; b > connect id=$b; b < connack 0 {!ri}',
  ),
  v5('4.12.0-6', 'no method where none was named', 'a open; a > connect id=$a; a < connack 0 {!method !adata}'),
  v5('', 'packets to 16 MiB are announced', 'a open; a > connect id=$a; a < connack 0 {mps=16777216}'),
]

const ends: readonly Row[] = [
  all(
    '3.1.2-24',
    '3.1.2-22',
    'one and a half keep-alives of silence end the connection; the will says so',
    'b connect; b sub T/w:0; a connect ka=10 will=T/w,lost; advance 14; a ~; advance 14; a ~; b ~; advance 17; a x 0x8D; b < publish T/w lost',
  ),
  all(
    '3.1.2-24',
    '3.1.2-22',
    'any packet counts for keep-alive',
    'a connect ka=10; advance 12; a pub T/x hi q1; advance 12; a sub T/y:0; advance 12; a unsub T/y; advance 12; a ~; advance 17; a x 0x8D',
  ),
  all('3.1.2-24', '3.1.2-22', 'keep-alive 0: silence ends nothing', 'a connect ka=0; advance 70000; a ~'),
  all(
    '3.1.2-24',
    '3.1.2-22',
    'what goes to a client does not keep it alive',
    'a connect ka=10; a sub T/x:0; b connect; advance 8; b pub T/x hi; a < publish T/x hi; advance 9; a x 0x8D',
  ),
  all(
    '3.12.4-1',
    '3.12.4-1',
    'PINGREQ is answered with PINGRESP',
    'a connect; a > pingreq; a < pingresp; a > pingreq; a > pingreq; a < pingresp; a < pingresp',
  ),
  both(
    '3.14.1-1 2.2.2-2',
    '3.14.1-1 2.1.3-1',
    'flags of DISCONNECT are refused',
    'a connect; a > disconnect flags=1; a x 0x81',
  ),
  both(
    '3.14.1-1',
    '3.14.1-1',
    'a DISCONNECT with wrong flags is none: the will is published',
    'b connect; b sub T/w:0; a connect will=T/w,lost; a > disconnect flags=1; a x; b < publish T/w lost',
  ),
  old('4.8.0-1', 'a DISCONNECT with a body is refused', 'a connect; a > hex E0 01 00; a x'),
  all(
    '3.14.4-3',
    '3.14.4-3',
    'nothing behind DISCONNECT is processed',
    'b connect; b sub T/#:0; a connect; a > disconnect; a > publish T/x late; a end; b ~',
  ),
  v5('3.14.4-2', 'what the server cuts off gets a DISCONNECT, then the end', 'a connect; a > publish T/# x q2 #1; a x'),
  v5('', 'DISCONNECT takes reasons of its list only', 'a connect; a > disconnect 0x01; a x'),
  v5('', 'DISCONNECT takes no reason that only servers send', 'a connect; a > disconnect 0x8E; a gone'),
  v5('', 'a DISCONNECT with properties is read', 'a connect; a > disconnect 0x00 {reason=bye user=a:b}; a end'),
  v5('', 'a server reference in a client’s DISCONNECT is refused', 'a connect; a > disconnect 0x00 {ref=x}; a x'),
]

const bad = (what: string, properties: string) =>
  v5('4.13.1-1 3.1.4-1', `${what} in CONNECT is refused`, `a open; a > connect id=$a {${properties}}; a x`)

const properties: readonly Row[] = [
  bad('a receive maximum of 0', 'rm=0'),
  bad('a maximum packet size of 0', 'mps=0'),
  bad('request response information 2', 'rri=2'),
  bad('request problem information 2', 'rpi=2'),
  bad('session expiry twice', 'expiry=1 expiry=1'),
  bad('receive maximum twice', 'rm=1 rm=1'),
  bad('maximum packet size twice', 'mps=100 mps=100'),
  bad('topic alias maximum twice', 'tam=1 tam=1'),
  bad('request problem information twice', 'rpi=1 rpi=1'),
  bad('request response information twice', 'rri=1 rri=1'),
  bad('authentication method twice', 'method=a method=a'),
  bad('authentication data without a method', 'adata=x'),
  bad('an unknown property', '7F=x'),
  bad('a topic alias', 'alias=1'),
  bad('a subscription identifier', 'sid=1'),
  bad('a reason string', 'reason=x'),
  bad('a will delay outside of the will', 'delay=1'),
  bad('an assigned client id', 'acid=x'),
  bad('a server keep-alive', 'ska=1'),
  bad('a maximum QoS', 'mqos=1'),
  bad('retain available', 'ra=1'),
  ...['wild', 'sids', 'shared'].map((it) => bad(`${it} of CONNACK`, `${it}=1`)),
  v5(
    '3.1.4-1',
    'properties longer than the packet are refused',
    'a open; a > hex 10 10 0004 4D515454 05 02 0000 7F 0003 616263; a x',
  ),
  v5(
    '3.1.4-1',
    'a property that is cut off is refused',
    'a open; a > hex 10 13 0004 4D515454 05 02 0000 03 11 0000 0003 616263 00; a x',
  ),
  v5(
    '1.5.5-1',
    'a property length longer than it must be is refused',
    'a open; a > hex 10 11 0004 4D515454 05 02 0000 8000 0003 616263; a x',
  ),
  v5(
    '2.2.2-1',
    'a CONNECT without a property length is refused',
    'a open; a > hex 10 0F 0004 4D515454 05 02 0000 0003 616263; a gone',
  ),
  ...[
    'alias=1',
    'expiry=1',
    'sid=1',
    'reason=x',
    'rm=1',
    'pfi=2',
    'delay=1 delay=1',
    'mei=1 mei=1',
    'ct=a ct=a',
    '7F=x',
  ].map((it) => v5('4.13.1-1', `${it} in a will is refused`, `a open; a > connect id=$a will=T/w,x will{${it}}; a x`)),
  both(
    '4.7.1-1',
    '4.7.0-1',
    'a will topic with a wildcard is refused',
    'a open; a > connect id=$a will=T/+,x; a x; b open; b > connect id=$b will=T/#,x; b x',
  ),
  both('4.7.3-1', '4.7.3-1', 'an empty will topic is refused', 'a open; a > connect id=$a will=-,x; a x'),
  v5(
    '4.12.0-1',
    'enhanced authentication is refused with 0x8C',
    'a open; a > connect id=$a {method=SCRAM-SHA-1 adata=x}; a < connack 0x8C; a end',
  ),
  v5('4.12.1-2', 'AUTH without a method in CONNECT closes', 'a connect; a > auth 0x19 {method=m}; a x'),
  v5('4.12.1-2', 'an empty AUTH closes', 'a connect; a > hex F0 00; a x'),
  v5('3.15.1-1', 'flags of AUTH are refused', 'a connect; a > auth 0x18 flags=1 {method=m}; a x'),
  v5('', 'AUTH before CONNECT closes', 'a open; a > auth 0x18 {method=m}; a end'),
]

export const connectRows: readonly Row[] = [...first, ...flags, ...texts, ...ids, ...answers, ...ends, ...properties]
