import { action } from '../action.ts'
import { pageCount, slice } from '../pages.ts'
import { deviceOf } from '../resolve.ts'

/** Of a gateway; any other device has no sub-devices. PageNo in, CurrentPage out. */
export const getThingTopoAction = action('GetThingTopo', (params, context) => {
  const gateway = deviceOf(context, params)
  const total = context.relations.subCount(gateway)
  const subs = slice(context.relations.subsOf(gateway), { page: params.PageNo, size: params.PageSize })
  const data = {
    CurrentPage: params.PageNo,
    PageSize: params.PageSize,
    PageCount: pageCount(total, params.PageSize),
    Total: total,
    List: {
      deviceInfo: subs.map((sub) => ({ IotId: sub.iotId, ProductKey: sub.productKey, DeviceName: sub.deviceName })),
    },
  }
  return { Data: data }
})
