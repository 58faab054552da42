/** Files of results, and the table of docs/performance.md that is drawn from them. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { arch, cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commitOf } from './context.ts'
import { plot } from './plot.ts'
import type { Measured } from './table.ts'
import { markdownTable } from './table.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, 'bench/results')
const document = join(root, 'docs/performance.md')
const BEGIN = '<!-- results: begin; written by npm run bench -->'
const END = '<!-- results: end -->'

export interface ResultFile {
  readonly date: string
  readonly commit: string
  readonly machine: string
  readonly versions: Readonly<Record<string, string>>
  readonly scenarios: readonly Measured[]
}

function firstLineOf(command: string, args: readonly string[]): string {
  try {
    return (
      execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0] ?? ''
    ).trim()
  } catch (error) {
    // mosquitto -h says its version and exits with 3.
    return String((error as { stdout?: string }).stdout ?? '').split('\n')[0] ?? ''
  }
}

function machine(): string {
  const models = new Set(cpus().map(({ model }) => model))
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${cpus().length} × ${[...models].join(', ')} (${arch()}), ${memory} GiB, Linux ${release()}`
}

function versions(): Record<string, string> {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/aedes/package.json'), 'utf8')) as {
    version: string
  }
  return {
    node: process.version,
    mosquitto: firstLineOf('mosquitto', ['-h']).replace('mosquitto version ', ''),
    aedes: version,
    cc: firstLineOf('cc', ['--version']),
  }
}

/** Five digits say more than a measurement does. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value
}

/** Writes a file named by date and time; returns its path from the root. */
export function writeResults(scenarios: readonly Measured[]): string {
  const date = new Date().toISOString()
  const file: ResultFile = { date, commit: commitOf(root), machine: machine(), versions: versions(), scenarios }
  mkdirSync(folder, { recursive: true })
  const name = `${date.slice(0, 19).replaceAll(':', '')}.json`
  writeFileSync(join(folder, name), `${JSON.stringify(file, rounded, 2)}\n`)
  return `bench/results/${name}`
}

/** Puts the newest figures of each scenario into the document, in the order given. */
export function updateDocument(order: readonly string[]): void {
  const newest = new Map<string, { measured: Measured; file: ResultFile }>()
  for (const name of readdirSync(folder)
    .filter((it) => /^\d{4}-.*\.json$/.test(it))
    .sort()) {
    const file = JSON.parse(readFileSync(join(folder, name), 'utf8')) as ResultFile
    for (const measured of file.scenarios) newest.set(measured.name, { measured, file })
  }
  const parts = order.flatMap((name) => {
    const found = newest.get(name)
    if (!found) return []
    const { measured, file } = found
    return [
      `${markdownTable(measured)}\n\n_${measured.rounds} rounds, ${file.date.slice(0, 10)}, commit ${file.commit}_\n`,
    ]
  })
  const last = [...newest.values()]
    .map(({ file }) => file)
    .sort((a, b) => a.date.localeCompare(b.date))
    .at(-1)
  if (!last) return
  const made = Object.entries(last.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
  const text = readFileSync(document, 'utf8')
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`${document} has lost the marks of its table`)
  const drawn = order.flatMap((name) => newest.get(name)?.measured ?? [])
  writeFileSync(join(root, 'docs/performance.svg'), plot(drawn))
  const body = `\n![What a unit costs beside the same on mosquitto](performance.svg)\n\nMachine: ${last.machine}. ${made}.\n\n${parts.join('\n')}\n`
  writeFileSync(document, text.slice(0, begin + BEGIN.length) + body + text.slice(end))
}
