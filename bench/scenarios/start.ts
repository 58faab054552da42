/** From the start of the process until it accepts connections. */
import type { Bench, Sample, Scenario, Subject } from '../harness/scenario.ts'

async function ready(bench: Bench, devices: number): Promise<Sample> {
  const server = await bench.homeport(
    devices === 0 ? {} : { data: bench.fleet({ gateways: 10, subDevices: 100, others: devices }), inPlace: true },
  )
  const ms = server.startedIn
  await server.stop()
  return { ms }
}

const EMPTY: Subject = { name: 'empty', measure: (bench) => ready(bench, 0) }

export const start = (quick: boolean): Scenario => {
  const devices = quick ? 10_000 : 999_000
  const full: Subject = {
    name: quick ? '10,000 devices' : '1,000,000 devices',
    measure: (bench) => ready(bench, devices),
  }
  return {
    name: 'start',
    title: 'Start to ready',
    unit: 'start',
    subjects: [EMPTY, full],
    targets: [
      { metric: 'ms', of: 'empty', atMost: 1000 },
      { metric: 'ms', of: full.name, atMost: 10_000 },
    ],
  }
}
