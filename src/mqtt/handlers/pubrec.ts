import type { Session } from '../clients.ts'
import { decodeAck } from '../codec/acks.ts'
import type { Connection } from '../connection.ts'

/** PUBREC: the client has the message; it is told to forget the id, or that nobody knows it. */
export function onPubrec(link: Connection, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void {
  const { packetId, reason } = decodeAck('pubrec', buffer, bodyStart, bodyEnd, flags, link.version)
  const session = link.session as Session
  session.outboxOf(link.core.outboxes).received(packetId, reason)
}
