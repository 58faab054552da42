import { setNicknames } from '../../devices/registration.ts'
import { action } from '../action.ts'
import { carryOut } from '../outcome.ts'
import { deviceOf } from '../resolve.ts'

/** All or nothing; an absent Nickname takes the nickname away. */
export const batchUpdateDeviceNicknameAction = action('BatchUpdateDeviceNickname', async (params, context) => {
  await carryOut(context, () => {
    const inputs = params.DeviceNicknameInfo.map((item) => ({
      device: deviceOf(context, item),
      nickname: item.Nickname ?? '',
    }))
    return setNicknames(context.directory, inputs, context.clock.wall())
  })
  return {}
})
