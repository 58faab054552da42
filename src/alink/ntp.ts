import { rawMember } from './envelope.ts'

/**
 * Time for devices: `/ext/ntp/{pk}/{dn}/request` → `…/response` (direct.md §6.1). The two server times have the type of the request's
 * deviceSendTime, which is echoed whatever it says.
 */
export function ntpResponse(payload: Buffer, now: number): string | null {
  const text = payload.toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const sent = (value as { deviceSendTime?: unknown }).deviceSendTime
  if (typeof sent === 'string')
    return `{"deviceSendTime":${JSON.stringify(sent)},"serverRecvTime":"${now}","serverSendTime":"${now}"}`
  if (typeof sent !== 'number') return null
  // As it stands: a number of many digits, or 1e400, is no longer itself once it was read.
  return `{"deviceSendTime":${rawMember(text, 'deviceSendTime')},"serverRecvTime":${now},"serverSendTime":${now}}`
}
