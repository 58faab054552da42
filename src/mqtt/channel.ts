/** The rules of one connection: which packet may come now, and which file of `handlers/` takes it. */
import { PacketType } from './codec/fixed-header.ts'
import { PacketError } from './codec/packets.ts'
import type { Connection } from './connection.ts'
import { onAuth } from './handlers/auth.ts'
import { onConnect } from './handlers/connect.ts'
import { onDisconnect } from './handlers/disconnect.ts'
import { onPingreq } from './handlers/pingreq.ts'
import { onPuback } from './handlers/puback.ts'
import { onPubcomp } from './handlers/pubcomp.ts'
import { onPublish } from './handlers/publish.ts'
import { onPubrec } from './handlers/pubrec.ts'
import { onPubrel } from './handlers/pubrel.ts'
import { onSubscribe } from './handlers/subscribe.ts'
import { onUnsubscribe } from './handlers/unsubscribe.ts'

/**
 * One whole packet. The buffer is the read buffer: nothing of it may be kept.
 *
 * @throws {PacketError} where it breaks the standard
 */
export function packetArrived(
  link: Connection,
  type: number,
  flags: number,
  buffer: Buffer,
  bodyStart: number,
  bodyEnd: number,
): void {
  if (link.session === null) {
    if (type !== PacketType.connect) throw new PacketError(`packet type ${type} before CONNECT`, 0x82)
    onConnect(link, flags, buffer, bodyStart, bodyEnd)
    return
  }
  switch (type) {
    case PacketType.publish:
      onPublish(link, flags, buffer, bodyStart, bodyEnd)
      break
    case PacketType.puback:
      onPuback(link, flags, buffer, bodyStart, bodyEnd)
      break
    case PacketType.subscribe:
      onSubscribe(link, flags, buffer, bodyStart, bodyEnd)
      break
    case PacketType.unsubscribe:
      onUnsubscribe(link, flags, buffer, bodyStart, bodyEnd)
      break
    case PacketType.pingreq:
      onPingreq(link, flags, bodyStart, bodyEnd)
      break
    case PacketType.disconnect:
      onDisconnect(link, flags, buffer, bodyStart, bodyEnd)
      break
    case PacketType.auth:
      onAuth(link, flags, buffer, bodyStart, bodyEnd)
      break
    case PacketType.pubrec:
    case PacketType.pubrel:
    case PacketType.pubcomp:
      qos2(link, type, flags, buffer, bodyStart, bodyEnd)
      break
    default:
      throw new PacketError(type === PacketType.connect ? 'a second CONNECT' : `packet type ${type}`, 0x82)
  }
}

/** Packets of QoS 2, where the listener takes it. @throws {PacketError} */
function qos2(link: Connection, type: number, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void {
  if (link.core.profile.maximumQos < 2) throw new PacketError(`packet type ${type}`, 0x82)
  if (type === PacketType.pubrec) onPubrec(link, flags, buffer, bodyStart, bodyEnd)
  else if (type === PacketType.pubrel) onPubrel(link, flags, buffer, bodyStart, bodyEnd)
  else onPubcomp(link, flags, buffer, bodyStart, bodyEnd)
}
