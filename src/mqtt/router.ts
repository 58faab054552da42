/**
 * Messages that cross owners: what devices subscribe below `/broadcast/`, and later what applications subscribe. A device's other
 * filters are not in this tree: what they receive is addressed to an owner (host.ts, `Host.grants`).
 */
import type { SubscribeFilter } from './codec/packets.ts'
import { encodePublish } from './codec/publish.ts'
import type { Connection } from './connection.ts'
import { SubscriptionTree } from './topics/tree.ts'

const BROADCAST = '/broadcast/'

export class Router {
  readonly #tree = new SubscriptionTree<Connection>()

  /** Filters in the tree. */
  get size(): number {
    return this.#tree.size
  }

  subscribed(link: Connection, filter: SubscribeFilter, subscriptionId: number): void {
    if (!filter.filter.startsWith(BROADCAST)) return
    link.routed = true
    const { qos, noLocal, retainAsPublished } = filter
    this.#tree.add(filter.filter, link, { qos, noLocal, retainAsPublished, subscriptionId })
  }

  unsubscribed(link: Connection, filter: string): void {
    if (link.routed) this.#tree.remove(filter, link)
  }

  /** The link resumed a session that has filters. */
  entered(link: Connection): void {
    for (const entry of link.filters) this.subscribed(link, entry, entry.subscriptionId)
  }

  left(link: Connection): void {
    if (link.routed) this.#tree.removeAll(link)
  }

  /** Sends a message to every link whose filters match, at QoS 0. Returns to how many. */
  publish(topic: string, payload: string | Uint8Array): number {
    const route = this.#tree.match(topic)
    let v3: Buffer | null = null
    let v5: Buffer | null = null
    for (const { subscriber } of route.direct) {
      if (subscriber.version === 5) {
        v5 ??= encodePublish({ topic, payload }, 5)
        subscriber.sendEncoded(v5)
      } else {
        v3 ??= encodePublish({ topic, payload }, 4)
        subscriber.sendEncoded(v3)
      }
    }
    return route.direct.length
  }
}
