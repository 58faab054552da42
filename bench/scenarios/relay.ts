/** What the front end costs as a broker: applications among themselves, beside the same on mosquitto and aedes. */
import type { Bench, Metric, Sample, Scenario, Subject, Target } from '../harness/scenario.ts'
import type { Server } from '../harness/servers.ts'
import { messages } from './messages.ts'

type Peer = 'homeport' | 'mosquitto' | 'aedes'
const peers: readonly Peer[] = ['homeport', 'mosquitto', 'aedes']

function server(bench: Bench, peer: Peer): Promise<Server> {
  return peer === 'homeport' ? bench.homeport({ listener: 'app' }) : bench[peer]()
}

interface Row {
  readonly name: string
  readonly title: string
  readonly unit: string
  /** Of the generator. */
  readonly args: readonly (string | number)[]
  /** An open loop: server and generator share one CPU. */
  readonly pinned?: boolean
  readonly atMost: number
  readonly stretch: number
}

function scenario({ name, title, unit, args, pinned = false, atMost, stretch }: Row): Scenario {
  const subjects = peers.map(
    (peer): Subject => ({
      name: peer,
      measure: async (bench) => messages(bench, await server(bench, peer), args, pinned),
    }),
  )
  const targets: Target[] = [{ metric: 'cpu' satisfies Metric, of: 'homeport', over: 'mosquitto', atMost, stretch }]
  return { name, title, unit, subjects, targets }
}

const rows: readonly Row[] = [
  {
    name: 'fan-in-0',
    title: 'Fan-in at QoS 0, pipelined: 10 publishers to one subscriber, flood',
    unit: 'message',
    args: ['fanin', '--conns', 10],
    atMost: 0.08,
    stretch: 0.05,
  },
  {
    name: 'fan-in-1',
    title: 'Fan-in at QoS 1, pipelined: 10 publishers to one subscriber, flood',
    unit: 'message',
    args: ['fanin', '--conns', 10, '--qos', 1],
    atMost: 0.1,
    stretch: 0.05,
  },
  {
    name: 'fan-in-single',
    title: 'Fan-in at QoS 0, one packet a read: 200 publishers to one subscriber, flood',
    unit: 'message',
    args: ['fanin', '--conns', 200, '--inflight', 200, '--batch', 1],
    atMost: 0.6,
    stretch: 0.44,
  },
  {
    name: 'fan-in-0-paced',
    title: 'Fan-in at QoS 0: 1,000 publishers × 10 a second to one subscriber',
    unit: 'message',
    args: ['fanin', '--conns', 1000, '--rate', 10],
    pinned: true,
    atMost: 1.25,
    stretch: 1.1,
  },
  {
    name: 'fan-in-1-paced',
    title: 'Fan-in at QoS 1: 1,000 publishers × 10 a second to one subscriber',
    unit: 'message',
    args: ['fanin', '--conns', 1000, '--rate', 10, '--qos', 1],
    pinned: true,
    atMost: 1.25,
    stretch: 1.1,
  },
  {
    name: 'relay',
    title: 'Request and reply by a client, 1,000 connections, flood',
    unit: 'request',
    args: ['rr', '--conns', 1000],
    atMost: 0.6,
    stretch: 0.5,
  },
  {
    name: 'fan-out',
    title: 'Fan-out: one publisher to 1,000 subscribers, flood',
    unit: 'delivery',
    args: ['fanout', '--conns', 1000],
    atMost: 0.3,
    stretch: 0.22,
  },
]

/** Connections of the run at half load. */
const CONNECTIONS = 200

/** First what it can, then half of it in an open loop. */
async function half(bench: Bench, peer: Peer): Promise<Sample> {
  const args = ['rr', '--conns', CONNECTIONS]
  const full = await messages(bench, await server(bench, peer), args, false)
  const pace = Math.max(1, Math.floor((full.rate ?? 0) / 2 / CONNECTIONS))
  const { cpu, ...rest } = await messages(bench, await server(bench, peer), [...args, '--rate', pace], false)
  return rest
}

const halfLoad: Scenario = {
  name: 'half-load',
  title: 'Request and reply by a client at half of what each server can do, 200 connections',
  unit: 'request',
  subjects: peers.map((peer) => ({ name: peer, measure: (bench) => half(bench, peer) })),
  targets: [],
}

export const relays: readonly Scenario[] = [...rows.map(scenario), halfLoad]
