import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import { errorRow, errorRows } from '../codes/alink.ts'
import { Turn } from '../effects/turn.ts'
import type { LoginItem } from './login.ts'
import { login, loginChecks } from './login.ts'
import { Sessions } from './machine.ts'
import type { Slotted } from './session.ts'
import { LoginWindows } from './windows.ts'

const link = { id: 1 }
const gateway = { productKey: 'gw', deviceName: 'A' }

interface Defects {
  unknown?: boolean
  deleted?: boolean
  disabled?: boolean
  unrelated?: boolean
  wrong?: boolean
}

/** A gateway with room for two sub-devices, `busy` and `idle`, of which one is on line. */
function setUp(
  limits: { loginRequestsPerSecond?: number; failedLoginsPerMinute?: number; subDevicesOnline?: number } = {},
) {
  const clock = new VirtualClock()
  const sessions = new Sessions({ clock, limits: { subDevicesOnline: limits.subDevicesOnline ?? 2 } })
  const windows = new LoginWindows({
    clock,
    limits: { loginsPerMinute: 5, loginRequestsPerSecond: 0, failedLoginsPerMinute: 30, ...limits },
  })
  const attempt = (items: readonly LoginItem[], turn = new Turn()) =>
    login(sessions, windows, { link, gateway }, items, clock.wall(), turn)
  return { clock, sessions, windows, attempt }
}

function named(deviceName: string): Slotted {
  return { productKey: 'p', deviceName, slot: null }
}

function item(device: Slotted, defects: Defects = {}, asked: string[] = []): LoginItem {
  const gone = defects.unknown === true || defects.deleted === true
  return {
    name: { productKey: device.productKey, deviceName: device.deviceName },
    device: gone ? null : device,
    state: defects.unknown ? 'unknown' : defects.deleted ? 'deleted' : defects.disabled ? 'disabled' : 'present',
    isGateway: false,
    first: false,
    persistent: false,
    auto: false,
    address: '',
    related: () => {
      asked.push('related')
      return defects.unrelated !== true
    },
    signed: () => {
      asked.push('signed')
      return defects.wrong !== true
    },
  }
}

describe('the list of checks', () => {
  test('is the order of errors.md, between the parser and the store', () => {
    const checks = errorRows.filter((row) => row.scenario === 'login').map((row) => row.check)
    expect(['members', ...loginChecks.map(({ id }) => errorRow(id).check), 'store']).toEqual(checks)
  })

  // A device has one state, so the three that exclude each other stand alone before the rest.
  test.each<[number, string, boolean, Defects, string[]]>([
    [429, 'rate', true, { unknown: true, unrelated: true, wrong: true }, []],
    [6100, 'device', false, { unknown: true, unrelated: true, wrong: true }, []],
    [521, 'deleted', false, { deleted: true, unrelated: true, wrong: true }, []],
    [522, 'status', false, { disabled: true, unrelated: true, wrong: true }, []],
    [6401, 'topology', false, { unrelated: true, wrong: true }, ['related']],
    [6287, 'sign', false, { wrong: true }, ['related', 'signed']],
    [428, 'capacity', false, {}, ['related', 'signed']],
  ])('%i comes first where it and all later ones fail', (code, check, throttled, defects, asked) => {
    const { attempt } = setUp({ subDevicesOnline: 0, ...(throttled ? { loginRequestsPerSecond: 1 } : {}) })
    if (throttled) attempt([item(named('other'))])
    const seen: string[] = []
    const device = named('d')
    const turn = new Turn()
    expect(attempt([item(device, defects, seen)], turn)).toMatchObject({ code, check, index: 0 })
    expect(seen).toEqual(asked)
    expect(turn.empty).toBe(true)
    expect(device.slot).toBeNull()
  })

  test('all is well', () => {
    const { attempt, sessions } = setUp()
    const device = named('d')
    const turn = new Turn()
    const outcome = attempt([item(device)], turn)
    expect(outcome).toMatchObject({ sessions: [{ epoch: 1, state: 'pending', gateway }] })
    expect(turn.stored.map((effect) => effect.kind)).toEqual(['settle', 'run'])
    expect(sessions.newest(device)?.link).toBe(link)
  })

  test('a device of a gateway product is no sub-device', () => {
    const { attempt } = setUp()
    expect(attempt([{ ...item(named('d')), isGateway: true }])).toMatchObject({ code: 6401, check: 'topology' })
  })
})

describe('429', () => {
  test('five successful logins within a minute, repeated ones too; refused ones do not count', () => {
    const { attempt, clock } = setUp()
    const device = named('d')
    for (let i = 0; i < 5; i++) {
      expect(attempt([item(device, { wrong: true })])).toMatchObject({ code: 6287 })
      expect(attempt([item(device)])).toHaveProperty('sessions')
      clock.advance(1000)
    }
    for (let i = 0; i < 10; i++) expect(attempt([item(device)])).toMatchObject({ code: 429, check: 'rate' })
    clock.advance(54_999)
    expect(attempt([item(device)])).toMatchObject({ code: 429 })
    clock.advance(1)
    expect(attempt([item(device)])).toHaveProperty('sessions')
  })

  test('a login that could not be stored gives its place back', () => {
    const { attempt } = setUp()
    const device = named('d')
    for (let i = 0; i < 5; i++) {
      const turn = new Turn()
      expect(attempt([item(device)], turn)).toHaveProperty('sessions')
      for (const effect of turn.stored) if (effect.kind === 'run') effect.failed?.(new Error('disk full'))
    }
    expect(attempt([item(device)])).toHaveProperty('sessions')
  })

  test('thirty wrong signatures within a minute: the right one is refused as well, and not looked at', () => {
    const { attempt, clock } = setUp()
    const device = named('d')
    for (let i = 0; i < 30; i++) expect(attempt([item(device, { wrong: true })])).toMatchObject({ code: 6287 })
    const asked: string[] = []
    expect(attempt([item(device, {}, asked)])).toMatchObject({ code: 429 })
    expect(asked).toEqual([])
    clock.advance(60_000)
    expect(attempt([item(device)])).toHaveProperty('sessions')
  })

  test('requests of a connection: a batch is one', () => {
    const { attempt, clock } = setUp({ loginRequestsPerSecond: 2, subDevicesOnline: 100 })
    const devices = ['d', 'e', 'f'].map(named)
    expect(attempt(devices.map((it) => item(it)))).toHaveProperty('sessions')
    expect(attempt([item(named('g'))])).toHaveProperty('sessions')
    expect(attempt([item(named('h'))])).toMatchObject({ code: 429, index: 0 })
    clock.advance(500)
    expect(attempt([item(named('h'))])).toHaveProperty('sessions')
  })
})

describe('428', () => {
  test('exactly as many as the limit, pipelined; who is on line may log in again', () => {
    const { attempt, sessions } = setUp({ subDevicesOnline: 200 })
    const devices = Array.from({ length: 201 }, (_, index) => named(`d${index}`))
    const codes = devices.map((device) => {
      const outcome = attempt([item(device)])
      return 'code' in outcome ? outcome.code : 200
    })
    expect(codes).toEqual([...Array(200).fill(200), 428])
    expect(sessions.countOf(link)).toBe(200)
    expect(attempt([item(devices[7] as Slotted)])).toHaveProperty('sessions')
  })

  test('counts the whole batch, and names the item that is too many', () => {
    const { attempt, sessions } = setUp({ subDevicesOnline: 3 })
    const first = named('a')
    attempt([item(first)])
    const batch = [first, named('b'), named('c'), named('d')]
    expect(attempt(batch.map((it) => item(it)))).toMatchObject({ code: 428, index: 3 })
    expect(sessions.countOf(link)).toBe(1)
    expect(attempt(batch.slice(0, 3).map((it) => item(it)))).toHaveProperty('sessions')
  })
})

describe('batch', () => {
  test('items one after the other, each in order; the first that fails gives the code; nobody is logged in', () => {
    const { attempt } = setUp({ subDevicesOnline: 100 })
    const [a, b, c] = ['a', 'b', 'c'].map(named) as [Slotted, Slotted, Slotted]
    const turn = new Turn()
    const asked: string[] = []
    expect(attempt([item(a), item(b, { wrong: true }), item(c, { unknown: true }, asked)], turn)).toMatchObject({
      code: 6287,
      index: 1,
    })
    expect(asked).toEqual([])
    expect(turn.empty).toBe(true)
    expect([a.slot, b.slot, c.slot]).toEqual([null, null, null])
  })
})
