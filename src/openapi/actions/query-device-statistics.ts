import type { Product } from '../../devices/product.ts'
import { action } from '../action.ts'
import type { ApiContext } from '../context.ts'
import { BusinessFailure } from '../failure.ts'
import { isOnline, productOf } from '../resolve.ts'

/** Of one product, or of all. There are no device groups, so a GroupId names none that exists. */
export const queryDeviceStatisticsAction = action('QueryDeviceStatistics', (params, context) => {
  if (params.GroupId !== undefined) throw new BusinessFailure('iot.device.QueryDeviceStatisticsFailed')
  const products =
    params.ProductKey === undefined ? context.directory.products() : [productOf(context, params.ProductKey)]
  const counts = { deviceCount: 0, onlineCount: 0, activeCount: 0 }
  for (const product of products) count(context, product, counts)
  return { Data: counts }
})

function count(
  context: ApiContext,
  product: Product,
  counts: { deviceCount: number; onlineCount: number; activeCount: number },
) {
  counts.deviceCount += product.devices.size
  for (const device of product.devices.values()) {
    const online = isOnline(context, device)
    if (online) counts.onlineCount++
    if (online || device.activatedAt > 0) counts.activeCount++
  }
}
