/**
 * QoS 2 from clients (3.1.1 §4.3.3, 5.0 §4.3.3): the message is passed on when its PUBLISH comes, and its packet id known until
 * PUBREL, so that one that comes again is not passed on twice. A session that outlives its link keeps the ids in the store.
 */
import { Reason } from '../codes/mqtt.ts'
import type { Session } from './clients.ts'
import type { Properties } from './codec/packets.ts'
import { PacketError } from './codec/packets.ts'
import type { Connection } from './connection.ts'

/** A PUBLISH of QoS 2 came. False: it came before; it gets its PUBREC, or the first one's will answer both [MQTT-4.3.3-10]. */
export function begin(link: Connection, session: Session, packetId: number): boolean {
  session.qos2In ??= new Map()
  const answered = session.qos2In.get(packetId)
  if (answered === undefined) {
    session.qos2In.set(packetId, false)
    if (session.persistent) link.core.keep.keep({ kind: 'qos2-in', key: session.key, packetId })
    return true
  }
  if (answered) link.sendAck('pubrec', packetId, 0)
  return false
}

/** The host decided on it: PUBREC. A refusal of 5.0 ends the exchange [MQTT-4.3.3-9]; 3.x cannot say one. */
export function answer(
  link: Connection,
  session: Session,
  packetId: number,
  reason: number,
  properties: Properties | null,
): void {
  if (reason >= 0x80 && (link.version === 5 || !link.open)) forget(link, session, packetId)
  else session.qos2In?.set(packetId, true)
  // The session may have another link by now; its PUBLISH that came again there was not answered.
  const to = link.open ? link : session.link
  if (to?.open && (to === link || reason < 0x80)) to.sendAck('pubrec', packetId, reason, properties)
}

/** PUBREL: the id is free, and the PUBCOMP goes out once that is stored: then the client uses it anew [MQTT-4.3.3-11]. */
export function release(link: Connection, session: Session, packetId: number): void {
  const known = session.qos2In?.has(packetId) ?? false
  const reason = known ? 0 : Reason.packetIdNotFound
  if (!session.persistent) {
    session.qos2In?.delete(packetId)
    link.sendAck('pubcomp', packetId, reason)
    return
  }
  // One that is not known any more may have been forgotten in a group that is not decided yet.
  forget(link, session, packetId)
  link.core.keep.wait(
    () => link.sendAck('pubcomp', packetId, reason),
    () => {
      if (known) session.qos2In?.set(packetId, true)
      link.close('store-failed')
    },
  )
}

/** The id is free again. */
export function forget(link: Connection, session: Session, packetId: number): void {
  if (session.qos2In?.delete(packetId) && session.persistent) {
    link.core.keep.keep({ kind: 'qos2-in-gone', key: session.key, packetId })
  }
}

/** A PUBLISH of QoS 1 with an id that a QoS 2 exchange has. 5.0 is told. @throws {PacketError} */
export function refuseTaken(link: Connection, packetId: number): void {
  if (link.version !== 5) throw new PacketError(`packet id ${packetId} is in use`, 0x82)
  link.sendAck('puback', packetId, Reason.packetIdInUse)
}
