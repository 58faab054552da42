/** Refusals into the log and the metrics: who, through whom, which check, why. */
import type { Refusal, Report } from '../alink/row.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'

/** The identifier of an event is the device's to choose: the metrics count all of them together, the log names the topic. */
function labelOf(scenario: string): string {
  const isEvent = scenario.startsWith('thing.event.') && scenario !== 'thing.event.property.post'
  return isEvent ? 'thing.event.{identifier}.post' : scenario
}

export function reporter(log: Log, metrics: Metrics): Report {
  return {
    refusal(refusal: Refusal): void {
      const { scenario, code, check, why, topic, limit } = refusal
      if (limit !== undefined) metrics.connectionRefused(limit)
      metrics.refused(labelOf(scenario), code === 0 ? check : code)
      log.refusal({ scenario, who: refusal.device, through: refusal.gateway, check, code, why, topic })
    },
  }
}
