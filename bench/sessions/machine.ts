/** What sessions cost; one iteration is one event of one sub-device, with its group stored. */
import { VirtualClock } from '../../src/clock/virtual.ts'
import { Turn } from '../../src/effects/turn.ts'
import { Sessions } from '../../src/sessions/machine.ts'
import type { LoginHow, Slotted } from '../../src/sessions/session.ts'

const DEVICES = 1000

const through = (id: number, deviceName: string): LoginHow => ({
  link: { id },
  gateway: { productKey: 'a1GwPk00001', deviceName },
  persistent: false,
  auto: false,
  address: '',
  first: false,
})

const a = through(1, 'gw_a')
const b = through(2, 'gw_b')

function fleet(): { sessions: Sessions; devices: Slotted[] } {
  const sessions = new Sessions({ clock: new VirtualClock(), limits: { subDevicesOnline: DEVICES } })
  const devices = Array.from({ length: DEVICES }, (_, index): Slotted => {
    return { productKey: 'a1SubPk0001', deviceName: `sub_${index}`, slot: null }
  })
  return { sessions, devices }
}

function takeOver(iterations: number): void {
  const { sessions, devices } = fleet()
  const turn = new Turn()
  for (let i = 0; i < iterations; i++) {
    const device = devices[i % DEVICES] as Slotted
    const session = sessions.takeOver(device, Math.floor(i / DEVICES) % 2 === 0 ? a : b, i, turn)
    sessions.stored(device, session.epoch, turn)
    turn.clear()
  }
}

function refresh(iterations: number): void {
  const { sessions, devices } = fleet()
  const turn = new Turn()
  for (let i = 0; i < iterations; i++) {
    const device = devices[i % DEVICES] as Slotted
    const session = sessions.takeOver(device, a, i, turn)
    if (session.state === 'pending') sessions.stored(device, session.epoch, turn)
    turn.clear()
  }
}

const held = fleet()
for (const device of held.devices) {
  held.sessions.takeOver(device, a, 1, new Turn())
  held.sessions.stored(device, 1, new Turn())
}

/** How often the answer was yes, so that nothing is optimised away. */
let yes = 0

function heldBy(iterations: number): void {
  for (let i = 0; i < iterations; i++) {
    if (held.sessions.heldBy((held.devices[i % DEVICES] as Slotted).slot, a.link)) yes++
  }
}

export const benches: { name: string; run(iterations: number): void }[] = [
  { name: 'sessions: take-over and stored', run: takeOver },
  { name: 'sessions: refresh', run: refresh },
  { name: 'sessions: heldBy', run: heldBy },
]

export function seen(): number {
  return yes
}
