/** Figures as tables: for a terminal, and as Markdown. */
import type { Metric, Target } from './scenario.ts'
import { metrics } from './scenario.ts'
import type { Figures, Results, Spread, Verdict } from './stats.ts'
import { judgeAll } from './stats.ts'

/** What was measured of a scenario, as it stands in a file of results. */
export interface Measured {
  readonly name: string
  readonly title: string
  readonly unit: string
  readonly rounds: number
  readonly results: Results
  readonly targets: readonly Target[]
}

/** Against whom costs are divided, where they were measured. */
const PEERS = ['mosquitto', 'aedes'] as const
const COSTS: readonly Metric[] = ['cpu', 'kb']

export function amount(value: number, metric: Metric): string {
  const { digits } = metrics[metric]
  return value.toLocaleString('en', {
    minimumFractionDigits: value < 100 ? digits : 0,
    maximumFractionDigits: value < 100 ? digits : 0,
  })
}

function spread({ median, min, max }: Spread, metric: Metric): string {
  return `${amount(median, metric)} (${amount(min, metric)}–${amount(max, metric)})`
}

function metricsOf(results: Results): Metric[] {
  const all = Object.values(results)
  return (Object.keys(metrics) as Metric[]).filter((metric) => all.some((figures) => figures[metric] !== undefined))
}

/** A row a subject: first its name, then a cell a metric, then its cost ÷ each peer's. */
export function cells(measured: Measured): string[][] {
  const { results } = measured
  const columns = metricsOf(results)
  const peers = PEERS.filter((peer) => results[peer] !== undefined)
  const cost = COSTS.find((metric) => columns.includes(metric))
  const ratio = (figures: Figures, peer: string) => {
    const own = cost && figures[cost]?.median
    const theirs = cost && results[peer]?.[cost]?.median
    return own === undefined || theirs === undefined ? '' : (own / theirs).toFixed(2)
  }
  return [
    [`per ${measured.unit}`, ...columns.map((metric) => metrics[metric].title), ...peers.map((peer) => `÷ ${peer}`)],
    ...Object.entries(results).map(([name, figures]) => [
      name,
      ...columns.map((metric) => (figures[metric] ? spread(figures[metric], metric) : '')),
      ...peers.map((peer) => ratio(figures, peer)),
    ]),
  ]
}

export function targetText({ metric, of, over, atMost, atLeast, stretch }: Target): string {
  const bound = (atMost ?? atLeast) as number
  const show = (value: number) => (over === undefined ? amount(value, metric) : String(value))
  const what = `${of}: ${metrics[metric].title}${over === undefined ? '' : ` ÷ ${over}`}`
  return `${what} ${atMost === undefined ? '≥' : '≤'} ${show(bound)}${stretch === undefined ? '' : ` (stretch ${show(stretch)})`}`
}

export function verdictText({ target, value, verdict }: Verdict): string {
  const shown = target.over === undefined ? amount(value, target.metric) : value.toFixed(2)
  return `${targetText(target)}: ${shown}, ${verdict === 'stretch' ? 'met, stretch too' : verdict}`
}

export function terminalTable(measured: Measured): string {
  const rows = cells(measured)
  const widths = (rows[0] as string[]).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
      )
      .join('  ')
  const targets = judgeAll(measured, measured.results).map((verdict) => `  ${verdictText(verdict)}`)
  return [`${measured.name}: ${measured.title}`, ...rows.map((row) => `  ${line(row)}`), ...targets, ''].join('\n')
}

export function markdownTable(measured: Measured): string {
  const [head, ...rows] = cells(measured) as [string[], ...string[][]]
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`
  const verdicts = judgeAll(measured, measured.results).map((verdict) => {
    const text = verdictText(verdict)
    return verdict.verdict === 'not met' ? `- **${text}**` : `- ${text}`
  })
  return [
    `### ${measured.title}`,
    '',
    line(head),
    line(head.map((_, column) => (column === 0 ? '---' : '---:'))),
    ...rows.map(line),
    '',
    ...verdicts,
  ].join('\n')
}
