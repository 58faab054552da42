/** A process that may open few files, and more connections than that: some are closed, everything else goes on. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { expect, onTestFinished } from 'vitest'
import { promise } from '../promises.ts'
import type { ServerProcess } from './server-process.ts'
import { fill, startServer, temporaryData } from './server-process.ts'

const LIMIT = 256
/** Kept free by MQTT connections; half of it by HTTP connections. */
const RESERVE = 64

/** Connections that stand, and how many came to an end, out of those that were made. */
class Crowd {
  readonly sockets: Socket[] = []
  closed = 0

  async add(port: number, count: number): Promise<void> {
    const made = Array.from({ length: count }, () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.on('close', () => this.closed++)
      this.sockets.push(socket.resume())
      return once(socket, 'connect')
    })
    await Promise.all(made)
  }

  get open(): number {
    return this.sockets.length - this.closed
  }

  leave(): void {
    for (const socket of this.sockets) socket.destroy()
  }
}

function crowd(): Crowd {
  const one = new Crowd()
  onTestFinished(() => one.leave())
  return one
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

promise(
  'limits.open-files',
  'more connections than files: some are closed, the store, HTTP and the log go on, and it is said',
  async () => {
    const data = temporaryData()
    const [device] = await fill(data, (fleet) => fleet.gateways(1))
    if (device === undefined) throw new Error('no device')
    const server = await startServer(data, ['--log-level', 'info', '--log-format', 'json'], LIMIT)
    const said = /"limit":256,"open":\d+,"reserve":64,"connectionsAtMost":\d+,"msg":"limit of open files"/
    await expect.poll(() => server.output).toMatch(said)
    const gateway = await server.gateway(device)
    const topic = gateway.topic('thing/event/property/post')

    const idle = crowd()
    await idle.add(server.ports.mqtt, 400)
    await expect.poll(() => idle.closed, { timeout: 5000 }).toBeGreaterThanOrEqual(400 - (LIMIT - RESERVE))
    const read = await metrics(server)
    const refused = read('homeport_connections_refused_total{reason="open-files"}')
    await expect.poll(() => idle.closed).toBe(refused)
    expect(idle.open).toBeGreaterThan(100)
    expect(read('homeport_open_files_limit')).toBe(LIMIT)
    expect(read('homeport_open_files{of="mqtt"}')).toBe(idle.open + 1)
    const total = read('homeport_open_files{of="mqtt"}') + read('homeport_open_files{of="other"}')
    expect(total).toBeLessThanOrEqual(LIMIT - RESERVE + 10)

    // HTTP connections get half of the reserve, and are closed beyond it.
    const http = crowd()
    await http.add(server.ports.http, 200)
    await expect.poll(() => http.closed, { timeout: 5000 }).toBeGreaterThanOrEqual(200 - RESERVE / 2)

    // The store writes, and opens files: a post, and a message that is queued, are acknowledged.
    for (let i = 0; i < 20; i++) expect(await gateway.publish(topic, `{"id":"${i}","params":{}}`, 1)).toBe(0)
    http.leave()
    await expect.poll(async () => (await server.pub(device, 'hello')).Success).toBe(true)

    // Those that go make room for others.
    idle.leave()
    await expect.poll(async () => (await metrics(server))('homeport_open_files{of="mqtt"}')).toBe(1)
    const later = crowd()
    await later.add(server.ports.mqtt, 50)
    await expect.poll(async () => (await metrics(server))('homeport_open_files{of="mqtt"}')).toBe(51)
    expect(later.closed).toBe(0)

    expect(server.output).toMatch(/"check":"open-files"/)
    await expect.poll(() => server.output).toContain('% of what connections may use')
    expect(server.output).not.toMatch(/EMFILE|"level":"error"/)
    expect(await server.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  },
)
