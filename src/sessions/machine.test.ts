import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import type { Effect } from '../effects/effect.ts'
import { Turn } from '../effects/turn.ts'
import { FactKind, OfflineCode, OnlineFlag } from '../facts/fact.ts'
import { Sessions } from './machine.ts'
import type { LoginHow, Slotted } from './session.ts'

const A = { id: 1 }
const B = { id: 2 }
const own = { id: 3 }
const gateway = { productKey: 'gw', deviceName: 'A' }
const throughA: LoginHow = { link: A, gateway, persistent: false, auto: false, address: '', first: false }
const throughB: LoginHow = { ...throughA, link: B, gateway: { productKey: 'gw', deviceName: 'B' } }
const direct: LoginHow = { ...throughA, link: own, gateway: null }

/** Sessions with one device, and each turn's effects and facts as words. */
class Bench {
  readonly clock = new VirtualClock()
  readonly sessions: Sessions
  readonly device: Slotted = { productKey: 'p', deviceName: 'd', slot: null }

  constructor(topologyRemoved: 'sent' | 'off' = 'sent') {
    this.sessions = new Sessions({
      clock: this.clock,
      limits: { subDevicesOnline: 200 },
      errors: { topologyRemoved },
    })
  }

  takeOver(how: LoginHow): string {
    return this.#words((turn) => this.sessions.takeOver(this.device, how, this.clock.wall(), turn))
  }

  logout(): string {
    return this.#words((turn) => this.sessions.logout(this.sessions.newest(this.device) as never, turn))
  }

  stored(epoch: number): string {
    return this.#words((turn) => this.sessions.stored(this.device, epoch, turn))
  }

  failed(epoch: number): string {
    return this.#words((turn) => this.sessions.failed(this.device, epoch, turn))
  }

  force(code: 427 | 521 | 522 | 6401, only?: typeof gateway): string {
    return this.#words((turn) => this.sessions.force(this.device, code, turn, only ? { only } : {}))
  }

  closed(link: { id: number }, code: number = OfflineCode.linkLost): string {
    return this.#words((turn) => this.sessions.linkClosed(link, code, turn))
  }

  state(): string {
    const { slot } = this.device
    const pending = slot?.pending?.map((entry) => `${entry.epoch}@${entry.link.id}`).join(' ')
    return `${slot?.holder ? `${slot.holder.epoch}@${slot.holder.link.id}` : '-'}${pending ? ` ${pending}` : ''}`
  }

  #words(step: (turn: Turn) => void): string {
    const turn = new Turn()
    step(turn)
    const facts = turn.facts.map((it) => `${it.kind === FactKind.online ? 'online' : `offline ${it.code}`} ${it.epoch}`)
    return [...facts, ...turn.stored.map(effectWords), ...(turn.retry ? ['retry'] : [])].join(', ')
  }
}

function effectWords(effect: Effect): string {
  if (effect.kind === 'settle') return `settle ${effect.epoch}`
  if (effect.kind === 'notice') return `notice ${effect.code} @${effect.link.id}`
  if (effect.kind === 'close') return `close ${effect.reason} @${effect.link.id}`
  if (effect.kind === 'detach') return `detach @${effect.link.id}`
  return effect.kind
}

type Step = (bench: Bench) => string

const on = (how: LoginHow): Step => {
  return (bench) => `${bench.takeOver(how)}${bench.stored(bench.device.slot?.epoch as number)}`
}
const loginA: Step = (bench) => bench.takeOver(throughA)
const loginB: Step = (bench) => bench.takeOver(throughB)
const connect: Step = (bench) => bench.takeOver(direct)
const logout: Step = (bench) => bench.logout()
const stored = (epoch: number): Step => {
  return (bench) => bench.stored(epoch)
}
const failed = (epoch: number): Step => {
  return (bench) => bench.failed(epoch)
}
const force = (code: 427 | 521 | 522 | 6401): Step => {
  return (bench) => bench.force(code)
}
const closed = (link: { id: number }, code?: number): Step => {
  return (bench) => bench.closed(link, code)
}

/** What was before; the step; what it recorded; holder and pending ones behind it, `epoch@link`. */
const transitions: readonly (readonly [string, readonly Step[], Step, string, string])[] = [
  ['first login', [], loginA, 'online 1, settle 1', '- 1@1'],
  ['stored', [loginA], stored(1), '', '1@1'],
  ['failed', [loginA], failed(1), '', '-'],
  ['refresh of the holder', [on(throughA)], loginA, 'online 1, run', '1@1'],
  ['refresh while pending', [loginA], loginA, 'online 1, run', '- 1@1'],
  ['take-over', [on(throughA)], loginB, 'offline 427 1, online 2, settle 2, notice 427 @1, detach @1', '1@1 2@2'],
  ['take-over stored', [on(throughA), loginB], stored(2), '', '2@2'],
  ['take-over failed', [on(throughA), loginB], failed(2), '', '1@1'],
  [
    'take-over of a pending one',
    [loginA],
    loginB,
    'offline 427 1, online 2, settle 2, notice 427 @1, detach @1',
    '- 1@1 2@2',
  ],
  ['failed drops all behind', [on(throughA), loginB, loginA, loginB], failed(2), '', '1@1'],
  ['failed in the midst', [on(throughA), loginB, loginA, loginB], failed(3), '', '1@1 2@2'],
  ['failed again', [on(throughA), loginB, loginA, failed(2)], failed(3), '', '1@1'],
  [
    'take-over by its own connection',
    [on(throughA)],
    connect,
    'offline 427 1, online 2, settle 2, notice 427 @1, detach @1',
    '1@1 2@3',
  ],
  [
    'take-over from its own connection',
    [on(direct)],
    loginA,
    'offline 427 1, online 2, settle 2, close taken-over @3, detach @3',
    '1@3 2@1',
  ],
  ['logout', [on(throughA)], logout, 'offline 0 1, settle 2, detach @1', '1@1 2@1'],
  ['logout stored', [on(throughA), logout], stored(2), '', '-'],
  ['logout failed', [on(throughA), logout], failed(2), '', '1@1'],
  ['login behind a logout', [on(throughA), logout], loginB, 'online 3, settle 3', '1@1 2@1 3@2'],
  ['disabled', [on(throughA)], force(522), 'offline 522 1, notice 522 @1, detach @1, retry', '-'],
  ['deleted', [on(throughA)], force(521), 'offline 521 1, notice 521 @1, detach @1, retry', '-'],
  ['on line elsewhere', [on(throughA)], force(427), 'offline 427 1, notice 427 @1, detach @1, retry', '-'],
  ['un-related', [on(throughA)], force(6401), 'offline 6401 1, notice 6401 @1, detach @1, retry', '-'],
  ['un-related from another', [on(throughA)], (bench) => bench.force(6401, throughB.gateway as never), '', '1@1'],
  [
    'un-related, another object',
    [on(throughA)],
    (bench) => bench.force(6401, { ...gateway }),
    'offline 6401 1, notice 6401 @1, detach @1, retry',
    '-',
  ],
  ['disabled, direct', [on(direct)], force(522), 'offline 522 1, close disabled @3, detach @3, retry', '-'],
  ['deleted, direct', [on(direct)], force(521), 'offline 521 1, close deleted @3, detach @3, retry', '-'],
  ['un-related, direct', [on(direct)], force(6401), '', '1@3'],
  ['disabled, never on line', [], force(522), '', '-'],
  ['disabled, off line', [on(throughA), closed(A)], force(522), '', '-'],
  ['disabled while pending', [loginA], force(522), '', '- 1@1'],
  ['and stored', [loginA, force(522)], stored(1), 'offline 522 1, notice 522 @1, detach @1, retry', '-'],
  ['and failed', [loginA, force(522)], failed(1), '', '-'],
  ['disabled in a take-over', [on(throughA), loginB], force(522), '', '1@1 2@2'],
  ['and stored', [on(throughA), loginB, force(522)], stored(2), 'offline 522 2, notice 522 @2, detach @2, retry', '-'],
  ['and failed', [on(throughA), loginB, force(522)], failed(2), 'offline 522 1, notice 522 @1, detach @1, retry', '-'],
  [
    'disabled, then deleted, while pending',
    [loginA, force(522), force(521)],
    stored(1),
    'offline 522 1, notice 522 @1, detach @1, retry',
    '-',
  ],
  [
    'login behind a disabled pending one',
    [loginA, force(522)],
    loginB,
    'offline 522 1, online 2, settle 2, notice 522 @1, detach @1',
    '- 1@1 2@2',
  ],
  ['and the first stored', [loginA, force(522), loginB], stored(1), '', '1@1 2@2'],
  [
    'and the second failed',
    [loginA, force(522), loginB, stored(1)],
    failed(2),
    'offline 522 1, notice 522 @1, detach @1, retry',
    '-',
  ],
  ['disabled behind a logout', [on(throughA), logout], force(522), '', '1@1 2@1'],
  ['and the logout stored', [on(throughA), logout, force(522)], stored(2), '', '-'],
  [
    'and the logout failed',
    [on(throughA), logout, force(522)],
    failed(2),
    'offline 522 1, notice 522 @1, detach @1, retry',
    '-',
  ],
  ['gateway off line', [on(throughA)], closed(A), 'offline 1004 1, detach @1, retry', '-'],
  [
    'own connection off line',
    [on(direct)],
    closed(own, OfflineCode.keepAlive),
    'offline 1002 1, detach @3, retry',
    '-',
  ],
  ['another link closed', [on(throughA)], closed(B), '', '1@1'],
  ['closed while pending', [loginA], closed(A), '', '- 1@1'],
  ['and stored', [loginA, closed(A)], stored(1), 'offline 1004 1, detach @1, retry', '-'],
  [
    'login behind one whose link closed',
    [loginA, closed(A)],
    loginB,
    'offline 1004 1, online 2, settle 2, detach @1',
    '- 1@1 2@2',
  ],
  [
    'disabled after its link closed',
    [loginA, closed(A), force(522)],
    stored(1),
    'offline 1004 1, detach @1, retry',
    '-',
  ],
  [
    'its link closed after it was disabled',
    [loginA, force(522), closed(A)],
    stored(1),
    'offline 522 1, detach @1, retry',
    '-',
  ],
  ['loser closed in a take-over', [on(throughA), loginB], closed(A), '', '1@1 2@2'],
  ['and stored', [on(throughA), loginB, closed(A)], stored(2), '', '2@2'],
  ['and failed', [on(throughA), loginB, closed(A)], failed(2), 'offline 1004 1, detach @1, retry', '-'],
]

describe('transitions', () => {
  test.each(transitions)('%s (%#)', (_name, before, step, recorded, state) => {
    const bench = new Bench()
    for (const each of before) each(bench)
    expect(step(bench)).toBe(recorded)
    expect(bench.state()).toBe(state)
  })

  test('a relation that is removed tells nothing where errors.topologyRemoved is off', () => {
    const bench = new Bench('off')
    on(throughA)(bench)
    expect(bench.force(6401)).toBe('offline 6401 1, detach @1, retry')
    expect(bench.state()).toBe('-')
  })
})

describe('events that cannot happen throw and change nothing', () => {
  const impossible: readonly (readonly [string, readonly Step[], Step])[] = [
    ['stored, never logged in', [], stored(1)],
    ['stored, nothing pends', [on(throughA)], stored(1)],
    ['stored out of order', [on(throughA), loginB, loginA], stored(3)],
    ['stored twice', [on(throughA), loginB, stored(2)], stored(2)],
    ['stored, was dropped', [on(throughA), loginB, failed(2)], stored(2)],
    ['failed, never logged in', [], failed(1)],
    ['failed, never given', [on(throughA), loginB], failed(3)],
    ['failed, is the holder', [on(throughA), loginB], failed(1)],
    [
      'logout, not current',
      [on(throughA), (bench) => `${loginB(bench)}`],
      (bench) => {
        const turn = new Turn()
        bench.sessions.logout(bench.sessions.holder(bench.device) as never, turn)
        return ''
      },
    ],
  ]
  test.each(impossible)('%s', (_name, before, step) => {
    const bench = new Bench()
    for (const each of before) each(bench)
    const state = bench.state()
    expect(() => step(bench)).toThrow()
    expect(bench.state()).toBe(state)
  })
})

describe('who may speak for a device', () => {
  test.each<[string, readonly Step[], boolean, boolean]>([
    ['never on line', [], false, false],
    ['pending', [loginA], true, false],
    ['holder', [on(throughA)], true, false],
    ['in a take-over both', [on(throughA), loginB], true, true],
    ['taken over', [on(throughA), loginB, stored(2)], false, true],
    ['failed', [on(throughA), loginB, failed(2)], true, false],
    ['behind its own logout', [on(throughA), logout], false, false],
    ['behind its own second logout', [on(throughA), loginB, loginA, logout], false, true],
    ['disabled while pending', [loginA, force(522)], false, false],
    ['disabled in a take-over', [on(throughA), loginB, force(522)], false, false],
  ])('%s', (_name, before, a, b) => {
    const { sessions, device, bench } = benchWith(before)
    expect([sessions.heldBy(device.slot, A), sessions.heldBy(device.slot, B)]).toEqual([a, b])
    expect(bench.sessions.heldBy(null, A)).toBe(false)
  })
})

describe('lists', () => {
  test('sessions by link, counted by what is current', () => {
    const { sessions } = benchWith([])
    const turn = new Turn()
    const devices = ['d', 'e', 'f'].map((deviceName): Slotted => ({ productKey: 'p', deviceName, slot: null }))
    for (const device of devices) sessions.takeOver(device, throughA, 1, turn)
    expect([sessions.countOf(A), [...sessions.ofLink(A)].length, [...sessions.all()].length]).toEqual([3, 3, 0])
    for (const device of devices) sessions.stored(device, 1, turn)
    expect([...sessions.all()].map((it) => it.device.deviceName)).toEqual(['d', 'e', 'f'])
    sessions.takeOver(devices[0] as Slotted, throughB, 1, turn)
    sessions.logout(sessions.newest(devices[1] as Slotted) as never, turn)
    expect([sessions.countOf(A), sessions.countOf(B), [...sessions.ofLink(A)].length]).toEqual([1, 1, 3])
    sessions.failed(devices[0] as Slotted, 2, turn)
    sessions.failed(devices[1] as Slotted, 2, turn)
    expect([sessions.countOf(A), sessions.countOf(B)]).toEqual([3, 0])
  })

  test('a gateway goes off line: its own session first, then its sub-devices', () => {
    const { sessions } = benchWith([])
    const self: Slotted = { ...gateway, slot: null }
    const sub: Slotted = { productKey: 'p', deviceName: 'd', slot: null }
    const turn = new Turn()
    sessions.takeOver(self, { ...direct, link: A }, 1, turn)
    sessions.stored(self, 1, turn)
    sessions.takeOver(sub, throughA, 1, turn)
    sessions.stored(sub, 1, turn)
    expect(sessions.ofOwner(A)?.device).toBe(self)
    expect(sessions.countOf(A)).toBe(1)
    const end = new Turn()
    sessions.linkClosed(A, OfflineCode.disconnect, end)
    expect(end.facts.map((it) => [it.deviceName, it.code])).toEqual([
      ['A', OfflineCode.disconnect],
      ['d', OfflineCode.gatewayOffline],
    ])
    expect([...sessions.all()]).toEqual([])
    expect(sessions.ofOwner(A)).toBeNull()
  })
})

describe('facts of status', () => {
  test('what a login says of itself', () => {
    const { sessions, device } = benchWith([])
    const turn = new Turn()
    sessions.takeOver(device, { ...throughA, persistent: true, first: true, address: '10.0.0.1:5' }, 1000, turn)
    const [online] = turn.facts
    expect(online).toMatchObject({
      kind: FactKind.online,
      gateway: 'gw/A',
      time: 1000,
      flags: OnlineFlag.first | OnlineFlag.persistent,
    })
    expect(Buffer.from(online?.payload ?? []).toString()).toBe('10.0.0.1:5')
    sessions.takeOver(device, { ...direct, first: true }, 1000, turn)
    expect(turn.facts[2]).toMatchObject({ gateway: '', flags: OnlineFlag.direct })
  })

  test('times strictly increase, also where the clock stands or steps back, and from before the start', () => {
    const { sessions } = benchWith([])
    const device: Slotted = { productKey: 'p', deviceName: 'd', slot: null, onlineAt: 5000, offlineAt: 7000 }
    const turn = new Turn()
    sessions.takeOver(device, throughA, 6000, turn)
    sessions.takeOver(device, throughB, 6000, turn)
    sessions.takeOver(device, throughA, 9000, turn)
    expect(turn.facts.map((it) => it.time)).toEqual([7001, 7002, 7003, 9000, 9001])
  })

  test('a refresh counts once it is stored', () => {
    const { sessions, device } = benchWith([on(throughA)])
    const turn = new Turn()
    const session = sessions.takeOver(device, { ...throughA, persistent: true, auto: true }, 1, turn)
    expect([session.persistent, session.auto]).toEqual([false, false])
    for (const effect of turn.stored) if (effect.kind === 'run') effect.stored()
    expect([session.persistent, session.auto]).toEqual([true, true])
  })
})

function benchWith(steps: readonly Step[]): { bench: Bench; sessions: Sessions; device: Slotted } {
  const bench = new Bench()
  for (const step of steps) step(bench)
  return { bench, sessions: bench.sessions, device: bench.device }
}
