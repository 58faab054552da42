/** Sessions, what is sent again, retained messages and wills. */
import type { Row } from './rows.ts'
import { all, both, old, v4, v5 } from './rows.ts'

const sessions: readonly Row[] = [
  all(
    '3.1.2-4 3.1.2-5 4.1.0-1 4.5.0-1 3.2.2-2',
    '3.1.2-5 3.1.2-23 4.1.0-1 4.5.0-1 3.2.2-3',
    'messages for an absent session are kept: QoS 1 and 2',
    'a connect keep absent {expiry=600}; a sub T/x:2; a drop; b connect; b pub T/x 1 q1; b pub T/x 2 q2; a connect keep present {expiry=600}; a gets T/x 1 q1; a gets T/x 2 q2; a ~',
  ),
  all(
    '3.1.2-4',
    '3.1.2-5',
    'subscriptions are kept',
    'a connect keep {expiry=600}; a sub T/x:0 T/y/#:1; a drop; a connect keep present {expiry=600}; b connect; b pub T/x 1; b pub T/y/z 2 q1; a < publish T/x 1; a gets T/y/z 2 q1',
  ),
  all(
    '3.1.2-4',
    '3.1.2-5',
    'a session outlives DISCONNECT',
    'a connect keep {expiry=600}; a sub T/x:1; a bye; b connect; b pub T/x 1 q1; a connect keep present {expiry=600}; a gets T/x 1 q1',
  ),
  all(
    '3.1.2-6 3.1.4-3 3.2.2-1',
    '3.1.2-4 3.1.4-4 3.2.2-2',
    'clean discards subscriptions and messages',
    'a connect keep {expiry=600}; a sub T/x:1; a drop; b connect; b pub T/x 1 q1; a connect absent; b pub T/x 2 q1; a ~',
  ),
  old(
    '3.1.2-6 4.1.0-2',
    'a clean session ends with its connection',
    'a connect; a sub T/x:1; a drop; a connect keep absent; b connect; b pub T/x 1 q1; a ~',
  ),
  v4(
    '3.1.2-6 3.2.2-3',
    'a clean session discards the persistent one before it for good',
    'a connect keep; a sub T/x:1; a drop; a connect absent; a drop; a connect keep absent; b connect; b pub T/x 1 q1; a ~',
  ),
  all(
    '4.1.0-2',
    '4.1.0-1',
    'a session stands as long as its connection',
    'a connect; a sub T/x:1; advance 100000; b connect; b pub T/x 1 q1; a gets T/x 1 q1',
  ),
  old(
    '4.1.0-1',
    'a session of 3.x stays for a week and more',
    'a connect keep; a sub T/x:1; a drop; b connect; b pub T/x 1 q1; advance 700000; a connect keep present; a gets T/x 1 q1',
  ),
  v5(
    '3.1.2-23 4.1.0-2',
    'a session ends when its expiry has passed',
    'a connect keep {expiry=10}; a sub T/x:1; a drop; advance 9; a connect keep present {expiry=10}; a drop; advance 11; a connect keep absent {expiry=10}; b connect; b pub T/x 1 q1; a ~',
  ),
  v5(
    '4.1.0-2',
    'expiry absent or 0: the session ends with its connection',
    'a connect keep; a sub T/x:1; a drop; a connect keep absent; a drop; a connect keep absent {expiry=0}',
  ),
  v5(
    '3.1.2-23',
    'expiry 4,294,967,295: it never ends',
    'a connect keep {expiry=4294967295}; a sub T/x:1; a drop; advance 700000; a connect keep present {expiry=4294967295}',
  ),
  v5(
    '3.1.2-23',
    'clean start with an expiry: the new session is kept',
    'a connect absent {expiry=60}; a sub T/x:1; a drop; b connect; b pub T/x 1 q1; a connect keep present {expiry=60}; a gets T/x 1 q1',
  ),
  v5(
    '3.1.2-23 4.1.0-2',
    'DISCONNECT shortens the expiry',
    'a connect keep {expiry=600}; a bye 0 {expiry=10}; advance 11; a connect keep absent {expiry=600}; a bye 0 {expiry=0}; a connect keep absent {expiry=600}',
  ),
  v5(
    '3.1.2-23',
    'DISCONNECT lengthens the expiry',
    'a connect keep {expiry=10}; a bye 0 {expiry=600}; advance 300; a connect keep present {expiry=10}',
  ),
  v5('4.13.1-1', 'DISCONNECT cannot raise an expiry of 0', 'a connect; a > disconnect 0 {expiry=10}; a x 0x82'),
  v5(
    '3.1.2-23',
    'a new CONNECT sets the expiry anew',
    'a connect keep {expiry=600}; a drop; a connect keep present {expiry=10}; a drop; advance 11; a connect keep absent',
  ),
  all(
    '3.1.3-2',
    '3.1.3-2',
    'messages of a session go to its client alone',
    'a,b connect keep {expiry=60}; a sub T/x:1; b sub T/y:1; a,b drop; c connect; c pub T/x 1 q1; c pub T/y 2 q1; b connect keep present {expiry=60}; b gets T/y 2 q1; b ~; a connect keep present {expiry=60}; a gets T/x 1 q1; a ~',
  ),
  all(
    '3.1.2-5',
    '4.5.0-1',
    'QoS 0 for an absent session is dropped or kept, and the order of the others stands',
    'a connect keep {expiry=60}; a sub T/x:1; a drop; b connect; b pub T/x 1 q1; b pub T/x 2 q1; a connect keep present {expiry=60}; a gets T/x 1 q1; a gets T/x 2 q1; a ~',
  ),
]

const again: readonly Row[] = [
  all(
    '3.3.1-1 4.4.0-1 4.3.2-1 4.1.0-1 2.3.1-3',
    '3.3.1-1 4.4.0-1 4.3.2-3 4.1.0-1',
    'QoS 1 without PUBACK: the PUBLISH comes again with DUP and its id',
    'a connect keep {expiry=60}; a sub T/x:1; b connect; b pub T/x 1 q1; b pub T/x 2 q1; a < publish T/x 1 q1; a < publish T/x 2 q1; a drop; a connect keep present {expiry=60}; a < publish T/x 1 q1 dup #@1; a < publish T/x 2 q1 dup #@2; a > puback @1; a > puback @2; a drop; a connect keep present {expiry=60}; a ~',
  ),
  all(
    '3.3.1-1 4.4.0-1',
    '3.3.1-1 4.4.0-1',
    'what was acknowledged does not come again',
    'a connect keep {expiry=60}; a sub T/x:1; b connect; b pub T/x 1 q1; b pub T/x 2 q1; a < publish T/x 1 q1; a < publish T/x 2 q1; a > puback @1; a ~; a drop; a connect keep present {expiry=60}; a < publish T/x 2 q1 dup #@2; a > puback @2; a ~',
  ),
  all(
    '4.3.3-1 4.4.0-1',
    '4.3.3-3 4.4.0-1',
    'QoS 2 without PUBREC: the PUBLISH comes again',
    'a connect keep {expiry=60}; a sub T/x:2; b connect; b pub T/x 1 q2; a < publish T/x 1 q2; a drop; a connect keep present {expiry=60}; a < publish T/x 1 q2 dup #@1; a > pubrec @1; a < pubrel @1; a > pubcomp @1; a ~; a drop; a connect keep present {expiry=60}; a ~',
  ),
  all(
    '4.3.3-1 4.4.0-1',
    '4.3.3-5 4.3.3-6 4.4.0-1',
    'QoS 2 without PUBCOMP: PUBREL comes again, PUBLISH does not',
    'a connect keep {expiry=60}; a sub T/x:2; b connect; b pub T/x 1 q2; a < publish T/x 1 q2; a > pubrec @1; a < pubrel @1; a drop; a connect keep present {expiry=60}; a < pubrel @1; a drop; a connect keep present {expiry=60}; a < pubrel @1; a > pubcomp @1; a ~; a drop; a connect keep present {expiry=60}; a ~',
  ),
  all(
    '4.4.0-1',
    '4.4.0-1',
    'what is sent again comes before what is new',
    'a connect keep {expiry=60}; a sub T/x:1; b connect; b pub T/x 1 q1; a < publish T/x 1 q1; a drop; b pub T/x 2 q1; a connect keep present {expiry=60}; a < publish T/x 1 q1 dup #@1; a < publish T/x 2 q1; a > puback @1; a > puback @2; a ~',
  ),
  all(
    '4.4.0-1',
    '4.4.0-1',
    'again over a take-over',
    'a connect keep {expiry=60}; a sub T/x:1; b connect; b pub T/x 1 q1; a < publish T/x 1 q1; a2 connect keep present id=$a {expiry=60}; a2 < publish T/x 1 q1 dup; a x',
  ),
  all(
    '4.3.3-2 2.3.1-6',
    '4.3.3-10 4.3.3-11',
    'QoS 2 inbound over a return: the PUBLISH that comes again is delivered once',
    'b connect; b sub T/x:0; a connect keep {expiry=60}; a > publish T/x 1 q2 #7; a < pubrec 7; a drop; a connect keep present {expiry=60}; a > publish T/x 1 q2 #7 dup; a < pubrec 7; a > pubrel 7; a < pubcomp 7; b < publish T/x 1; b ~',
  ),
  all(
    '4.3.3-2',
    '4.3.3-11',
    'QoS 2 inbound over a return: PUBREL is answered',
    'b connect; b sub T/x:0; a connect keep {expiry=60}; a > publish T/x 1 q2 #7; a < pubrec 7; a drop; a connect keep present {expiry=60}; a > pubrel 7; a < pubcomp 7 0; a > publish T/x 2 q2 #7; a < pubrec 7; b < publish T/x 1; b < publish T/x 2; b ~',
  ),
  all(
    '4.3.3-2 3.1.2-6',
    '4.3.3-12',
    'QoS 2 inbound: a clean session forgets ids',
    'b connect; b sub T/x:0; a connect keep {expiry=60}; a > publish T/x 1 q2 #7; a < pubrec 7; a drop; a connect absent; a > publish T/x 2 q2 #7 dup; a < pubrec 7; b < publish T/x 1; b < publish T/x 2; b ~',
  ),
  v5(
    '4.4.0-2',
    'answered with 0x80 and above: it does not come again',
    'a connect keep {expiry=60}; a sub T/x:1 T/y:2; b connect; b pub T/x 1 q1; b pub T/y 2 q2; a < publish T/x 1 q1; a < publish T/y 2 q2; a > puback @1 0x80; a > pubrec @2 0x80; a ~; a drop; a connect keep present {expiry=60}; a ~',
  ),
  all(
    '4.4.0-1 4.1.0-1',
    '4.4.0-1 4.1.0-1',
    'a server that was started again resumes QoS 2: PUBLISH and PUBREL come again with their ids',
    'a connect keep {expiry=600}; a sub T/x:2; b connect; b pub T/x 1 q2; b pub T/x 2 q2; a < publish T/x 1 q2; a < publish T/x 2 q2; a > pubrec @1; a < pubrel @1; restart; a connect keep present {expiry=600}; a again publish T/x 2 q2 dup #@2 & pubrel @1; a > pubcomp @1; a > pubrec @2; a < pubrel @2; a > pubcomp @2; a ~; b connect; b pub T/x 3 q2; a gets T/x 3 q2; a ~',
  ),
  all(
    '4.1.0-1',
    '4.1.0-1 4.3.2-3',
    'a server that was started again resumes QoS 1: what was not acknowledged comes again',
    'a connect keep {expiry=600}; a sub T/x:1; b connect; b pub T/x 1 q1; b pub T/x 2 q1; b pub T/x 3 q1; a < publish T/x 1 q1; a < publish T/x 2 q1; a < publish T/x 3 q1; a > puback @1; a ~; restart; a connect keep present {expiry=600}; a < publish T/x 2 q1 dup #@2; a < publish T/x 3 q1 dup #@3; a ~; a > puback @2; a > puback @3; b connect; b pub T/x 4 q1; a gets T/x 4 q1; a ~',
  ),
  all(
    '4.3.3-2',
    '4.3.3-10',
    'a server that was started again knows the QoS 2 ids that it took',
    'b connect keep {expiry=600}; b sub T/x:1; b drop; a connect keep {expiry=600}; a > publish T/x 1 q2 #7; a < pubrec 7; restart; a connect keep present {expiry=600}; a > publish T/x 1 q2 #7 dup; a < pubrec 7; a > pubrel 7; a < pubcomp 7; b connect keep present {expiry=600}; b gets T/x 1 q1; b ~',
  ),
]

const retained: readonly Row[] = [
  all(
    '3.3.1-5 3.3.1-6 3.3.1-8',
    '3.3.1-5 3.3.1-9',
    'a new subscription gets what is retained, with the flag',
    'b connect; b pub T/x kept q1 retain; a connect; a sub T/x:1; a gets T/x kept q1 retain; a ~; b pub T/x - retain',
  ),
  ...[0, 1, 2].map((qos) =>
    all(
      '3.3.1-5 3.8.4-6',
      '3.3.1-5 3.8.4-8',
      `what is retained at QoS 2 comes at QoS ${qos} to who asks for that`,
      `b connect; b pub T/x kept q2 retain; a connect; a sub T/x:${qos}; a gets T/x kept${qos === 0 ? '' : ` q${qos}`} retain; a ~; b pub T/x - retain`,
    ),
  ),
  all(
    '3.3.1-5 3.8.4-6',
    '3.8.4-8',
    'what is retained at QoS 0 comes at QoS 0',
    'b connect; b pub T/x kept retain; a connect; a sub T/x:2; a < publish T/x kept retain; a ~; b pub T/x - retain',
  ),
  all(
    '3.3.1-7 3.3.1-5',
    '3.3.1-5',
    'the last one counts, whatever its QoS',
    'b connect; b pub T/x 1 q2 retain; b pub T/x 2 retain; a connect; a sub T/x:2; a < publish T/x 2 retain; a ~; b pub T/x - retain',
  ),
  all(
    '3.3.1-6',
    '3.3.1-9',
    'a wildcard gets all that match',
    'b connect; b pub T/x 1 retain; b pub T/y/z 2 retain; b pub T/y 3 retain; a connect; a sub T/+:0; a all publish T/x 1 retain & publish T/y 3 retain; a ~; a sub T/#:0; a all publish T/x 1 retain & publish T/y 3 retain & publish T/y/z 2 retain; a ~; a sub T/y/+:0; a < publish T/y/z 2 retain; a ~; b pub T/x - retain; b pub T/y - retain; b pub T/y/z - retain',
  ),
  all(
    '4.7.2-1',
    '4.7.2-1',
    'a wildcard at the front gets nothing retained below $',
    'b connect; b pub $x/T/x kept retain; a connect; a sub +/T/#:0; a ~; a sub $x/T/#:0; a < publish $x/T/x kept retain; b pub $x/T/x - retain',
  ),
  all(
    '3.3.1-9',
    '3.3.1-12',
    'a subscription that stands gets it without the flag',
    'a,b connect; a sub T/x:1; b pub T/x kept q1 retain; a gets T/x kept q1; a ~; b pub T/x - retain',
  ),
  all(
    '3.3.1-10',
    '3.3.1-6',
    'an empty one is delivered as usual and removes what is retained',
    'a,b connect; a sub T/x:0; b pub T/x kept retain; a < publish T/x kept; b pub T/x - retain; a < publish T/x -; c connect; c sub T/x:0; c ~',
  ),
  all(
    '3.3.1-10 3.3.1-11',
    '3.3.1-6 3.3.1-7',
    'an empty one of QoS 1 and of QoS 2 removes and is not stored',
    'b connect; b pub T/x kept q1 retain; b pub T/x - q1 retain; a connect; a sub T/x:1; a ~; b pub T/y kept q2 retain; b pub T/y - q2 retain; a sub T/y:2; a ~',
  ),
  all(
    '3.3.1-11',
    '3.3.1-7',
    'an empty one where nothing is retained',
    'b connect; b pub T/x - retain; a connect; a sub T/x:0; a ~',
  ),
  all(
    '3.3.1-12',
    '3.3.1-8',
    'without the flag nothing is stored, replaced or removed',
    'b connect; b pub T/x 1; a connect; a sub T/x:0; a ~; b pub T/x 2 retain; a < publish T/x 2; b pub T/x 3; a < publish T/x 3; b pub T/x -; a < publish T/x -; c connect; c sub T/x:0; c < publish T/x 2 retain; c ~; b pub T/x - retain',
  ),
  all(
    '3.8.4-3',
    '3.8.4-4',
    'the same filter again brings what is retained again',
    'b connect; b pub T/x kept retain; a connect; a sub T/x:0; a < publish T/x kept retain; a sub T/x:0; a < publish T/x kept retain; a ~; b pub T/x - retain',
  ),
  all(
    '3.1.2-7',
    '3.3.1-5',
    'what is retained outlives the session of who published it',
    'b connect; b pub T/x kept retain; b drop; b connect; b bye; a connect; a sub T/x:0; a < publish T/x kept retain; a pub T/x - retain',
  ),
  all(
    '3.3.1-5',
    '3.3.1-5',
    'what is retained outlives the server',
    'b connect; b pub T/x 1 q1 retain; b pub T/y 2 q1 retain; b pub T/y - q1 retain; restart; a connect; a sub T/#:1; a gets T/x 1 q1 retain; a ~; a pub T/x - q1 retain',
  ),
  all(
    '3.3.1-6',
    '3.3.1-9',
    'a session that returns gets nothing retained unasked',
    'b connect; b pub T/x kept q1 retain; a connect keep {expiry=60}; a sub T/x:1; a gets T/x kept q1 retain; a drop; a connect keep present {expiry=60}; a ~; b pub T/x - retain',
  ),
  v5(
    '3.3.1-10',
    'retain handling 1: to a new subscription only',
    'b connect; b pub T/x kept retain; a connect; a sub T/x:0+rh1; a < publish T/x kept retain; a sub T/x:0+rh1; a ~; a unsub T/x; a sub T/x:0+rh1; a < publish T/x kept retain; b pub T/x - retain',
  ),
  v5(
    '3.3.1-10',
    'retain handling 1: not to a subscription that survived',
    'b connect; b pub T/x kept q1 retain; a connect keep {expiry=60}; a sub T/x:1+rh1; a gets T/x kept q1 retain; a drop; a connect keep present {expiry=60}; a sub T/x:1+rh1; a ~; b pub T/x - retain',
  ),
  v5(
    '3.3.1-11',
    'retain handling 2: none',
    'b connect; b pub T/x kept retain; a connect; a sub T/x:0+rh2; a ~; b pub T/x new retain; a < publish T/x new; b pub T/x - retain',
  ),
  v5(
    '3.3.1-9 3.8.4-4',
    'retain handling 0: each time',
    'b connect; b pub T/x kept retain; a connect; a sub T/x:0+rh0; a < publish T/x kept retain; a sub T/x:0+rh0; a < publish T/x kept retain; b pub T/x - retain',
  ),
  v5(
    '3.3.1-13',
    'retain as published 1: the flag is what it was',
    'a,b connect; a sub T/x:0+rap; b pub T/x 1 retain; a < publish T/x 1 retain; b pub T/x 2; a < publish T/x 2; b pub T/x - retain; a < publish T/x - retain',
  ),
  v5(
    '3.3.1-12',
    'retain as published 0: no flag, but on what was retained',
    'b connect; b pub T/x kept retain; a connect; a sub T/x:0; a < publish T/x kept retain; b pub T/x new retain; a < publish T/x new; b pub T/x - retain',
  ),
  v5(
    '3.3.1-13',
    'retain as published is kept with a queue',
    'a connect keep {expiry=60}; a sub T/x:1+rap; a drop; b connect; b pub T/x 1 q1 retain; a connect keep present {expiry=60}; a gets T/x 1 q1 retain; b pub T/x - retain',
  ),
  v5(
    '3.3.4-3',
    'what is retained comes with the identifier',
    'b connect; b pub T/x kept retain; a connect; a sub T/x:0 {sid=3}; a < publish T/x kept retain {sid=3}; b pub T/x - retain',
  ),
]

const wills: readonly Row[] = [
  all(
    '3.1.2-9 3.1.3-1',
    '3.1.2-9 3.1.3-1',
    'a will, a user name and a password of 65,535 bytes each',
    'b connect; b sub T/w:0; a connect will=T/w,x65535 user=%75LONG pass=%70LONG; a drop; b < publish T/w x65535'.replaceAll(
      'LONG',
      'u'.repeat(65_534),
    ),
  ),
  all(
    '3.1.2-8 3.1.2-9',
    '3.1.2-7 3.1.2-8 3.1.2-9',
    'a will is published when the network is lost',
    'b connect; b sub T/w:2; a connect will=T/w,lost; a drop; b < publish T/w lost; b ~',
  ),
  ...[0, 1, 2].map((qos) =>
    all(
      '3.1.2-9 3.1.2-14',
      '3.1.2-8 3.1.2-12',
      `a will of QoS ${qos}`,
      `b connect; b sub T/w:2; a connect will=T/w,lost,${qos}; a drop; b gets T/w lost${qos === 0 ? '' : ` q${qos}`}`,
    ),
  ),
  all(
    '3.1.2-10 3.14.4-3',
    '3.1.2-10 3.14.4-3 3.1.2-8',
    'no will after DISCONNECT',
    'b connect; b sub T/w:0; a connect will=T/w,lost; a bye; b ~; advance 60; b ~',
  ),
  all('3.1.2-12', '3.1.2-8', 'no will, nothing published', 'b connect; b sub T/#:0; a connect; a drop; b ~'),
  all(
    '3.1.2-10',
    '3.1.2-10',
    'a will is published once',
    'b connect; b sub T/w:0; a connect keep will=T/w,lost {expiry=60}; a drop; b < publish T/w lost; a connect keep {expiry=60}; a drop; b ~; advance 100; b ~',
  ),
  all(
    '3.1.2-16',
    '3.1.2-14',
    'will retain 0: not retained',
    'b connect; b sub T/w:0; a connect will=T/w,lost; a drop; b < publish T/w lost; c connect; c sub T/w:0; c ~',
  ),
  all(
    '3.1.2-17',
    '3.1.2-15',
    'will retain 1: retained',
    'b connect; b sub T/w:1; a connect will=T/w,lost,1,retain; a drop; b gets T/w lost q1; c connect; c sub T/w:1; c gets T/w lost q1 retain; c pub T/w - retain',
  ),
  all(
    '3.1.2-17',
    '3.1.2-15',
    'an empty will with retain removes what is retained',
    'b connect; b sub T/w:0; b pub T/w kept retain; b < publish T/w kept; a connect will=T/w,-,0,retain; a drop; b < publish T/w -; c connect; c sub T/w:0; c ~',
  ),
  all(
    '3.1.2-8',
    '3.1.2-8',
    'a will is published where the protocol was broken',
    'b connect; b sub T/w:0; a connect will=T/w,lost; a > publish T/# x; a x; b < publish T/w lost',
  ),
  all(
    '3.1.2-8',
    '3.1.2-8',
    'a will is published where keep-alive ran out',
    'b connect; b sub T/w:0; a connect ka=10 will=T/w,lost; advance 20; a x; b < publish T/w lost',
  ),
  all(
    '3.1.2-8 3.1.4-2',
    '3.1.2-8 3.1.4-3',
    'a will is published at a take-over',
    'b connect; b sub T/w:0; a connect will=T/w,lost; a2 connect id=$a; a x; b < publish T/w lost',
  ),
  all(
    '3.1.2-8',
    '3.1.2-8',
    'a will reaches an absent session',
    'b connect keep {expiry=60}; b sub T/w:1; b drop; a connect will=T/w,lost,1; a drop; b connect keep present {expiry=60}; b gets T/w lost q1',
  ),
  both(
    '3.1.2-8',
    '3.1.2-8',
    'a will of a CONNECT that was refused is not published',
    'b connect; b sub T/#:0; a open; a > connect flags=7 id=$a will=T/w,lost; a x; b ~',
  ),
  v5(
    '3.1.2-8',
    'DISCONNECT 0x04 asks for the will',
    'b connect; b sub T/w:0; a connect will=T/w,lost; a bye 0x04; b < publish T/w lost',
  ),
  v5(
    '3.1.2-8',
    'any DISCONNECT but 0 leaves the will',
    'b connect; b sub T/w:0; a connect will=T/w,lost; a bye 0x80; b < publish T/w lost',
  ),
  v5(
    '3.1.2-8',
    'a will waits for its delay',
    'b connect; b sub T/w:0; a connect keep will=T/w,lost will{delay=10} {expiry=60}; a drop; b ~; advance 9; b ~; advance 2; b < publish T/w lost; advance 100; b ~',
  ),
  v5(
    '3.1.2-8',
    'a will goes when the session ends, if that is before its delay',
    'b connect; b sub T/w:0; a connect keep will=T/w,lost will{delay=60} {expiry=10}; a drop; b ~; advance 9; b ~; advance 2; b < publish T/w lost; advance 100; b ~',
  ),
  v5(
    '3.1.2-8',
    'a session that ends at once takes no delay',
    'b connect; b sub T/w:0; a connect will=T/w,lost will{delay=60}; a drop; b < publish T/w lost',
  ),
  v5(
    '3.1.3-9',
    'who returns within the delay suppresses the will',
    'b connect; b sub T/w:0; a connect keep will=T/w,lost will{delay=10} {expiry=60}; a drop; advance 5; a connect keep present {expiry=60}; advance 60; b ~; a bye; b ~',
  ),
  v5(
    '3.1.2-8',
    'clean start within the delay ends the session: the will goes',
    'b connect; b sub T/w:0; a connect keep will=T/w,lost will{delay=10} {expiry=60}; a drop; b ~; a connect absent; b < publish T/w lost; advance 60; b ~',
  ),
  v5(
    '3.1.3-9',
    'a take-over within the delay suppresses the will',
    'b connect; b sub T/w:0; a connect keep will=T/w,lost will{delay=10} {expiry=60}; a2 connect keep id=$a {expiry=60}; a x 0x8E; b ~; advance 60; b ~',
  ),
  v5(
    '3.1.2-8',
    'expiry set to 0 in DISCONNECT 0x04: the will goes at once',
    'b connect; b sub T/w:0; a connect keep will=T/w,lost will{delay=10} {expiry=60}; a bye 0x04 {expiry=0}; b < publish T/w lost',
  ),
  v5(
    '3.1.2-10',
    'DISCONNECT 0 removes a will with a delay',
    'b connect; b sub T/w:0; a connect keep will=T/w,lost will{delay=10} {expiry=60}; a bye; advance 100; b ~',
  ),
  both(
    '3.1.2-8',
    '3.1.2-7',
    'the will of the connection counts, not that of the one before',
    'b connect; b sub T/w:0; a connect keep will=T/w,one {expiry=60}; a bye; a connect keep will=T/w,two {expiry=60}; a drop; b < publish T/w two; b ~',
  ),
  v5(
    '3.1.2-7',
    'a will that waits outlives the server',
    'b connect keep {expiry=6000}; b sub T/w:1; a connect keep will=T/w,lost,1 will{delay=100} {expiry=6000}; a drop; restart; b connect keep present {expiry=6000}; b ~; advance 101; b gets T/w lost q1',
  ),
]

export const sessionRows: readonly Row[] = [...sessions, ...again, ...retained, ...wills]
