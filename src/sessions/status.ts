/** What a beginning or an end of a session leaves in a Turn: the fact, and who is told by which effect. */
import { alinkMessage } from '../codes/alink.ts'
import type { CloseReason } from '../codes/mqtt.ts'
import type { DeviceRef } from '../effects/effect.ts'
import type { Turn } from '../effects/turn.ts'
import { FactKind, fact, OnlineFlag } from '../facts/fact.ts'
import type { Session, SessionSlot } from './session.ts'

/** Codes by which the platform ends a session against the will of its gateway (errors.md, scenario forced, and 6401). */
export type ForcedCode = 427 | 521 | 522 | 6401

const NO_BYTES = new Uint8Array(0)

/** How a connection of the device's own is closed. 6401 never ends one: it belongs to no gateway. */
const closeReason: Record<Exclude<ForcedCode, 6401>, CloseReason> = {
  427: 'taken-over',
  521: 'deleted',
  522: 'disabled',
}

export function isForced(code: number): code is ForcedCode {
  return code === 427 || code === 521 || code === 522 || code === 6401
}

/** A time for the next change of status: now, but later than the last (direct.md §7). */
export function nextStatusTime(slot: SessionSlot, now: number): number {
  slot.lastStatusTime = now > slot.lastStatusTime ? now : slot.lastStatusTime + 1
  return slot.lastStatusTime
}

/** The payload is the address of the other side, UTF-8, or nothing. */
export function recordOnline(
  session: Session,
  first: boolean,
  persistent: boolean,
  address: string,
  time: number,
  turn: Turn,
): void {
  const flags =
    (first ? OnlineFlag.first : 0) |
    (persistent ? OnlineFlag.persistent : 0) |
    (session.gateway === null ? OnlineFlag.direct : 0)
  const { productKey, deviceName } = session.device
  const payload = address === '' ? NO_BYTES : Buffer.from(address)
  turn.fact(
    fact({
      kind: FactKind.online,
      productKey,
      deviceName,
      time,
      gateway: nameOf(session.gateway),
      epoch: session.epoch,
      flags,
      payload,
    }),
  )
}

export function recordOffline(session: Session, code: number, now: number, turn: Turn): void {
  const { productKey, deviceName } = session.device
  const flags = session.gateway === null ? OnlineFlag.direct : 0
  const time = nextStatusTime(session.slot, now)
  turn.fact(
    fact({
      kind: FactKind.offline,
      productKey,
      deviceName,
      time,
      gateway: nameOf(session.gateway),
      code,
      epoch: session.epoch,
      flags,
    }),
  )
}

/** Tells who loses the session, if anybody is left, and takes the device's messages from its link. */
export function tellEnd(session: Session, code: number, tell6401: boolean, turn: Turn): void {
  const { device, link, gateway } = session
  if (isForced(code) && !session.linkGone) {
    if (gateway !== null) {
      if (code !== 6401 || tell6401) {
        turn.stored.push({
          kind: 'notice',
          link,
          gateway,
          scenario: 'forced',
          code,
          message: alinkMessage(code),
          device,
          id: null,
        })
      }
    } else if (code !== 6401) turn.stored.push({ kind: 'close', link, reason: closeReason[code] })
  }
  turn.stored.push({ kind: 'detach', owner: device, link })
}

function nameOf(gateway: DeviceRef | null): string {
  return gateway === null ? '' : `${gateway.productKey}/${gateway.deviceName}`
}
