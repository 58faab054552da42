import { createDevice } from '../../devices/registration.ts'
import { action } from '../action.ts'
import { carryOut } from '../outcome.ts'
import { productOf } from '../resolve.ts'

/** Not idempotent: a name that is taken is refused, and clients then ask QueryDeviceDetail. */
export const registerDeviceAction = action('RegisterDevice', async (params, context) => {
  const { row, deviceSecret } = await carryOut(context, () => {
    const { productKey } = productOf(context, params.ProductKey)
    const name = params.DeviceName === undefined ? {} : { deviceName: params.DeviceName }
    const input = { ...name, nickname: params.Nickname ?? '' }
    return createDevice(context.directory, context.maker, productKey, input, context.clock.wall())
  })
  const data = {
    IotId: row.iotId,
    ProductKey: row.productKey,
    DeviceName: row.deviceName,
    DeviceSecret: deviceSecret,
    Nickname: row.nickname,
    DevEui: '',
    JoinEui: '',
  }
  return { Data: data }
})
