/** The forms in which the vendor writes times (openapi.md §6). Milliseconds since 1970 in; 0 = not yet, which is `''`. */

function pad(value: number, digits = 2): string {
  return String(value).padStart(digits, '0')
}

/** `2019-02-20T02:16:09.000Z`: every `Utc…`. */
export function utc(time: number): string {
  return time === 0 ? '' : new Date(time).toISOString()
}

/** `2018-08-06 10:47:50`, local time of the zone: `Gmt…` of QueryDeviceDetail and others, whatever the name says. */
export function local(time: number, zone: string): string {
  return time === 0 ? '' : new Date(time + offsetOf(zone)).toISOString().slice(0, 19).replace('T', ' ')
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Wed, 20-Feb-2019 02:16:09 GMT`: QueryDevice. */
export function cookie(time: number): string {
  if (time === 0) return ''
  const at = new Date(time)
  const date = `${pad(at.getUTCDate())}-${MONTHS[at.getUTCMonth()]}-${at.getUTCFullYear()}`
  return `${DAYS[at.getUTCDay()]}, ${date} ${at.toISOString().slice(11, 19)} GMT`
}

/** `+08:00` → milliseconds. */
export function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? []
  const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000
  return sign === '-' ? -size : size
}

/** `yyyy-MM-ddTHH:mm:ssZ` of a request, to the second; NaN if it is none. */
export function parseStamp(text: string): number {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return Number.NaN
  const time = Date.parse(text)
  return new Date(time || 0).toISOString().slice(0, 19) === text.slice(0, 19) ? time : Number.NaN
}
