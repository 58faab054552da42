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

test('the process itself is measured on demand', async () => {
  const { body } = await new Metrics({ process: true }).scrape()
  expect(body).toContain('process_cpu_seconds_total')
})
