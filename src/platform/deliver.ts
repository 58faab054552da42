/** From a device to the connection on which it is on line, or into its queue (design: Device topics belong to an owner; Queues, too). */

import type { Device } from '../devices/device.ts'
import type { Directory } from '../devices/directory.ts'
import type { DeviceRef, Effect, LinkRef } from '../effects/effect.ts'
import type { Properties } from '../mqtt/codec/packets.ts'
import type { Link } from '../mqtt/host.ts'
import type { Inboxes } from '../mqtt/inbox.ts'
import type { Sessions } from '../sessions/machine.ts'
import { linkOf, peerOf } from './peer.ts'
import { deviceIn } from './resolve.ts'

type Downlink = Extract<Effect, { kind: 'downlink' }>

/** Delivered without SUBSCRIBE under either value of mqtt.autoDelivery (direct.md §4.4). */
const always =
  /^\/ext\/(?:register|regnwl|auth\/identity\/response|notify|ntp\/[^/]+\/[^/]+\/response)$|^\/sys\/[^/]+\/[^/]+\/broadcast\/request\//

export class Deliver {
  readonly #directory: Directory
  readonly #sessions: Sessions
  readonly #inboxes: () => Inboxes
  readonly #auto: 'always' | 'requested'
  readonly #dropped: (reason: string) => void

  constructor(needs: {
    directory: Directory
    sessions: Sessions
    inboxes: () => Inboxes
    autoDelivery: 'always' | 'requested'
    dropped: (reason: string) => void
  }) {
    this.#directory = needs.directory
    this.#sessions = needs.sessions
    this.#inboxes = needs.inboxes
    this.#auto = needs.autoDelivery
    this.#dropped = needs.dropped
  }

  /** A reply or an error, on the connection that it belongs to; QoS 0. */
  reply(ref: LinkRef, owner: DeviceRef, topic: string, text: string, properties: Properties | null = null): void {
    const link = linkOf(ref)
    if (!link.open) return
    if (this.#auto === 'always' && !link.filters.mutes) {
      link.send(topic, text, properties)
      return
    }
    if (this.grants(link, owner, topic, true) >= 0) link.send(topic, text, properties)
    else this.#dropped('not-subscribed')
  }

  /**
   * At which QoS a message on this topic may go to the link; -1 if it may not. What the client subscribed counts while the owner is
   * on line through this link, which the caller has seen to; what is delivered unasked counts as a QoS 1 subscription.
   */
  grants(link: Link, owner: DeviceRef | null, topic: string, auto: boolean): -1 | 0 | 1 | 2 {
    const asked = link.filters.match(topic) as -1 | 0 | 1 | 2
    if (asked >= 1) return asked
    return this.#unasked(link, owner, topic, auto) ? 1 : asked
  }

  #unasked(link: Link, owner: DeviceRef | null, topic: string, auto: boolean): boolean {
    if (link.filters.isMuted(topic)) return false
    if (!auto) return this.#proxied(topic)
    if (this.#auto === 'always' || always.test(topic)) return true
    if (peerOf(link)?.selfSubscribing) return true
    const device = owner ? this.#directory.device(owner.productKey, owner.deviceName) : undefined
    const session = device ? this.#sessions.newest(device) : null
    return session !== null && session.link === link && session.auto
  }

  /** The class of a custom topic may have the proxy-subscription flag (direct.md §4.2). */
  #proxied(topic: string): boolean {
    const levels = topic.split('/')
    const name = deviceIn(levels)
    const device = name && levels[3] === 'user' ? this.#directory.device(name.productKey, name.deviceName) : undefined
    return device?.product.match(levels.slice(4).join('/'), 'SUB')?.row.proxySubscribe === true
  }

  /** The effect with a record in the queue of whom it goes to, where that session is persistent: the record joins the open group. */
  queued(effect: Downlink): Downlink {
    if (effect.qos === 0 || effect.queued !== 0) return effect
    const owner = addressee(effect)
    const inboxes = this.#inboxes()
    if (!inboxes.persistent(owner)) return effect
    return { ...effect, queued: inboxes.queue(owner, effect.topic, bytesOf(effect.payload), 1, effect.auto) }
  }

  discard(effect: Downlink): void {
    if (effect.queued !== 0) this.#inboxes().discard(addressee(effect), effect.queued)
  }

  downlink(effect: Downlink): void {
    if (effect.queued !== 0) {
      this.#inboxes().deliver(addressee(effect), effect.queued)
      return
    }
    const to = effect.via ?? effect.owner
    const link = this.linkOf(to)
    if (!link) {
      this.#dropped('off-line')
      return
    }
    if (effect.qos === 1) this.#inboxes().send(keyOf(to), link, effect.topic, bytesOf(effect.payload), effect.auto)
    else if (this.grants(link, to, effect.topic, effect.auto) >= 0) link.send(effect.topic, effect.payload)
    else this.#dropped('not-subscribed')
  }

  /** The connection on which the device is on line, its own or its gateway's. */
  linkOf(device: DeviceRef): Link | null {
    const found = this.#directory.device(device.productKey, device.deviceName)
    const holder = found ? this.#sessions.holder(found) : null
    return holder ? linkOf(holder.link) : null
  }
}

export function keyOf(device: DeviceRef | Device): string {
  return 'key' in device ? device.key : `${device.productKey}/${device.deviceName}`
}

/** Whose queue it waits in: the gateway's that it names, else its owner's. */
function addressee({ via, owner }: Downlink): string {
  return keyOf(via ?? owner)
}

function bytesOf(payload: string | Uint8Array): Uint8Array {
  return typeof payload === 'string' ? Buffer.from(payload) : payload
}
