/** A host for the tests of this room: it takes everything at once unless told otherwise, and writes down what it was asked. */
import type { CloseReason, ConnectRefusal } from '../codes/mqtt.ts'
import type { ConnectPacket, SubscribeFilter } from './codec/packets.ts'
import type { ClosedBy, Host, Link, Profile, PublishView } from './host.ts'
import type { Keep, KeepRecord } from './keep.ts'

export const deviceProfile: Profile = {
  name: 'device',
  maximumQos: 1,
  maximumPacketSize: 256 * 1024 + 1024,
  subscriptionIdentifiers: false,
  sendWindow: 10,
  receiveMaximum: 100,
  topicAliasMaximum: 20,
  outputLimit: 256 * 1024,
  keepAlive: null,
}

export interface Published {
  readonly link: Link
  readonly topic: string
  readonly payload: string
  readonly qos: number
  readonly packetId: number
  readonly dup: boolean
}

export class TestHost implements Host {
  readonly published: Published[] = []
  readonly connects: { readonly link: Link; readonly packet: ConnectPacket }[] = []
  readonly ended: { readonly link: Link; readonly by: ClosedBy }[] = []
  readonly violations: { readonly reason: CloseReason; readonly detail: string }[] = []
  refusal: ConnectRefusal | null = null
  /** Leave CONNECTs without an answer; `let` gives it. */
  silent = false
  /** Leave PUBLISHes of QoS 1 without PUBACK. */
  owing = false
  /** What a PUBLISH causes beside its PUBACK. */
  onPublish: ((link: Link, view: PublishView) => void) | null = null
  grant: ((link: Link, owner: string, topic: string, auto: boolean) => -1 | 0 | 1 | 2) | null = null

  connect(link: Link, packet: ConnectPacket): void {
    this.connects.push({ link, packet })
    if (this.silent) return
    if (this.refusal) link.refuse(this.refusal)
    else this.let(link)
  }

  let(link: Link): void {
    link.accept({ key: `d:pk/${link.clientId}`, owner: `pk/${link.clientId}` })
  }

  publish(link: Link, view: PublishView): void {
    const { topic, qos, packetId, dup } = view
    this.published.push({ link, topic, payload: view.payload.toString(), qos, packetId, dup })
    this.onPublish?.(link, view)
    if (qos === 1 && !this.owing) link.ack(packetId, 0)
  }

  subscribe(_link: Link, filter: SubscribeFilter): number {
    return filter.filter.startsWith('/no/') ? 0x80 : Math.min(filter.qos, 1)
  }

  subscribed(link: Link, packetId: number, _filters: readonly SubscribeFilter[], codes: Uint8Array): void {
    link.suback(packetId, codes, false)
  }

  unsubscribed(link: Link, packetId: number, _filters: readonly string[], codes: Uint8Array): void {
    link.suback(packetId, codes, true)
  }

  grants(link: Link, owner: string, topic: string, auto: boolean): -1 | 0 | 1 | 2 {
    if (this.grant) return this.grant(link, owner, topic, auto)
    return auto ? 1 : link.filters.match(topic)
  }

  closed(link: Link, by: ClosedBy): void {
    this.ended.push({ link, by })
  }

  violated(_link: Link, reason: CloseReason, detail: string): void {
    this.violations.push({ reason, detail })
  }
}

/** Keep records as they were written. What waits for a group is called by `decide`, at once unless `holding`. */
export class TestKeep implements Keep {
  readonly records: KeepRecord[] = []
  holding = false
  /** Records whose group is decided; those behind are lost with the process. */
  #decided = 0
  #waiting: { stored: () => void; failed: () => void }[] = []

  keep(record: KeepRecord): void {
    this.records.push(record)
    if (!this.holding) this.#decided = this.records.length
  }

  /** What is left of them should the process end now. */
  get stored(): KeepRecord[] {
    return this.records.slice(0, this.#decided)
  }

  wait(stored: () => void, failed: () => void): void {
    this.#waiting.push({ stored, failed })
    if (!this.holding) this.decide()
  }

  decide(stored = true): void {
    const waiting = this.#waiting
    this.#waiting = []
    if (stored) this.#decided = this.records.length
    for (const one of waiting) stored ? one.stored() : one.failed()
  }
}
