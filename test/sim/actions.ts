/** What may happen in a step, and how often in proportion. */
import type { DeviceSecret } from '../../src/auth/make.ts'
import type { Conn } from './conn.ts'
import type { Simulation } from './simulation.ts'

type Action = (sim: Simulation) => void

const withGateway =
  (act: (sim: Simulation, conn: Conn) => void): Action =>
  (sim) => {
    const conn = sim.pick(sim.openGateways)
    if (conn) act(sim, conn)
  }

const withConn =
  (act: (sim: Simulation, conn: Conn) => void): Action =>
  (sim) => {
    const conn = sim.pick(sim.conns.filter(({ open }) => open))
    if (conn) act(sim, conn)
  }

const withSub =
  (act: (sim: Simulation, device: DeviceSecret) => void): Action =>
  (sim) => {
    const device = sim.pick(sim.subs)
    if (device && sim.exists(device)) act(sim, device)
  }

const connectGateway: Action = (sim) => {
  const device = sim.pick(sim.gateways) as DeviceSecret
  const there = sim.conns.some((conn) => conn.device === device)
  // Mostly those that are away; now and then one comes a second time.
  if (!there || sim.chance(8)) sim.connect(device, true)
}

const connectDirect: Action = (sim) => {
  const device = sim.pick(sim.roamers) as DeviceSecret
  sim.connect(device, false)
}

/** One of its own sub-devices, or any. */
function speaksFor(sim: Simulation, conn: Conn): DeviceSecret {
  if (!conn.gateway) return conn.device
  const own = [...conn.has.values()]
  return (own.length > 0 && !sim.chance(4) ? sim.pick(own) : sim.pick(sim.subs)) as DeviceSecret
}

const login = withGateway((sim, conn) => conn.login(sim.some(sim.subs, sim.chance(3) ? 3 : 1), sim.chance(12)))
const logout = withGateway((sim, conn) => conn.logout([speaksFor(sim, conn)]))
const logoutMany = withGateway((sim, conn) => conn.logout(sim.some(sim.subs, 3)))
const post = withConn((sim, conn) => conn.post(speaksFor(sim, conn), sim.chance(2) ? 1 : 0))
const custom = withConn((sim, conn) => conn.custom(speaksFor(sim, conn), 1))
const topoAdd = withGateway((sim, conn) => conn.topoAdd(sim.pick(sim.subs) as DeviceSecret))
const topoDelete = withGateway((sim, conn) => conn.topoDelete(speaksFor(sim, conn)))
const topoAddThenLogin = withGateway((sim, conn) => {
  const device = sim.pick(sim.subs) as DeviceSecret
  conn.topoAdd(device)
  conn.login([device])
})

const closeConn = withConn((sim, conn) => {
  const how = sim.below(4)
  if (how === 0) conn.vanish()
  else if (how === 1) conn.cut()
  else if (how === 2) conn.disconnect()
  else {
    // Logs in and is gone before it hears of it.
    if (conn.gateway) conn.login(sim.some(sim.subs, 1))
    conn.cut()
  }
})

const lazy = withConn((sim, conn) => {
  conn.lazy = sim.chance(2)
  conn.acknowledge()
})

/** A packet that no client may send: a second CONNECT, a type that does not exist, a PUBLISH with QoS 3. */
const junk = withConn((sim, conn) => {
  const packets = ['100c00044d5154540402003c0000', 'f000', '3605000161000100', '8200', '30ffffffff01']
  conn.junk(Buffer.from(sim.pick(packets) as string, 'hex'))
})

const pub = withSub((sim, device) => sim.pub(device))
const disable = withSub((sim, device) => sim.operate(() => sim.fleet.disable(device)))
const enable = withSub((sim, device) => sim.operate(() => sim.fleet.enable(device)))
const kick = withSub((sim, device) => sim.operate(() => sim.machine.node.lifecycle.kick(sim.fleet.of(device))))
const relate = withSub((sim, device) =>
  sim.operate(() => sim.fleet.relate(sim.pick(sim.gateways) as DeviceSecret, device)),
)
const unrelate = withSub((sim, device) => {
  const { relations } = sim.machine.node.world
  const gateway = sim.pick(sim.gateways) as DeviceSecret
  if (relations.related(sim.fleet.of(gateway), sim.fleet.of(device)))
    sim.operate(() => sim.fleet.unrelate(gateway, device))
})
const remove = withSub((sim, device) => sim.remove(device))
const create: Action = (sim) => {
  const device = sim.subs.find((sub) => !sim.exists(sub))
  if (device) sim.create(device)
}
const kickConn: Action = (sim) => {
  const device = sim.pick(sim.gateways) as DeviceSecret
  sim.operate(() => sim.machine.node.lifecycle.kick(sim.fleet.of(device)))
}

interface Weighted {
  readonly weight: number
  readonly act: Action
}

const fullDisk: Action = (sim) => {
  sim.machine.disk.room = sim.below(400)
}
const brokenDisk: Action = (sim) => {
  sim.machine.disk.broken = true
}
const brokenSync: Action = (sim) => {
  sim.machine.disk.syncBroken = true
}
const stalledDisk: Action = (sim) => {
  sim.machine.disk.stalled = true
}
const lockRegistry: Action = (sim) => sim.machine.lockRegistry()
const heal: Action = (sim) => sim.machine.heal()
const kill: Action = (sim) => {
  sim.machine.disk.killIn = 1 + sim.below(8)
}

const table: readonly Weighted[] = [
  { weight: 60, act: connectGateway },
  { weight: 20, act: connectDirect },
  { weight: 120, act: login },
  { weight: 25, act: logout },
  { weight: 10, act: logoutMany },
  { weight: 50, act: post },
  { weight: 40, act: custom },
  { weight: 10, act: topoAdd },
  { weight: 10, act: topoDelete },
  { weight: 10, act: topoAddThenLogin },
  { weight: 22, act: closeConn },
  { weight: 15, act: lazy },
  { weight: 3, act: junk },
  { weight: 110, act: pub },
  { weight: 10, act: disable },
  { weight: 25, act: enable },
  { weight: 8, act: kick },
  { weight: 2, act: kickConn },
  { weight: 20, act: relate },
  { weight: 8, act: unrelate },
  { weight: 3, act: remove },
  { weight: 20, act: create },
  { weight: 8, act: fullDisk },
  { weight: 4, act: brokenDisk },
  { weight: 4, act: brokenSync },
  { weight: 6, act: stalledDisk },
  { weight: 8, act: lockRegistry },
  { weight: 60, act: heal },
  { weight: 4, act: kill },
]

export const actions = {
  total: table.reduce((sum, { weight }) => sum + weight, 0),
  /** The action at a place below `total`. */
  draw(at: number): Action {
    let left = at
    for (const { weight, act } of table) {
      left -= weight
      if (left < 0) return act
    }
    throw new Error(`no action at ${at}`)
  },
}
