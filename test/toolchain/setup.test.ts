/** scripts/setup.mjs in a small project, with an npm that only notes that it was called. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Ended } from './command.ts'
import { environment, ROOT, run, temporaryFolder } from './command.ts'

const INSTALLING = 'setup: installing dependencies (npm ci) …\n'
const WAITING = 'setup: another set-up is running, waiting for it …\n'

interface Project {
  readonly root: string
  setup(...nodeFlags: string[]): Promise<Ended>
  /** The arguments of each call of npm. */
  calls(): string[]
}

/** `npm` is a shell script's text; it runs in the project. */
function project(npm: string): Project {
  const root = temporaryFolder()
  for (const folder of ['scripts', 'tools']) mkdirSync(join(root, folder))
  copyFileSync(join(ROOT, 'scripts', 'setup.mjs'), join(root, 'scripts', 'setup.mjs'))
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {} } }))
  const tool = join(root, 'tools', 'npm')
  writeFileSync(tool, `#!/bin/sh\necho "$*" >> calls\n${npm}\n`)
  chmodSync(tool, 0o755)
  const env = environment([join(root, 'tools'), dirname(process.execPath)].join(delimiter))
  return {
    root,
    setup: (...nodeFlags) => run(process.execPath, [...nodeFlags, join(root, 'scripts', 'setup.mjs')], root, env),
    calls: () => (existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : []),
  }
}

const INSTALL = 'rm -rf node_modules; mkdir -p node_modules/.bin'

test('installs once and is then silent', async () => {
  const it = project(INSTALL)
  expect(await it.setup()).toEqual({ status: 0, output: INSTALLING })
  expect(await it.setup()).toEqual({ status: 0, output: '' })
  expect(it.calls()).toEqual(['ci --no-audit --no-fund --loglevel=error --include=dev --include=optional'])
})

test('installs again when the lock file changed or node_modules is gone', async () => {
  const it = project(INSTALL)
  await it.setup()
  writeFileSync(join(it.root, 'package-lock.json'), JSON.stringify({ packages: { '': { version: '2' } } }))
  expect(await it.setup()).toEqual({ status: 0, output: INSTALLING })
  rmSync(join(it.root, 'node_modules'), { recursive: true })
  expect(await it.setup()).toEqual({ status: 0, output: INSTALLING })
})

test('two at once: one installs, the other waits', async () => {
  const it = project(`mkdir busy || exit 9; sleep 0.5; ${INSTALL}; rmdir busy`)
  const both = await Promise.all([it.setup(), it.setup()])
  expect(both.map(({ status }) => status)).toEqual([0, 0])
  expect(both.map(({ output }) => output).sort()).toEqual([WAITING, INSTALLING].sort())
  expect(it.calls()).toHaveLength(1)
  expect(existsSync(join(it.root, '.setup.lock'))).toBe(false)
})

test('a dead holder is followed, by one of those who wait', async () => {
  const it = project(`mkdir busy || exit 9; sleep 0.5; ${INSTALL}; rmdir busy`)
  mkdirSync(join(it.root, '.setup.lock'))
  const { child, pid } = await deadProcess()
  expect(child).toBe(0)
  writeFileSync(join(it.root, '.setup.lock', '1'), String(pid))
  const all = await Promise.all([it.setup(), it.setup(), it.setup()])
  expect(all.map(({ status }) => status)).toEqual([0, 0, 0])
  expect(it.calls()).toHaveLength(1)
})

async function deadProcess(): Promise<{ child: number | string; pid: number }> {
  const { status, output } = await run(process.execPath, ['-p', 'process.pid'], ROOT)
  return { child: status, pid: Number(output) }
}

test('says so when npm fails, leaves no lock and tries again the next time', async () => {
  const it = project('echo "no network" >&2; exit 3')
  const failed = { status: 1, output: `${INSTALLING}no network\nsetup: npm ci failed; nothing was started.\n` }
  expect(await it.setup()).toEqual(failed)
  expect(existsSync(join(it.root, '.setup.lock'))).toBe(false)
  expect(await it.setup()).toEqual(failed)
})

test('one sentence where the Node is too old and none comes with the dependencies', async () => {
  const it = project(INSTALL)
  const old = join(it.root, 'old.mjs')
  writeFileSync(
    old,
    `Object.defineProperty(process, 'platform', { value: 'darwin' })
     Object.defineProperty(process, 'version', { value: 'v24.10.9' })
     Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '24.10.9' } })`,
  )
  expect(await it.setup('--import', old)).toEqual({
    status: 1,
    output:
      'setup: Homeport needs Node.js 24.11 or later here, this is v24.10.9: install Node.js 26 and start again.\n',
  })
  expect(it.calls()).toEqual([])
})
