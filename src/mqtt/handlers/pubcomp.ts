import type { Session } from '../clients.ts'
import { decodeAck } from '../codec/acks.ts'
import type { Connection } from '../connection.ts'

/** PUBCOMP: the end of a QoS 2 exchange. */
export function onPubcomp(link: Connection, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void {
  const { packetId } = decodeAck('pubcomp', buffer, bodyStart, bodyEnd, flags, link.version)
  const session = link.session as Session
  session.outboxOf(link.core.outboxes).completed(packetId)
}
