import { FilterTrie } from './trie.ts'
import { hasWildcard, parseShared } from './validate.ts'

export interface SubscriptionOptions {
  readonly qos: 0 | 1 | 2
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  /** 5.0 subscription identifier; 0 for none. */
  readonly subscriptionId: number
}

/** To whom one message goes, once, however many of the subscriber's filters match. */
export interface Delivery<S> {
  readonly subscriber: S
  /** The highest that the matching filters were granted. */
  readonly qos: 0 | 1 | 2
  /** True only if all of the matching filters say so. */
  readonly noLocal: boolean
  /** True if any of the matching filters says so. */
  readonly retainAsPublished: boolean
  /** Identifiers of the matching filters; null for none. */
  readonly subscriptionIds: readonly number[] | null
}

/** Who shares one filter under one name; a message goes to one of them. */
export class SharedGroup<S> {
  readonly name: string
  readonly filter: string
  readonly members: Delivery<S>[] = []
  #turn = 0

  constructor(name: string, filter: string) {
    this.name = name
    this.filter = filter
  }

  /** The next member in turn that `accepts` takes; null if it takes none. */
  next(accepts: (subscriber: S) => boolean): Delivery<S> | null {
    const count = this.members.length
    for (let i = 0; i < count; i++) {
      const member = this.members[(this.#turn + i) % count] as Delivery<S>
      if (!accepts(member.subscriber)) continue
      this.#turn = (this.#turn + i + 1) % count
      return member
    }
    return null
  }
}

/** All that a message on one topic goes to. Valid until the tree changes; don't change it. */
export interface Route<S> {
  readonly generation: number
  readonly direct: readonly Delivery<S>[]
  readonly shared: readonly SharedGroup<S>[]
}

/** What stands at one filter. */
interface Place<S> {
  readonly direct: Map<S, Delivery<S>>
  readonly groups: Map<string, SharedGroup<S>>
}

/** Topics whose route is remembered, and deliveries in them altogether; beyond either, all are forgotten and found anew. */
export const ROUTE_CACHE = { topics: 10_000, deliveries: 200_000 } as const

/**
 * The subscriptions that cross owners (applications, broadcast): filters without wildcards in a map, the others in a trie. Routes
 * are remembered by topic until the tree changes. Filters must be valid and not too deep; the caller limits their number.
 */
export class SubscriptionTree<S> {
  /** Grows with every change: a route may be kept beside this number. */
  generation = 0
  readonly #exact = new Map<string, Place<S>>()
  readonly #wild = new FilterTrie<Place<S>>()
  readonly #filters = new Map<S, Set<string>>()
  readonly #routes = new Map<string, Route<S>>()
  #deliveries = 0
  #size = 0
  readonly #limits: { readonly topics: number; readonly deliveries: number }

  constructor(limits: { readonly topics: number; readonly deliveries: number } = ROUTE_CACHE) {
    this.#limits = limits
  }

  /** Number of subscriptions. */
  get size(): number {
    return this.#size
  }

  /** Adds a subscription. `$share/{group}/{filter}` joins a group. @returns true if new, false if it replaced the same one */
  add(filter: string, subscriber: S, options: SubscriptionOptions): boolean {
    const shared = parseShared(filter)
    const place = this.#placeFor(shared?.filter ?? filter)
    if (shared) join(place, shared.group, shared.filter, subscriber, options)
    else place.direct.set(subscriber, delivery(subscriber, options))
    let filters = this.#filters.get(subscriber)
    if (!filters) {
      filters = new Set()
      this.#filters.set(subscriber, filters)
    }
    const isNew = !filters.has(filter)
    filters.add(filter)
    if (isNew) this.#size++
    this.#changed()
    return isNew
  }

  /** @returns whether it was there */
  remove(filter: string, subscriber: S): boolean {
    const filters = this.#filters.get(subscriber)
    if (!filters?.delete(filter)) return false
    this.#size--
    if (filters.size === 0) this.#filters.delete(subscriber)
    this.#detach(filter, subscriber)
    return true
  }

  /** Removes all subscriptions of one subscriber. @returns how many there were */
  removeAll(subscriber: S): number {
    const filters = this.#filters.get(subscriber)
    if (!filters) return 0
    this.#filters.delete(subscriber)
    this.#size -= filters.size
    for (const filter of filters) this.#detach(filter, subscriber)
    return filters.size
  }

  /** Where a message on this topic goes. */
  match(topic: string): Route<S> {
    const known = this.#routes.get(topic)
    if (known) return known
    const route = this.#resolve(topic)
    const count = route.direct.length + route.shared.length
    if (this.#routes.size >= this.#limits.topics || this.#deliveries + count > this.#limits.deliveries) this.#forget()
    this.#routes.set(topic, route)
    this.#deliveries += count
    return route
  }

  #resolve(topic: string): Route<S> {
    const places: Place<S>[] = []
    const exact = this.#exact.get(topic)
    if (exact) places.push(exact)
    this.#wild.match(topic, places)
    const shared: SharedGroup<S>[] = []
    for (const place of places) for (const group of place.groups.values()) shared.push(group)
    const first = places[0]
    const direct = first && places.length === 1 ? first.direct : mergeAll(places)
    return { generation: this.generation, direct: [...direct.values()], shared }
  }

  #changed(): void {
    this.generation++
    this.#forget()
  }

  #forget(): void {
    if (this.#routes.size > 0) this.#routes.clear()
    this.#deliveries = 0
  }

  #placeFor(filter: string): Place<S> {
    const wild = hasWildcard(filter)
    const place = wild ? this.#wild.get(filter) : this.#exact.get(filter)
    if (place) return place
    const made: Place<S> = { direct: new Map(), groups: new Map() }
    if (wild) this.#wild.set(filter, made)
    else this.#exact.set(filter, made)
    return made
  }

  #detach(filter: string, subscriber: S): void {
    this.#changed()
    const shared = parseShared(filter)
    const at = shared?.filter ?? filter
    const place = this.#placeFor(at)
    if (shared) leave(place, shared.group, subscriber)
    else place.direct.delete(subscriber)
    if (place.direct.size > 0 || place.groups.size > 0) return
    if (hasWildcard(at)) this.#wild.delete(at)
    else this.#exact.delete(at)
  }
}

function delivery<S>(subscriber: S, options: SubscriptionOptions): Delivery<S> {
  return {
    subscriber,
    qos: options.qos,
    noLocal: options.noLocal,
    retainAsPublished: options.retainAsPublished,
    subscriptionIds: options.subscriptionId === 0 ? null : [options.subscriptionId],
  }
}

/** One delivery a subscriber, of all that match. */
function mergeAll<S>(places: readonly Place<S>[]): Map<S, Delivery<S>> {
  const all = new Map<S, Delivery<S>>()
  for (const place of places) {
    for (const [subscriber, one] of place.direct) {
      const before = all.get(subscriber)
      all.set(subscriber, before ? merge(before, one) : one)
    }
  }
  return all
}

function merge<S>(a: Delivery<S>, b: Delivery<S>): Delivery<S> {
  const ids = a.subscriptionIds
  return {
    subscriber: a.subscriber,
    qos: a.qos > b.qos ? a.qos : b.qos,
    noLocal: a.noLocal && b.noLocal,
    retainAsPublished: a.retainAsPublished || b.retainAsPublished,
    subscriptionIds: ids && b.subscriptionIds ? [...ids, ...b.subscriptionIds] : (ids ?? b.subscriptionIds),
  }
}

function join<S>(place: Place<S>, name: string, filter: string, subscriber: S, options: SubscriptionOptions): void {
  let group = place.groups.get(name)
  if (!group) {
    group = new SharedGroup<S>(name, filter)
    place.groups.set(name, group)
  }
  const member = delivery(subscriber, options)
  const at = group.members.findIndex((other) => other.subscriber === subscriber)
  if (at < 0) group.members.push(member)
  else group.members[at] = member
}

function leave<S>(place: Place<S>, name: string, subscriber: S): void {
  const group = place.groups.get(name)
  if (!group) return
  const at = group.members.findIndex((other) => other.subscriber === subscriber)
  if (at >= 0) group.members.splice(at, 1)
  if (group.members.length === 0) place.groups.delete(name)
}
