import { action } from '../action.ts'
import { deviceOf } from '../resolve.ts'

/** Idempotent. The device is OFFLINE or UNACTIVE after it. */
export const enableThingAction = action('EnableThing', async (params, context) => {
  await context.exclusive(() => context.lifecycle.enable(deviceOf(context, params)))
  return {}
})
