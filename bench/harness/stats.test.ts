import { expect, test } from 'vitest'
import type { Target } from './scenario.ts'
import { figuresOf, judge, judgeAll, median } from './stats.ts'
import type { Measured } from './table.ts'
import { cells, markdownTable, targetText, terminalTable } from './table.ts'

test.each([
  [[3], 3],
  [[5, 1, 3], 3],
  [[4, 1, 2, 3], 2.5],
])('median of %j', (values, expected) => expect(median(values)).toBe(expected))

const results = {
  homeport: figuresOf([
    { cpu: 6, rate: 100_000 },
    { cpu: 5, rate: 120_000 },
    { cpu: 9, rate: 90_000 },
  ]),
  mosquitto: figuresOf([{ cpu: 12, rate: 50_000 }]),
}

test('figures are median and spread by metric', () => {
  expect(results.homeport.cpu).toEqual({ median: 6, min: 5, max: 9 })
  expect(results.homeport.p99).toBe(undefined)
})

test.each<[Partial<Target>, string]>([
  [{ over: 'mosquitto', atMost: 0.7 }, 'met'],
  [{ over: 'mosquitto', atMost: 0.7, stretch: 0.5 }, 'stretch'],
  [{ over: 'mosquitto', atMost: 0.7, stretch: 0.4 }, 'met'],
  [{ over: 'mosquitto', atMost: 0.49 }, 'not met'],
  [{ metric: 'rate', atLeast: 100_000 }, 'met'],
  [{ metric: 'rate', atLeast: 100_001 }, 'not met'],
  [{ metric: 'rate', atLeast: 90_000, stretch: 95_000 }, 'stretch'],
])('%j is %s', (part, verdict) => {
  expect(judge({ metric: 'cpu', of: 'homeport', ...part }, results)?.verdict).toBe(verdict)
})

test('what was not measured is not judged', () => {
  const target: Target = { metric: 'cpu', of: 'homeport', over: 'aedes', atMost: 1 }
  expect(judge(target, results)).toBe(null)
  expect(judgeAll({ targets: [target] }, results)).toEqual([])
})

test('tables name each subject, its figures, and its cost beside each peer that was measured', () => {
  const target: Target = { metric: 'cpu', of: 'homeport', over: 'mosquitto', atMost: 0.4 }
  const measured: Measured = { name: 'x', title: 'X', unit: 'post', rounds: 3, results, targets: [target] }
  expect(cells(measured)).toEqual([
    ['per post', 'CPU µs', 'a second', '÷ mosquitto'],
    ['homeport', '6.00 (5.00–9.00)', '100,000 (90,000–120,000)', '0.50'],
    ['mosquitto', '12.00 (12.00–12.00)', '50,000 (50,000–50,000)', '1.00'],
  ])
  expect(targetText(target)).toBe('homeport: CPU µs ÷ mosquitto ≤ 0.4')
  expect(terminalTable(measured)).toContain('≤ 0.4: 0.50, not met')
  expect(markdownTable(measured)).toContain('- **homeport: CPU µs ÷ mosquitto ≤ 0.4: 0.50, not met**')
})
