/** MQTT's memory over the store's keep log. */
import type { Keep, KeepRecord } from '../mqtt/keep.ts'
import { readKeep, writeKeep } from '../mqtt/keep-codec.ts'
import type { Mqtt } from '../mqtt/mqtt.ts'
import type { Store } from '../store/store.ts'

/** Records join the open group. */
export function keepIn<E>(store: Store<E>): Keep {
  return { keep: (record: KeepRecord) => store.commit.keep((out) => writeKeep(out, record)) }
}

/** What is in the log, oldest first; payloads are views that live during the step only. */
export function* keptBy<E>(store: Store<E>): Generator<KeepRecord> {
  for (const record of store.keepRecords()) yield readKeep(record)
}

/** When the log has grown, it is written anew from what lives. */
export function compactFrom<E>(store: Store<E>, mqtt: Mqtt): void {
  store.onCompact(function* () {
    for (const record of mqtt.snapshot()) yield (out) => writeKeep(out, record)
  })
}
