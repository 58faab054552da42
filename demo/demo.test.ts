/** `npm run demo` as a visitor runs it: a process of its own, whose files all stand in a temporary directory of the test. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { errorRows } from '../src/codes/alink.ts'

let directory = ''
const running: (() => void)[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'homeport-demo-test-'))
})
afterEach(() => {
  for (const kill of running.splice(0)) kill()
  rmSync(directory, { recursive: true, force: true })
})

function start(...args: string[]) {
  const main = fileURLToPath(new URL('demo.ts', import.meta.url))
  const env = { ...process.env, TMPDIR: directory, NO_COLOR: undefined, FORCE_COLOR: undefined }
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(() => child.kill('SIGKILL'))
  const seen = { out: '', err: '' }
  child.stderr.on('data', (text) => {
    seen.err += text
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  /** Resolves when this was printed. */
  const printed = (what: string) =>
    new Promise<void>((resolve) => child.stdout.on('data', () => seen.out.includes(what) && resolve()))
  child.stdout.on('data', (text) => {
    seen.out += text
  })
  return { child, seen, ended, printed }
}

test('every row is met, and told in order, without colours and within the width of a page', async () => {
  const { seen, ended } = start()
  expect(await ended).toBe(0)
  expect(seen.err).toBe('')
  expect(seen.out).not.toContain('\x1b')
  expect(seen.out).not.toContain('FAILED')
  expect(seen.out.split('\n').filter((line) => line.length > 100)).toEqual([])
  expect(seen.out).toContain(`${errorRows.length} of ${errorRows.length} errors of the table were met`)
  expect(seen.out).toContain('Both gateways kept')
  for (const row of errorRows) {
    expect(seen.out).toContain(row.id)
    expect(seen.out).toContain(`"code":${row.code},"message":"${row.message}"`)
  }
  const [taken, , won] = ['"code":427', '/ext/error/demoGateway/north', 'south/combine/login_reply'].map((text) =>
    seen.out.indexOf(text, seen.out.indexOf('A sensor that moves')),
  )
  expect(taken).toBeLessThan(won as number)
  expect(readdirSync(directory)).toEqual([])
})

test('as JSON: the rows with what was sent and what came back', async () => {
  const { seen, ended } = start('--json')
  expect(await ended).toBe(0)
  const { rows, missing, gateways } = JSON.parse(seen.out)
  expect(missing).toEqual([])
  expect(gateways).toEqual({ opened: 2, alive: 2 })
  expect(rows.map(({ id }: { id: string }) => id).toSorted()).toEqual(errorRows.map(({ id }) => id).toSorted())
  const { sent, received } = rows.find(({ id }: { id: string }) => id === 'login.6401')
  expect(JSON.parse(sent.text).id).toBe(JSON.parse(received.text).id)
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it in the middle, and leaves nothing behind', async (signal) => {
  const { child, seen, ended, printed } = start()
  await printed('As it should be')
  child.kill(signal)
  expect(await ended).toBe(1)
  expect(seen.out).not.toContain('Tally')
  expect(seen.err).toBe('The demo was interrupted; its server and its files are gone.\n')
  expect(readdirSync(directory)).toEqual([])
})
