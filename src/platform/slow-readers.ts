/** Connections that take less than they are sent: a line when messages are first dropped for one, and one when that is over. */
import type { Log } from '../log/log.ts'
import type { OnSlow } from '../mqtt/slow.ts'
import { DevicePeer } from './peer.ts'

const settings = { 'slow-reader': 'limits.output, limits.appOutput', 'output-total': 'limits.outputTotal' } as const

export class SlowReaders {
  readonly #log: Log
  /** Connections for which messages are being dropped now. */
  count = 0

  constructor(log: Log) {
    this.#log = log
  }

  readonly report: OnSlow = ({ clientId, remote, peer }, { limit, waiting, dropped }, ended) => {
    const who = peer instanceof DevicePeer ? peer.device.key : clientId
    if (ended === null) {
      this.count++
      this.#log.warn('slow reader: QoS 0 messages are dropped for it', {
        who,
        remote,
        reason: limit,
        limit: settings[limit],
        waiting,
      })
      return
    }
    this.count--
    const how = ended === 'closed' ? 'its connection ended' : 'it has caught up'
    this.#log.info(`slow reader: ${how}`, { who, remote, dropped })
  }
}
