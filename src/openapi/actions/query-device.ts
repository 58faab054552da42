import type { Device } from '../../devices/device.ts'
import { action } from '../action.ts'
import type { ApiContext } from '../context.ts'
import { BusinessFailure } from '../failure.ts'
import { pageCount } from '../pages.ts'
import { oldIdOf, productOf } from '../resolve.ts'
import { cookie, utc } from '../times.ts'

/** Beyond this, NextToken is needed; from a hundred times as many on, nothing is answered. */
const PLAIN = 10_000
const MOST = 1_000_000

/**
 * Newest first. NextToken holds how many older devices are left, so pages stay whole while devices are added; `''` on the last page.
 */
export const queryDeviceAction = action('QueryDevice', (params, context) => {
  const { CurrentPage, PageSize, NextToken } = params
  const product = productOf(context, params.ProductKey)
  const total = product.devices.size
  const reach = CurrentPage * PageSize
  if (reach >= MOST || (reach > PLAIN && NextToken === undefined)) {
    throw new BusinessFailure('iot.common.InvalidPageParams')
  }
  const skip = NextToken === undefined ? reach - PageSize : total - leftIn(NextToken)
  const devices = skip < 0 ? [] : context.directory.newest(product.productKey, skip, PageSize)
  const left = total - skip - devices.length
  return {
    Page: CurrentPage,
    PageSize,
    PageCount: pageCount(total, PageSize),
    Total: total,
    NextToken: left > 0 && devices.length > 0 ? Buffer.from(`older ${left}`).toString('base64url') : '',
    Data: { DeviceInfo: devices.map((device) => info(context, device)) },
  }
})

function leftIn(token: string): number {
  const [, left] = /^older (\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString()) ?? []
  if (left === undefined) throw new BusinessFailure('iot.common.InvalidPageParams')
  return Number(left)
}

function info(context: ApiContext, device: Device) {
  return {
    DeviceId: oldIdOf(device),
    IotId: device.iotId,
    ProductKey: device.productKey,
    DeviceName: device.deviceName,
    DeviceSecret: context.secrets.text(device),
    DeviceStatus: device.status,
    DeviceType: '',
    Nickname: device.nickname,
    GmtCreate: cookie(device.createdAt),
    GmtModified: cookie(device.modifiedAt),
    UtcCreate: utc(device.createdAt),
    UtcModified: utc(device.modifiedAt),
  }
}
