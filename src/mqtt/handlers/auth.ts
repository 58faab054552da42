import { decodeAuth } from '../codec/auth.ts'
import { PacketError } from '../codec/packets.ts'
import type { Connection } from '../connection.ts'

/**
 * AUTH: no CONNECT with an authentication method is let in (CONNACK 0x8C), so none may come [MQTT-4.12.1-1].
 *
 * @throws {PacketError} always
 */
export function onAuth(link: Connection, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): never {
  if (link.version === 5) decodeAuth(buffer, bodyStart, bodyEnd, flags)
  throw new PacketError('AUTH without authentication method', 0x82)
}
