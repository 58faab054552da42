/**
 * Makes a checkout ready: installs the dependencies that package-lock.json names, if they are not there yet. Runs before
 * `npm start`, `npm test`, `npm run demo` and `npm run bench`; says in a line what it does, and nothing when there is nothing
 * to do. Plain JavaScript for Node 18 and later, without dependencies: it runs before there are any.
 *
 * With `--tests` it also installs what the tests need and the machine lacks (the mosquitto broker and its clients), from
 * Debian's packages as root, otherwise it prints the command. `npm run bench` also compiles a load generator in C: that needs
 * gcc and make, which are not installed here.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const bin = join(modules, '.bin')
const stamp = join(modules, '.homeport-setup')
const lock = join(root, '.setup.lock')

/** The loader that the Node binary among the optional dependencies asks for (glibc); musl and other systems have none. */
const LOADERS = { x64: '/lib64/ld-linux-x86-64.so.2', arm64: '/lib/ld-linux-aarch64.so.1' }
const loader = process.platform === 'linux' ? LOADERS[process.arch] : undefined
const bringsNode = loader !== undefined && existsSync(loader)

function say(text) {
  process.stderr.write(`setup: ${text}\n`)
}

function fail(text) {
  say(text)
  process.exit(1)
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

// ── Node ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Where no Node comes with the dependencies, the machine's own has to do. */
function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (bringsNode || major > 24 || (major === 24 && minor >= 11)) return
  fail(`Homeport needs Node.js 24.11 or later here, this is ${process.version}: install Node.js 26 and start again.`)
}

// ── Dependencies ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What decides whether node_modules still fits. The version of a Node that comes with the dependencies is in the lock file. */
function fingerprint() {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  return `${hash} ${process.platform}-${process.arch} ${bringsNode ? 'node of the lock file' : process.version}\n`
}

/** Whether npm already installed all that the lock file names (somebody ran `npm ci` by hand). */
function installed() {
  const list = read(join(modules, '.package-lock.json'))
  if (list === undefined) return false
  const present = JSON.parse(list).packages
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  if (bringsNode && !present[`node_modules/node-linux-${process.arch}`]) return false
  const fits = ([path, { version, optional, devOptional }]) =>
    present[path] ? present[path].version === version : path === '' || optional || devOptional
  return Object.entries(wanted).every(fits) && Object.keys(present).every((path) => wanted[path])
}

/** npm must not run on the Node in node_modules, which it takes away and brings again. */
function npmCi() {
  const path = (process.env.PATH ?? '').split(delimiter)
  const outside = path.filter((folder) => !folder.endsWith(join('node_modules', '.bin')))
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev', '--include=optional']
  const { status, error } = spawnSync('npm', args, {
    cwd: root,
    env: { ...process.env, PATH: outside.join(delimiter) },
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (status !== 0) fail(`npm ci failed${error ? ` (${error.message})` : ''}; nothing was started.`)
  // On a Linux without glibc the binary is there and cannot run: the machine's own Node counts.
  if (!bringsNode) rmSync(join(bin, 'node'), { force: true })
}

function installDependencies() {
  const print = fingerprint()
  if (read(stamp) === print) return
  withLock(() => {
    if (read(stamp) === print) return
    if (!installed()) {
      say('installing dependencies (npm ci) …')
      npmCi()
    }
    writeFileSync(stamp, print)
  })
}

// ── One set-up at a time ────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The lock is a folder with a file for each who held it: 1, 2, … with the process id. The highest is the holder. A holder that
 * died is followed by whoever makes the next number: only one can, so no living holder's lock is ever taken away.
 */
function withLock(run) {
  const own = `${lock}-${process.pid}`
  writeFileSync(own, String(process.pid))
  try {
    for (let tries = 0; !take(own); tries++) {
      if (tries === 0) say('another set-up is running, waiting for it …')
      if (tries === 3000) fail(`waited ten minutes; if no other set-up is running, remove ${lock}.`)
      sleep(200)
    }
  } finally {
    rmSync(own, { force: true })
  }
  const release = () => {
    const gone = `${lock}-${process.pid}-done`
    renameSync(lock, gone)
    rmSync(gone, { recursive: true, force: true })
  }
  process.once('exit', release)
  run()
  process.off('exit', release)
  release()
}

/** Takes the lock if nobody alive has it. */
function take(own) {
  try {
    mkdirSync(lock, { recursive: true })
    const last = Math.max(0, ...readdirSync(lock).map(Number))
    const held = () => alive(Number(read(join(lock, String(last)))))
    if (held()) return false
    const mine = join(lock, String(last + 1))
    linkSync(own, mine)
    // Released and taken anew between the look and the link: step back.
    if (!held()) return true
    rmSync(mine)
    return false
  } catch (error) {
    if (error.code === 'EEXIST' || error.code === 'ENOENT') return false
    throw error
  }
}

function alive(pid) {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

// ── What the tests need ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Program → the Debian package that has it. */
const PROGRAMS = { mosquitto: 'mosquitto', mosquitto_pub: 'mosquitto-clients', mosquitto_sub: 'mosquitto-clients' }

function onPath(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function missingPackages() {
  const missing = Object.keys(PROGRAMS).filter((program) => !onPath(program))
  return [...new Set(missing.map((program) => PROGRAMS[program]))]
}

function installPrograms() {
  const missing = missingPackages()
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    say(`the tests need ${missing.join(' and ')}; on Debian: sudo apt-get install ${missing.join(' ')}`)
    return
  }
  withLock(() => {
    const packages = missingPackages()
    if (packages.length === 0) return
    say(`installing ${packages.join(' and ')} for the tests (apt-get) …`)
    if (!aptInstall(packages) && !(apt('update') && aptInstall(packages))) {
      say(`could not install ${packages.join(' and ')}; tests that need them will fail.`)
    }
  })
}

function apt(...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync('apt-get', ['-qq', ...args], { env, stdio: 'ignore' }).status === 0
}

/** Debian starts a service once it is installed; the tests start their own, so that one must not take port 1883. */
function aptInstall(packages) {
  const policy = '/usr/sbin/policy-rc.d'
  const ours = !existsSync(policy)
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    if (!apt('install', '--yes', '--no-install-recommends', ...packages)) return false
    if (packages.includes('mosquitto')) spawnSync('systemctl', ['disable', 'mosquitto'], { stdio: 'ignore' })
    return true
  } finally {
    if (ours) rmSync(policy, { force: true })
  }
}

checkNode()
installDependencies()
if (process.argv.includes('--tests')) installPrograms()
