/** Refusals into the log and the metrics: who, through whom, which check, why. */
import type { Refusal, Report } from '../alink/row.ts'
import type { Clock } from '../clock/clock.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { RefusalLines } from './refusal-lines.ts'

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

/** `sum` writes what the log was spared so far. */
export function reporter(
  log: Log,
  metrics: Metrics,
  clock: Clock,
  linesPerSecond: number,
): Report & { sum: () => void } {
  const lines = new RefusalLines(clock, linesPerSecond, (refusal, beyond) => {
    const { scenario, device, gateway, check, code, why, topic } = refusal
    const more =
      beyond === 0 ? '' : ` (the last of ${beyond} more within a second, which have no line: log.refusalsPerSecond)`
    log.refusal({
      scenario,
      who: cut(device),
      through: gateway,
      check,
      code,
      why: cut(why) + more,
      topic: cut(topic),
    })
  })
  return {
    refusal(refusal: Refusal): void {
      const { scenario, code, check, limit } = refusal
      if (limit !== undefined) metrics.connectionRefused(limit)
      metrics.refused(labelOf(scenario), code === 0 ? check : code)
      lines.refusal(refusal)
    },
    sum: () => lines.sum(),
  }
}
