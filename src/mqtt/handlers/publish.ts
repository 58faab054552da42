import { PacketError } from '../codec/packets.ts'
import { decodePublish, emptyOffsets } from '../codec/publish.ts'
import type { Connection } from '../connection.ts'
import type { PublishView } from '../host.ts'
import { PublishState } from '../publish-state.ts'

const offsets = emptyOffsets()
const NOTHING = Buffer.alloc(0)

/** What the host is shown; the same object each time. */
class View implements PublishView {
  topic = ''
  payload: Buffer = NOTHING
  qos: 0 | 1 | 2 = 0
  packetId = 0
  retain = false
  dup = false
  properties: PublishView['properties'] = null
}

const view = new View()

/** PUBLISH, handed to the host in place. */
export function onPublish(link: Connection, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void {
  const { host, profile, stats } = link.core
  decodePublish(buffer, bodyStart, bodyEnd, flags, link.version, offsets)
  if (offsets.qos > profile.maximumQos) throw new PacketError(`PUBLISH at QoS ${offsets.qos}`, 0x9b)
  link.publishes ??= new PublishState()
  const publishes = link.publishes
  const { packetId } = offsets
  view.topic = topicOf(link, publishes, buffer)
  stats.publishesIn++
  if (packetId !== 0) {
    if (publishes.isOwed(packetId)) {
      // It came again although its PUBACK is only waiting; that will answer both. Some SDKs repeat without DUP (direct.md §1.7).
      stats.duplicatesIn++
      return
    }
    if (link.version === 5 && publishes.owed >= profile.receiveMaximum) {
      throw new PacketError(`more than ${profile.receiveMaximum} PUBLISHes without PUBACK`, 0x93)
    }
    publishes.arriving = packetId
  }
  view.payload = buffer.subarray(offsets.payloadStart, offsets.payloadEnd)
  view.qos = offsets.qos
  view.packetId = packetId
  view.retain = offsets.retain
  view.dup = offsets.dup
  view.properties = offsets.properties
  host.publish(link, view)
  view.payload = NOTHING
  if (publishes.arriving === 0) return
  publishes.arriving = 0
  publishes.owe(packetId)
}

/** @throws {PacketError} */
function topicOf(link: Connection, publishes: PublishState, buffer: Buffer): string {
  const { topicStart, topicEnd, properties } = offsets
  const topic = topicStart === topicEnd ? '' : publishes.topic(buffer, topicStart, topicEnd)
  const alias = properties?.topicAlias
  return alias === undefined ? topic : publishes.aliased(alias, topic, link.core.profile.topicAliasMaximum)
}
