import type { Device } from '../devices/device.ts'
import type { ApiContext } from './context.ts'
import { local, utc } from './times.ts'

/** The six times of a device in QueryDeviceDetail and GetGatewayBySubDevice. */
export function deviceTimes(context: ApiContext, device: Device) {
  const zone = context.settings.openapi.timeZone
  return {
    GmtCreate: local(device.createdAt, zone),
    UtcCreate: utc(device.createdAt),
    GmtActive: local(device.activatedAt, zone),
    UtcActive: utc(device.activatedAt),
    GmtOnline: local(device.onlineAt, zone),
    UtcOnline: utc(device.onlineAt),
  }
}

/** The address of the last connection without its port; `''` if there was none. */
export function ipOf(device: Device): string {
  return device.address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}

/** What Region says: a self-hosted Homeport has one. */
export const REGION = 'homeport'
