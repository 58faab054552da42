/** What it costs to find out whether a session's filters, or the tree's, match a topic; one iteration is one topic. */
import type { SubscribeFilter } from '../../src/mqtt/codec/packets.ts'
import { Filters } from '../../src/mqtt/topics/filters.ts'
import { topicMatches } from '../../src/mqtt/topics/match.ts'
import { SubscriptionTree } from '../../src/mqtt/topics/tree.ts'

function asked(filter: string): SubscribeFilter {
  return { filter, qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 }
}

/** What a device's SDK subscribes. */
function subscribe(filters: Filters, device: string): void {
  for (const tail of ['thing/event/+/post_reply', 'thing/service/+', 'thing/topo/#', 'rrpc/request/+']) {
    filters.add(asked(`/sys/pk/${device}/${tail}`))
  }
  filters.add(asked(`/ota/device/upgrade/pk/${device}`))
}

const device = new Filters()
subscribe(device, 'dn')

const gateway = new Filters()
for (let i = 0; i < 1500; i++) subscribe(gateway, `sub_${i}`)

const tree = new SubscriptionTree<number>()
for (let i = 0; i < 1000; i++) {
  tree.add(`/app/${i}/+/status`, i, { qos: 0, noLocal: false, retainAsPublished: false, subscriptionId: 0 })
}

const replyOf = (name: string) => `/sys/pk/${name}/thing/event/property/post_reply`
const reply = replyOf('dn')
const replies = Array.from({ length: 1500 }, (_, i) => replyOf(`sub_${i}`))
const statuses = Array.from({ length: 1000 }, (_, i) => `/app/${i}/x/status`)

let seen = 0

function each(topics: readonly string[], iterations: number, match: (topic: string) => number): void {
  let at = 0
  for (let i = 0; i < iterations; i++) {
    seen += match(topics[at] as string)
    if (++at === topics.length) at = 0
  }
}

export const benches: { name: string; run(iterations: number): void }[] = [
  { name: 'topicMatches', run: (n) => each([reply], n, (topic) => +topicMatches('/sys/pk/dn/thing/#', topic)) },
  { name: 'Filters.match, a device', run: (n) => each([reply], n, (topic) => device.match(topic)) },
  { name: 'Filters.match, a gateway of 1,500', run: (n) => each(replies, n, (topic) => gateway.match(topic)) },
  { name: 'Filters.isMuted, nothing muted', run: (n) => each([reply], n, (topic) => +device.isMuted(topic)) },
  {
    name: 'SubscriptionTree.match, remembered',
    run: (n) => each(statuses, n, (topic) => tree.match(topic).direct.length),
  },
]

/** For whoever wants to see that the work was done. */
export function total(): number {
  return seen
}
