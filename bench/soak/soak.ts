/**
 * `npm run bench -- soak`, or `node bench/soak/soak.ts [--minutes 20] [--connections 10000] [--workers 4] [--rate 1000] [--posts 400]`:
 * one server, many connections for a long time: devices with HMAC, gateways whose sub-devices log in and out, applications with
 * persistent sessions; QoS 0, 1 and 2; reconnects and take-overs. No message of QoS 1 or 2 may be lost, QoS 2 comes once, and memory
 * does not grow. Figures of each minute go to bench/results/ and into docs/performance.md; not with --dry.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cpuOf, killAll, pause, stop } from '../harness/processes.ts'
import { killWorkers, Workers } from './crew.ts'
import type { Minute, Soaked } from './record.ts'
import { judge, memoryOf, record, row } from './record.ts'
import { startServer } from './server.ts'
import { difference } from './tally.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== 'soak'),
  options: {
    minutes: { type: 'string', default: '20' },
    connections: { type: 'string', default: '10000' },
    workers: { type: 'string', default: '4' },
    rate: { type: 'string', default: '1000' },
    posts: { type: 'string', default: '400' },
    dry: { type: 'boolean', default: false },
  },
})
const numberOf = (name: 'minutes' | 'connections' | 'workers' | 'rate' | 'posts') => Number(values[name])
const [minutes, connections, workers] = [numberOf('minutes'), numberOf('connections'), numberOf('workers')]

/** Two parts of five are devices, one in fifty of all is a gateway with ten sub-devices. */
const shares = {
  devices: Math.round(connections * 0.38),
  gateways: Math.round(connections * 0.02),
  apps: Math.round(connections * 0.6),
  subDevices: 10,
}

async function main(): Promise<void> {
  const temporary = mkdtempSync(join(tmpdir(), 'homeport-soak-'))
  const crew = new Workers(workers)
  const end = () => {
    killWorkers()
    killAll()
    rmSync(temporary, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  process.once('exit', end)

  const data = join(temporary, 'data')
  const fleet = { direct: shares.devices, gateways: shares.gateways, subDevices: shares.subDevices }
  console.error('filling the registry')
  execFileSync(process.execPath, [join(import.meta.dirname, '../harness/fleet.ts'), data, JSON.stringify(fleet)])
  const server = await startServer(data)
  const { pid } = server
  const began = performance.now()
  await crew.begin({ ports: server.ports, ...shares, rate: numberOf('rate'), posts: numberOf('posts') })
  const connectedIn = (performance.now() - began) / 1000
  console.error(`${connections} connections in ${connectedIn.toFixed(1)} s`)

  const taken: Minute[] = []
  let before = await crew.tell()
  let cpu = cpuOf(pid)
  for (let minute = 1; minute <= minutes; minute++) {
    const from = performance.now()
    const memory: number[] = []
    for (let second = 0; second < 60; second += 5) {
      await pause(5000)
      memory.push(memoryOf(pid))
    }
    const after = await crew.tell()
    const used = cpuOf(pid)
    const seconds = (performance.now() - from) / 1000
    const done = difference(before.tally, after.tally)
    taken.push({
      minute,
      seconds,
      cpu: (used - cpu) / seconds,
      memory,
      live: server.live.splice(0),
      done,
      latencies: after.latencies,
    })
    console.log(row(taken.at(-1) as Minute))
    for (const text of after.faults.slice(0, 10)) console.log(`  ${text}`)
    before = after
    cpu = used
  }
  const total = await crew.finish()
  const soaked: Soaked = { connections, connectedIn, minutes: taken, total: total.tally, faults: total.faults }
  await stop(server.child)
  const problems = judge(soaked)
  for (const text of [...total.faults.slice(0, 20), ...problems]) console.log(text)
  if (!values.dry) console.log(`written: ${record(soaked, problems)}`)
  process.exitCode = problems.length > 0 ? 1 : 0
  crew.end()
}

await main()
process.exit()
