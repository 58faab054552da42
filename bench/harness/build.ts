/** Builds the load generator: make and a C compiler are all it needs. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bench = fileURLToPath(new URL('..', import.meta.url))

export interface Tools {
  readonly mqload: string
  readonly mqrelay: string
}

/** @throws with what to install, where something is missing. */
export function buildTools(): Tools {
  const build = join(bench, '.build')
  mkdirSync(build, { recursive: true })
  for (const tool of ['make', 'cc', 'taskset']) {
    if (spawnSync(tool, ['--version'], { stdio: 'ignore' }).error) {
      throw new Error(`${tool} is missing; on Debian: apt-get install make gcc util-linux`)
    }
  }
  const made = spawnSync('make', ['-s', '-C', join(bench, 'loadgen'), `OUT=${build}`], { encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`the load generator could not be built:\n${made.stdout}${made.stderr}`)
  return { mqload: join(build, 'mqload'), mqrelay: join(build, 'mqrelay') }
}
