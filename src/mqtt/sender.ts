/** What goes out over one connection, encoded straight into its output. */
import { MAX_ACK_SIZE, writeAck } from './codec/acks.ts'
import type { Version } from './codec/packets.ts'
import { publishFlags, publishSize, writePublish } from './codec/publish.ts'
import type { Core } from './core.ts'
import type { Output } from './output.ts'
import { Phase } from './phase.ts'
import type { PublishState } from './publish-state.ts'

export abstract class Sender {
  readonly core: Core
  readonly output: Output
  phase: Phase = Phase.connect
  version: Version = 4
  /** 5.0: largest packet that the client takes. */
  clientPacketLimit = Number.POSITIVE_INFINITY
  /** What a PUBLISH needs to know of the ones before it; made with the first. */
  publishes: PublishState | null = null

  constructor(core: Core, output: Output) {
    this.core = core
    this.output = output
  }

  get congested(): boolean {
    return this.output.blocked && this.output.waiting > this.core.profile.outputLimit
  }

  ack(packetId: number, reason: number): void {
    if (this.phase !== Phase.open) return
    this.publishes?.acked(packetId)
    const chunk = this.output.reserve(MAX_ACK_SIZE)
    chunk.length = writeAck('puback', chunk.bytes, chunk.length, packetId, reason, this.version)
  }

  send(topic: string, payload: string | Uint8Array): void {
    if (this.phase !== Phase.open) return
    if (this.congested) {
      this.core.stats.droppedQos0++
      return
    }
    this.#sendPublish(0, 0, topic, payload)
  }

  sendAcked(packetId: number, topic: string, payload: string | Uint8Array, dup: boolean): boolean {
    return this.#sendPublish(publishFlags(1, false, dup), packetId, topic, payload)
  }

  #sendPublish(flags: number, packetId: number, topic: string, payload: string | Uint8Array): boolean {
    const size = publishSize(topic, payload, flags === 0 ? 0 : 1, this.version)
    if (size > this.clientPacketLimit) return false
    const chunk = this.output.reserve(size)
    chunk.length = writePublish(chunk.bytes, chunk.length, size, topic, payload, flags, packetId, this.version)
    this.core.stats.publishesOut++
    return true
  }

  /** A QoS 0 PUBLISH that was encoded once for many links of this version. */
  sendEncoded(packet: Buffer): void {
    if (this.phase !== Phase.open || packet.length > this.clientPacketLimit) return
    if (this.congested) {
      this.core.stats.droppedQos0++
      return
    }
    this.sendPacket(packet)
    this.core.stats.publishesOut++
  }

  /** Any packet, encoded. */
  sendPacket(packet: Buffer): void {
    const chunk = this.output.reserve(packet.length)
    packet.copy(chunk.bytes, chunk.length)
    chunk.length += packet.length
  }
}
