/** Retained messages on their way to one link after a SUBSCRIBE; as many at a time as its output takes. */
import type { Session } from './clients.ts'
import { publishFlags } from './codec/publish.ts'
import type { Connection } from './connection.ts'
import type { Copy } from './copy.ts'
import { Fifo } from './fifo.ts'
import type { Retained } from './retained.ts'
import type { FilterEntry } from './topics/filters.ts'

interface Due {
  readonly message: Retained
  readonly qos: 0 | 1 | 2
  readonly subscriptionIds: readonly number[] | null
}

/** Filters of SUBSCRIBEs whose SUBACK is not released yet, by packet id. */
export class RetainedSending {
  readonly #asked = new Map<number, FilterEntry[]>()
  readonly #due = new Fifo<Due>()

  /** The SUBSCRIBE with this id asks for what is retained for these filters. */
  ask(packetId: number, filter: FilterEntry): void {
    const filters = this.#asked.get(packetId)
    if (filters) filters.push(filter)
    else this.#asked.set(packetId, [filter])
  }

  /** The SUBACK went out; what was granted after all is sent now. */
  acknowledged(link: Connection, packetId: number): void {
    const filters = this.#asked.get(packetId)
    if (!filters) return
    this.#asked.delete(packetId)
    for (const filter of filters) {
      if (!link.filters.has(filter.filter)) continue
      const subscriptionIds = filter.subscriptionId === 0 ? null : [filter.subscriptionId]
      const { retained, sys } = link.core
      for (const message of [...retained.matching(filter.filter), ...sys.matching(filter.filter)]) {
        this.#due.push({ message, qos: message.qos < filter.qos ? message.qos : filter.qos, subscriptionIds })
      }
    }
    this.resume(link)
  }

  /** Goes on until the output is full, or all is sent. */
  resume(link: Connection): void {
    if (this.#due.length === 0) return
    const { outboxes } = link.core
    const { source } = outboxes
    const session = link.session as Session
    const kept: Copy[] = []
    while (this.#due.length > 0 && !link.congested && link.open) {
      const { message, qos, subscriptionIds } = this.#due.shift() as Due
      source.takeHeld(message.held, link.core.clock.wall())
      outboxes.routed()
      if (qos === 0) link.deliver(source, publishFlags(0, true, false), 0, subscriptionIds)
      else {
        const outbox = session.outboxOf(outboxes)
        if (!session.persistent) outbox.send(source, qos, true, subscriptionIds)
        else {
          const copy = outbox.keep(source, qos, true, subscriptionIds)
          if (copy) kept.push(copy)
        }
      }
    }
    outboxes.routed()
    if (kept.length === 0) return
    link.core.keep.wait(
      () => {
        for (const copy of kept) copy.outbox.ready(copy)
      },
      () => {
        for (const copy of kept) copy.outbox.discard(copy)
        link.close('store-failed')
      },
    )
  }
}
