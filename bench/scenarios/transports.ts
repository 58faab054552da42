/** TLS and WebSocket: posts over each, and a storm of TLS handshakes, beside the same on mosquitto. No target stands for them. */
import type { Bench, Scenario, Subject } from '../harness/scenario.ts'
import type { Transport } from '../harness/servers.ts'
import { storm } from './connections.ts'
import { carriedBy, posts, relayed } from './direct.ts'

/** Messages a second and connection of a paced run of 1,000 connections. */
const PACE = 10
/** Handshakes are dear: fewer than of the storm over TCP say as much. */
const HANDSHAKES = 2000

type Secured = Exclude<Transport, 'tcp'>
const titles: Record<Secured, string> = { tls: 'TLS 1.3', ws: 'WebSocket', wss: 'secure WebSocket' }

function pair(measure: (bench: Bench, homeport: boolean) => ReturnType<Subject['measure']>): readonly Subject[] {
  return [
    { name: 'homeport', measure: (bench) => measure(bench, true) },
    { name: 'mosquitto', measure: (bench) => measure(bench, false) },
  ]
}

const postsOver = (transport: Secured, pace: number): Scenario => ({
  name: `${transport}-posts-${pace > 0 ? 'paced' : 'flood'}`,
  title: `Post and reply over ${titles[transport]}, 1,000 devices${pace > 0 ? ` × ${pace} a second` : ', flood'}`,
  unit: 'post',
  subjects: pair(async (bench, homeport) =>
    homeport ? posts(bench, 1000, pace, transport) : relayed(bench, await bench.mosquitto(transport), pace, transport),
  ),
  targets: [],
})

const secured = ['--rehearse', ...carriedBy.tls]

const connectsOverTls: Scenario = {
  name: 'tls-connects',
  title:
    'The second storm of 2,000 connections over TLS 1.3, 100 at a time, RSA 2048, no session resumed (mosquitto: without authentication)',
  unit: 'connection',
  subjects: pair(async (bench, homeport) =>
    homeport
      ? storm(
          bench,
          await bench.homeport({ data: bench.fleet({ direct: 10_000 }), transport: 'tls' }),
          [...secured, '--creds', bench.files.directs(10_000)],
          HANDSHAKES,
        )
      : storm(bench, await bench.mosquitto('tls'), secured, HANDSHAKES),
  ),
  targets: [],
}

export const transports: readonly Scenario[] = [
  postsOver('tls', 0),
  postsOver('tls', PACE),
  connectsOverTls,
  postsOver('ws', 0),
  postsOver('ws', PACE),
  postsOver('wss', 0),
]
