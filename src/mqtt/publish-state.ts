/** What one connection remembers between its PUBLISHes. */
import { PacketError } from './codec/packets.ts'
import type { TopicName } from './topics/names.ts'
import { NO_NAME } from './topics/names.ts'

export class PublishState {
  #last: TopicName = NO_NAME
  /** The topic that the next PUBLISH will probably have: none where the last two had different ones. */
  likely: TopicName = NO_NAME
  /** The QoS 1 PUBLISH that the host is judging, 0 if it has decided. */
  arriving = 0
  /** Packet ids whose PUBACK the host still owes; made with the first that is not answered at once. */
  #owed: Set<number> | null = null
  /** 5.0: topics by alias. */
  #aliases: Map<number, TopicName> | null = null

  /** PUBLISHes of QoS 1 that are handed to the host and not acknowledged yet. */
  get owed(): number {
    return this.#owed === null ? 0 : this.#owed.size
  }

  came(name: TopicName): void {
    this.likely = name === this.#last ? name : NO_NAME
    this.#last = name
  }

  isOwed(packetId: number): boolean {
    return this.#owed?.has(packetId) ?? false
  }

  /** The host returned from the PUBLISH without having acknowledged it. */
  owe(packetId: number): void {
    this.#owed ??= new Set()
    this.#owed.add(packetId)
  }

  acked(packetId: number): void {
    if (packetId === this.arriving) this.arriving = 0
    else this.#owed?.delete(packetId)
  }

  /** 5.0: an alias stands for the topic that came with it last. `name` is null where only the alias came. @throws {PacketError} */
  aliased(alias: number, name: TopicName | null, maximum: number): TopicName {
    if (alias > maximum) throw new PacketError(`topic alias ${alias} is above ${maximum}`, 0x94)
    if (name !== null) {
      this.#aliases ??= new Map()
      this.#aliases.set(alias, name)
      return name
    }
    const known = this.#aliases?.get(alias)
    if (known === undefined) throw new PacketError(`topic alias ${alias} was never set`, 0x82)
    return known
  }
}
