/** Login of sub-devices through a gateway: the checks by name, in the order of errors.md, then the take-overs. */
import type { AlinkCode, ErrorId } from '../codes/alink.ts'
import { errorRow } from '../codes/alink.ts'
import type { DeviceRef, LinkRef } from '../effects/effect.ts'
import type { Turn } from '../effects/turn.ts'
import type { Sessions } from './machine.ts'
import type { Session, Slotted } from './session.ts'
import type { LoginWindows } from './windows.ts'

/** What the checks may ask about one sub-device. What is dear is a function, called only when its check is reached. */
export interface LoginItem {
  /** Who it says it is, whether that device exists or not. */
  readonly name: DeviceRef
  /** `null` where state is `unknown` or `deleted`. */
  readonly device: Slotted | null
  readonly state: 'unknown' | 'deleted' | 'disabled' | 'present'
  /** The device is of a gateway product (the gateway itself is one, too): it never is a sub-device, 6401. */
  readonly isGateway: boolean
  /** The device never was on line. */
  readonly first: boolean
  readonly persistent: boolean
  /** `_ss=1` in the login's client id. */
  readonly auto: boolean
  readonly address: string
  /** Is it in this gateway's topology? */
  related(): boolean
  /** Does the signature match? An HMAC. */
  signed(): boolean
}

export interface LoginRefusal {
  readonly code: AlinkCode
  /** Which item of the batch; 0 of a single login. */
  readonly index: number
  readonly check: string
  /** For the log: what was found, with numbers. */
  readonly why: string
}

export interface LoginThrough {
  readonly link: LinkRef
  readonly gateway: DeviceRef
}

/** What the checks look at beside the item. */
interface Context {
  readonly sessions: Sessions
  readonly windows: LoginWindows
  readonly through: LoginThrough
  /** The request is within the rate of its connection. */
  readonly admitted: boolean
  /** Sub-devices that items before this one bring on line through this link. */
  added: number
}

interface Check {
  readonly id: ErrorId
  /** Why the item fails, or `null`. */
  fails(item: LoginItem, context: Context): string | null
}

function rate(item: LoginItem, { windows, through, admitted }: Context): string | null {
  const { loginsPerMinute, loginRequestsPerSecond, failedLoginsPerMinute } = windows.limits
  if (!admitted) return `more login requests than limits.loginRequestsPerSecond, ${loginRequestsPerSecond}`
  if (item.device === null) return null
  const logins = windows.logins(item.device.slot)
  if (logins >= loginsPerMinute) return `${logins} logins within a minute, limits.loginsPerMinute is ${loginsPerMinute}`
  const failures = windows.failures(through.gateway, item.device)
  if (failedLoginsPerMinute === 0 || failures < failedLoginsPerMinute) return null
  return `${failures} wrong signatures within a minute, limits.failedLoginsPerMinute is ${failedLoginsPerMinute}`
}

function topology(item: LoginItem): string | null {
  if (item.isGateway) return 'a device of a gateway product is no sub-device'
  return item.related() ? null : "not in this gateway's topology"
}

function sign(item: LoginItem, { windows, through }: Context): string | null {
  if (item.signed()) return null
  windows.fail(through.gateway, item.name)
  return 'the signature does not match'
}

function capacity(item: LoginItem, context: Context): string | null {
  const { sessions, through } = context
  const slot = item.device === null ? null : item.device.slot
  if (slot !== null && slot.current !== null && slot.current.link === through.link) return null
  const count = sessions.countOf(through.link) + context.added
  const limit = sessions.limits.subDevicesOnline
  if (count >= limit) return `${count} sub-devices on line, limits.subDevicesOnline is ${limit}`
  context.added++
  return null
}

/**
 * The order of errors.md, between `members` (460), which the parser judges, and `store` (500), which the store does. The first
 * that fails gives the code.
 */
export const loginChecks: readonly Check[] = [
  { id: 'login.429', fails: rate },
  { id: 'login.6100', fails: (item) => (item.state === 'unknown' ? 'no such device' : null) },
  { id: 'login.521', fails: (item) => (item.state === 'deleted' ? 'the device was deleted' : null) },
  { id: 'login.522', fails: (item) => (item.state === 'disabled' ? 'the device is disabled' : null) },
  { id: 'login.6401', fails: topology },
  { id: 'login.6287', fails: sign },
  { id: 'login.428', fails: capacity },
]

/**
 * Logs the items in, all or none: checked one after the other, each in the order of {@link loginChecks}. A refused login changes
 * nothing but the count of wrong signatures (and the rate of the connection).
 * @param items 1 to limits.batch, no device twice.
 * @param now milliseconds since 1970.
 * @returns the sessions in the order of the items; the caller records its reply, then an attach for each.
 */
export function login(
  sessions: Sessions,
  windows: LoginWindows,
  through: LoginThrough,
  items: readonly LoginItem[],
  now: number,
  turn: Turn,
): LoginRefusal | { readonly sessions: readonly Session[] } {
  const context: Context = { sessions, windows, through, admitted: windows.request(through.link), added: 0 }
  for (let index = 0; index < items.length; index++) {
    for (const check of loginChecks) {
      const why = check.fails(items[index] as LoginItem, context)
      if (why !== null) return refusal(check.id, index, why)
    }
  }
  return { sessions: items.map((item) => begin(sessions, windows, through, item, now, turn)) }
}

function refusal(id: ErrorId, index: number, why: string): LoginRefusal {
  const row = errorRow(id)
  return { code: row.code as AlinkCode, index, check: row.check, why }
}

function begin(
  sessions: Sessions,
  windows: LoginWindows,
  { link, gateway }: LoginThrough,
  item: LoginItem,
  now: number,
  turn: Turn,
): Session {
  const { persistent, auto, address, first } = item
  const session = sessions.takeOver(
    item.device as Slotted,
    { link, gateway, persistent, auto, address, first },
    now,
    turn,
  )
  const place = windows.take(session.slot)
  turn.stored.push({ kind: 'run', stored: nothing, failed: () => windows.giveBack(session.slot, place) })
  return session
}

function nothing(): void {}
