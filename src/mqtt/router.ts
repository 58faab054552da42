/**
 * Messages that cross owners: what applications subscribe, and what devices subscribe below `/broadcast/`. A device's other filters
 * are not in this tree: what they receive is addressed to an owner (host.ts, `Host.grants`).
 *
 * A session gets one copy of a message however many of its filters match, at the highest QoS that they were granted, with all their
 * identifiers [MQTT-3.3.4-2 … 4]; a shared subscription beside them gets its own.
 */
import type { Session } from './clients.ts'
import type { SubscribeFilter } from './codec/packets.ts'
import type { Connection } from './connection.ts'
import type { Copy } from './copy.ts'
import type { Delivery, PublishView, RouteMessage } from './host.ts'
import type { Outboxes } from './outboxes.ts'
import type { RetainedChange, RetainedMessages } from './retained.ts'
import { chooseMember } from './shared.ts'
import { Source } from './source.ts'
import type { Delivery as Receiver, Route } from './topics/tree.ts'
import { SubscriptionTree } from './topics/tree.ts'
import { Parked } from './view.ts'

const BROADCAST = '/broadcast/'

/** What waits for a group. */
class GroupDelivery implements Delivery {
  readonly #retained: RetainedMessages
  readonly copies: Copy[] = []
  change: RetainedChange | null = null

  constructor(retained: RetainedMessages) {
    this.#retained = retained
  }

  release(): void {
    if (this.change) this.#retained.apply(this.change)
    for (const copy of this.copies) copy.outbox.ready(copy)
  }

  discard(): void {
    for (const copy of this.copies) copy.outbox.discard(copy)
  }
}

export class Router {
  readonly #tree = new SubscriptionTree<Session>()
  readonly #outboxes: Outboxes
  readonly #retained: RetainedMessages
  readonly #source = new Source()
  #delivery: GroupDelivery | null = null
  /** What became of the last routed message; see `Mqtt.routed`. */
  reason = 0

  constructor(outboxes: Outboxes, retained: RetainedMessages) {
    this.#outboxes = outboxes
    this.#retained = retained
  }

  /** Filters in the tree. */
  get size(): number {
    return this.#tree.size
  }

  /** Whether somebody subscribed the topic. */
  wanted(topic: string): boolean {
    const route = this.#tree.match(topic)
    return route.direct.length > 0 || route.shared.length > 0
  }

  subscribed(session: Session, filter: SubscribeFilter, subscriptionId: number): void {
    if (!session.app && !filter.filter.startsWith(BROADCAST)) return
    session.routed = true
    const { qos, noLocal, retainAsPublished } = filter
    this.#tree.add(filter.filter, session, { qos, noLocal, retainAsPublished, subscriptionId })
  }

  unsubscribed(session: Session, filter: string): void {
    if (session.routed) this.#tree.remove(filter, session)
  }

  /** The session has filters of before: its link resumed it, or the store had it. */
  entered(session: Session): void {
    if (session.routed) return
    for (const entry of session.filters) this.subscribed(session, entry, entry.subscriptionId)
  }

  /** The session is over; or that of a device has no link, and gets none of these messages meanwhile. */
  left(session: Session): void {
    if (!session.routed) return
    session.routed = false
    this.#tree.removeAll(session)
  }

  /** Sends a message to every session whose filters match; see `Mqtt.route`. */
  route(message: RouteMessage): Delivery | null {
    const from = message.from as Connection | null
    const route = this.#tree.match(message.topic)
    const source = this.#source
    let matched = 0
    this.reason = 0
    source.take(message)
    if (message.qos > 0 && from !== null && this.#refuses(route, message, from, source)) {
      source.clear()
      return null
    }
    this.#delivery = null
    if (message.retain) this.#retain(message, source)
    const publisher = from === null ? null : from.session
    for (const to of route.direct) {
      if (to.noLocal && to.subscriber === publisher) continue
      matched++
      this.#give(to, message, source)
    }
    for (const group of route.shared) {
      const to = chooseMember(group)
      if (to === null) continue
      matched++
      this.#give(to, message, source)
    }
    this.#outboxes.routed()
    source.clear()
    if (matched === 0) this.reason = 0x10
    // The packet id of a QoS 2 PUBLISH has a record in the group: its PUBREC waits for that.
    if (message.qos === 2 && publisher !== null && publisher.persistent) this.#group()
    return this.#delivery
  }

  #group(): GroupDelivery {
    this.#delivery ??= new GroupDelivery(this.#retained)
    return this.#delivery
  }

  #give(to: Receiver<Session>, message: RouteMessage, source: Source): void {
    const session = to.subscriber
    const link = session.link
    if (!session.app) {
      if (link !== null) link.forward(source, false, to.subscriptionIds)
      return
    }
    const qos = message.qos < to.qos ? message.qos : to.qos
    const retain = message.retain && to.retainAsPublished
    if (qos === 0) {
      if (link !== null) link.forward(source, retain, to.subscriptionIds)
    } else if (session.persistent) {
      const copy = session.outboxOf(this.#outboxes).keep(source, qos, retain, to.subscriptionIds)
      if (copy !== null) this.#group().copies.push(copy)
    } else session.outboxOf(this.#outboxes).send(source, qos, retain, to.subscriptionIds)
  }

  /** [MQTT-3.3.1-5 … 11]: the message takes the place of the one before; without payload it deletes it. */
  #retain(message: RouteMessage, source: Source): void {
    if (message.payload.length === 0) {
      this.#group().change = this.#retained.remove(message.topic)
      return
    }
    if (!this.#retained.hasRoom(message.topic, message.topic.length + message.payload.length)) {
      this.#retained.refused()
      return
    }
    this.#group().change = this.#retained.put(this.#outboxes.hold(source), message.qos)
  }

  /**
   * A persistent session that would get the message has no room, or what is retained has none: on 5.0 the message is refused with
   * 0x97, on 3.x it waits, and its link with it. A session never waits for itself.
   */
  #refuses(route: Route<Session>, message: RouteMessage, from: Connection, source: Source): boolean {
    const noRetain =
      message.retain &&
      message.payload.length > 0 &&
      from.version === 5 &&
      !this.#retained.hasRoom(message.topic, source.bodyEnd - source.bodyStart + message.topic.length)
    if (noRetain) this.#retained.refused()
    else if ((this.#outboxes.fullCount === 0 && !this.#outboxes.over) || !this.#blocked(route, from)) return false
    if (from.version === 5) this.reason = 0x97
    else {
      this.reason = -1
      this.#park(message as PublishView, from)
    }
    return true
  }

  #blocked(route: Route<Session>, from: Connection): boolean {
    for (const { subscriber, qos } of route.direct) {
      if (qos === 0 || !subscriber.persistent || subscriber === from.session) continue
      if (this.#outboxes.over || subscriber.outbox?.full) return true
    }
    return false
  }

  #park(view: PublishView, from: Connection): void {
    const parked = new Parked(view)
    from.hold()
    this.#outboxes.whenRoom(() => {
      if (from.open) from.core.host.publish(from, parked)
      from.release()
    })
  }
}
