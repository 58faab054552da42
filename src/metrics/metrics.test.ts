import { expect, test } from 'vitest'
import { Metrics } from './metrics.ts'

async function lines(metrics: Metrics): Promise<string[]> {
  const { body } = await metrics.scrape()
  return body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

test('counts are read at the scrape', async () => {
  const metrics = new Metrics({ process: false })
  metrics.connections = () => 3
  metrics.subDevicesOnline = () => 200
  const posts = metrics.messages('in', 'property')
  posts.count++
  posts.count++
  expect(metrics.messages('in', 'property')).toBe(posts)
  metrics.refused('login', 6401)
  metrics.refused('login', 6401)
  metrics.refused('openapi', 'iot.prod.NotExistedProduct')
  metrics.dropped('rate')
  metrics.committed(0.2)
  const text = await lines(metrics)
  expect(text).toEqual(await lines(metrics))
  for (const line of [
    'homeport_connections 3',
    'homeport_sub_devices_online 200',
    'homeport_messages_total{direction="in",kind="property"} 2',
    'homeport_refusals_total{scenario="login",code="6401"} 2',
    'homeport_refusals_total{scenario="openapi",code="iot.prod.NotExistedProduct"} 1',
    'homeport_dropped_total{reason="rate"} 1',
    'homeport_commit_seconds_bucket{le="0.0001"} 0',
    'homeport_commit_seconds_bucket{le="0.00025"} 1',
    'homeport_commit_seconds_count 1',
  ]) {
    expect(text).toContain(line)
  }
})

test('every metric is announced before anything was counted', async () => {
  const { contentType, body } = await new Metrics({ process: false }).scrape()
  expect(contentType).toContain('text/plain')
  expect(body.match(/^# TYPE \S+ \S+/gm)).toEqual([
    '# TYPE homeport_connections gauge',
    '# TYPE homeport_sub_devices_online gauge',
    '# TYPE homeport_messages_total counter',
    '# TYPE homeport_refusals_total counter',
    '# TYPE homeport_dropped_total counter',
    '# TYPE homeport_connections_refused_total counter',
    '# TYPE homeport_publishes_total counter',
    '# TYPE homeport_connections_ended_total counter',
    '# TYPE homeport_output_bytes gauge',
    '# TYPE homeport_slow_readers gauge',
    '# TYPE homeport_queued_messages gauge',
    '# TYPE homeport_queued_bytes gauge',
    '# TYPE homeport_open_files gauge',
    '# TYPE homeport_open_files_limit gauge',
    '# TYPE homeport_commit_seconds histogram',
  ])
})

test('labels are limited: beyond, all count as other', async () => {
  const metrics = new Metrics({ process: false })
  for (let i = 0; i < 60; i++) metrics.dropped(`reason ${i}`)
  metrics.dropped('reason 0')
  const text = (await lines(metrics)).filter((line) => line.startsWith('homeport_dropped_total'))
  expect(text).toHaveLength(51)
  expect(text).toContain('homeport_dropped_total{reason="reason 0"} 2')
  expect(text).toContain('homeport_dropped_total{reason="other"} 10')
})

test('drops that are counted elsewhere, and what waits, are read at the scrape', async () => {
  const metrics = new Metrics({ process: false })
  let slow = 3
  metrics.drops = () => [['slow-reader', slow]]
  metrics.outputBytes = () => 4096
  metrics.queued = () => ({ messages: 7, bytes: 700 })
  metrics.slowReaders = () => 2
  metrics.publishes = () => [
    ['in', 5],
    ['out', 50],
  ]
  metrics.connectionRefused('limits.connectionsPerSecond')
  const before = await lines(metrics)
  for (const line of [
    'homeport_dropped_total{reason="slow-reader"} 3',
    'homeport_output_bytes 4096',
    'homeport_queued_messages 7',
    'homeport_queued_bytes 700',
    'homeport_slow_readers 2',
    'homeport_publishes_total{direction="in"} 5',
    'homeport_publishes_total{direction="out"} 50',
    'homeport_connections_refused_total{reason="limits.connectionsPerSecond"} 1',
  ]) {
    expect(before).toContain(line)
  }
  slow = 5
  expect(await lines(metrics)).toContain('homeport_dropped_total{reason="slow-reader"} 5')
})

test('of open files nothing is said where nothing is known', async () => {
  const metrics = new Metrics({ process: false })
  const about = async () => (await lines(metrics)).filter((line) => line.startsWith('homeport_open_files'))
  expect(await about()).toEqual([])
  metrics.openFiles = () => ({ connections: 100, others: 30 })
  metrics.openFilesLimit = () => 1024
  expect(await about()).toEqual([
    'homeport_open_files{of="mqtt"} 100',
    'homeport_open_files{of="other"} 30',
    'homeport_open_files_limit 1024',
  ])
})

test('the process itself is measured on demand', async () => {
  const { body } = await new Metrics({ process: true }).scrape()
  expect(body).toContain('process_cpu_seconds_total')
})
