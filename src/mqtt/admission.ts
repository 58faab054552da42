/** Which TCP connections are taken at all, before a byte of them is read. CONNECTs are judged by the host. */
import type { Clock } from '../clock/clock.ts'

/** The limit that a connection was closed for. */
export type ConnectionRefused =
  /** `limits.connectionsPerSecond` */
  | 'rate'
  /** `limits.connectionsPerAddress` */
  | 'address'
  /** The process may open no more files, but for the reserve that the store, HTTP and the log keep. */
  | 'open-files'

export interface AdmissionLimits {
  /** New connections a second, of all ports together; 0: as many as come. */
  readonly perSecond: number
  /** Connections of one address that stand at a time; 0: as many as come. */
  readonly perAddress: number
  /** A connection that gets this file descriptor, or one above, is closed; `Infinity` where the limit is not known. */
  readonly files: number
}

export const UNLIMITED: AdmissionLimits = { perSecond: 0, perAddress: 0, files: Number.POSITIVE_INFINITY }

/** What is looked at of an accepted connection: Node's own handle, which has no documented type. */
export interface AcceptedHandle {
  /** File descriptor, the lowest that was free; below 0, or none, where the system has no such numbers. */
  readonly fd?: number
  getpeername?(out: { address?: string; port?: number }): number
}

/** A wire: it is asked for its other side only where that counts, since it costs a system call. */
interface Remote {
  /** `address:port` */
  readonly remote: string
}

/** `remote`: `address:port` of the other side. Called once for each connection that is closed. */
export type Refuse = (why: ConnectionRefused, remote: () => string) => void

export class Admission {
  readonly #clock: Clock
  readonly #limits: AdmissionLimits
  readonly #refuse: Refuse
  #second = 0
  #count = 0
  /** Connections that stand, by address; only where there is a limit. One entry an address that has any. */
  readonly #addresses = new Map<string, number>()

  constructor(clock: Clock, limits: AdmissionLimits = UNLIMITED, refuse: Refuse = () => {}) {
    this.#clock = clock
    this.#limits = limits
    this.#refuse = refuse
  }

  /**
   * Whether a connection that was just accepted may stay; else the caller closes it. The kernel gives the lowest number that is
   * free, so one below `files` leaves all above to the store, HTTP and the log, however many connections there are.
   */
  accepts(handle: AcceptedHandle): boolean {
    const { files, perSecond } = this.#limits
    if (files !== Number.POSITIVE_INFINITY && (handle.fd ?? -1) >= files) {
      this.#refuse('open-files', () => remoteOf(handle))
      return false
    }
    if (perSecond === 0 || this.#inTime(perSecond)) return true
    this.#refuse('rate', () => remoteOf(handle))
    return false
  }

  #inTime(perSecond: number): boolean {
    const second = Math.floor(this.#clock.mono() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#count = 0
    }
    return ++this.#count <= perSecond
  }

  /** Counts a connection of this address, or says that it has as many as it may; then the caller closes it. */
  enters(from: Remote): boolean {
    const { perAddress } = this.#limits
    if (perAddress === 0) return true
    const address = addressOf(from.remote)
    const count = this.#addresses.get(address) ?? 0
    if (count >= perAddress) {
      this.#refuse('address', () => from.remote)
      return false
    }
    this.#addresses.set(address, count + 1)
    return true
  }

  /** A connection that `enters` let in is gone. */
  leaves(from: Remote): void {
    if (this.#limits.perAddress === 0) return
    const address = addressOf(from.remote)
    const count = this.#addresses.get(address) ?? 0
    if (count > 1) this.#addresses.set(address, count - 1)
    else this.#addresses.delete(address)
  }
}

function remoteOf(handle: AcceptedHandle): string {
  const peer: { address?: string; port?: number } = {}
  return handle.getpeername?.(peer) === 0 ? `${peer.address}:${peer.port}` : '?:0'
}

/**
 * Whom the limits of an address count: of `address:port` the address; of IPv6 the first 64 bits, since whoever has one address there
 * has all of its network.
 */
export function addressOf(remote: string): string {
  const address = remote.slice(0, Math.max(0, remote.lastIndexOf(':')))
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  const [head = '', tail] = (address.split('%', 1)[0] as string).toLowerCase().split('::', 2)
  const first = head === '' ? [] : head.split(':')
  const last = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = new Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0')
  const groups = [...first, ...(tail === undefined ? [] : zeros), ...last]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
