/** Property posts of devices that are connected themselves, answered by the server; the peers relay request and reply. */
import { fileURLToPath } from 'node:url'
import type { Bench, Sample, Scenario, Subject } from '../harness/scenario.ts'
import type { Server, Transport } from '../harness/servers.ts'
import { messages } from './messages.ts'

export const BODY = fileURLToPath(new URL('../loadgen/alink-post.json', import.meta.url))
export const OK = '"code":200'

/** Messages a second and connection of a paced run of 1,000 connections. */
const PACE = 10

/** Requests that the server, or a client, answers. */
export function answered(
  bench: Bench,
  server: Server,
  args: readonly (string | number)[],
  paced = false,
): Promise<Sample> {
  return messages(bench, server, ['rr', ...args], paced)
}

/** What tells the generator how MQTT is carried. */
export const carriedBy: Record<Transport, readonly string[]> = {
  tcp: [],
  tls: ['--tls'],
  ws: ['--ws'],
  wss: ['--tls', '--ws'],
}

export async function posts(
  bench: Bench,
  connections: number,
  pace: number,
  transport: Transport = 'tcp',
): Promise<Sample> {
  const server = await bench.homeport({ data: bench.fleet({ direct: 10_000 }), transport })
  const rate = pace > 0 ? ['--rate', pace] : []
  return await answered(
    bench,
    server,
    [
      ...['--conns', connections, ...rate, '--no-responder', '--body', BODY, '--expect', OK],
      ...['--creds', bench.files.directs(10_000), ...carriedBy[transport]],
      ...['--req-topic', '/sys/{c4}/{c5}/thing/event/property/post'],
      ...['--rep-topic', '/sys/{c4}/{c5}/thing/event/property/post_reply'],
    ],
    pace > 0,
  )
}

function relay(name: 'mosquitto' | 'aedes', pace: number): Subject {
  return { name, measure: async (bench) => relayed(bench, await bench[name](), pace) }
}

/** Request and reply by a client, over what the server listens on. */
export function relayed(bench: Bench, server: Server, pace: number, transport: Transport = 'tcp'): Promise<Sample> {
  const rate = pace > 0 ? ['--rate', pace] : []
  return answered(bench, server, ['--conns', 1000, ...rate, ...carriedBy[transport]], pace > 0)
}

export const postsFlood: Scenario = {
  name: 'posts-flood',
  title: 'Post and reply, 1,000 devices, flood',
  unit: 'post',
  subjects: [{ name: 'homeport', measure: (bench) => posts(bench, 1000, 0) }, relay('mosquitto', 0), relay('aedes', 0)],
  targets: [
    { metric: 'cpu', of: 'homeport', over: 'mosquitto', atMost: 0.7, stretch: 0.55 },
    { metric: 'cpu', of: 'homeport', over: 'aedes', atMost: 0.27 },
  ],
}

export const postsPaced: Scenario = {
  name: 'posts-paced',
  title: 'Post and reply, 1,000 devices × 10 a second',
  unit: 'post',
  subjects: [
    { name: 'homeport', measure: (bench) => posts(bench, 1000, PACE) },
    relay('mosquitto', PACE),
    relay('aedes', PACE),
  ],
  targets: [
    { metric: 'cpu', of: 'homeport', over: 'mosquitto', atMost: 1.05, stretch: 0.9 },
    { metric: 'p99', of: 'homeport', atMost: 1000 },
  ],
}
