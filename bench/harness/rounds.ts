/** Runs subjects in turn, round after round, so that what the machine does meanwhile falls on all of them. */
import type { Context } from './context.ts'
import type { Sample, Scenario, Subject } from './scenario.ts'
import { figuresOf } from './stats.ts'
import type { Measured } from './table.ts'

/**
 * A measurement during which anything else took more CPUs than the context bears is repeated once, and the quieter one kept.
 *
 * @throws where the server or the generator failed.
 */
export async function measureOnce(context: Context, { measure }: Subject): Promise<Sample> {
  context.otherCpu = 0
  const first = await measure(context)
  const noise = context.otherCpu
  if (noise <= context.quiet) return first
  const second = await measure(context)
  return context.otherCpu < noise ? second : first
}

export async function runRounds(
  context: Context,
  scenarios: readonly Scenario[],
  rounds: number,
  say: (line: string) => void,
): Promise<Measured[]> {
  const samples = new Map<string, Sample[]>()
  for (let round = 1; round <= rounds; round++) {
    for (const scenario of scenarios) {
      for (const subject of scenario.subjects) {
        const key = `${scenario.name}\0${subject.name}`
        try {
          const sample = await measureOnce(context, subject)
          samples.set(key, [...(samples.get(key) ?? []), sample])
          const figures = Object.entries(sample).map(([metric, value]) => `${metric} ${Math.round(value * 100) / 100}`)
          const noise = Math.round(context.otherCpu * 100)
          say(
            `${round}/${rounds} ${scenario.name}, ${subject.name}: ${figures.join(', ')}${noise > 10 ? ` (others ${noise} % of a CPU)` : ''}`,
          )
        } catch (error) {
          say(`${round}/${rounds} ${scenario.name}, ${subject.name}: FAILED: ${(error as Error).message}`)
        }
      }
    }
  }
  return scenarios.map(({ name, title, unit, subjects, targets }) => ({
    name,
    title,
    unit,
    rounds,
    targets,
    results: Object.fromEntries(
      subjects.flatMap((subject) => {
        const all = samples.get(`${name}\0${subject.name}`)
        return all ? [[subject.name, figuresOf(all)]] : []
      }),
    ),
  }))
}
