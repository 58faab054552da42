import type { Bench, Sample } from '../harness/scenario.ts'
import type { Server } from '../harness/servers.ts'

/** Messages by the generator's arguments, and what one costs. `paced`: an open loop, server and generator on one CPU. */
export async function messages(
  bench: Bench,
  server: Server,
  args: readonly (string | number)[],
  paced: boolean,
): Promise<Sample> {
  const warmup = paced ? bench.pacedWarmup : bench.warmup
  const times = ['--duration', bench.seconds, '--warmup', warmup, '--settle', 0.3]
  const loaded = await bench.load(server, [...args, ...times], { pinned: paced })
  const cpu = loaded.number('server_cpu_us_per_msg')
  return {
    cpu,
    rate: loaded.number('msgs_per_s'),
    core: 1e6 / cpu,
    p50: loaded.number('p50_us'),
    p99: loaded.number('p99_us'),
  }
}
