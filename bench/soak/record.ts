/** Figures: a line a minute, what they prove, and where they go. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Tally } from './tally.ts'

export interface Minute {
  readonly minute: number
  readonly seconds: number
  /** CPUs that the server used. */
  readonly cpu: number
  /** Resident memory every five seconds, MiB. */
  readonly memory: readonly number[]
  /** MiB of heap left by each full collection. */
  readonly live: readonly number[]
  readonly done: Tally
  /** Milliseconds from publish to arrival, sorted. */
  readonly latencies: readonly number[]
}

export interface Soaked {
  readonly connections: number
  readonly connectedIn: number
  readonly minutes: readonly Minute[]
  readonly total: Tally
  readonly faults: readonly string[]
}

/** MiB that a process has in memory. */
export function memoryOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

/** Part of the time in which memory may still grow: code is compiled, caches, pools and retained topics are filled. */
const WARM_UP = 0.3
/** How much more the heap may be after the last full collections than after the first ones behind the warm-up. */
const GROWTH = 0.1

const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)
const at = (numbers: readonly number[], part: number) =>
  numbers[Math.min(numbers.length - 1, Math.floor(numbers.length * part))] ?? 0
const median = (numbers: readonly number[]) => at(sorted(numbers), 0.5)

/**
 * The heap that full collections leave, MiB: behind the warm-up, and in the end, each the median of a third of the time. Resident
 * memory goes up and down with V8's cycles, by a third and more, and says nothing of growth in so short a time.
 */
export function trend({ minutes }: Soaked): { readonly first: number; readonly last: number } {
  const level = minutes.slice(Math.floor(minutes.length * WARM_UP)).flatMap(({ live }) => live)
  const third = Math.max(1, Math.floor(level.length / 3))
  return { first: median(level.slice(0, third)), last: median(level.slice(-third)) }
}

/** What is not as it should be. */
export function judge(soaked: Soaked): string[] {
  const { total, connections } = soaked
  const problems: string[] = []
  if (total.lost > 0) problems.push(`${total.lost} messages of QoS 1 or 2 were lost`)
  if (total.twice > 0) problems.push(`${total.twice} messages of QoS 2 came twice`)
  if (total.faults > 0) problems.push(`${total.faults} faults`)
  const unseen = total.postsAcknowledged - total.watched
  if (unseen > 0) problems.push(`${unseen} posts that were acknowledged did not reach the application that watches`)
  if (total.connections < connections * 0.99) problems.push(`${total.connections} connections stand in the end`)
  const { first, last } = trend(soaked)
  if (last > first * (1 + GROWTH)) problems.push(`the heap grew from ${first.toFixed(0)} to ${last.toFixed(0)} MiB`)
  return problems
}

const count = (value: number) => value.toLocaleString('en')
const triple = (three: readonly number[]) => three.map(count).join(' / ')

export function row({ minute, cpu, memory, live, done, latencies }: Minute): string {
  const cells = [
    minute,
    count(done.connections),
    triple(done.sent),
    triple(done.arrived),
    count(done.posts),
    count(done.watched),
    `${count(done.logins)} / ${count(done.logouts)}`,
    `${count(done.reconnects)} / ${count(done.takeOvers)}`,
    `${done.lost} / ${done.twice}`,
    `${at(latencies, 0.5).toFixed(1)} / ${at(latencies, 0.99).toFixed(1)}`,
    `${(cpu * 100).toFixed(0)} %`,
    median(memory).toFixed(0),
    live.length === 0 ? '' : median(live).toFixed(1),
  ]
  return `| ${cells.join(' | ')} |`
}

const HEAD = [
  'min',
  'connections',
  'sent QoS 0 / 1 / 2',
  'arrived QoS 0 / 1 / 2',
  'posts QoS 1',
  'watched',
  'logins / logouts',
  'reconnects / take-overs',
  'lost / twice',
  'p50 / p99 ms',
  'CPU',
  'RSS MiB',
  'live heap MiB',
]

const root = fileURLToPath(new URL('../..', import.meta.url))
const BEGIN = '<!-- soak: begin; written by npm run bench -- soak -->'
const END = '<!-- soak: end -->'

/** Writes bench/results/soak.json and the section of docs/performance.md; the name of the file. */
export function record(soaked: Soaked, problems: readonly string[]): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`
  const minutes = soaked.minutes.map(({ latencies, ...rest }) => ({
    ...rest,
    p50: at(latencies, 0.5),
    p99: at(latencies, 0.99),
  }))
  const file = 'bench/results/soak.json'
  mkdirSync(join(root, 'bench/results'), { recursive: true })
  const all = { machine, ...soaked, minutes, trend: trend(soaked), problems }
  writeFileSync(join(root, file), `${JSON.stringify(all, null, 1)}\n`)
  const document = join(root, 'docs/performance.md')
  const text = readFileSync(document, 'utf8')
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (from < 0 || to < from) throw new Error('docs/performance.md has no place for the soak')
  writeFileSync(
    document,
    `${text.slice(0, from + BEGIN.length)}\n${section(soaked, machine, problems)}\n${text.slice(to)}`,
  )
  return `${file}, docs/performance.md`
}

function section(soaked: Soaked, machine: string, problems: readonly string[]): string {
  const { total, connections, connectedIn, minutes } = soaked
  const { first, last } = trend(soaked)
  const resident = minutes.flatMap(({ memory }) => memory).slice(12)
  const verdict =
    problems.length === 0
      ? 'No message of QoS 1 or 2 was lost, none of QoS 2 came twice, no connection ended unasked, memory did not grow.'
      : `Not as it should be: ${problems.join('; ')}.`
  return [
    `${minutes.length} minutes, ${count(connections)} connections (made in ${connectedIn.toFixed(1)} s); ${machine}.`,
    `${verdict}`,
    `Sent in all: ${triple(total.sent)} by applications at QoS 0 / 1 / 2, ${count(total.posts)} posts of QoS 1 by devices;`,
    `${count(total.again)} of QoS 1 came again after a cut. Heap that full collections leave: ${first.toFixed(1)} MiB behind the warm-up,`,
    `${last.toFixed(1)} MiB in the end; resident memory between ${at(sorted(resident), 0).toFixed(0)} and ${at(sorted(resident), 1).toFixed(0)} MiB.`,
    '',
    `| ${HEAD.join(' | ')} |`,
    `|${HEAD.map(() => '---:').join('|')}|`,
    ...minutes.map(row),
  ].join('\n')
}
