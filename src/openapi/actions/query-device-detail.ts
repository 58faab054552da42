import { action } from '../action.ts'
import { deviceTimes, ipOf, REGION } from '../device-times.ts'
import { deviceOf } from '../resolve.ts'

export const queryDeviceDetailAction = action('QueryDeviceDetail', (params, context) => {
  const device = deviceOf(context, params)
  const { row } = device.product
  const data = {
    IotId: device.iotId,
    ProductKey: row.productKey,
    ProductName: row.productName,
    DeviceName: device.deviceName,
    DeviceSecret: context.secrets.text(device),
    Nickname: device.nickname,
    NodeType: row.nodeType,
    Status: device.status,
    IpAddress: ipOf(device),
    FirmwareVersion: '',
    Region: REGION,
    Owner: true,
    ...deviceTimes(context, device),
  }
  return { Data: data }
})
