/** Runs other programs for the tests of the toolchain. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Ended {
  /** Exit code; the signal's name if one ended it. */
  readonly status: number | string
  /** What it wrote, both streams. */
  readonly output: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** What it has written so far. */
  output(): string
}

/** A folder that goes away with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'homeport-toolchain-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/**
 * The environment without what npm adds for the scripts that it runs (an npm inside would take them for its own settings), and
 * with the Node that runs the tests first on the path.
 */
export function environment(path: string = dirname(process.execPath)): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !/^npm_(?:lifecycle|package|command|execpath|node|config_local_prefix)|^INIT_CWD$|^VITEST|^NODE_ENV$|^TEST$/.test(
        name,
      ),
  )
  return { ...Object.fromEntries(own), PATH: [path, ...outerPath()].join(delimiter) }
}

/** The path without folders of node_modules: what the machine itself has. */
export function outerPath(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
}

/** Starts a program in a process group of its own; what is left of the group dies with the test. */
export function start(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = environment(),
): Running {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  onTestFinished(() => signalGroup(child, 'SIGKILL'))
  const ended = once(child, 'close').then(([code, signal]) => ({ status: (code ?? signal) as number | string, output }))
  return { child, ended, output: () => output }
}

/** Runs a program to its end. */
export function run(command: string, args: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<Ended> {
  return start(command, args, cwd, env).ended
}

/** Signals a process and all that it started, as a terminal does. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal)
  } catch {
    // All of it ended before.
  }
}
