import type { Session } from '../clients.ts'
import { decodeAck } from '../codec/acks.ts'
import type { Connection } from '../connection.ts'
import { release } from '../qos2.ts'

/** PUBREL: answered by PUBCOMP, whether the id is known or not [MQTT-4.3.3-11]. */
export function onPubrel(link: Connection, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void {
  const { packetId } = decodeAck('pubrel', buffer, bodyStart, bodyEnd, flags, link.version)
  release(link, link.session as Session, packetId)
}
