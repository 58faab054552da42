import { decodeAck } from '../codec/acks.ts'
import type { Connection } from '../connection.ts'

/** PUBACK: the message is delivered, whatever its reason says [MQTT-4.3.2]. One that nobody waits for is ignored. */
export function onPuback(link: Connection, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void {
  link.core.inboxes.acked(link, decodeAck('puback', buffer, bodyStart, bodyEnd, flags, link.version).packetId)
}
