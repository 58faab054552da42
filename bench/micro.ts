/**
 * `node bench/micro.ts [TEXT]`: the hot functions alone. Runs every bench whose name holds TEXT, each until it has taken a quarter of a
 * second five times over, and prints the CPU µs of one iteration: median, least and most.
 *
 * A bench is an entry `{name, run(iterations)}` of the `benches` that a file in one of bench/'s rooms exports; those mirror src/.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from './harness/stats.ts'

export interface Bench {
  readonly name: string
  run(iterations: number): void | Promise<void>
}

const folder = fileURLToPath(new URL('.', import.meta.url))
const EXPORTS = /^export const benches\b/m
const TARGET_US = 250_000
const RUNS = 5

/** Every bench of every room. */
export async function allBenches(): Promise<Bench[]> {
  const files = globSync('*/**/*.ts', { cwd: folder })
  const found: Bench[] = []
  for (const file of files.sort()) {
    if (file.endsWith('.test.ts')) continue
    const path = join(folder, file)
    // Others are not imported: a program does its work then.
    if (!EXPORTS.test(readFileSync(path, 'utf8'))) continue
    const { benches } = (await import(path)) as { benches: readonly Bench[] }
    found.push(...benches)
  }
  return found
}

async function cpuOf(bench: Bench, iterations: number): Promise<number> {
  const before = process.cpuUsage()
  await bench.run(iterations)
  const { user, system } = process.cpuUsage(before)
  return user + system
}

/** Doubles until a run takes long enough; that is its warm-up too. */
async function iterationsFor(bench: Bench): Promise<number> {
  for (let iterations = 16; ; iterations *= 2) {
    if ((await cpuOf(bench, iterations)) >= TARGET_US) return iterations
  }
}

async function main(wanted: string): Promise<void> {
  for (const bench of await allBenches()) {
    if (!bench.name.includes(wanted)) continue
    const iterations = await iterationsFor(bench)
    const costs: number[] = []
    for (let i = 0; i < RUNS; i++) costs.push((await cpuOf(bench, iterations)) / iterations)
    const [least, most] = [Math.min(...costs), Math.max(...costs)].map((cost) => cost.toFixed(3))
    console.log(`${bench.name.padEnd(56)} ${median(costs).toFixed(3).padStart(10)} µs (${least}–${most})`)
  }
}

if (import.meta.main) await main(process.argv[2] ?? '')
