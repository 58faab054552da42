import { action } from '../action.ts'
import { devicesOf, problemsOf } from '../applies.ts'
import { batchOf } from '../batch-of.ts'

/** The lists are filled only where the check or the making failed. */
export const queryBatchRegisterDeviceStatusAction = action('QueryBatchRegisterDeviceStatus', (params, context) => {
  const batch = batchOf(context, params)
  const problems = problemsOf(batch)
  const invalid = new Set(problems.map(({ deviceName }) => deviceName))
  const valid = problems.length === 0 ? [] : devicesOf(batch).filter(({ deviceName }) => !invalid.has(deviceName))
  const details = problems.map(({ deviceName, nickname, error }) => ({
    DeviceName: deviceName,
    NickName: nickname,
    ErrorMsg: error,
  }))
  const data = {
    Status: batch.status,
    InvalidList: { Name: [...invalid] },
    ValidList: { Name: valid.map(({ deviceName }) => deviceName) },
    InvalidDetailList: { invalidDetailList: details },
  }
  return { Data: data }
})
