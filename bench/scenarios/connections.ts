/** Connections: a storm of them, what they hold while idle, and what many of them do to the cost of a message. */
import type { Bench, Sample, Scenario } from '../harness/scenario.ts'
import type { Server } from '../harness/servers.ts'
import { posts } from './direct.ts'
import { raised } from './gateways.ts'

const CONNECTIONS = 10_000

export async function storm(
  bench: Bench,
  server: Server,
  args: readonly string[],
  connections = CONNECTIONS,
): Promise<Sample> {
  const loaded = await bench.load(server, ['storm', '--conns', connections, '--conc', 100, ...args])
  const cpu = loaded.number('server_cpu_us_per_conn')
  return {
    cpu,
    rate: loaded.number('connects_per_s'),
    core: 1e6 / cpu,
    p50: loaded.number('p50_us'),
    p99: loaded.number('p99_us'),
  }
}

const homeport = (bench: Bench) => bench.homeport({ data: bench.fleet({ direct: CONNECTIONS }) })
const credentials = (bench: Bench) => ['--creds', bench.files.directs(CONNECTIONS)]

export const connects: Scenario = {
  name: 'connects',
  title:
    'The second storm of 10,000 connections, 100 at a time, signed with HMAC-SHA256 (peers: without authentication)',
  unit: 'connection',
  subjects: [
    {
      name: 'homeport',
      measure: async (bench) => storm(bench, await homeport(bench), ['--rehearse', ...credentials(bench)]),
    },
    { name: 'mosquitto', measure: async (bench) => storm(bench, await bench.mosquitto(), ['--rehearse']) },
    { name: 'aedes', measure: async (bench) => storm(bench, await bench.aedes(), ['--rehearse']) },
    {
      name: 'homeport, its first',
      measure: async (bench) => storm(bench, await homeport(bench), credentials(bench)),
    },
  ],
  targets: [
    { metric: 'cpu', of: 'homeport', over: 'mosquitto', atMost: 3, stretch: 1.7 },
    { metric: 'rate', of: 'homeport', atLeast: 20_000 },
    { metric: 'cpu', of: 'homeport', over: 'aedes', atMost: 0.2 },
  ],
}

async function idle(bench: Bench, server: Server, args: readonly string[]): Promise<Sample> {
  const loaded = await bench.load(server, ['idle', '--conns', CONNECTIONS, '--touch', '--settle', 3, ...args])
  return { kb: loaded.number('rss_per_conn_kb') }
}

export const memoryConnections: Scenario = {
  name: 'memory-connections',
  title: 'Resident memory of an idle connection that has subscribed and published once, 10,000 connections',
  unit: 'connection',
  subjects: [
    {
      name: 'homeport',
      measure: async (bench) =>
        idle(bench, await homeport(bench), [
          ...credentials(bench),
          ...['--req-topic', '/sys/{c4}/{c5}/thing/event/property/post'],
          ...['--rep-topic', '/sys/{c4}/{c5}/thing/event/property/post_reply'],
        ]),
    },
    { name: 'mosquitto', measure: async (bench) => idle(bench, await bench.mosquitto(), []) },
    { name: 'aedes', measure: async (bench) => idle(bench, await bench.aedes(), []) },
  ],
  targets: [{ metric: 'kb', of: 'homeport', atMost: 7, stretch: 3.5 }],
}

async function subDevices(bench: Bench): Promise<Sample> {
  const [gateways, each] = bench.quick ? [5, 1000] : [20, 5000]
  const server = await bench.homeport({ data: bench.fleet({ gateways, subDevices: each }), flags: raised(each) })
  const loaded = await bench.load(server, [
    ...['idle', '--conns', gateways, '--settle', 3, '--creds', bench.files.gateways(gateways)],
    ...['--prelude', bench.files.prelude(gateways, each)],
  ])
  return { kb: (loaded.number('rss_per_conn_kb') * gateways) / (gateways * each) }
}

export const memorySubDevices: Scenario = {
  name: 'memory-sub-devices',
  title: 'Resident memory of a sub-device that is on line, 100,000 of them through 20 gateways',
  unit: 'sub-device',
  subjects: [{ name: 'homeport', measure: subDevices }],
  targets: [{ metric: 'kb', of: 'homeport', atMost: 1 }],
}

/** Posts a second in all, whatever the number of connections. */
const POSTS = 5000
const few = 'over 100'
const many = 'over 10,000'

export const growth: Scenario = {
  name: 'growth',
  title: '5,000 posts a second in all, over few connections and over many',
  unit: 'post',
  subjects: [
    { name: few, measure: (bench) => posts(bench, 100, POSTS / 100) },
    { name: many, measure: (bench) => posts(bench, CONNECTIONS, POSTS / CONNECTIONS) },
  ],
  targets: [{ metric: 'cpu', of: many, over: few, atMost: 1.3 }],
}
