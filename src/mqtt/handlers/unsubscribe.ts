import { Reason } from '../../codes/mqtt.ts'
import type { Session } from '../clients.ts'
import { PacketError } from '../codec/packets.ts'
import { decodeUnsubscribe } from '../codec/unsubscribe.ts'
import type { Connection } from '../connection.ts'
import { requirePlain } from '../topics/plain.ts'
import { levels, MAX_LEVELS, validFilter } from '../topics/validate.ts'

/**
 * UNSUBSCRIBE. A filter also stops the automatic delivery of the topics that it matches (direct.md §4.4), whether it was
 * subscribed or not.
 */
export function onUnsubscribe(
  link: Connection,
  flags: number,
  buffer: Buffer,
  bodyStart: number,
  bodyEnd: number,
): void {
  const { host, clients, router } = link.core
  const session = link.session as Session
  const { packetId, filters } = decodeUnsubscribe(buffer, bodyStart, bodyEnd, flags, link.version)
  const codes = new Uint8Array(filters.length)
  for (let i = 0; i < filters.length; i++) {
    const filter = filters[i] as string
    if (session.app) requirePlain(filter)
    if (levels(filter) > MAX_LEVELS) throw new PacketError(`a filter of more than ${MAX_LEVELS} levels`)
    if (session.app && !validFilter(filter)) throw new PacketError('a filter that is none')
    const known = session.filters.remove(filter)
    if (!known) codes[i] = Reason.noSubscriptionExisted
    if (!known && (session.app || !validFilter(filter))) continue
    router.unsubscribed(session, filter)
    if (!session.app) session.filters.mute(filter)
    clients.unsubscribed(session, filter)
  }
  host.unsubscribed(link, packetId, filters, codes)
}
