import { action } from '../action.ts'
import { deviceOf } from '../resolve.ts'

/** Timestamp: the last change of status, in milliseconds; of a device that never was on line, its creation. */
export const getDeviceStatusAction = action('GetDeviceStatus', (params, context) => {
  const device = deviceOf(context, params)
  const changed = device.disabled ? device.modifiedAt : 0
  const timestamp = Math.max(device.onlineAt, device.offlineAt, changed) || device.createdAt
  return { Data: { Status: device.status, Timestamp: timestamp } }
})
