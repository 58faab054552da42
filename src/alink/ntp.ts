/**
 * Time for devices: `/ext/ntp/{pk}/{dn}/request` → `…/response` (direct.md §6.1). The two server times have the type of the request's
 * deviceSendTime, which is echoed whatever it says.
 */
export function ntpResponse(payload: Buffer, now: number): string | null {
  let value: unknown
  try {
    value = JSON.parse(payload.toString('utf8'))
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const sent = (value as { deviceSendTime?: unknown }).deviceSendTime
  if (typeof sent === 'string')
    return `{"deviceSendTime":${JSON.stringify(sent)},"serverRecvTime":"${now}","serverSendTime":"${now}"}`
  if (typeof sent === 'number') return `{"deviceSendTime":${sent},"serverRecvTime":${now},"serverSendTime":${now}}`
  return null
}
