import { userTags } from '../../devices/tags.ts'
import { action } from '../action.ts'
import { deviceOf } from '../resolve.ts'

/** Props is a JSON string, `{}` without tags. */
export const queryDevicePropAction = action('QueryDeviceProp', (params, context) => {
  const tags = userTags(deviceOf(context, params))
  return { Props: JSON.stringify(Object.fromEntries(tags.map(({ key, value }) => [key, value]))) }
})
