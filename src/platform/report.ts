/** Refusals into the log and the metrics: who, through whom, which check, why. */
import type { Refusal, Report } from '../alink/row.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'

/** The identifier of an event is the device's to choose: the metrics count all of them together, the log names the topic. */
function labelOf(scenario: string): string {
  const isEvent = scenario.startsWith('thing.event.') && scenario !== 'thing.event.property.post'
  return isEvent ? 'thing.event.{identifier}.post' : scenario
}

/** Characters of a text from outside that a line of the log shows. */
const shown = 200

/** Names and topics are the other side's to choose, up to a whole packet: a line of the log stays a line. */
function cut(text: string): string {
  return text.length <= shown ? text : `${text.slice(0, shown)}… (${text.length} characters)`
}

export function reporter(log: Log, metrics: Metrics): Report {
  return {
    refusal(refusal: Refusal): void {
      const { scenario, code, check, limit } = refusal
      if (limit !== undefined) metrics.connectionRefused(limit)
      metrics.refused(labelOf(scenario), code === 0 ? check : code)
      const { device, gateway, why, topic } = refusal
      log.refusal({ scenario, who: cut(device), through: gateway, check, code, why: cut(why), topic: cut(topic) })
    },
  }
}
