/** What the machine keeps of a device: its slot, and the sessions that stand in it. Only `machine.ts` changes them. */
import type { DeviceRef, LinkRef } from '../effects/effect.ts'

/** A device that can be on line; `devices/` implements it by its record. */
export interface Slotted extends DeviceRef {
  /** `null` until the first login. */
  slot: SessionSlot | null
  /** Last changes of status before this start, milliseconds since 1970, 0 = never: later ones get later times. */
  readonly onlineAt?: number
  readonly offlineAt?: number
}

/**
 * - `pending`: logged in, its fact is on its way to the store; nobody was told yet.
 * - `holder`: stored, and told to the gateway (or by CONNACK to the device).
 * - `ended`: taken over, logged out, forced off line, its link closed, or its login could not be stored.
 */
export type SessionState = 'pending' | 'holder' | 'ended'

/** One login of a device, through a gateway's link or by the device's own connection. */
export class Session {
  readonly slot: SessionSlot
  readonly device: Slotted
  readonly link: LinkRef
  /** The gateway whose connection it is; `null` for a connection of the device's own. */
  readonly gateway: DeviceRef | null
  /** Counts up per device; the highest wins. */
  readonly epoch: number
  /** Milliseconds since 1970: the time of its online fact. */
  readonly since: number
  /** `cleanSession` false: QoS 1 messages wait while the device is off line. */
  persistent: boolean
  /** `_ss=1` in its own login's client id (direct.md §4.4). */
  auto: boolean
  /** `address:port`, `''` if unknown. */
  address: string
  state: SessionState
  /**
   * It must end, and with which code (`OfflineCode` or 427, 521, 522, 6401); `null`: it may stay. Set on a session that is pending,
   * or that has a pending change behind it; any other ends at once.
   */
  end: number | null
  /** Its link closed: there is nobody to tell. */
  linkGone: boolean

  constructor(slot: SessionSlot, device: Slotted, how: LoginHow, epoch: number, since: number) {
    this.slot = slot
    this.device = device
    this.link = how.link
    this.gateway = how.gateway
    this.epoch = epoch
    this.since = since
    this.persistent = how.persistent
    this.auto = how.auto
    this.address = how.address
    this.state = 'pending'
    this.end = null
    this.linkGone = false
  }
}

/** How a device comes on line. */
export interface LoginHow {
  readonly link: LinkRef
  /** `null`: by its own connection. */
  readonly gateway: DeviceRef | null
  readonly persistent: boolean
  readonly auto: boolean
  readonly address: string
  /** The device never was on line: this login activates it. */
  readonly first: boolean
}

/** A logout on its way to the store: the place of nobody in the order of epochs. */
export class Departure {
  readonly epoch: number
  readonly link: LinkRef

  constructor(epoch: number, link: LinkRef) {
    this.epoch = epoch
    this.link = link
  }
}

/** All sessions of one device. A million may exist, most of them idle. */
export class SessionSlot {
  holder: Session | null = null
  /** What waits for the store, in order of epoch; `null` while nothing does. */
  pending: (Session | Departure)[] | null = null
  /**
   * The session that counts for every decision: the newest pending one or the holder. `null` where that one logged out or
   * must end, or where there is none.
   */
  current: Session | null = null
  /** The highest epoch that was given; never given again. */
  epoch = 0
  /** Time of the last online or offline fact, milliseconds since 1970; the next is later. */
  lastStatusTime: number
  /** Successful logins through gateways within the last 60 s, `clock.mono()`; `null` until the first. Owned by `windows.ts`. */
  logins: number[] | null = null

  constructor(device: Slotted) {
    this.lastStatusTime = Math.max(device.onlineAt ?? 0, device.offlineAt ?? 0)
  }
}
