/**
 * `node bench/compare.ts REV_A REV_B [SCENARIO…] [--rounds 7] [--seconds 2]`: what a change costs. Each round measures both revisions
 * one right after the other, in turn first, so what the machine does meanwhile falls on both; the ratio B ÷ A is the median of
 * the rounds' own ratios. A revision that is a folder
 * (`.`, another checkout) is taken as it stands; others are checked out into a temporary folder that is removed.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Tools } from './harness/build.ts'
import { buildTools } from './harness/build.ts'
import { Context } from './harness/context.ts'
import { killAll } from './harness/processes.ts'
import { measureOnce } from './harness/rounds.ts'
import type { Metric, Sample, Scenario, Subject } from './harness/scenario.ts'
import { metrics } from './harness/scenario.ts'
import { median } from './harness/stats.ts'
import { amount } from './harness/table.ts'
import { scenarios } from './scenarios/list.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const PEERS = ['mosquitto', 'aedes']

class Revision {
  readonly name: string
  readonly context: Context
  readonly #worktree: string | null

  constructor(name: string, tools: Tools, seconds: number) {
    this.name = name
    this.#worktree = existsSync(name) ? null : checkOut(name)
    this.context = new Context({ tools, quick: false, seconds, root: this.#worktree ?? resolve(name) })
  }

  close(): void {
    this.context.close()
    if (this.#worktree === null) return
    rmSync(join(this.#worktree, 'node_modules'))
    execFileSync('git', ['-C', root, 'worktree', 'remove', '--force', this.#worktree])
  }
}

/** Both use the packages that are installed here. */
function checkOut(revision: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'homeport-revision-'))
  execFileSync('git', ['-C', root, 'worktree', 'add', '--detach', '--force', folder, revision], { stdio: 'ignore' })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

interface Pair {
  readonly a: Sample
  readonly b: Sample
}

async function measurePair(a: Revision, b: Revision, subject: Subject, aFirst: boolean): Promise<Pair> {
  if (aFirst) {
    const first = await measureOnce(a.context, subject)
    return { a: first, b: await measureOnce(b.context, subject) }
  }
  const first = await measureOnce(b.context, subject)
  return { b: first, a: await measureOnce(a.context, subject) }
}

function report(title: string, a: Revision, b: Revision, pairs: readonly Pair[]): void {
  console.log(`${title}, ${pairs.length} pairs`)
  for (const metric of Object.keys(metrics) as Metric[]) {
    const both = pairs.filter((pair) => pair.a[metric] !== undefined && pair.b[metric] !== undefined)
    if (both.length === 0 || metric === 'core') continue
    const [ofA, ofB] = [both.map((pair) => pair.a[metric] as number), both.map((pair) => pair.b[metric] as number)]
    const ratios = ofA.map((value, index) => (ofB[index] as number) / value)
    const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`
    const figures = `${a.name} ${amount(median(ofA), metric)}, ${b.name} ${amount(median(ofB), metric)}`
    console.log(`  ${metrics[metric].title}: ${figures}; B ÷ A ${median(ratios).toFixed(3)} (${spread})`)
  }
}

async function compare(a: Revision, b: Revision, scenario: Scenario, rounds: number): Promise<void> {
  for (const subject of scenario.subjects.filter(({ name }) => !PEERS.includes(name))) {
    const pairs: Pair[] = []
    for (let round = 0; round < rounds; round++) pairs.push(await measurePair(a, b, subject, round % 2 === 0))
    report(`${scenario.name}, ${subject.name}`, a, b, pairs)
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string', default: '7' }, seconds: { type: 'string', default: '2' } },
  })
  const [nameA, nameB, ...names] = positionals
  if (nameA === undefined || nameB === undefined)
    throw new Error('usage: node bench/compare.ts REV_A REV_B [SCENARIO…]')
  const chosen = scenarios(false).filter(({ name }) => names.length === 0 || names.includes(name))
  const tools = buildTools()
  const revisions: Revision[] = []
  const end = () => {
    killAll()
    for (const revision of revisions.splice(0)) revision.close()
  }
  process.once('SIGINT', () => {
    end()
    process.exit(130)
  })
  try {
    for (const name of [nameA, nameB]) revisions.push(new Revision(name, tools, Number(values.seconds)))
    const [a, b] = revisions as [Revision, Revision]
    for (const scenario of chosen) await compare(a, b, scenario, Number(values.rounds))
  } finally {
    end()
  }
}

try {
  await main()
} catch (error) {
  console.error(`compare: ${(error as Error).message}`)
  process.exitCode = 1
}
