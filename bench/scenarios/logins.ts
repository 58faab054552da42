/** Log-ins of sub-devices through their gateways, every check made and the fact stored; counted by the sub-device. */
import { BATCH, sessionTopic } from '../harness/files.ts'
import type { Bench, Sample, Scenario, Subject, Target } from '../harness/scenario.ts'
import { OK } from './direct.ts'
import { raised } from './gateways.ts'

export interface LoginRun {
  readonly how: 'single' | 'batch'
  /** Every sub-device once, none was on line before; or the same ones again and again. */
  readonly first: boolean
  readonly durability: 'process' | 'power'
  readonly gateways: number
  readonly subDevices: number
  /** Registered beside them. */
  readonly others: number
}

export async function logins(bench: Bench, run: LoginRun): Promise<Sample> {
  const { how, first, durability, gateways, subDevices, others } = run
  const data = bench.fleet({ gateways, subDevices, ...(others === 0 ? {} : { others }) })
  const server = await bench.homeport({
    data,
    flags: ['--store-durability', durability, ...raised(subDevices)],
  })
  const path = how === 'single' ? 'combine/login' : 'combine/batch_login'
  const loaded = await bench.load(server, [
    ...['rr', '--conns', gateways, '--no-responder', '--no-subscribe', '--expect', OK],
    ...['--inflight', gateways * (how === 'single' ? 50 : 4)],
    ...['--creds', bench.files.gateways(gateways), '--bodies', bench.files.logins(gateways, subDevices, how)],
    ...['--req-topic', sessionTopic(path), '--settle', 0.3],
    ...(first ? ['--once'] : ['--duration', bench.seconds, '--warmup', bench.warmup]),
  ])
  const each = how === 'single' ? 1 : BATCH
  const cpu = loaded.number('server_cpu_us_per_msg') / each
  return {
    cpu,
    rate: loaded.number('msgs_per_s') * each,
    core: 1e6 / cpu,
    p50: loaded.number('p50_us'),
    p99: loaded.number('p99_us'),
  }
}

const subjects = (how: LoginRun['how']): Subject[] =>
  (['process', 'power'] as const).flatMap((durability) =>
    ([true, false] as const).map((first) => ({
      name: `${first ? 'first' : 'again'}, ${durability}`,
      measure: (bench: Bench) =>
        // So many that the first logins last; so few that "again" comes round several times.
        logins(bench, {
          how,
          first,
          durability,
          gateways: 20,
          subDevices: first && !bench.quick ? 5000 : 500,
          others: 0,
        }),
    })),
  )

const targets = (atLeast: number, stretch?: number): Target[] =>
  ['first, process', 'again, process'].map((of) => ({
    metric: 'core',
    of,
    atLeast,
    ...(stretch === undefined ? {} : { stretch }),
  }))

export const loginsSingle: Scenario = {
  name: 'logins-single',
  title: 'Log-ins of sub-devices one by one, 20 gateways, 50 requests under way at each',
  unit: 'login',
  subjects: subjects('single'),
  targets: targets(40_000),
}

export const loginsBatch: Scenario = {
  name: 'logins-batch',
  title: 'Log-ins of sub-devices in batches of 50, 20 gateways, 4 batches under way at each',
  unit: 'login',
  subjects: subjects('batch'),
  targets: targets(80_000, 100_000),
}

const among = (others: number): Subject => ({
  name: others === 0 ? 'among 1,000' : `among ${others.toLocaleString('en')}`,
  measure: (bench) =>
    logins(bench, { how: 'single', first: false, durability: 'process', gateways: 10, subDevices: 100, others }),
})

export const loginsAmong = (quick: boolean): Scenario => {
  const many = quick ? 10_000 : 999_000
  return {
    name: 'logins-among',
    title: 'Log-ins of 1,000 sub-devices, one by one, alone in the registry and among many',
    unit: 'login',
    subjects: [among(0), among(many)],
    targets: [{ metric: 'cpu', of: among(many).name, over: among(0).name, atMost: 1.2 }],
  }
}
