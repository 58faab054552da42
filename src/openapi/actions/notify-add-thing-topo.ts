import type { Device } from '../../devices/device.ts'
import { action } from '../action.ts'
import type { ApiContext } from '../context.ts'
import { BusinessFailure } from '../failure.ts'
import { deviceOf, isOnline } from '../resolve.ts'
import { sent } from '../sent.ts'

/** Sub-devices in one call at most; a gateway can add as many by one topo/add (sub-devices.md §6.1). */
const MOST = 30

/** Success says that the gateway was asked, not that it added anything. */
export const notifyAddThingTopoAction = action('NotifyAddThingTopo', async (params, context) => {
  const gateway = deviceOf(context, {
    IotId: params.GwIotId,
    ProductKey: params.GwProductKey,
    DeviceName: params.GwDeviceName,
  })
  if (!gateway.isGateway) throw new BusinessFailure('iot.device.AddTopoRelationFailed')
  const subs = devicesIn(context, params.DeviceListStr ?? '')
  if (gateway.disabled) throw new BusinessFailure('iot.device.DeviceIsDisable')
  if (!isOnline(context, gateway)) throw new BusinessFailure('iot.device.OfflineDevice')
  return { Data: { MessageId: await sent(context.messages.notifyAdd(gateway, subs)) } }
})

/** A JSON array of `{productKey, deviceName}` or `{IotId}`, with the first letter in either case. */
function devicesIn(context: ApiContext, text: string): Device[] {
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch {
    list = null
  }
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST) {
    throw new BusinessFailure('iot.common.InvalidFormattedParameter')
  }
  return list.map((item: unknown) =>
    deviceOf(context, {
      IotId: member(item, 'IotId', 'iotId'),
      ProductKey: member(item, 'ProductKey', 'productKey'),
      DeviceName: member(item, 'DeviceName', 'deviceName'),
    }),
  )
}

function member(item: unknown, ...names: readonly string[]): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  const values = names.map((name) => (item as Record<string, unknown>)[name])
  return values.find((value) => typeof value === 'string' && value !== '') as string | undefined
}
