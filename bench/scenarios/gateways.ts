/** Messages of sub-devices over their gateways' connections. */
import { SUB_DEVICES } from '../harness/fleet.ts'
import type { Bench, Sample, Scenario } from '../harness/scenario.ts'
import { answered, BODY, OK } from './direct.ts'

const GATEWAYS = 10
const SUBS = 1500
const POST = `/sys/${SUB_DEVICES}/sub{i}-{k}/thing/event/property/post`

/** Limits as an operator of gateways this large sets them; the rates of log-ins are not what is measured. */
export const raised = (subDevices: number) => [
  ...['--limits-sub-devices-online', String(subDevices), '--limits-topology', String(subDevices)],
  ...['--limits-logins-per-minute', '1000000000', '--limits-login-requests-per-second', '0'],
]

async function gatewayPosts(bench: Bench, how: { online: boolean; subscribe: boolean }): Promise<Sample> {
  const server = await bench.homeport({
    data: bench.fleet({ gateways: GATEWAYS, subDevices: SUBS }),
    flags: raised(SUBS),
  })
  return await answered(bench, server, [
    ...['--conns', GATEWAYS, '--topics', SUBS, '--inflight', 1000, '--no-responder', '--body', BODY],
    ...['--expect', how.online ? OK : '"code":520'],
    ...['--creds', bench.files.gateways(GATEWAYS), '--req-topic', POST],
    ...(how.subscribe ? ['--rep-topic', `${POST}_reply`] : ['--no-subscribe']),
    ...(how.online ? ['--prelude', bench.files.prelude(GATEWAYS, SUBS)] : []),
  ])
}

export const postsGateways: Scenario = {
  name: 'posts-gateways',
  title: 'Posts through 10 gateways × 1,500 sub-devices, pipelined (peers: one connection, 1,500 topics)',
  unit: 'post',
  subjects: [
    { name: 'homeport', measure: (bench) => gatewayPosts(bench, { online: true, subscribe: true }) },
    ...(['mosquitto', 'aedes'] as const).map((name) => ({
      name,
      measure: async (bench: Bench) =>
        answered(bench, await bench[name](), ['--conns', 1, '--topics', SUBS, '--inflight', 100]),
    })),
  ],
  targets: [
    { metric: 'cpu', of: 'homeport', over: 'mosquitto', atMost: 0.3, stretch: 0.2 },
    { metric: 'core', of: 'homeport', atLeast: 300_000 },
  ],
}

export const postsRefused: Scenario = {
  name: 'posts-refused',
  title: 'A publish for a sub-device that is off line (520), against one that is on line',
  unit: 'post',
  subjects: [
    { name: 'refused', measure: (bench) => gatewayPosts(bench, { online: false, subscribe: false }) },
    { name: 'accepted', measure: (bench) => gatewayPosts(bench, { online: true, subscribe: false }) },
  ],
  targets: [{ metric: 'cpu', of: 'refused', over: 'accepted', atMost: 1 }],
}
