/** What a connection says about packets and about itself: names, codes, and their texts where 5.0 has a place for them. */

import type { CloseReason } from '../codes/mqtt.ts'
import { encodeDisconnect } from './codec/disconnect.ts'
import type { ConnectPacket, Properties, Will } from './codec/packets.ts'
import { PacketError } from './codec/packets.ts'
import { encodeSuback, encodeUnsuback } from './codec/suback.ts'
import type { Connection } from './connection.ts'
import { reasonText } from './reason-text.ts'
import { requirePlain } from './topics/plain.ts'
import { levels, MAX_LEVELS } from './topics/validate.ts'

/**
 * An application without client id gets one [MQTT-3.1.3-6]; on 3.1 it must have one, and on 3.1.1 it gets none for a session that
 * is kept [MQTT-3.1.3-8]: then false.
 */
export function nameApp(link: Connection, packet: ConnectPacket): boolean {
  for (const text of [packet.clientId, packet.userName, packet.will?.topic]) if (text) requirePlain(text)
  if (packet.clientId !== '') return true
  if (packet.version === 3 || (packet.version === 4 && !packet.cleanStart)) return false
  link.clientId = `hp-${link.core.outboxes.nextId().toString(36)}`
  link.assigned = true
  return true
}

/** The will of a CONNECT, where wills are published. @throws {PacketError} for a topic that is too deep */
export function willOf({ will }: ConnectPacket): Will | null {
  if (will !== null && levels(will.topic) > MAX_LEVELS) throw new PacketError('a will topic of too many levels')
  return will
}

/** The text of a failure, for applications on 5.0; those of devices read none. */
export function explained(link: Connection, code: number): Properties | null {
  return link.version === 5 && link.core.profile.name === 'app' ? { reasonString: reasonText(code) } : null
}

/** SUBACK or UNSUBACK, with the text of the first failure among the codes where the client wants it [MQTT-3.9.2-1]. */
export function sendSuback(link: Connection, packetId: number, codes: Uint8Array, unsubscribe: boolean): void {
  const encode = unsubscribe ? encodeUnsuback : encodeSuback
  const failure = codes.find((code) => code >= 0x80)
  const properties = failure !== undefined && link.problemInformation ? explained(link, failure) : null
  const packet = encode(packetId, codes, link.version, properties)
  const fits = properties === null || packet.length <= link.clientPacketLimit
  link.sendPacket(fits ? packet : encode(packetId, codes, link.version))
}

/**
 * DISCONNECT of 5.0, with the text where it fits [MQTT-3.14.2-3]. Always with the length of its properties: C Link SDK 4 reads none
 * of less than two bytes (direct.md §9).
 */
export function sendDisconnect(link: Connection, reason: number, detail: string): void {
  if (link.core.profile.name === 'app') {
    const packet = encodeDisconnect({ reason, properties: { reasonString: detail || reasonText(reason) } }, 5)
    if (packet.length <= link.clientPacketLimit) {
      link.sendPacket(packet)
      return
    }
  }
  link.sendPacket(encodeDisconnect({ reason, properties: {} }, 5))
}

/**
 * An application on 3.x, whose PUBACK and PUBREC can only say yes: where a message could not be stored its link is closed, so that
 * it sends the message again. A device's has its own way (design: When the store fails).
 */
export function cannotSay(link: Connection): boolean {
  return link.version !== 5 && link.core.profile.name === 'app'
}

/** Why a link is closed for a packet that is refused with this reason. */
export function closeReasonOf(code: number): CloseReason {
  switch (code) {
    case 0x81:
      return 'malformed-packet'
    case 0x93:
      return 'receive-maximum'
    case 0x94:
      return 'topic-alias-invalid'
    case 0x95:
      return 'packet-too-large'
    case 0x9b:
      return 'qos-not-supported'
    default:
      return 'protocol-error'
  }
}
