/** Start and stop of the real process: signals, its files, its lock. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fill, ServerProcess, startServer, temporaryData } from './server-process.ts'

const files = (data: string) => ['ready.json', 'local.json', 'lock'].filter((name) => existsSync(join(data, name)))

describe('a stop', () => {
  test.each([
    ['SIGTERM', ['SIGTERM']],
    ['SIGINT', ['SIGINT']],
    ['the whole process group and a parent that forwards', ['SIGINT', 'SIGTERM']],
    ['the same signal twice', ['SIGTERM', 'SIGTERM']],
  ] as const)('by %s is clean, within 5 s', async (_, signals) => {
    const data = temporaryData()
    const gateway = await fill(data, async (fleet) => (await fleet.gateways(1))[0])
    const server = await startServer(data)
    if (!gateway) throw new Error('no gateway')
    const connected = await server.gateway(gateway)
    // One that never takes its end must not hold the stop up.
    const silent = await server.dial(gateway)
    silent.wire.pause()
    expect(files(data)).toEqual(['ready.json', 'local.json', 'lock'])
    expect(JSON.parse(readFileSync(join(data, 'ready.json'), 'utf8'))).toEqual({
      mqtt: server.ports.mqtt,
      http: server.ports.http,
      pid: server.child.pid,
    })
    const start = performance.now()
    for (const signal of signals) server.child.kill(signal)
    expect(await server.ended).toEqual({ code: 0, signal: null })
    expect(performance.now() - start).toBeLessThan(5000)
    expect(files(data)).toEqual([])
    expect(await connected.cut()).toMatchObject({ by: 'server' })
    silent.destroy()
    expect(server.output).not.toMatch(/error|Error/)
  })

  test('while it starts is clean', async () => {
    const data = temporaryData()
    const server = new ServerProcess(data, [])
    const locked = async () => {
      while (!existsSync(join(data, 'lock')) && server.alive) await new Promise(setImmediate)
    }
    await locked()
    server.child.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
    expect(files(data)).toEqual([])
  })
})

describe('a data directory', () => {
  test('that is in use is refused to a second server, and the first goes on', async () => {
    const data = temporaryData()
    const gateway = await fill(data, async (fleet) => (await fleet.gateways(1))[0])
    const first = await startServer(data)
    const second = new ServerProcess(data, [])
    expect((await second.ended).code).not.toBe(0)
    expect(second.output).toContain(`process id ${first.child.pid}`)
    expect(files(data)).toEqual(['ready.json', 'local.json', 'lock'])
    if (gateway) expect(await (await first.gateway(gateway)).alive()).toBe(true)
    await first.kill('SIGTERM')
  })

  test('of a server that was killed is taken over, with what it left', async () => {
    const data = temporaryData()
    const first = await startServer(data)
    await first.kill()
    expect(files(data)).toEqual(['ready.json', 'local.json', 'lock'])
    const second = await startServer(data)
    expect(JSON.parse(readFileSync(join(data, 'lock'), 'utf8'))).toMatchObject({ pid: second.child.pid })
    expect(JSON.parse(readFileSync(join(data, 'ready.json'), 'utf8'))).toMatchObject({ pid: second.child.pid })
    await second.kill('SIGTERM')
  })

  test('whose lock names a process that is another by now is taken over', async () => {
    const data = temporaryData()
    await fill(data, async () => {})
    writeFileSync(join(data, 'lock'), `${JSON.stringify({ pid: process.pid, started: '1' })}\n`)
    const server = await startServer(data)
    await server.kill('SIGTERM')
  })
})
