import { Reason } from '../../codes/mqtt.ts'
import type { Session } from '../clients.ts'
import type { SubscribeFilter } from '../codec/packets.ts'
import { PacketError } from '../codec/packets.ts'
import { decodeSubscribe } from '../codec/subscribe.ts'
import type { Connection } from '../connection.ts'
import { RetainedSending } from '../retained-sending.ts'
import type { FilterEntry } from '../topics/filters.ts'
import { requirePlain } from '../topics/plain.ts'
import { levels, MAX_LEVELS, validFilter } from '../topics/validate.ts'

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
    const code = isFilter(link, filter.filter) ? host.subscribe(link, filter, i) : Reason.topicFilterInvalid
    codes[i] = code
    if (code < 0x80) grant(link, packetId, filter, code as 0 | 1 | 2, subscriptionId)
  }
  host.subscribed(link, packetId, filters, codes)
}

/** To a device's junk its code is told and the link lives (clients.md); an application's breaks the standard [MQTT-4.7.1-1]. */
function isFilter(link: Connection, filter: string): boolean {
  if (link.session?.app) requirePlain(filter)
  if (levels(filter) > MAX_LEVELS) throw new PacketError(`a filter of more than ${MAX_LEVELS} levels`)
  if (validFilter(filter)) return true
  if (link.session?.app) throw new PacketError('a filter that is none')
  return false
}

function grant(
  link: Connection,
  packetId: number,
  asked: SubscribeFilter,
  qos: 0 | 1 | 2,
  subscriptionId: number,
): void {
  const session = link.session as Session
  const entry: FilterEntry = { ...asked, qos, subscriptionId }
  const isNew = session.filters.add(entry, subscriptionId)
  session.filters.unmute(entry.filter)
  link.core.clients.subscribed(session, entry)
  link.core.router.subscribed(session, entry, subscriptionId)
  if (!session.app) return
  link.core.sys.subscribed(entry.filter)
  if (wantsRetained(entry, isNew)) {
    link.retainedSending ??= new RetainedSending()
    link.retainedSending.ask(packetId, entry)
  }
}

/** Retain handling 0, 1 and 2 [MQTT-3.3.1-9 … 11]; none for shared subscriptions [MQTT-4.8.2]. */
function wantsRetained(entry: FilterEntry, isNew: boolean): boolean {
  if (entry.filter.startsWith('$share/')) return false
  return entry.retainHandling === 0 || (entry.retainHandling === 1 && isNew)
}
