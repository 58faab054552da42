/** The command line as a process of its own: what only a real one shows (signals, exit codes, files, two servers at once). */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

let data: string
const children: ChildProcess[] = []

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'homeport-process-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(data, { recursive: true, force: true })
})

function start(...args: string[]) {
  const variables = Object.entries(process.env).filter(([name]) => !name.startsWith('HOMEPORT_'))
  const child = spawn(process.execPath, [main, ...args], { env: Object.fromEntries(variables), stdio: 'pipe' })
  children.push(child)
  const seen = { out: '', err: '' }
  const { promise: ready, resolve: isReady } = Promise.withResolvers<void>()
  child.stdout.on('data', (text) => {
    seen.out += text
    if (seen.out.includes('is ready')) isReady()
  })
  child.stderr.on('data', (text) => {
    seen.err += text
  })
  const ended = new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => resolve(code ?? String(signal))),
  )
  // A start that fails must not wait for ever; commands that never say so are fine.
  const started = Promise.race([ready, ended.then(() => Promise.reject(new Error(seen.err)))])
  started.catch(() => {})
  return { child, seen, ended, ready: started }
}

const serve = (...more: string[]) => start('serve', '--data', data, '--mqtt-port', '0', '--http-port', '0', ...more)

async function command(...args: string[]) {
  const { ended, seen } = start(...args, '--data', data)
  return { code: await ended, ...seen }
}

test('serve: ready.json names the real ports, a second server refuses, signals stop it cleanly, commands work throughout', async () => {
  const first = serve()
  await first.ready
  const ready = JSON.parse(readFileSync(join(data, 'ready.json'), 'utf8')) as Record<string, number>
  expect(ready).toEqual({ mqtt: expect.any(Number), http: expect.any(Number), pid: first.child.pid })
  expect(first.seen.out).toContain(`mqtt://127.0.0.1:${ready.mqtt}, http://127.0.0.1:${ready.http}`)
  expect(first.seen.out).toContain('AccessKeySecret')
  expect(statSync(join(data, 'local.json')).mode & 0o777).toBe(0o600)

  const second = serve()
  expect(await second.ended).toBe(4)
  expect(second.seen.err).toContain(`process id ${first.child.pid}`)
  expect(existsSync(join(data, 'ready.json'))).toBe(true)

  const other = join(data, 'other')
  const taken = start('serve', '--data', other, '--http-port', '0', '--mqtt-port', String(ready.mqtt))
  expect(await taken.ended).toBe(1)
  expect(taken.seen.err).toContain(`port ${ready.mqtt} is in use`)

  expect(await command('topo', 'add', 'GW', 'gateway1', 'SUB/sensor1', '--create')).toMatchObject({ code: 0, err: '' })
  expect((await command('status', '--json')).out).toContain(`"mqtt": ${ready.mqtt}`)

  // A terminal and a package manager both pass the wish on.
  first.child.kill('SIGINT')
  first.child.kill('SIGTERM')
  expect(await first.ended).toBe(0)
  expect([existsSync(join(data, 'ready.json')), existsSync(join(data, 'local.json'))]).toEqual([false, false])

  const stopped = await command('device', 'show', 'SUB/sensor1', '--json')
  expect(stopped).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(stopped.out)).toMatchObject({
    deviceName: 'sensor1',
    status: 'UNACTIVE',
    gateways: ['GW/gateway1'],
  })
  expect((await command('status')).code).toBe(4)
}, 30_000)

test('after kill -9 the files of the dead run mislead nobody', async () => {
  const killed = serve()
  await killed.ready
  killed.child.kill('SIGKILL')
  expect(await killed.ended).toBe('SIGKILL')
  expect(existsSync(join(data, 'local.json'))).toBe(true)
  expect(await command('product', 'list')).toMatchObject({ code: 0, err: '' })
  const next = serve()
  await next.ready
  const { pid } = JSON.parse(readFileSync(join(data, 'ready.json'), 'utf8')) as { pid: number }
  expect(pid).toBe(next.child.pid)
  next.child.kill('SIGTERM')
  expect(await next.ended).toBe(0)
}, 30_000)

test('homeport demo meets every error, and says so in JSON too', async () => {
  const demo = start('demo', '--json')
  expect(await demo.ended).toBe(0)
  expect(JSON.parse(demo.seen.out)).toMatchObject({ missing: [] })
}, 60_000)

test('serve: a first start that fails for its port spends no access key; the next one shows it', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const failed = start('serve', '--data', data, '--mqtt-port', String(port), '--http-port', '0')
  expect(await failed.ended).toBe(1)
  expect(failed.seen.err).toContain(`port ${port} is in use`)
  expect(failed.seen.out).not.toContain('AccessKeySecret')
  other.close()
  const next = serve()
  await next.ready
  expect(next.seen.out).toContain('AccessKeySecret')
})
