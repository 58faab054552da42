import { expect, test } from 'vitest'
import type { LogLevel, Refusal } from './log.ts'
import { createLog, silentLog } from './log.ts'

function capture(level: LogLevel = 'info', format: 'json' | 'text' = 'json') {
  const lines: string[] = []
  const clock = { real: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) }
  const log = createLog({ level, format, clock, destination: { write: (line) => lines.push(line) } })
  return { log, lines }
}

const refusal: Refusal = {
  scenario: 'login',
  who: 'pk/sensor',
  through: 'gwpk/gw1',
  check: 'topology',
  code: 6401,
  why: 'not in the topology of gwpk/gw1',
  id: '17',
}

test('a refusal is one JSON line that says who, through whom, which check and why', () => {
  const { log, lines } = capture()
  log.refusal(refusal)
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] as string)).toEqual({
    level: 'info',
    time: '2026-01-02T03:04:05.678Z',
    ...refusal,
    msg: 'refused',
  })
})

test.each<Partial<Refusal>>([
  {},
  { topic: '/sys/pk/dn/thing/event/property/post', code: 520 },
  { code: 'iot.device.NotExist', id: '' },
  { who: 'a"b\\c', why: 'new\nline \u001b[2J', through: '', topic: '/中文/\u2028' },
])('a refusal by itself says what a child log would write: %j', (part) => {
  const { log, lines } = capture()
  log.refusal({ ...refusal, ...part })
  log.child({}).refusal({ ...refusal, ...part })
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    JSON.parse(lines[1] as string),
    JSON.parse(lines[1] as string),
  ])
  expect(lines[0]?.indexOf('\n')).toBe((lines[0] as string).length - 1)
})

test('text format is one line for people', () => {
  const { log, lines } = capture('info', 'text')
  log.refusal(refusal)
  expect(lines).toEqual([
    '03:04:05.678 info  refused scenario=login who=pk/sensor through=gwpk/gw1 check=topology code=6401 why="not in the topology of gwpk/gw1" id=17\n',
  ])
})

test('text from outside can neither forge a line nor steer the terminal', () => {
  const { log, lines } = capture('info', 'text')
  log.info('a\nb', { who: 'x\n\u001b[2J' })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toBe('03:04:05.678 info  a\\nb who="x\\n\\u001b[2J"\n')
})

test.each<[LogLevel, string[]]>([
  ['debug', ['debug', 'info', 'refused', 'warn', 'error']],
  ['info', ['info', 'refused', 'warn', 'error']],
  ['warn', ['warn', 'error']],
  ['error', ['error']],
  ['silent', []],
])('level %s writes %j', (level, expected) => {
  const { log, lines } = capture(level)
  log.debug('debug')
  log.info('info')
  log.refusal(refusal)
  log.warn('warn')
  log.error('error')
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(expected)
  expect(log.debugOn).toBe(level === 'debug')
  expect(log.child({ room: 'store' }).debugOn).toBe(level === 'debug')
})

test('children carry their members', () => {
  const { log, lines } = capture()
  log.child({ room: 'store' }).warn('slow', { ms: 3 })
  expect(JSON.parse(lines[0] as string)).toMatchObject({ level: 'warn', room: 'store', ms: 3, msg: 'slow' })
})

test('secrets never reach the log, and errors bring their stack', () => {
  const { log, lines } = capture()
  log.info('made', { deviceSecret: 'hush', token: 'hush' })
  log.error('broken', { err: new Error('disk') })
  expect(lines.join('')).not.toContain('hush')
  expect(JSON.parse(lines[1] as string).err).toMatchObject({
    message: 'disk',
    stack: expect.stringContaining('log.test.ts'),
  })
})

test('an error stands below its text line', () => {
  const { log, lines } = capture('info', 'text')
  log.error('broken', { err: new Error('disk') })
  expect(lines[0]).toMatch(/^03:04:05\.678 error broken\n {2}Error: disk\n {2}\s*at /)
})

test('the silent log has every method', () => {
  silentLog.child({}).refusal(refusal)
  for (const level of ['debug', 'info', 'warn', 'error'] as const) silentLog[level]('nothing')
  silentLog.flush()
  expect(silentLog.debugOn).toBe(false)
})
