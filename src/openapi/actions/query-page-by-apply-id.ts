import { action } from '../action.ts'
import { devicesOf } from '../applies.ts'
import { BusinessFailure } from '../failure.ts'
import { pageCount, slice } from '../pages.ts'
import { oldIdOf } from '../resolve.ts'

/** The devices made, with their secrets; those deleted since are left out. */
export const queryPageByApplyIdAction = action('QueryPageByApplyId', (params, context) => {
  const { CurrentPage, PageSize } = params
  const batch = context.applies.get(params.ApplyId)
  if (!batch) throw new BusinessFailure('iot.device.DeviceApplyIsNotFound')
  const names = batch.status === 'CREATE_SUCCESS' ? devicesOf(batch) : []
  const devices = names.flatMap(({ deviceName }) => context.directory.device(batch.productKey, deviceName) ?? [])
  const page = slice(devices, { page: CurrentPage, size: PageSize })
  return {
    Page: CurrentPage,
    PageSize,
    PageCount: pageCount(devices.length, PageSize),
    Total: devices.length,
    ApplyDeviceList: {
      ApplyDeviceInfo: page.map((device) => ({
        DeviceId: oldIdOf(device),
        DeviceName: device.deviceName,
        DeviceSecret: context.secrets.text(device),
        IotId: device.iotId,
      })),
    },
  }
})
