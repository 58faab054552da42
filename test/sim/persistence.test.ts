/** What the simulation found: a persistent session was told before the log had it, and never again where its group failed. */
import { expect, onTestFinished, test } from 'vitest'
import { Simulation } from './simulation.ts'

async function scene() {
  const sim = new Simulation(3)
  onTestFinished(() => sim.machine.remove())
  await sim.open()
  const [gateway] = sim.gateways
  // Of the first gateway's sub-devices one that keeps messages.
  const device = sim.subs.find((sub, at) => at % 3 !== 0 && sim.keeps(sub))
  if (!gateway || !device) throw new Error('no such device')
  return { sim, gateway, device }
}

const kinds = [
  ['a sub-device', true],
  ['a direct device', false],
] as const

test.each(kinds)('%s: killed right behind the login that was told, its messages still wait', async (_, sub) => {
  const { sim, gateway, device } = await scene()
  const conn = sim.connect(sub ? gateway : device, sub)
  if (sub) {
    await sim.turn()
    conn.login([device])
  }
  // The login's group is the next write or two; whatever is written behind it comes too late.
  let told = false
  for (let writes = 1; !told; writes++) {
    sim.machine.disk.killIn = writes
    await sim.advance(50)
    told = sim.attached.size > 0
    if (!told && sim.conns.length === 0) {
      const again = sim.connect(sub ? gateway : device, sub)
      if (sub) {
        await sim.turn()
        again.login([device])
      }
    }
  }
  await sim.crash()
  sim.pub(device)
  await sim.advance(50)
  await sim.crash()
  expect(sim.trace.filter(({ what }) => what === 'pubbed')).toMatchObject([{ stored: true }])
  await sim.deliverAll()
  expect(sim.trace.filter(({ what }) => what === 'delivered')).toHaveLength(1)
})

test.each(kinds)('%s: the group behind the login fails, its messages still wait', async (_, sub) => {
  const { sim, gateway, device } = await scene()
  const conn = sim.connect(sub ? gateway : device, sub)
  if (sub) {
    await sim.turn()
    conn.login([device])
  }
  for (let i = 0; i < 40 && sim.attached.size === 0; i++) {
    await sim.machine.turn()
    sim.machine.clock.advance(1)
  }
  sim.machine.disk.broken = true
  await sim.advance(500)
  sim.machine.heal()
  await sim.advance(500)
  await sim.crash()
  sim.pub(device)
  await sim.advance(50)
  await sim.crash()
  await sim.deliverAll()
  expect(sim.trace.filter(({ what }) => what === 'delivered')).toHaveLength(1)
})

test('killed between the registry and the log: a device made anew inherits no messages', async () => {
  const { sim, gateway, device } = await scene()
  const conn = sim.connect(gateway, true)
  await sim.turn()
  conn.login([device])
  await sim.advance(50)
  conn.logout([device])
  await sim.advance(50)
  sim.pub(device)
  await sim.advance(50)
  sim.machine.disk.killIn = 1
  sim.remove(device)
  await sim.advance(50)
  expect(sim.exists(device)).toBe(false)
  sim.create(device)
  await sim.advance(50)
  await sim.deliverAll()
  expect(sim.trace.filter(({ what }) => what === 'pubbed')).toMatchObject([{ stored: true }])
  expect(sim.trace.filter(({ what }) => what === 'delivered')).toEqual([])
})
