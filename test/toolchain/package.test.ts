/** What a user starts: the packed package in an empty folder, the checkout by npm, and bin/homeport on a Node that is too old. */
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Running } from './command.ts'
import { environment, ROOT, run, signalGroup, start, temporaryFolder } from './command.ts'

const PORTS = ['--mqtt-port', '0', '--http-port', '0']

interface Ready {
  readonly mqtt: number
  readonly http: number
  readonly pid: number
}

/** Waits until a server wrote `ready.json`; fails with what it said if it ends before. */
function ready(server: Running, data: string): Promise<Ready> {
  const read = () => JSON.parse(readFileSync(join(data, 'ready.json'), 'utf8')) as Ready
  const written = vi.waitFor(read, { timeout: 20_000, interval: 50 })
  const ended = server.ended.then(({ status, output }): never => {
    throw new Error(`it ended with ${status}: ${output}`)
  })
  // Whichever comes second is of no interest.
  for (const one of [written, ended]) one.catch(() => undefined)
  return Promise.race([written, ended])
}

/** Signals a server that is ready, and expects that it ends well within five seconds. */
async function stops(server: Running, signal: () => void) {
  let late = false
  const timer = setTimeout(() => {
    late = true
    signalGroup(server.child, 'SIGKILL')
  }, 5000)
  signal()
  const { status, output } = await server.ended
  clearTimeout(timer)
  expect({ status, late }, output).toEqual({ status: 0, late: false })
}

test('the packed package installs in an empty folder, helps and serves', { timeout: 180_000 }, async () => {
  const folder = temporaryFolder()
  const packed = await run('npm', ['pack', '--silent', '--pack-destination', folder], ROOT)
  expect(packed.status, packed.output).toBe(0)
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) as string
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const flags = ['--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  const installed = await run('npm', ['install', ...flags, `./${tarball}`], folder)
  expect(installed.status, installed.output).toBe(0)

  const homeport = join(folder, 'node_modules', '.bin', 'homeport')
  const help = await run(homeport, ['--help'], folder)
  expect(help.status, help.output).toBe(0)
  expect(help.output).toContain('serve')

  const data = join(folder, 'data')
  const server = start(homeport, ['serve', ...PORTS, '--data', data], folder)
  const { pid } = await ready(server, data)
  // The script became the server: a signal to the process that was started goes right through.
  expect(pid).toBe(server.child.pid)
  await stops(server, () => server.child.kill('SIGTERM'))
})

const SIGNALS = [
  ['SIGTERM', 'the whole group'],
  ['SIGINT', 'the whole group'],
  ['SIGTERM', 'npm alone'],
] as const

test.each(SIGNALS)('npm start stops on %s to %s', { timeout: 60_000 }, async (signal, to) => {
  const data = join(temporaryFolder(), 'data')
  const server = start('npm', ['start', '--', ...PORTS, '--data', data], ROOT)
  const { pid } = await ready(server, data)
  await stops(server, () => (to === 'npm alone' ? server.child.kill(signal) : signalGroup(server.child, signal)))
  expect(() => process.kill(pid, 0)).toThrow()
})

/** A package folder with bin/homeport and a main that tells what it was given, reached by a link. */
function fakePackage(main: string): string {
  const folder = temporaryFolder()
  const root = join(folder, 'node_modules', 'homeport')
  mkdirSync(join(root, 'dist'), { recursive: true })
  mkdirSync(join(folder, 'node_modules', '.bin'))
  mkdirSync(join(folder, 'old'))
  cpSync(join(ROOT, 'bin'), join(root, 'bin'), { recursive: true })
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(root, 'dist', 'main.js'), main)
  symlinkSync('../homeport/bin/homeport', join(folder, 'node_modules', '.bin', 'homeport'))
  writeFileSync(join(folder, 'old', 'node'), '#!/bin/sh\necho v24.10.9\n')
  chmodSync(join(folder, 'old', 'node'), 0o755)
  return folder
}

const TELL = 'console.log(JSON.stringify(process.argv.slice(2)))'

test('bin/homeport, by a link, hands its arguments on as they are', async () => {
  const folder = fakePackage(TELL)
  const { status, output } = await run(join(folder, 'node_modules', '.bin', 'homeport'), ['a b', '', '*'], folder)
  expect({ status, output }).toEqual({ status: 0, output: '["a b","","*"]\n' })
})

test('bin/homeport says which Node it needs', async () => {
  const folder = fakePackage(TELL)
  const old = environment(join(folder, 'old'))
  const { status, output } = await run(join(folder, 'node_modules', '.bin', 'homeport'), ['serve'], folder, old)
  expect(status).toBe(1)
  expect(output).toBe(
    'homeport needs Node.js 24.11 or later on the path (found: v24.10.9). Install Node.js 26 and start it again.\n',
  )
})

test('bin/homeport takes the Node that was installed with it where the one on the path is too old', async () => {
  const folder = fakePackage(TELL)
  symlinkSync(process.execPath, join(folder, 'node_modules', '.bin', 'node'))
  const old = environment(join(folder, 'old'))
  const { status, output } = await run(join(folder, 'node_modules', '.bin', 'homeport'), ['x'], folder, old)
  expect({ status, output }).toEqual({ status: 0, output: '["x"]\n' })
})
