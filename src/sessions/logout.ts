/** Logout of sub-devices by their gateway (errors.md, scenario logout; 460 is the parser's, 500 the store's). */
import { errorRow } from '../codes/alink.ts'
import type { LinkRef } from '../effects/effect.ts'
import type { Turn } from '../effects/turn.ts'
import { OfflineCode } from '../facts/fact.ts'
import type { Sessions } from './machine.ts'
import type { Session, Slotted } from './session.ts'

export interface LogoutRefusal {
  readonly code: 520
  /** Which item of the batch; 0 of a single logout. */
  readonly index: number
  readonly check: string
  /** For the log. */
  readonly why: string
}

/**
 * Logs the devices out, all or none: the current session of each must be through this link.
 * @param devices no device twice; `null` where there is none of that name.
 * @param now milliseconds since 1970.
 * @returns `null` when all will be off line once stored; the caller then records its reply.
 */
export function logout(
  sessions: Sessions,
  link: LinkRef,
  devices: readonly (Slotted | null)[],
  now: number,
  turn: Turn,
): LogoutRefusal | null {
  const ending: Session[] = []
  for (let index = 0; index < devices.length; index++) {
    const device = devices[index] ?? null
    const session = device === null ? null : sessions.newest(device)
    if (session === null) return refusal(index, device === null ? 'no such device' : 'no session')
    if (session.link !== link || session.gateway === null)
      return refusal(index, 'its session is not through this connection')
    ending.push(session)
  }
  for (const session of ending) sessions.logout(session, turn, OfflineCode.disconnect, now)
  return null
}

function refusal(index: number, why: string): LogoutRefusal {
  return { code: 520, index, check: errorRow('logout.520').check, why }
}
