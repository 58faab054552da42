/** The alarm works: each checker is silent on a real trace, and loud on the same trace with one thing broken. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Checker } from './checks.ts'
import * as checks from './checks.ts'
import { Simulation } from './simulation.ts'
import type { Happened, Trace } from './trace.ts'

let trace: Trace = []
beforeAll(async () => {
  trace = await new Simulation(20).run(400)
}, 60_000)

type Of<W extends Happened['what']> = Extract<Happened, { what: W }>

/** The places of events of a kind, of which `wanted` says yes. */
function places<W extends Happened['what']>(
  what: W,
  wanted: (event: Of<W>, at: number) => boolean = () => true,
): number[] {
  return trace.flatMap((event, at) => (event.what === what && wanted(event as Of<W>, at) ? [at] : []))
}

/** The trace with what stands at the last such place replaced; nothing, one event or several. */
function broken<W extends Happened['what']>(
  what: W,
  by: (event: Of<W>) => readonly Happened[],
  wanted?: (event: Of<W>, at: number) => boolean,
): Trace {
  const at = places(what, wanted).at(-1)
  if (at === undefined) throw new Error(`the trace has no such ${what}`)
  return trace.toSpliced(at, 1, ...by(trace[at] as Of<W>))
}

const twice = <E extends Happened>(event: E): readonly E[] => [event, event]
const never = (): readonly Happened[] => []

/** The connection lives until all is quiet. */
function stays(conn: string, from: number): boolean {
  for (const event of trace.slice(from)) {
    if (event.what === 'closed' && event.conn === conn) return false
    if (event.what === 'quiet') return true
  }
  return false
}

const isNotice = ({ topic }: Of<'notice'>) => topic === 'logout_reply'
const lastQuiet = (_: unknown, at: number) => at === places('quiet').at(-1)

const breakages: readonly [string, Checker, () => Trace][] = [
  [
    'the server lists a session twice',
    checks.oneSession,
    () =>
      broken(
        'turn',
        (it) => [{ ...it, sessions: it.sessions.flatMap(twice2) }],
        ({ sessions }) => sessions.length > 0,
      ),
  ],
  [
    'a loser is not told, and both believe',
    checks.oneSession,
    () => trace.filter((event) => event.what !== 'notice' || event.code !== 427),
  ],
  [
    'a session is gone, and nobody was told',
    checks.agreed,
    () => broken('quiet', (it) => [{ ...it, sessions: it.sessions.slice(1) }], lastQuiet),
  ],
  ['a notice that ends nothing', checks.agreed, () => broken('quiet', (it) => [forced(), it], lastQuiet)],
  ['a reply is told twice', checks.answeredOnce, () => broken('told', twice, ({ method }) => method === 'login')],
  [
    'a reply is never told',
    checks.answeredOnce,
    () => broken('told', never, ({ method, conn }, at) => method !== 'post' && stays(conn, at)),
  ],
  ['a notice is told twice', checks.noticedOnce, () => broken('notice', twice, isNotice)],
  ['a notice on one topic alone', checks.noticedOnce, () => broken('notice', never, (it) => !isNotice(it))],
  ['a PUBACK is missing', checks.messagesOnce, () => broken('puback', never, ({ conn }, at) => stays(conn, at))],
  ['a PUBACK comes twice', checks.messagesOnce, () => broken('puback', twice)],
  [
    'a refused message is not told',
    checks.messagesOnce,
    () => broken('error', never, ({ conn, id }, at) => stays(conn, at) && isPost(id)),
  ],
  ['a refused message is told twice', checks.messagesOnce, () => broken('error', twice, ({ id }) => isPost(id))],
  [
    'an acknowledged message never comes',
    checks.nothingLost,
    () => {
      const last = trace.findLast((event) => event.what === 'delivered' && isKept(event.n)) as Of<'delivered'>
      return trace.filter((event) => event.what !== 'delivered' || event.n !== last.n)
    },
  ],
  [
    'a device made anew gets what was sent before',
    checks.nothingInherited,
    () =>
      broken('delivered', (it) => [
        { what: 'deleted', device: it.owner, done: false },
        { what: 'made', device: it.owner },
        it,
      ]),
  ],
  ['messages come in another order', checks.nothingLost, swapped],
  [
    'a message comes that was not stored',
    checks.nothingLost,
    () => broken('delivered', (it) => [{ what: 'pubbed', n: it.n, stored: false, id: '' }, it]),
  ],
  [
    'an answered post is not in the log',
    checks.logged,
    () =>
      trace.map((event) =>
        event.what === 'end' ? { ...event, facts: event.facts.filter(({ kind }) => kind !== 3) } : event,
      ),
  ],
  [
    'an acknowledged message is not in the log',
    checks.logged,
    () =>
      trace.map((event) =>
        event.what === 'end' ? { ...event, facts: event.facts.filter(({ kind }) => kind !== 5) } : event,
      ),
  ],
  [
    'a post that was answered 500 is in the log',
    checks.logged,
    () =>
      broken(
        'told',
        (it) => [{ ...it, code: 500 }],
        ({ method, code }, at) => method === 'post' && code === 200 && isSettled(at),
      ),
  ],
  [
    'a login is not in the log',
    checks.logged,
    () =>
      trace.map((event) =>
        event.what === 'end' ? { ...event, facts: event.facts.filter(({ kind }) => kind !== 1) } : event,
      ),
  ],
  [
    'two changes of status at one time',
    checks.statusInOrder,
    () =>
      trace.map((event) =>
        event.what === 'end' ? { ...event, facts: event.facts.map((it) => ({ ...it, time: 7 })) } : event,
      ),
  ],
  [
    'a session that never ended',
    checks.statusInOrder,
    () => broken('end', (it) => [{ ...it, facts: it.facts.filter(({ kind }) => kind !== 2) }]),
  ],
  ['an id is given twice', checks.idsUnique, () => broken('notice', (it) => [{ ...it, conn: 'c0' }, it], isNotice)],
  ['a defect', checks.noDefects, () => [...trace, { what: 'defect', text: 'planted' }]],
]

function twice2<T>(item: T): T[] {
  return [item, item]
}

function isPost(id: string): boolean {
  return trace.some((event) => event.what === 'sent' && event.id === id && event.kind === 'post')
}

function isKept(n: number): boolean {
  const pub = trace.find((event) => event.what === 'pub' && event.n === n) as Of<'pub'>
  const stored = trace.some((event) => event.what === 'pubbed' && event.n === n && event.stored)
  const at = trace.indexOf(pub)
  return pub.kept && stored && !trace.slice(at).some((event) => event.what === 'deleted' && event.device === pub.owner)
}

/** The disk answered before the process ended. */
function isSettled(at: number): boolean {
  const next = trace.slice(at).find(({ what }) => what === 'quiet' || what === 'end')
  return next?.what === 'quiet' || (next?.what === 'end' && next.clean)
}

/** A connection that has something is told that it has not. */
function forced(): Happened {
  const quiet = trace[places('quiet').at(-1) as number] as Of<'quiet'>
  const { conn, device } = quiet.sessions[0] as (typeof quiet.sessions)[number]
  return { what: 'notice', conn, topic: 'logout_reply', id: '2147483647', code: 427, device }
}

/** The first arrivals of two messages of one owner change places. */
function swapped(): Trace {
  const seen = new Set<number>()
  const first = places('delivered', ({ n }) => seen.size < seen.add(n).size)
  for (const [i, at] of first.entries()) {
    const one = trace[at] as Of<'delivered'>
    const other = first.slice(i + 1).find((place) => (trace[place] as Of<'delivered'>).owner === one.owner)
    if (other === undefined) continue
    const two = trace[other] as Of<'delivered'>
    return trace.with(at, { ...one, n: two.n }).with(other, { ...two, n: one.n })
  }
  throw new Error('no owner got two messages')
}

describe('checkers', () => {
  test('find nothing in the trace as it is', () => expect(checks.check(trace)).toEqual([]))
  test.each(breakages)('%s', (_, checker, make) => expect(checker(make())).not.toEqual([]))
  test('are all tried', () => {
    const tried = new Set(breakages.map(([, checker]) => checker))
    expect(Object.values(checks.checkers).filter((checker) => !tried.has(checker))).toEqual([])
  })
  test('what happened is worth checking', () => {
    const whats = new Set(trace.map(({ what }) => what))
    for (const what of ['notice', 'error', 'push', 'pubbed', 'delivered', 'deleted', 'end', 'refused', 'quiet'])
      expect(whats).toContain(what)
  })
})

test('the same seed gives the same trace', async () => {
  const [one, two] = [await new Simulation(9).run(60), await new Simulation(9).run(60)]
  expect(one).toEqual(two)
})
