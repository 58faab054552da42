/** What one connection remembers between its PUBLISHes. */
import { PacketError } from './codec/packets.ts'
import { TopicTexts } from './topics/texts.ts'
import { levels, MAX_LEVELS } from './topics/validate.ts'

/** Longest topic, in bytes, whose text is remembered. */
const REMEMBERED = 512

/** Of all connections. */
const texts = new TopicTexts()

export class PublishState {
  #topic = ''
  /** The bytes of `#topic`, `#length` of them; reused while they fit. */
  #bytes: Buffer | null = null
  #length = -1
  /** The topic that was looked at last, on an application link. */
  plain = ''
  /** The QoS 1 PUBLISH that the host is judging, 0 if it has decided. */
  arriving = 0
  /** Packet ids whose PUBACK the host still owes; made with the first that is not answered at once. */
  #owed: Set<number> | null = null
  /** 5.0: topics by alias. */
  #aliases: Map<number, string> | null = null

  /** PUBLISHes of QoS 1 that are handed to the host and not acknowledged yet. */
  get owed(): number {
    return this.#owed === null ? 0 : this.#owed.size
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

  /** The topic of these bytes: the same string object as last time if they are the same. @throws {PacketError} */
  topic(buffer: Buffer, start: number, end: number): string {
    const length = end - start
    if (length === this.#length && (this.#bytes as Buffer).compare(buffer, start, end, 0, length) === 0) {
      return this.#topic
    }
    const topic = texts.text(buffer, start, end)
    if (length >= MAX_LEVELS && levels(topic) > MAX_LEVELS) {
      throw new PacketError(`a topic of more than ${MAX_LEVELS} levels`)
    }
    if (length > REMEMBERED) return topic
    // Not from Node's pool: as long as the link lives, 64 KiB of that would live with these few bytes.
    if (this.#bytes === null || this.#bytes.length < length) this.#bytes = Buffer.allocUnsafeSlow((length + 63) & ~63)
    buffer.copy(this.#bytes, 0, start, end)
    this.#length = length
    this.#topic = topic
    return topic
  }

  /** 5.0: an alias stands for the topic that came with it last. `topic` is `''` where only the alias came. @throws {PacketError} */
  aliased(alias: number, topic: string, maximum: number): string {
    if (alias > maximum) throw new PacketError(`topic alias ${alias} is above ${maximum}`, 0x94)
    if (topic !== '') {
      this.#aliases ??= new Map()
      this.#aliases.set(alias, topic)
      return topic
    }
    const known = this.#aliases?.get(alias)
    if (known === undefined) throw new PacketError(`topic alias ${alias} was never set`, 0x82)
    return known
  }
}
