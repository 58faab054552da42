/**
 * `npm run bench -- [SCENARIO…] [--rounds 5] [--seconds 2] [--quiet 1] [--quick] [--dry]`: what the server costs beside mosquitto and aedes, in
 * the same run on the same machine, against the targets of docs/performance.md. Results go to bench/results/ and into that
 * document; not with --quick (small, one round: does it run) or --dry.
 */
import { parseArgs } from 'node:util'
import { buildTools } from './harness/build.ts'
import { Context } from './harness/context.ts'
import { killAll } from './harness/processes.ts'
import { updateDocument, writeResults } from './harness/results.ts'
import { runRounds } from './harness/rounds.ts'
import { terminalTable } from './harness/table.ts'
import { scenarios } from './scenarios/list.ts'

const USAGE = 'npm run bench -- [SCENARIO…] [--rounds 5] [--seconds 2] [--quiet 1] [--quick] [--dry] [--profile DIR]\n'

function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      /** CPUs that others may take before a measurement is repeated. */
      quiet: { type: 'string', default: '1' },
      quick: { type: 'boolean', default: false },
      dry: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
      /** Where the server under test writes its CPU profiles. */
      profile: { type: 'string' },
    },
  })
  const { quick, dry, profile } = values
  const list = values.list || values.help
  const rounds = Number(values.rounds ?? (quick ? 1 : 5))
  const seconds = Number(values.seconds ?? (quick ? 0.5 : 2))
  const all = scenarios(quick)
  const unknown = positionals.filter((name) => !all.some((scenario) => scenario.name === name))
  if (unknown.length > 0) throw new Error(`no scenario ${unknown.join(', ')}; there are ${names(all)}`)
  if (!(rounds >= 1 && seconds > 0)) throw new Error('--rounds and --seconds are positive numbers')
  const chosen = positionals.length === 0 ? all : all.filter(({ name }) => positionals.includes(name))
  const quiet = quick ? Number.POSITIVE_INFINITY : Number(values.quiet)
  return { rounds, seconds, quick, quiet, list, all, chosen, profile, write: !quick && !dry && profile === undefined }
}

const names = (all: readonly { name: string }[]) => all.map(({ name }) => name).join(', ')

async function main(): Promise<void> {
  const { rounds, seconds, quick, quiet, list, all, chosen, profile, write } = parse()
  if (list) {
    console.log(USAGE)
    console.log(`${'soak'.padEnd(20)} 10,000 connections for 20 minutes; options of its own (bench/soak/soak.ts)`)
    for (const { name, title } of all) console.log(`${name.padEnd(20)} ${title}`)
    return
  }
  const node = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-interval', '200', '--cpu-prof-dir', profile]
  const context = new Context({ tools: buildTools(), quick, quiet, seconds, node })
  const end = () => {
    killAll()
    context.close()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      end()
      process.exit(130)
    })
  }
  try {
    const measured = await runRounds(context, chosen, rounds, (line) => console.error(line))
    console.log()
    for (const it of measured) console.log(terminalTable(it))
    if (!write) return
    console.log(`written: ${writeResults(measured)}, docs/performance.md`)
    updateDocument(all.map(({ name }) => name))
  } finally {
    end()
  }
}

try {
  if (process.argv[2] === 'soak') await import('./soak/soak.ts')
  else await main()
} catch (error) {
  console.error(`bench: ${(error as Error).message}`)
  process.exitCode = 1
}
