/** docs/performance.svg: what a unit costs beside the same on mosquitto, against the target, on a scale of ratios. */
import { judgeAll } from './stats.ts'
import type { Measured } from './table.ts'

interface Bar {
  readonly label: string
  readonly ratio: number
  readonly target: number
}

const WIDTH = 860
const LEFT = 330
const RIGHT = 60
const ROW = 30
const TOP = 46
const TICKS = [0.03, 0.1, 0.3, 1, 3, 10]

/** Every scenario that has a bound against mosquitto. */
function barsOf(scenarios: readonly Measured[]): Bar[] {
  return scenarios.flatMap((measured) =>
    judgeAll(measured, measured.results).flatMap(({ target, value }) => {
      const { over, atMost, of } = target
      if (over !== 'mosquitto' || atMost === undefined || of !== 'homeport') return []
      return [{ label: measured.name, ratio: value, target: atMost }]
    }),
  )
}

function place(ratio: number): number {
  const low = Math.log10(TICKS[0] as number)
  const high = Math.log10(TICKS.at(-1) as number)
  const share = (Math.log10(ratio) - low) / (high - low)
  return LEFT + Math.min(1, Math.max(0, share)) * (WIDTH - LEFT - RIGHT)
}

const line = (x1: number, y1: number, x2: number, y2: number, more: string) =>
  `<line x1="${x1.toFixed(1)}" y1="${y1}" x2="${x2.toFixed(1)}" y2="${y2}" ${more}/>`
const text = (x: number, y: number, content: string, anchor = 'start') =>
  `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}">${content}</text>`

export function plot(scenarios: readonly Measured[]): string {
  const bars = barsOf(scenarios)
  const height = TOP + bars.length * ROW + 20
  const grid = TICKS.flatMap((tick) => [
    line(place(tick), TOP - 8, place(tick), height - 16, `stroke="${tick === 1 ? '#888' : '#ddd'}"`),
    text(place(tick), TOP - 14, String(tick), 'middle'),
  ])
  const rows = bars.flatMap(({ label, ratio, target }, index) => {
    const y = TOP + index * ROW
    const colour = ratio <= target ? '#2f7d5b' : '#c2703d'
    return [
      text(LEFT - 10, y + 14, label, 'end'),
      `<rect x="${LEFT}" y="${y}" width="${(place(ratio) - LEFT).toFixed(1)}" height="18" fill="${colour}"/>`,
      line(place(target), y - 3, place(target), y + 21, 'stroke="#222" stroke-width="2"'),
      text(Math.max(place(ratio), place(target)) + 8, y + 14, ratio.toFixed(2)),
    ]
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    '<title>What a unit costs beside the same on mosquitto</title>',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text(10, 18, 'CPU a unit ÷ mosquitto (left is cheaper); the black mark is the target'),
    ...grid,
    ...rows,
    '</svg>',
    '',
  ].join('\n')
}
