import type { Session } from '../clients.ts'
import { PacketError } from '../codec/packets.ts'
import { decodePublish, emptyOffsets } from '../codec/publish.ts'
import type { Connection } from '../connection.ts'
import { PublishState } from '../publish-state.ts'
import { begin, refuseTaken } from '../qos2.ts'
import type { TopicName } from '../topics/names.ts'
import { NO_NAME } from '../topics/names.ts'
import { View } from '../view.ts'

const offsets = emptyOffsets()
/** What the host is shown; the same object each time. */
const view = new View()

/** PUBLISH, handed to the host in place. */
export function onPublish(link: Connection, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void {
  const { host, profile, stats } = link.core
  decodePublish(buffer, bodyStart, bodyEnd, flags, link.version, offsets)
  if (offsets.qos > profile.maximumQos) throw new PacketError(`PUBLISH at QoS ${offsets.qos}`, 0x9b)
  link.publishes ??= new PublishState()
  const publishes = link.publishes
  const { packetId } = offsets
  view.name = nameOf(link, publishes, buffer)
  stats.publishesIn++
  if (packetId !== 0 && !isFirst(link, publishes, packetId)) return
  view.buffer = buffer
  view.topicStart = offsets.topicStart
  view.topicEnd = offsets.topicEnd
  view.payloadStart = offsets.payloadStart
  view.payloadEnd = offsets.payloadEnd
  view.qos = offsets.qos
  view.packetId = packetId
  view.retain = offsets.retain
  view.dup = offsets.dup
  view.properties = offsets.properties
  view.from = link
  host.publish(link, view)
  view.clear()
  if (publishes.arriving === 0) return
  publishes.arriving = 0
  publishes.owe(packetId)
}

/** False: this PUBLISH is one that was handed to the host already. @throws {PacketError} */
function isFirst(link: Connection, publishes: PublishState, packetId: number): boolean {
  const { profile, stats } = link.core
  const session = link.session as Session
  if (publishes.isOwed(packetId)) {
    // It came again although its PUBACK is only waiting; that will answer both. Some SDKs repeat without DUP (direct.md §1.7).
    stats.duplicatesIn++
    return false
  }
  const taken = session.qos2In?.has(packetId) ?? false
  if (taken && offsets.qos === 1) {
    refuseTaken(link, packetId)
    return false
  }
  // Those that have no PUBACK or PUBCOMP yet [MQTT-3.3.4-8].
  const open = publishes.owed + (session.qos2In === null ? 0 : session.qos2In.size)
  if (!taken && link.version === 5 && open >= profile.receiveMaximum) {
    throw new PacketError(`more than ${profile.receiveMaximum} PUBLISHes without acknowledgement`, 0x93)
  }
  if (offsets.qos === 1) {
    publishes.arriving = packetId
    return true
  }
  if (begin(link, session, packetId)) return true
  stats.duplicatesIn++
  return false
}

/** @throws {PacketError} */
function nameOf(link: Connection, publishes: PublishState, buffer: Buffer): TopicName {
  const { topicStart, topicEnd, properties } = offsets
  const name = topicStart === topicEnd ? null : link.core.names.of(buffer, topicStart, topicEnd, publishes.likely)
  if (link.session?.app) name?.requirePlain()
  if (name !== null) publishes.came(name)
  const alias = properties?.topicAlias
  if (alias !== undefined) return publishes.aliased(alias, name, link.core.profile.topicAliasMaximum)
  return name ?? NO_NAME
}
