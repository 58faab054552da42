import { describe, expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import { Turn } from '../effects/turn.ts'
import { logout } from './logout.ts'
import { Sessions } from './machine.ts'
import type { Slotted } from './session.ts'

const A = { id: 1 }
const B = { id: 2 }
const how = { persistent: false, auto: false, address: '', first: false }

function setUp(names: readonly string[]) {
  const sessions = new Sessions({ clock: new VirtualClock(), limits: { subDevicesOnline: 200 } })
  const devices = names.map((deviceName): Slotted => ({ productKey: 'p', deviceName, slot: null }))
  for (const device of devices) {
    sessions.takeOver(device, { ...how, link: A, gateway: { productKey: 'gw', deviceName: 'A' } }, 1, new Turn())
    sessions.stored(device, 1, new Turn())
  }
  return { sessions, devices }
}

describe('logout', () => {
  test('of a session through this link', () => {
    const { sessions, devices } = setUp(['d'])
    const turn = new Turn()
    expect(logout(sessions, A, devices, 5, turn)).toBeNull()
    expect(turn.stored.map((it) => it.kind)).toEqual(['settle', 'detach'])
    expect(turn.facts).toMatchObject([{ code: 0, time: 5 }])
  })

  const unknown = { productKey: 'p', deviceName: 'x', slot: null }
  const direct = { productKey: 'p', deviceName: 'y', slot: null }
  const refused: [string, (sessions: Sessions, device: Slotted) => Slotted | null, { id: number }][] = [
    ['no such device', () => null, A],
    ['never on line', () => unknown, A],
    ['through another gateway', (_, device) => device, B],
    [
      'taken over, not stored yet',
      (sessions, device) => {
        sessions.takeOver(device, { ...how, link: B, gateway: { productKey: 'gw', deviceName: 'B' } }, 1, new Turn())
        return device
      },
      A,
    ],
    [
      'logged out, not stored yet',
      (sessions, device) => {
        logout(sessions, A, [device], 1, new Turn())
        return device
      },
      A,
    ],
    [
      "the link's own device",
      (sessions) => {
        sessions.takeOver(direct, { ...how, link: A, gateway: null }, 1, new Turn())
        return direct
      },
      A,
    ],
  ]
  test.each(refused)('520: %s', (_name, prepare, link) => {
    const { sessions, devices } = setUp(['d', 'e'])
    const [device, other] = devices as [Slotted, Slotted]
    const turn = new Turn()
    const outcome = logout(sessions, link, link === A ? [other, prepare(sessions, device)] : [device], 1, turn)
    expect(outcome).toMatchObject({ code: 520, check: 'session', index: link === A ? 1 : 0 })
    expect(turn.empty).toBe(true)
    expect(sessions.heldBy(other.slot, A)).toBe(true)
  })
})
