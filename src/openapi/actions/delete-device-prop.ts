import { deleteTags } from '../../devices/tags.ts'
import { action } from '../action.ts'
import { carryOut } from '../outcome.ts'
import { deviceOf } from '../resolve.ts'

/** An absent key succeeds. */
export const deleteDevicePropAction = action('DeleteDeviceProp', async (params, context) => {
  await carryOut(context, () => {
    const device = deviceOf(context, params)
    return deleteTags(device, device.tags?.get(params.PropKey)?.system ? [] : [params.PropKey])
  })
  return {}
})
