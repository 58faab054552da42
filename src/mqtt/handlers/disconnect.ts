import type { Session } from '../clients.ts'
import { decodeDisconnect } from '../codec/disconnect.ts'
import { PacketError } from '../codec/packets.ts'
import type { Connection } from '../connection.ts'

/** DISCONNECT; on 5.0 it may change how long the session outlives the link, and ask for the will all the same. */
export function onDisconnect(
  link: Connection,
  flags: number,
  buffer: Buffer,
  bodyStart: number,
  bodyEnd: number,
): void {
  const { reason, properties } = decodeDisconnect(buffer, bodyStart, bodyEnd, flags, link.version)
  const expiry = properties?.sessionExpiryInterval
  if (expiry !== undefined) {
    if (link.sessionExpiry === 0 && expiry !== 0) throw new PacketError('session expiry was 0 in CONNECT', 0x82)
    link.core.clients.changeExpiry(link.session as Session, expiry)
  }
  link.disconnected(reason)
}
