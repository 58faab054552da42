/**
 * The heart, enumerated: whatever the order of logins, logouts, closing links, operators and outcomes of the store, at most one
 * connection believes that it has the device, whoever loses it is told once, and what failed changed nothing (errors.md, Readings).
 */
import { describe, expect, test } from 'vitest'
import type { Event } from './orders.ts'
import { events, orders, Run } from './orders.ts'

const { login, logout, close, connect, disconnect, disable, enable, remove, unrelate, stored, failed } = events
const [loginA, loginB, loginC] = [login('A'), login('B'), login('C')]
const [logoutA, logoutB, closeA, closeB] = [logout('A'), logout('B'), close('A'), close('B')]

const [unrelateA, unrelateB] = [unrelate('A'), unrelate('B')]

const nameOf = new Map<Event, string>([
  [loginA, 'login A'],
  [loginB, 'login B'],
  [loginC, 'login C'],
  [logoutA, 'logout A'],
  [logoutB, 'logout B'],
  [closeA, 'close A'],
  [closeB, 'close B'],
  [connect, 'connect'],
  [disconnect, 'disconnect'],
  [disable, 'disable'],
  [enable, 'enable'],
  [remove, 'delete'],
  [unrelateA, 'unrelate A'],
  [unrelateB, 'unrelate B'],
  [stored, 'stored'],
  [failed, 'failed'],
])

interface Space {
  readonly name: string
  readonly start: readonly Event[]
  readonly events: readonly Event[]
  /** Decisions of the store that are mixed in, each with both outcomes. */
  readonly decisions: number
  readonly orders: number
}

const onLine = [loginA, stored]

const spaces: readonly Space[] = [
  {
    name: 'design.md, walk 1',
    start: onLine,
    events: [loginB, loginA, closeA, closeB, disable],
    decisions: 3,
    orders: 53_760,
  },
  {
    name: 'the same, nobody on line',
    start: [],
    events: [loginB, loginA, closeA, closeB, disable],
    decisions: 2,
    orders: 10_080,
  },
  {
    name: 'the first login pends',
    start: [loginA],
    events: [loginB, loginA, closeA, disable],
    decisions: 3,
    orders: 6_720,
  },
  { name: 'logouts', start: onLine, events: [loginB, logoutA, loginA, logoutB, disable], decisions: 2, orders: 10_080 },
  {
    name: 'logouts and closing links',
    start: onLine,
    events: [logoutA, loginA, loginB, logoutB, closeA],
    decisions: 2,
    orders: 10_080,
  },
  { name: 'disabled, enabled', start: onLine, events: [disable, enable, loginA, loginB], decisions: 3, orders: 6_720 },
  { name: 'relations', start: onLine, events: [unrelateA, unrelateB, loginA, loginB], decisions: 3, orders: 6_720 },
  {
    name: 'direct connection',
    start: onLine,
    events: [connect, loginA, loginB, disconnect],
    decisions: 3,
    orders: 6_720,
  },
  {
    name: 'direct twice, disabled',
    start: [connect, stored],
    events: [connect, loginA, disable, connect],
    decisions: 3,
    orders: 3_360,
  },
  {
    name: 'three gateways, deleted',
    start: onLine,
    events: [loginB, loginC, loginA, remove],
    decisions: 3,
    orders: 6_720,
  },
]

/** Every way to choose the outcomes: as many failures as there are, in all places, since the orders place them. */
function* mixes({ events: fixed, decisions }: Space): Generator<readonly Event[]> {
  for (let failures = 0; failures <= decisions; failures++) {
    yield [...fixed, ...Array<Event>(failures).fill(failed), ...Array<Event>(decisions - failures).fill(stored)]
  }
}

function explore(space: Space): number {
  let count = 0
  for (const mix of mixes(space)) {
    for (const order of orders(mix)) {
      count++
      try {
        new Run(['A', 'B', 'C']).play([...space.start, ...order])
      } catch (error) {
        const text = [...space.start, ...order].map((event) => nameOf.get(event)).join(', ')
        throw new Error(`${(error as Error).message}\n  after: ${text}`)
      }
    }
  }
  return count
}

describe('all orders', () => {
  test.each(spaces)('$name', (space) => {
    expect(explore(space)).toBe(space.orders)
  })

  test('the check can fail', () => {
    const run = new Run(['A', 'B'])
    run.login('A')
    run.stage.decide('ok')
    run.stage.link('B').believes.add('d')
    expect(() => run.play([loginA])).toThrow('both believe')
  })
})
