import { action } from '../action.ts'
import { BusinessFailure } from '../failure.ts'
import { deviceOf } from '../resolve.ts'

/**
 * Of a gateway all its relations are removed, of a sub-device its own. One that stands in no topology: of a gateway that is
 * success, a sub-device is refused.
 */
export const removeThingTopoAction = action('RemoveThingTopo', async (params, context) => {
  await context.exclusive(async () => {
    const device = deviceOf(context, params)
    if (device.isGateway) {
      const subs = [...context.relations.subsOf(device)]
      await Promise.all(subs.map((sub) => context.lifecycle.unrelate(device, sub)))
      return
    }
    const gateways = [...context.relations.gatewaysOf(device)]
    if (gateways.length === 0) throw new BusinessFailure('iot.device.RemoveTopoRelationFailed')
    await Promise.all(gateways.map((gateway) => context.lifecycle.unrelate(gateway, device)))
  })
  return { Data: true }
})
