import { batchLimits } from '../../devices/registration.ts'
import type { Params } from '../action.ts'
import { action } from '../action.ts'
import type { ApplyDevice } from '../applies.ts'
import { applyPut } from '../applies.ts'
import type { Checked } from '../batch-names.ts'
import { checkNames, taken } from '../batch-names.ts'
import type { ApiContext } from '../context.ts'
import { BusinessFailure } from '../failure.ts'
import { productOf } from '../resolve.ts'

/** Names that break the rule are told at once; whether a name is free, by QueryBatchRegisterDeviceStatus. */
export const batchCheckDeviceNamesAction = action('BatchCheckDeviceNames', async (params, context) => {
  productOf(context, params.ProductKey)
  const devices = devicesIn(params)
  if (devices.length === 0) throw new BusinessFailure('iot.device.NoneDeviceNameElement')
  if (devices.length > batchLimits.devices) throw new BusinessFailure('iot.device.DeviceCountExceeded')
  const checked = checkNames(devices)
  if (checked.problems.length > 0) throw refused(checked)
  return { Data: { ApplyId: await store(context, params.ProductKey, devices) } }
})

/** Given both lists, the second wins. */
function devicesIn(params: Params<'BatchCheckDeviceNames'>): ApplyDevice[] {
  if (!params.DeviceNameList) return (params.DeviceName ?? []).map((deviceName) => ({ deviceName }))
  return params.DeviceNameList.map(({ DeviceName = '', DeviceNickname }) =>
    DeviceNickname === undefined ? { deviceName: DeviceName } : { deviceName: DeviceName, nickname: DeviceNickname },
  )
}

function store(context: ApiContext, productKey: string, devices: readonly ApplyDevice[]): Promise<number> {
  return context.exclusive(async () => {
    const invalid = taken(productOf(context, productKey), devices)
    const status = invalid.length === 0 ? 'CHECK_SUCCESS' : 'CHECK_FAILED'
    const createdAt = context.clock.wall()
    const put = applyPut({ id: context.applies.nextId(), productKey, status, devices, invalid, createdAt })
    await context.change([put])
    return put.row.id
  })
}

/** The spelling of the members is the vendor's. */
function refused(checked: Checked): BusinessFailure {
  const onlyNicknames = checked.invalidNames.length === 0 && checked.repeated.length === 0
  const code = onlyNicknames
    ? 'iot.device.InvalidDeviceNickNameExisted'
    : 'iot.device.InvalidFormattedDeviceNameInNameArray'
  const details = checked.problems.map(({ deviceName, nickname, error }) => ({
    DeviceName: deviceName,
    NickName: nickname,
    ErrorMsg: error,
  }))
  const data = {
    InvalidDeviceNameList: { InvalidDeviceName: checked.invalidNames },
    InvalidDeviceNicknameList: { InvalidDeviceNickname: checked.invalidNicknames },
    RepeatedDeviceNameList: { RepeatDevieNameList: checked.repeated },
    InvalidDetailList: { InvalidDetailList: details },
  }
  return new BusinessFailure(code, { answer: { Data: data } })
}
