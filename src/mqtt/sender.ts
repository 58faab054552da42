/** What goes out over one connection, encoded straight into its output. */
import type { SentAliases } from './aliases.ts'
import type { AckName } from './codec/acks.ts'
import { encodeAck, MAX_ACK_SIZE, writeAck } from './codec/acks.ts'
import { PacketType, varintSize, writeVarint } from './codec/fixed-header.ts'
import type { Properties, Version } from './codec/packets.ts'
import { PINGRESP } from './codec/ping.ts'
import { encodeProperties } from './codec/properties.ts'
import { publishFlags, publishSize, writePublish } from './codec/publish.ts'
import type { Core } from './core.ts'
import type { Peer } from './host.ts'
import type { Output } from './output.ts'
import { Phase } from './phase.ts'
import type { PublishState } from './publish-state.ts'
import { reasonText } from './reason-text.ts'
import type { Slow, SlowLink } from './slow.ts'
import type { Source } from './source.ts'

/** Of the total limit of output, what any one link may have waiting even when it is reached … */
const SHARE = 64 * 1024
/** … though not beyond this multiple of the limit: many links have many shares. */
const SHARED = 1.25

export abstract class Sender implements SlowLink {
  readonly core: Core
  readonly output: Output
  abstract clientId: string
  abstract readonly remote: string
  abstract peer: Peer | null
  /** Of the subscriptions that match, null for none. */
  protected abstract identifiers(topic: string): number[] | null
  phase: Phase = Phase.connect
  version: Version = 4
  /** 5.0: largest packet that the client takes. */
  clientPacketLimit = Number.POSITIVE_INFINITY
  /** What a PUBLISH needs to know of the ones before it; made with the first. */
  publishes: PublishState | null = null
  /** 5.0: made if the client announced a topic alias maximum. */
  aliases: SentAliases | null = null
  /** 5.0: false if the client wants no reason strings and user properties but on PUBLISH, CONNACK and DISCONNECT. */
  problemInformation = true
  /** While messages are dropped for it, and until it caught up. */
  slow: Slow | null = null

  constructor(core: Core, output: Output) {
    this.core = core
    this.output = output
  }

  get congested(): boolean {
    if (!this.output.blocked) return false
    const { waiting } = this.output
    const { core } = this
    if (waiting > core.profile.outputLimit) return true
    const { inUse } = core.flusher.pool
    return inUse > core.outputTotal && (waiting > SHARE || inUse > core.outputTotal * SHARED)
  }

  /** Drops a QoS 0 message for a slow reader. */
  #drop(): void {
    const { core } = this
    core.stats.droppedQos0++
    const { waiting } = this.output
    const own = waiting > core.profile.outputLimit
    if (!own) core.stats.droppedOutputTotal++
    if (this.slow !== null) this.slow.dropped++
    else {
      this.slow = { limit: own ? 'slow-reader' : 'output-total', waiting, dropped: 1 }
      core.onSlow(this, this.slow, null)
    }
  }

  /**
   * A slow reader's connection ended, or took a piece. It has caught up when nothing waits, not sooner: one that reads a little, and
   * is behind again, would begin and end with every piece.
   */
  protected recovers(closed: boolean): void {
    const { slow } = this
    if (slow === null || (!closed && this.output.waiting > 0)) return
    this.slow = null
    this.core.onSlow(this, slow, closed ? 'closed' : 'caught-up')
  }

  /** The acknowledgement without properties, or with the text of a failure where the profile has them. */
  sendAck(name: AckName, packetId: number, reason: number, properties: Properties | null = null): void {
    if (this.phase !== Phase.open) return
    if (this.version === 5 && (properties !== null || (reason >= 0x80 && this.core.profile.name === 'app'))) {
      if (this.problemInformation && this.#explained(name, packetId, reason, properties)) return
    }
    const chunk = this.output.reserve(MAX_ACK_SIZE)
    chunk.length = writeAck(name, chunk.bytes, chunk.length, packetId, reason, this.version)
  }

  /** False if the packet would be larger than the client takes [MQTT-3.4.2-2]. */
  #explained(name: AckName, packetId: number, reason: number, given: Properties | null): boolean {
    const properties = given ?? { reasonString: reasonText(reason) }
    const packet = encodeAck(name, { packetId, reason, properties }, 5)
    if (packet.length > this.clientPacketLimit) return false
    this.sendPacket(packet)
    return true
  }

  /** Answers a PINGREQ. */
  pong(): void {
    if (this.phase === Phase.open) this.sendPacket(PINGRESP)
  }

  send(topic: string, payload: string | Uint8Array, properties: Properties | null = null): void {
    if (this.phase !== Phase.open) return
    if (this.congested) {
      this.#drop()
      return
    }
    this.#sendPublish(0, 0, topic, payload, this.version === 5 ? this.#passed(topic, properties) : null)
  }

  sendAcked(packetId: number, topic: string, payload: string | Uint8Array, dup: boolean): boolean {
    const passed = this.version === 5 ? this.#passed(topic, null) : null
    return this.#sendPublish(publishFlags(1, false, dup), packetId, topic, payload, passed)
  }

  /** 5.0: the properties, with the identifiers of the subscriptions that match. */
  #passed(topic: string, properties: Properties | null): Uint8Array | null {
    const subscriptionIdentifier = this.identifiers(topic)
    if (subscriptionIdentifier !== null) return encodeProperties('publish', { ...properties, subscriptionIdentifier })
    return properties === null ? null : encodeProperties('publish', properties)
  }

  #sendPublish(
    flags: number,
    packetId: number,
    topic: string,
    payload: string | Uint8Array,
    properties: Uint8Array | null = null,
  ): boolean {
    const size = publishSize(topic, payload, flags === 0 ? 0 : 1, this.version, properties)
    if (size > this.clientPacketLimit) return false
    const chunk = this.output.reserve(size)
    const { bytes, length } = chunk
    chunk.length = writePublish(bytes, length, size, topic, payload, flags, packetId, this.version, properties)
    this.core.stats.publishesOut++
    return true
  }

  /** A routed message at QoS 0; dropped for a slow reader. */
  forward(source: Source, retain: boolean, subscriptionIds: readonly number[] | null): void {
    if (this.congested) this.#drop()
    else this.deliver(source, retain ? 1 : 0, 0, subscriptionIds)
  }

  /**
   * Writes a PUBLISH; its bytes go from where they stand into the output.
   *
   * @param flags of `publishFlags`
   * @returns false if it is larger than the client takes (5.0): then it counts as delivered [MQTT-3.1.2-25]
   */
  deliver(source: Source, flags: number, packetId: number, subscriptionIds: readonly number[] | null): boolean {
    if (this.phase !== Phase.open) return false
    if (this.version === 5) return this.#deliver5(source, flags, packetId, subscriptionIds)
    const { headStart, headEnd, bodyStart, bodyEnd } = source
    const remaining = headEnd - headStart + bodyEnd - bodyStart + ((flags & 6) === 0 ? 0 : 2)
    const chunk = this.output.reserve(1 + varintSize(remaining) + remaining)
    const { bytes } = chunk
    bytes[chunk.length] = (PacketType.publish << 4) | flags
    let at = writeVarint(bytes, chunk.length + 1, remaining)
    if ((flags & 6) === 0 && source.joined) {
      source.head.copy(bytes, at, headStart, bodyEnd)
      at += remaining
    } else {
      at += source.head.copy(bytes, at, headStart, headEnd)
      if ((flags & 6) !== 0) {
        bytes[at] = packetId >> 8
        bytes[at + 1] = packetId & 255
        at += 2
      }
      at += source.body.copy(bytes, at, bodyStart, bodyEnd)
    }
    chunk.length = at
    this.core.stats.publishesOut++
    return true
  }

  /** 5.0: message expiry, topic alias and subscription identifiers stand before the properties as they came. */
  #deliver5(source: Source, flags: number, packetId: number, ids: readonly number[] | null): boolean {
    // A QoS 2 message says its topic: npm mqtt 5 hands it out with the PUBREL, without the topic where an alias stood for it.
    const aliases = (flags & 4) === 0 ? this.aliases : null
    const known = aliases === null ? 0 : aliases.known(source.topic)
    const alias = known === 0 && aliases !== null ? aliases.next() : known
    const passed = source.properties
    let own = passed.length + (source.expiry < 0 ? 0 : 5) + (alias === 0 ? 0 : 3)
    if (ids !== null) for (const id of ids) own += 1 + varintSize(id)
    const head = known === 0 ? source.headEnd - source.headStart : 2
    const payload = source.bodyEnd - source.bodyStart
    const remaining = head + ((flags & 6) === 0 ? 0 : 2) + varintSize(own) + own + payload
    const size = 1 + varintSize(remaining) + remaining
    if (size > this.clientPacketLimit) {
      this.core.stats.droppedTooLarge++
      return false
    }
    const chunk = this.output.reserve(size)
    const { bytes } = chunk
    bytes[chunk.length] = (PacketType.publish << 4) | flags
    let at = writeVarint(bytes, chunk.length + 1, remaining)
    if (known === 0) at += source.head.copy(bytes, at, source.headStart, source.headEnd)
    else {
      bytes[at++] = 0
      bytes[at++] = 0
    }
    if ((flags & 6) !== 0) {
      bytes[at++] = packetId >> 8
      bytes[at++] = packetId & 255
    }
    at = writeVarint(bytes, at, own)
    if (own > 0) at = writeOwn(bytes, at, source, alias, ids)
    source.body.copy(bytes, at, source.bodyStart, source.bodyEnd)
    if (known === 0 && alias !== 0) aliases?.told(source.topic, alias)
    chunk.length += size
    this.core.stats.publishesOut++
    return true
  }

  /** Any packet, encoded. */
  sendPacket(packet: Buffer): void {
    const chunk = this.output.reserve(packet.length)
    packet.copy(chunk.bytes, chunk.length)
    chunk.length += packet.length
  }
}

function writeOwn(
  bytes: Buffer,
  offset: number,
  source: Source,
  alias: number,
  subscriptionIds: readonly number[] | null,
): number {
  let at = offset
  if (source.expiry >= 0) {
    bytes[at] = 0x02
    at = bytes.writeUInt32BE(source.expiry, at + 1)
  }
  if (alias !== 0) {
    bytes[at] = 0x23
    at = bytes.writeUInt16BE(alias, at + 1)
  }
  if (subscriptionIds !== null) {
    for (const id of subscriptionIds) {
      bytes[at] = 0x0b
      at = writeVarint(bytes, at + 1, id)
    }
  }
  return at + source.properties.copy(bytes, at)
}
