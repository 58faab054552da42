import { verifyLogin } from '../../auth/login.ts'
import type { BusinessCode } from '../../codes/openapi.ts'
import type { Device } from '../../devices/device.ts'
import type { AddItem, TopologyCode } from '../../topology/checks.ts'
import { planAdd } from '../../topology/checks.ts'
import type { Params } from '../action.ts'
import { action } from '../action.ts'
import type { ApiContext } from '../context.ts'
import { BusinessFailure } from '../failure.ts'
import { deviceOf } from '../resolve.ts'

/** What a gateway would hear as a number, as the vendor's code. */
const codes: Readonly<Record<TopologyCode, readonly [BusinessCode, string]>> = {
  401: ['iot.device.AddTopoRelationFailed', 'The signature of a sub-device is wrong.'],
  6100: ['iot.device.NotExistedDevice', 'The device does not exist.'],
  6204: ['iot.device.DeviceIsDisable', 'The specified device has been disabled.'],
  6400: ['iot.device.TopoRelationCountExceeded', 'The number of topological relations exceeds the limit.'],
  6401: ['iot.device.AddTopoRelationFailed', 'The sub-device is not related to the gateway.'],
  6402: ['iot.device.AddTopoRelationFailed', 'A gateway cannot be added to itself.'],
}

type Item = Params<'BatchAddThingTopo'>['TopoAddItem'][number]

/** On the spot, all or nothing; a sub-device of another gateway is moved (sub-devices.md §6.1). */
export const batchAddThingTopoAction = action('BatchAddThingTopo', async (params, context) => {
  await context.exclusive(async () => {
    const gateway = deviceOf(context, { ProductKey: params.GwProductKey, DeviceName: params.GwDeviceName })
    if (!gateway.isGateway) {
      throw new BusinessFailure('iot.device.AddTopoRelationFailed', { message: 'The device is not a gateway.' })
    }
    const items = params.TopoAddItem.map((item) => addItem(context, item))
    const options = { limit: context.settings.limits.topology, exclusive: true, now: context.clock.wall() }
    const plan = planAdd(context.relations, gateway, items, options)
    if (!plan.ok) {
      const [code, message] = codes[plan.code]
      throw new BusinessFailure(code, { message })
    }
    const subs = new Set(items.map((item) => item.device as Device))
    await context.lifecycle.relate(gateway, [...subs], { exclusive: true })
  })
  return {}
})

function addItem(context: ApiContext, item: Item): AddItem {
  const device = deviceOf(context, item)
  const signature = {
    clientId: item.ClientId,
    timestamp: item.Timestamp,
    // `Sha256` stands for hmacSha256 in the vendor's samples.
    signMethod: item.SignMethod.replace(/^(?!hmac)/i, 'hmac'),
    sign: item.Sign,
  }
  return {
    productKey: device.productKey,
    deviceName: device.deviceName,
    device,
    signed: () => verifyLogin(context.secrets, device, signature),
  }
}
