/** The server that is fuzzed, as a process of its own: it tells its parent where it listens, what it logs as errors, how it is. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { SystemClock } from '../../src/clock/system.ts'
import { loadSettings } from '../../src/config/load.ts'
import type { Log } from '../../src/log/log.ts'
import { silentLog } from '../../src/log/log.ts'
import { Metrics } from '../../src/metrics/metrics.ts'
import { systemRandom } from '../../src/random/random.ts'
import { startServer } from '../../src/server/start.ts'
import { Fleet } from '../support/fleet.ts'
import type { Health, Told } from './target-process.ts'

const say = (told: Told) => process.send?.(told)

const log: Log = {
  ...silentLog,
  error: (message, members) => {
    const { err } = members as { err?: unknown }
    say({ kind: 'error', text: `${message} ${err instanceof Error ? err.stack : JSON.stringify(members)}` })
  },
  child: () => log,
}

const data = mkdtempSync(join(tmpdir(), 'homeport-fuzz-'))
process.on('exit', () => rmSync(data, { recursive: true, force: true }))
process.on('disconnect', () => process.exit())

/** The vendor's rates would turn most of what is sent away at once. */
const unlimited = ['--limits-connects-per-minute', '1000000', '--limits-logins-per-minute', '1000000']
const flags = [
  '--data',
  data,
  '--mqtt-port',
  '0',
  '--http-port',
  '0',
  '--app-port',
  '0',
  '--app-anonymous',
  ...unlimited,
]

const server = await startServer({
  loaded: loadSettings({ flags: [...flags, '--limits-login-requests-per-second', '0'] }),
  log,
  metrics: new Metrics({ process: false }),
  clock: new SystemClock(),
  random: systemRandom,
  token: '',
  version: '0.0.0',
  locked: () => {},
})
const { mqtt } = server.node
const fleet = new Fleet(() => server.node)
const gateways = await fleet.gateways(4)
const subs = await fleet.subs(8)
for (const gateway of gateways) await fleet.relate(gateway, ...subs)

const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()

function health(): Health {
  const kept: Record<string, number> = {}
  const sessions: string[] = []
  const retained: string[] = []
  for (const record of mqtt.snapshot()) {
    kept[record.kind] = (kept[record.kind] ?? 0) + 1
    if (record.kind === 'session') sessions.push(record.key)
    else if (record.kind === 'retained') retained.push(record.topic)
  }
  const { heapUsed, external, rss } = process.memoryUsage()
  const { publishesIn, publishesOut, accepted, violations, dropped } = mqtt.stats
  const said = {
    heapUsed,
    external,
    rss,
    lag: Math.round(delay.max / 1e6),
    connections: mqtt.connections,
    kept,
    sessions,
    retained,
    stats: { publishesIn, publishesOut, accepted, violations, dropped },
  }
  delay.reset()
  return said
}

process.on('message', async () => {
  // What the last connections left is decided first; what the first collection finds is given back behind the second.
  for (let i = 0; i < 2; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    gc?.()
  }
  say({ kind: 'health', health: health() })
})

const { mqtt: device, app } = server.ports
say({ kind: 'ready', ports: { device: device as number, app: app as number }, fleet: { gateways, subs } })
