/** Fifty that never read, while one floods them: memory is bounded, others do not notice, and it is said and counted. */
import { describe, expect, onTestFinished } from 'vitest'
import { MqttClient } from '../../src/mqtt/client.ts'
import { dial } from '../../src/mqtt/transport/dial.ts'
import type { Wire } from '../../src/mqtt/transport/transport.ts'
import { promise } from '../promises.ts'
import type { ServerProcess } from './server-process.ts'
import { startServer, temporaryData } from './server-process.ts'

const READERS = 50
const KIB = 1024
const MIB = 1024 * KIB
/** Each reader is sent as much: several times what the kernel takes for one that does not read. */
const PACKET = Buffer.alloc(16 * KIB)
const MESSAGES = 2000

interface Client {
  readonly client: MqttClient
  readonly wire: Wire
}

async function application(server: ServerProcess, clientId: string): Promise<Client> {
  const wire = await dial(server.ports.app as number, '127.0.0.1')
  const client = new MqttClient(wire, {})
  onTestFinished(() => client.destroy())
  await client.connect({ clientId, userName: '', password: '', keepAlive: 0 })
  return { client, wire }
}

async function sleepers(server: ServerProcess): Promise<Client[]> {
  return Promise.all(
    Array.from({ length: READERS }, async (_, i) => {
      const sleeper = await application(server, `sleeper${i}`)
      await sleeper.client.subscribe('flood', 0)
      sleeper.wire.pause()
      return sleeper
    }),
  )
}

async function metrics(server: ServerProcess): Promise<(line: string) => number> {
  const body = await (await fetch(`${server.http}/metrics`)).text()
  return (line) =>
    Number(
      body
        .split('\n')
        .find((each) => each.startsWith(`${line} `))
        ?.slice(line.length + 1),
    )
}

/** Floods, and meanwhile sends numbers to a reader that reads; returns what that one got. */
async function flood(server: ServerProcess): Promise<string[]> {
  const [publisher, calm, reader] = await Promise.all(
    ['publisher', 'calm', 'reader'].map((name) => application(server, name)),
  )
  await reader?.client.subscribe('calm', 1)
  const got: string[] = []
  for (let i = 0; i < MESSAGES; i++) {
    await publisher?.client.publish('flood', PACKET, 0)
    if (i % 100 !== 0) continue
    // What was sent before it is handled, too, before the next hundred goes out.
    await publisher?.client.publish('nobody', '', 1)
    expect(await calm?.client.publish('calm', String(i), 1)).toBe(0)
    got.push((await (reader as Client).client.next('calm')).payload.toString())
  }
  await publisher?.client.publish('nobody', '', 1)
  return got
}

describe.each([
  ['limits.output: each connection is at its own', '256KiB', '512MiB', 'slow-reader', READERS * (256 + 192) * KIB],
  // Each may have 64 KiB waiting all the same, in a chunk as large, and another under way.
  ['limits.outputTotal: all of them together', '16MiB', '4MiB', 'output-total', 4 * MIB + READERS * 192 * KIB],
])('%s', (_name, appOutput, outputTotal, reason, bound) => {
  promise('limits.slow-readers', 'is what is held for them, and the rest is dropped', async () => {
    const flags = ['--app-port', '0', '--app-anonymous', '--log-level', 'info', '--log-format', 'json']
    const limits = ['--limits-app-output', appOutput, '--limits-output-total', outputTotal]
    const server = await startServer(temporaryData(), [...flags, ...limits])
    const all = await sleepers(server)
    const earlier = await metrics(server)
    const got = await flood(server)
    expect(got).toEqual(Array.from({ length: MESSAGES / 100 }, (_, i) => String(i * 100)))

    const read = await metrics(server)
    const dropped = read(`homeport_dropped_total{reason="${reason}"}`)
    expect(dropped).toBeGreaterThan((READERS * MESSAGES) / 2)
    expect(read('homeport_output_bytes')).toBeGreaterThan(bound / 8)
    expect(read('homeport_output_bytes')).toBeLessThan(bound)
    expect(read('homeport_slow_readers')).toBe(READERS)
    const grown = read('process_resident_memory_bytes') - earlier('process_resident_memory_bytes')
    // 1.6 GB were published to them.
    expect(grown).toBeLessThan(200 * MIB)

    for (const { wire } of all.slice(1)) wire.destroy()
    all[0]?.wire.resume()
    await expect.poll(async () => (await metrics(server))('homeport_slow_readers'), { timeout: 5000 }).toBe(0)
    await expect.poll(async () => (await metrics(server))('homeport_output_bytes')).toBeLessThan(64 * KIB)
    await expect.poll(() => server.output).toContain('slow reader: it has caught up')
    const began = server.output.match(/"who":"sleeper\d+".*slow reader: QoS 0 messages are dropped for it/g)
    expect(new Set(began).size).toBeGreaterThanOrEqual(READERS)
    expect(server.output).toContain(`"reason":"${reason}"`)
    const ends = server.output.match(/"dropped":\d+(?=,"msg":"slow reader)/g) ?? []
    expect(ends.map((text) => Number(text.slice(10))).reduce((sum, count) => sum + count, 0)).toBe(dropped)
  })
})
