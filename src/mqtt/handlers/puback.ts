import type { Session } from '../clients.ts'
import { decodeAck } from '../codec/acks.ts'
import type { Connection } from '../connection.ts'

/** PUBACK: the message is delivered, whatever its reason says [MQTT-4.3.2]. One that nobody waits for is ignored. */
export function onPuback(link: Connection, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void {
  const { packetId } = decodeAck('puback', buffer, bodyStart, bodyEnd, flags, link.version)
  const session = link.session as Session
  if (session.app) session.outbox?.acked(packetId)
  else link.core.inboxes.acked(link, packetId)
}
