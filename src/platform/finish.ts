/** How a publish of a device ends: with its PUBACK, and in the log where it was refused. */
import type { Refusal } from '../alink/row.ts'
import { alinkReason } from '../codes/alink.ts'
import { Reason } from '../codes/mqtt.ts'
import type { AlinkError } from '../effects/effect.ts'
import type { Turn } from '../effects/turn.ts'
import type { Link } from '../mqtt/host.ts'
import type { Apply } from './apply.ts'
import type { DevicePeer } from './peer.ts'
import type { Route } from './resolve.ts'

/** Adds the PUBACK, with what it promises, and hands the turn over. */
export function finish(apply: Apply, link: Link, qos: number, packetId: number, turn: Turn, reason: number): void {
  if (qos > 0) {
    const error = link.version === 5 ? errorIn(turn) : null
    const told = error === null || reason !== Reason.success ? reason : alinkReason(error.code)
    const ack = { kind: 'ack', link, packetId, reason: told, error } as const
    if (turn.stored.length > 0 || turn.facts.length > 0) turn.stored.unshift(ack)
    else turn.now.push(ack)
  }
  if (!turn.empty) apply.submit(turn)
}

/** The error that this publish met, if its turn says one: MQTT 5 carries it in the acknowledgement, too. */
function errorIn(turn: Turn): AlinkError | null {
  for (const effect of turn.now) {
    if (effect.kind === 'notice' || (effect.kind === 'reply' && effect.code !== 200)) return effect
  }
  return null
}

/** Who, through whom, which check, why. */
export function refusalOf(
  peer: DevicePeer,
  route: Route,
  scenario: string,
  code: number,
  check: string,
  why: string,
): Refusal {
  return {
    scenario,
    code,
    check,
    why,
    device: route.deviceName === '' ? peer.device.key : `${route.productKey}/${route.deviceName}`,
    gateway: peer.device.key,
    link: peer.link,
    topic: route.topic,
  }
}
