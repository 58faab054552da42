/** A part of the connections, in a process of its own: one process may have so many sockets only. */
import { setTimeout as pause } from 'node:timers/promises'
import { Chance } from '../../test/fuzz/chance.ts'
import { Ring } from './apps.ts'
import { Devices } from './devices.ts'
import { emptyTally } from './tally.ts'
import { Watch } from './watch.ts'
import type { Order, Report } from './worker-message.ts'

const TICK = 10
/** Connections that are made at once in the beginning. */
const AT_ONCE = 20
/** Milliseconds for what is under way in the end. */
const PATIENCE = 30_000
/** Reconnects, take-overs included, a second, as a part of the connections. */
const MOVES = 1 / 400

const say = (report: Report) => process.send?.(report)
const tally = emptyTally()
let faults: string[] = []
const fault = (text: string) => {
  if (++tally.faults < 200) faults.push(text)
}

let ring: Ring | null = null
let devices: Devices | null = null
let finishing = false

async function begin(order: Extract<Order, { kind: 'begin' }>): Promise<void> {
  const { ports, worker, apps, rate, posts } = order
  const chance = new Chance(worker + 1)
  const [mine, fleet] = [new Ring(worker, apps, tally, chance, fault), new Devices(order, tally, chance, fault)]
  ring = mine
  devices = fleet
  const watch = worker === 0 ? new Watch(tally, fault) : null
  await watch?.connect(ports.app)
  await Promise.all([mine.connect(ports.app, AT_ONCE), fleet.connect(ports.mqtt, AT_ONCE)])
  say({ kind: 'ready' })
  const moves = (apps + order.devices[1]) * MOVES
  let last = performance.now()
  let [messages, reports, logins, moved] = [0, 0, 0, 0]
  setInterval(() => {
    const now = performance.now()
    // Behind a pause of this process nothing is made up for at once.
    const seconds = Math.min((now - last) / 1000, 0.1)
    last = now
    if (finishing) return
    for (messages += rate * seconds; messages >= 1; messages--) mine.send()
    for (reports += posts * seconds; reports >= 1; reports--) fleet.post()
    for (logins += (posts / 8) * seconds; logins >= 1; logins--) fleet.session()
    for (moved += moves * seconds; moved >= 1; moved--) {
      const way = chance.oneIn(3) ? fleet.move(ports.mqtt) : mine.move(ports.app)
      way.catch((error: Error) => fault(`a reconnect: ${error.message}`))
    }
    if (watch && chance.oneIn(3000)) watch.move(ports.app).catch((error: Error) => fault(error.message))
  }, TICK)
}

async function finish(): Promise<void> {
  finishing = true
  const [mine, fleet] = [ring as Ring, devices as Devices]
  for (let waited = 0; waited < PATIENCE && !(mine.settled && fleet.settled); waited += 100) await pause(100)
  mine.missing()
  // What the watching application has yet to get.
  await pause(1000)
  tell()
  say({ kind: 'done' })
}

function tell(): void {
  ring?.check()
  devices?.check()
  tally.connections = (ring?.connections ?? 0) + (devices?.connections ?? 0)
  say({ kind: 'tally', tally, faults, latencies: ring?.latencies.splice(0) ?? [] })
  faults = []
}

process.on('message', (order: Order) => {
  if (order.kind === 'begin') void begin(order)
  else if (order.kind === 'finish') void finish()
  else tell()
})
process.on('disconnect', () => process.exit())
