import type { TagInput } from '../../devices/tags.ts'
import { putTags } from '../../devices/tags.ts'
import { action } from '../action.ts'
import { BusinessFailure } from '../failure.ts'
import { carryOut } from '../outcome.ts'
import { deviceOf } from '../resolve.ts'

/** Bytes of Props at most (openapi.md §5). */
const LONGEST = 5 * 1024

/** Puts these tags; others stay. */
export const saveDevicePropAction = action('SaveDeviceProp', async (params, context) => {
  if (Buffer.byteLength(params.Props) > LONGEST) throw new BusinessFailure('iot.device.LongDevicePropertiesString')
  const tags = tagsIn(params.Props)
  if (tags.length > 100) throw new BusinessFailure('iot.device.TooManyDevicePropertiesPerTime')
  await carryOut(context, () => putTags(deviceOf(context, params), tags))
  return {}
})

/** A JSON object whose values are strings; numbers and booleans are taken as their text. */
function tagsIn(text: string): TagInput[] {
  let props: unknown
  try {
    props = JSON.parse(text)
  } catch {
    props = null
  }
  if (typeof props !== 'object' || props === null || Array.isArray(props)) {
    throw new BusinessFailure('iot.device.InvalidFormattedDevicePropertiesString')
  }
  return Object.entries(props as Record<string, unknown>).map(([key, value]) => {
    if (key === '') throw new BusinessFailure('iot.device.NullDevicePropertyKey')
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new BusinessFailure('iot.device.InvalidFormattedDevicePropertiesString')
    }
    return { key, value: String(value) }
  })
}
