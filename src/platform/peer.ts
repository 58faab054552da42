import type { Device } from '../devices/device.ts'
import type { LinkRef } from '../effects/effect.ts'
import type { Link } from '../mqtt/host.ts'

/** Every link of the platform has output that may wait for a group. */
export interface Waits {
  /** The last group that something of this link waits for; later output of the link goes behind it [MQTT-4.6.0-2]. */
  waitsFor: number
}

/** What the platform knows of a device's connection; it hangs on `link.peer` from CONNECT on. */
export class DevicePeer implements Waits {
  readonly link: Link
  readonly device: Device
  /** `_ss=1` in the CONNECT client id: counts for every sub-device that the connection logs in (direct.md §4.4). */
  readonly selfSubscribing: boolean
  /** Bitmap of the client id: 1 = RRPC on original topics, 2 = wants `/ext/notify`. */
  readonly ext: number
  /** Kept over disconnects: CONNECT with clean session 0. */
  readonly persistent: boolean
  readonly isGateway: boolean
  readonly since: number
  /** Let in by its certificate without a name: it is told who it is (direct.md §1.8). */
  readonly asksWhoItIs: boolean
  waitsFor = 0
  /** Filters held, by the device that they name; made at the first SUBSCRIBE. */
  subscriptions: Map<string, number> | null = null
  /** Publishes of this second, by device; only where a rate is set. */
  rates: Map<string, { second: number; qos0: number; qos1: number }> | null = null

  constructor(
    link: Link,
    device: Device,
    options: { selfSubscribing: boolean; ext: number; persistent: boolean; since: number; asksWhoItIs?: boolean },
  ) {
    this.link = link
    this.device = device
    this.selfSubscribing = options.selfSubscribing
    this.ext = options.ext
    this.persistent = options.persistent
    this.since = options.since
    this.asksWhoItIs = options.asksWhoItIs === true
    this.isGateway = device.isGateway
  }
}

/** The link behind a reference: on this node every one is a connection of the MQTT room. */
export function linkOf(ref: LinkRef): Link {
  return ref as Link
}

/** What any link of the platform has, once its CONNECT was judged. */
export function waitsOf(ref: LinkRef): Waits | null {
  return (ref as Link).peer as Waits | null
}

/** The state of a device's link, once CONNECT was judged; what an application's has is another's (apps.ts). */
export function peerOf(ref: LinkRef): DevicePeer | null {
  return (ref as Link).peer as DevicePeer | null
}
