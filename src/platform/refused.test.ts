import { expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import type { Log } from '../log/log.ts'
import { silentLog } from '../log/log.ts'
import { Metrics } from '../metrics/metrics.ts'
import { QUIET, RefusedConnections } from './refused.ts'

function refused() {
  const clock = new VirtualClock()
  const lines: string[] = []
  const log: Log = { ...silentLog, refusal: ({ who, code, why }) => lines.push(`${code} ${who}: ${why}`) }
  const metrics = new Metrics({ process: false })
  const { refuse } = new RefusedConnections(clock, log, metrics)
  return { clock, lines, refuse, metrics }
}

test('the first is said at once, those that follow in one line; each is counted', async () => {
  const { clock, lines, refuse, metrics } = refused()
  for (let i = 0; i < 500; i++) refuse('rate', () => `192.0.2.${i % 5}:1`)
  expect(lines).toEqual(['limits.connectionsPerSecond 192.0.2.0: more new connections this second than may be'])
  clock.advance(QUIET)
  expect(lines.slice(1)).toEqual([
    'limits.connectionsPerSecond : more new connections this second than may be (499 in 10 s)',
  ])
  clock.advance(QUIET)
  expect(lines).toHaveLength(2)
  refuse('rate', () => '192.0.2.1:1')
  expect(lines).toHaveLength(3)
  const { body } = await metrics.scrape()
  expect(body).toContain('homeport_connections_refused_total{reason="limits.connectionsPerSecond"} 501')
})

test('each address has a line of its own, up to a number', () => {
  const { clock, lines, refuse } = refused()
  for (let i = 0; i < 300; i++) refuse('address', () => `198.51.${i >> 8}.${i & 255}:1`)
  expect(lines).toHaveLength(101)
  expect(lines[1]).toBe('limits.connectionsPerAddress 198.51.0.1: as many connections of this address as may be')
  clock.advance(QUIET)
  expect(lines.slice(101)).toEqual([
    'limits.connectionsPerAddress : as many connections of this address as may be (199 in 10 s)',
  ])
})
