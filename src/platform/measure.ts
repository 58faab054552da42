/** What the metrics read of the MQTT front end at a scrape: its plain counters, under the names that people see. */
import type { Metrics } from '../metrics/metrics.ts'
import type { Mqtt } from '../mqtt/mqtt.ts'
import type { SlowReaders } from './slow-readers.ts'

export function measure(mqtt: Mqtt, slow: SlowReaders, metrics: Metrics): void {
  const { stats } = mqtt
  metrics.outputBytes = () => mqtt.outputBytes
  metrics.queued = () => mqtt.queued()
  metrics.slowReaders = () => slow.count
  metrics.publishes = () => [
    ['in', stats.publishesIn],
    ['out', stats.publishesOut],
  ]
  metrics.connectionsEnded = () => [
    ['keep-alive', stats.keepAliveTimeouts],
    ['no-connect', stats.connectTimeouts],
    ['protocol', stats.violations],
  ]
  metrics.drops = () => [
    ['slow-reader', stats.droppedQos0 - stats.droppedOutputTotal],
    ['output-total', stats.droppedOutputTotal],
    ['packet-too-large', stats.droppedTooLarge],
    ['retained-full', stats.droppedRetained],
  ]
}
