import { expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import type { Log } from '../log/log.ts'
import { silentLog } from '../log/log.ts'
import { LOOK_INTERVAL, OpenFiles, reserveOf } from './open-files.ts'

test.each([
  [40, 10],
  [256, 64],
  [1024, 64],
  [4096, 256],
  [20_000, 1024],
  [1_048_576, 1024],
])('of %i files connections leave %i', (limit, reserve) => {
  expect(reserveOf(limit)).toBe(reserve)
})

function watched(limit: number, others = 20) {
  const clock = new VirtualClock()
  const lines: string[] = []
  const log: Log = {
    ...silentLog,
    info: (message, members) => lines.push(`info ${message} ${JSON.stringify(members)}`),
    warn: (message, members) => lines.push(`warn ${message}, ${members?.open} open`),
  }
  let connections = 0
  const files = new OpenFiles({ limit, count: () => others + connections }, clock, log)
  files.watch(() => connections)
  return {
    files,
    lines,
    /** So many connections; what is said of it. */
    at(count: number): string[] {
      connections = count
      lines.length = 0
      clock.advance(LOOK_INTERVAL)
      return [...lines]
    },
  }
}

test('says at start what the limit means', () => {
  const { lines, files } = watched(1024)
  expect(lines).toEqual(['info limit of open files {"limit":1024,"open":20,"reserve":64,"connectionsAtMost":940}'])
  expect(files.forConnections).toBe(960)
  expect(files.forHttp).toBe(992)
})

test('warns once at 80 % and once at 95 %, and again only after it was lower for good', () => {
  const { at } = watched(1067, 0)
  expect(at(799)).toEqual([])
  expect(at(800)).toEqual(['warn open files: 80 % of what connections may use, 800 open'])
  expect(at(900)).toEqual([])
  expect(at(790)).toEqual([])
  expect(at(800)).toEqual([])
  expect(at(950)).toEqual(['warn open files: 95 % of what connections may use, 950 open'])
  expect(at(1000)).toEqual([])
  expect(at(900)).toEqual([])
  expect(at(960)).toEqual([])
  expect(at(870)).toEqual([])
  expect(at(950)).toEqual(['warn open files: 95 % of what connections may use, 950 open'])
  expect(at(600)).toEqual([])
  expect(at(999)).toEqual(['warn open files: 95 % of what connections may use, 999 open'])
})

test('counts those of connections and the others', () => {
  const { files, at } = watched(1024, 30)
  at(100)
  expect(files.open()).toEqual({ connections: 100, others: 30 })
})

test('where files cannot be counted, the connections are', () => {
  const clock = new VirtualClock()
  const warned: string[] = []
  const log: Log = { ...silentLog, warn: (message) => warned.push(message) }
  const files = new OpenFiles({ limit: 256, count: () => null }, clock, log)
  files.watch(() => 200)
  expect(files.open()).toBeNull()
  clock.advance(LOOK_INTERVAL)
  expect(warned).toHaveLength(1)
  files.stop()
})
