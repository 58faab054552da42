/** Which filters a device link may subscribe (direct.md §4.2, §4.3, §5; sub-devices.md §9). */
import { Reason } from '../codes/mqtt.ts'
import type { Settings } from '../config/settings.ts'
import type { Device } from '../devices/device.ts'
import type { Directory } from '../devices/directory.ts'
import type { SubscribeFilter } from '../mqtt/codec/packets.ts'
import type { Link } from '../mqtt/host.ts'
import type { Sessions } from '../sessions/machine.ts'
import type { DevicePeer } from './peer.ts'
import { linkOf } from './peer.ts'
import { deviceIn } from './resolve.ts'

export interface Verdict {
  /** Granted QoS, or 0x80 and above. */
  readonly code: number
  /** Name of the check that refused; `''` where granted. */
  readonly check: string
  readonly why: string
}

const granted = (qos: number): Verdict => ({ code: qos, check: '', why: '' })
const no = (check: string, why: string, code: number = Reason.unspecified): Verdict => ({ code, check, why })

/** Filters that name no device, and receive only what is addressed to the device or its sub-devices. */
const nameless =
  /^\/ext\/(?:rrpc\/(?:#|\+(?:\/.*)?)|network\/probe\/\+|notify|register|regnwl|auth\/identity\/response)$/

export class DeviceFilters {
  readonly #directory: Directory
  readonly #sessions: Sessions
  readonly #limits: Settings['limits']

  constructor(directory: Directory, sessions: Sessions, settings: Settings) {
    this.#directory = directory
    this.#sessions = sessions
    this.#limits = settings.limits
  }

  /** Judges one filter; one that is granted and new is counted for the device that it names. */
  judge(peer: DevicePeer, asked: SubscribeFilter, index: number): Verdict {
    const { filter } = asked
    if (index >= this.#limits.filtersPerSubscribe) {
      return no(
        'filters',
        `more than limits.filtersPerSubscribe (${this.#limits.filtersPerSubscribe}) in one SUBSCRIBE`,
        Reason.quotaExceeded,
      )
    }
    const owner = this.#owner(peer, filter)
    if ('code' in owner) return owner
    const verdict = this.#permitted(owner.device, owner.levels, filter)
    if (verdict) return verdict
    if (!this.#count(peer, owner.device, filter)) {
      return no(
        'subscriptions',
        `more than limits.subscriptions (${this.#limits.subscriptions}) for ${owner.device.key}`,
        Reason.quotaExceeded,
      )
    }
    // Under either profile: the queues of devices know no QoS 2.
    return granted(Math.min(asked.qos, 1))
  }

  /** The filter is gone. */
  forget(peer: DevicePeer, filter: string): void {
    const key = countedFor(peer.device, filter)
    const count = peer.subscriptions?.get(key)
    if (count) peer.subscriptions?.set(key, count - 1)
  }

  #owner(peer: DevicePeer, filter: string): { device: Device; levels: string[] } | Verdict {
    const levels = filter.split('/')
    if (nameless.test(filter)) return { device: peer.device, levels }
    if (levels[1] === 'broadcast') return this.#broadcast(peer, levels)
    const name = deviceIn(levels)
    if (!name) return no('topic', 'the filter names no device', Reason.notAuthorised)
    if (/[+#]/.test(name.productKey + name.deviceName)) {
      return no('wildcard', 'a wildcard stands for productKey or deviceName', Reason.notAuthorised)
    }
    if (name.productKey === peer.device.productKey && name.deviceName === peer.device.deviceName)
      return { device: peer.device, levels }
    const device = this.#directory.device(name.productKey, name.deviceName)
    const session = device ? this.#sessions.newest(device) : null
    if (!device || session === null || linkOf(session.link) !== peer.link) {
      return no(
        'not-online-here',
        `${name.productKey}/${name.deviceName} is not on line through this connection`,
        Reason.notAuthorised,
      )
    }
    return { device, levels }
  }

  /** `/broadcast/{pk}/…` of its own product, or of that of a sub-device on line through this link. */
  #broadcast(peer: DevicePeer, levels: string[]): { device: Device; levels: string[] } | Verdict {
    const productKey = levels[2]
    if (levels.length >= 4 && productKey === peer.device.productKey) return { device: peer.device, levels }
    if (levels.length >= 4) {
      for (const session of this.#sessions.ofLink(peer.link))
        if (session.device.productKey === productKey) return { device: peer.device, levels }
    }
    return no('foreign-product', 'broadcast topics of another product', Reason.notAuthorised)
  }

  #permitted(device: Device, levels: readonly string[], filter: string): Verdict | null {
    const family = levels[1]
    if (family === 'sys' || family === 'ext' || family === 'shadow' || family === 'ota' || family === 'broadcast')
      return null
    if (levels[3] !== 'user') return no('topic', 'the topic is not defined', Reason.notAuthorised)
    if (Buffer.byteLength(filter) > this.#limits.topicBytes)
      return no('length', `longer than limits.topicBytes (${this.#limits.topicBytes})`)
    if (levels.length - 1 > this.#limits.topicSlashes)
      return no('depth', `more than limits.topicSlashes (${this.#limits.topicSlashes}) slashes`)
    if (!device.product.grants(levels.slice(4).join('/'))) {
      return no(
        'permission',
        `no topic class of ${device.productKey} with subscribe permission covers it`,
        Reason.notAuthorised,
      )
    }
    return null
  }

  #count(peer: DevicePeer, device: Device, filter: string): boolean {
    peer.subscriptions ??= this.#recount(peer.link, peer.device)
    if (peer.link.filters.has(filter)) return true
    const key = countedFor(device, filter)
    const count = (peer.subscriptions.get(key) ?? 0) + 1
    if (count > this.#limits.subscriptions) return false
    peer.subscriptions.set(key, count)
    return true
  }

  /** A persistent session comes with its filters. */
  #recount(link: Link, device: Device): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { filter } of link.filters) {
      const key = countedFor(device, filter)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    return counts
  }
}

/** The device that a filter counts for: the one it names, else the link's own. */
function countedFor(own: Device, filter: string): string {
  const name = deviceIn(filter.split('/'))
  return name ? `${name.productKey}/${name.deviceName}` : own.key
}
