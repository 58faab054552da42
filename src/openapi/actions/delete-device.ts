import { action } from '../action.ts'
import { deviceOf } from '../resolve.ts'

/** The certificate is void for ever; sessions end, and the topology of a gateway goes with it. */
export const deleteDeviceAction = action('DeleteDevice', async (params, context) => {
  await context.exclusive(() => context.lifecycle.remove(deviceOf(context, params)))
  return {}
})
