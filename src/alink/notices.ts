/** Errors that reach a gateway without a request of its own: forced off line, message refused (errors.md; sub-devices.md §4, §5). */
import type { DeviceRef, Effect } from '../effects/effect.ts'
import { deviceData, sessionText } from './envelope.ts'

export type NoticeEffect = Extract<Effect, { kind: 'notice' }>

export interface Notice {
  readonly topics: readonly string[]
  readonly text: string
}

/** Where forced-offline notices go: `logout_reply` first, then `/ext/error`; or one of the two (setting errors.forcedOfflineTopics). */
function forcedTopics(gateway: DeviceRef, where: 'both' | 'logout_reply' | 'error'): string[] {
  const logoutReply = `/ext/session/${gateway.productKey}/${gateway.deviceName}/combine/logout_reply`
  const error = errorTopic(gateway)
  if (where === 'logout_reply') return [logoutReply]
  return where === 'error' ? [error] : [logoutReply, error]
}

export function errorTopic(gateway: DeviceRef): string {
  return `/ext/error/${gateway.productKey}/${gateway.deviceName}`
}

/** The topics and the one text of a notice: both topics carry the same bytes, hence the same id. */
export function notice(effect: NoticeEffect, nextId: () => string, where: 'both' | 'logout_reply' | 'error'): Notice {
  const text = sessionText(effect.id ?? nextId(), effect.code, effect.message, deviceData(effect.device))
  const topics = effect.scenario === 'message' ? [errorTopic(effect.gateway)] : forcedTopics(effect.gateway, where)
  return { topics, text }
}
