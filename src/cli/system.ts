/** The real world behind {@link CliHost}: this process, its files, its signals. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { SystemClock } from '../clock/system.ts'
import { systemRandom } from '../random/random.ts'
import type { CliHost } from './host.ts'

/** SIGHUP too: a closed terminal is a wish to end like the others; without one it asks to read the certificates again. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    // ENOTDIR: what should be the directory above is a file.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

/** A reader never sees half a file, and never the mode of an older one. */
function writeFile(path: string, content: string, mode: number): void {
  const partial = `${path}.new`
  mkdirSync(dirname(path), { recursive: true })
  rmSync(partial, { force: true })
  writeFileSync(partial, content, { mode, flag: 'wx' })
  renameSync(partial, path)
}

function onSignal(run: (signal: string) => void): void {
  for (const signal of SIGNALS) process.on(signal, run)
}

type Composed = Pick<CliHost, 'startServer' | 'openLocalApi' | 'demo' | 'program' | 'version'>

export function systemHost(parts: Composed): CliHost {
  // Whoever read our output may leave first (`| head`): that is no error of the server.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})
  return {
    ...parts,
    stdout: process.stdout,
    stderr: process.stderr,
    variables: process.env,
    clock: new SystemClock(),
    random: systemRandom,
    pid: process.pid,
    fetch: (url, init) => fetch(url, init),
    terminal: process.stdout.isTTY === true || process.stderr.isTTY === true,
    readFile,
    readStdin: () => text(process.stdin),
    writeFile,
    removeFile: (path) => rmSync(path, { force: true }),
    exists: existsSync,
    onSignal,
    exit: (code) => process.exit(code),
  }
}
