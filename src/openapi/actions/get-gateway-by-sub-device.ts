import type { Device } from '../../devices/device.ts'
import { action } from '../action.ts'
import type { ApiContext } from '../context.ts'
import { deviceTimes, ipOf, REGION } from '../device-times.ts'
import { BusinessFailure } from '../failure.ts'
import { deviceOf } from '../resolve.ts'

/** The gateway through which the sub-device is on line, else the one added last. `iotId`, `region` and Status are in small letters. */
export const getGatewayBySubDeviceAction = action('GetGatewayBySubDevice', (params, context) => {
  const gateway = gatewayOf(context, deviceOf(context, params))
  if (!gateway) throw new BusinessFailure('iot.device.QueryTopoRelationFailed')
  const { row } = gateway.product
  const data = {
    iotId: gateway.iotId,
    ProductKey: row.productKey,
    ProductName: row.productName,
    DeviceName: gateway.deviceName,
    DeviceSecret: context.secrets.text(gateway),
    NodeType: row.nodeType,
    Status: gateway.status.toLowerCase(),
    IpAddress: ipOf(gateway),
    FirmwareVersion: '',
    region: REGION,
    ...deviceTimes(context, gateway),
  }
  return { Data: data }
})

function gatewayOf(context: ApiContext, sub: Device): Device | undefined {
  const ref = context.sessions.holder(sub)?.gateway
  const current = ref ? context.directory.device(ref.productKey, ref.deviceName) : undefined
  return current ?? context.relations.gatewaysOf(sub).at(-1)
}
