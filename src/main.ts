/** The entry point: puts the parts together. Parts that a command does not need are not loaded. */
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './cli/run.ts'
import { systemHost } from './cli/system.ts'
import { withoutSqliteWarning } from './cli/warnings.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** How to call the command line from where the user stands: sources are a checkout. */
function programName(): string {
  if (!import.meta.url.endsWith('.ts')) return 'homeport'
  const path = relative(process.cwd(), join(root, 'bin', 'homeport'))
  return path.startsWith('.') ? path : `./${path}`
}

withoutSqliteWarning()

const host = systemHost({
  program: programName(),
  version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
  startServer: async (options) => (await import('./server/start.ts')).startServer(options),
  openLocalApi: async (options) => (await import('./server/local.ts')).openLocalApi(options),
  demo: async (json) => (await import('./cli/demo/demo.ts')).demo(host, json),
})

const code = await run(host, process.argv.slice(2))
// Pipes are written in the background: what was said must be out before the process ends.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
