/** Medians over rounds, ratios of medians, and targets held against them. */
import type { Metric, Sample, Scenario, Target } from './scenario.ts'

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export type Figures = Partial<Record<Metric, Spread>>
/** By the subject's name. */
export type Results = Readonly<Record<string, Figures>>

export interface Verdict {
  readonly target: Target
  /** The median, or the ratio of two. */
  readonly value: number
  readonly verdict: 'stretch' | 'met' | 'not met'
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

export function figuresOf(samples: readonly Sample[]): Figures {
  const figures: Figures = {}
  for (const metric of new Set(samples.flatMap((sample) => Object.keys(sample) as Metric[]))) {
    const values = samples.map((sample) => sample[metric]).filter((value) => value !== undefined)
    figures[metric] = { median: median(values), min: Math.min(...values), max: Math.max(...values) }
  }
  return figures
}

export function judge(target: Target, results: Results): Verdict | null {
  const of = results[target.of]?.[target.metric]?.median
  const over = target.over === undefined ? 1 : results[target.over]?.[target.metric]?.median
  if (of === undefined || over === undefined) return null
  const value = of / over
  const within = (bound: number) => (target.atMost === undefined ? value >= bound : value <= bound)
  const bound = (target.atMost ?? target.atLeast) as number
  const verdict = !within(bound)
    ? 'not met'
    : target.stretch !== undefined && within(target.stretch)
      ? 'stretch'
      : 'met'
  return { target, value, verdict }
}

export function judgeAll(scenario: Pick<Scenario, 'targets'>, results: Results): Verdict[] {
  return scenario.targets.map((target) => judge(target, results)).filter((verdict) => verdict !== null)
}
