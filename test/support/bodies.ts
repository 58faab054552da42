/** Message bodies as the documents spell them, byte for byte; written out here so that no test takes the server's word for them. */
import type { DeviceRef } from '../../src/effects/effect.ts'

/** errors.md, and sub-devices.md §6, §7 for the requests beside its table. */
export const messages: Readonly<Record<number, string>> = {
  200: 'success',
  401: 'request auth error',
  427: 'device connect in elsewhere',
  428: 'too many subdevices under gateway',
  429: 'too many requests',
  460: 'request parameter error',
  500: 'server error',
  521: 'device deleted',
  522: 'device forbidden',
  6100: 'device not found',
  6204: 'device is disabled',
  6250: 'product not found',
  6280: 'devicename not meet specs',
  6287: 'invalid sign',
  6288: 'dynamic registration is not enabled',
  6400: 'topo relation count exceed',
  6401: 'topo relation not exist',
  6402: 'topo relation cannot add by self',
  6619: 'device is already bound to another gateway',
}

/** 520 has a text for each scenario: a logout, and a refused message. */
export const noSession = 'device no session'
export const sessionError = 'device session error'

export function data(device: DeviceRef): string {
  return `{"productKey":"${device.productKey}","deviceName":"${device.deviceName}"}`
}

export function list(...devices: readonly DeviceRef[]): string {
  return `[${devices.map(data).join(',')}]`
}

/** On `/ext/session/…` and `/ext/error/…`. */
export function extBody(id: string, code: number, inner: string, message = messages[code]): string {
  return `{"id":"${id}","code":${code},"message":"${message}","data":${inner}}`
}

/** On `/sys/…_reply`. */
export function sysBody(id: string, code: number, inner: string, method: string, message = messages[code]): string {
  return `{"code":${code},"data":${inner},"id":"${id}","message":"${message}","method":"${method}","version":"1.0"}`
}

const made = /"id":"(2\d{9})"/

/** The id that the platform made for this body. Fails if it is none of its range (errors.md, id). */
export function madeId(text: string): string {
  const id = made.exec(text)?.[1]
  if (id === undefined || Number(id) > 2_147_483_647) throw new Error(`no id of the platform's own in ${text}`)
  return id
}

/** The body with an id of the platform's own replaced by `#`. */
export function anyId(text: string): string {
  return text.replace(made, '"id":"#"')
}
