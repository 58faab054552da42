import type { Device } from '../../devices/device.ts'
import { action } from '../action.ts'
import type { ApiContext } from '../context.ts'
import { BusinessFailure } from '../failure.ts'
import { oldIdOf, productOf } from '../resolve.ts'
import { local } from '../times.ts'

/** By IotId.N, which wins, or by ProductKey and DeviceName.N. Devices that do not exist are left out. */
export const batchGetDeviceStateAction = action('BatchGetDeviceState', (params, context) => {
  const devices = params.IotId
    ? params.IotId.map((iotId) => context.directory.byIotId(iotId))
    : named(context, params.ProductKey, params.DeviceName)
  const known = new Set(devices.filter((device) => device !== undefined))
  return { DeviceStatusList: { DeviceStatus: Array.from(known, (device) => state(context, device)) } }
})

function named(context: ApiContext, productKey: string | undefined, names: readonly string[] | undefined) {
  if (productKey === undefined) throw new BusinessFailure('iot.prod.NullProductKey')
  if (names === undefined) throw new BusinessFailure('iot.device.NoneDeviceNameElement')
  const product = productOf(context, productKey)
  return names.map((name) => product.devices.get(name))
}

function state(context: ApiContext, device: Device) {
  return {
    DeviceId: oldIdOf(device),
    IotId: device.iotId,
    DeviceName: device.deviceName,
    Status: device.status,
    AsAddress: device.address,
    LastOnlineTime: local(device.onlineAt, context.settings.openapi.timeZone),
    Timestamp: Math.max(device.onlineAt, device.offlineAt) || device.createdAt,
  }
}
