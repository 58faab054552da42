import type { ApplyRow } from '../store/records/rows.ts'
import type { ApiContext } from './context.ts'
import { BusinessFailure } from './failure.ts'
import { productOf } from './resolve.ts'

/** The batch of an ApplyId, which must be of this product. */
export function batchOf(
  context: ApiContext,
  params: { readonly ApplyId: number; readonly ProductKey: string },
): ApplyRow {
  const { productKey } = productOf(context, params.ProductKey)
  const row = context.applies.get(params.ApplyId)
  if (!row) throw new BusinessFailure('iot.device.DeviceApplyIsNotFound')
  if (row.productKey !== productKey) throw new BusinessFailure('iot.device.IncorrentDeviceApplyInfo')
  return row
}
