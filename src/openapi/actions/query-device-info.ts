import { action } from '../action.ts'
import { deviceOf } from '../resolve.ts'

export const queryDeviceInfoAction = action('QueryDeviceInfo', (params, context) => {
  const device = deviceOf(context, params)
  const data = {
    IotId: device.iotId,
    ProductKey: device.productKey,
    DeviceName: device.deviceName,
    DeviceSecret: context.secrets.text(device),
    Nickname: device.nickname,
  }
  return { Data: data }
})
