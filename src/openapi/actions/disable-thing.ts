import { action } from '../action.ts'
import { deviceOf } from '../resolve.ts'

/** Idempotent. A device that is on line is cut off at once. */
export const disableThingAction = action('DisableThing', async (params, context) => {
  await context.exclusive(() => context.lifecycle.disable(deviceOf(context, params)))
  return {}
})
