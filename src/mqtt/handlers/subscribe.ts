import { Reason } from '../../codes/mqtt.ts'
import type { Session } from '../clients.ts'
import type { SubscribeFilter } from '../codec/packets.ts'
import { PacketError } from '../codec/packets.ts'
import { decodeSubscribe } from '../codec/subscribe.ts'
import type { Connection } from '../connection.ts'
import type { FilterEntry } from '../topics/filters.ts'
import { levels, validFilter } from '../topics/validate.ts'

/** Levels of a filter, at most: the platform's own topics have up to eleven. */
const MAX_LEVELS = 64

/** SUBSCRIBE: the host judges each filter; those granted take effect, and are kept if the session is persistent. */
export function onSubscribe(link: Connection, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void {
  const { host, profile } = link.core
  const { packetId, filters, properties } = decodeSubscribe(buffer, bodyStart, bodyEnd, flags, link.version)
  const subscriptionId = properties?.subscriptionIdentifier?.[0] ?? 0
  if (subscriptionId !== 0 && !profile.subscriptionIdentifiers) {
    throw new PacketError('subscription identifiers are not offered', 0x82)
  }
  const codes = new Uint8Array(filters.length)
  for (let i = 0; i < filters.length; i++) {
    const filter = filters[i] as SubscribeFilter
    const code = isFilter(filter.filter) ? host.subscribe(link, filter, i) : Reason.topicFilterInvalid
    codes[i] = code
    if (code < 0x80) grant(link, filter, code as 0 | 1 | 2, subscriptionId)
  }
  host.subscribed(link, packetId, filters, codes)
}

function isFilter(filter: string): boolean {
  return validFilter(filter) && levels(filter) <= MAX_LEVELS
}

function grant(link: Connection, asked: SubscribeFilter, qos: 0 | 1 | 2, subscriptionId: number): void {
  const session = link.session as Session
  const entry: FilterEntry = { ...asked, qos, subscriptionId }
  session.filters.add(entry, subscriptionId)
  session.filters.unmute(entry.filter)
  link.core.clients.subscribed(session, entry)
  link.core.router.subscribed(link, entry, subscriptionId)
}
