import { batchLimits, createDevices } from '../../devices/registration.ts'
import { action } from '../action.ts'
import { applyPut } from '../applies.ts'
import { BusinessFailure } from '../failure.ts'
import { carryOut } from '../outcome.ts'
import { productOf } from '../resolve.ts'

/**
 * Count devices with random names. They are made in the transaction that stores the batch, so its status is CREATE_SUCCESS from
 * the first question on, and no crash leaves it half done.
 */
export const batchRegisterDeviceAction = action('BatchRegisterDevice', async (params, context) => {
  const { Count } = params
  if (Count < 1 || Count > batchLimits.devices) throw new BusinessFailure('iot.device.DeviceCountExceeded')
  const id = await carryOut(context, () => {
    const { productKey } = productOf(context, params.ProductKey)
    const now = context.clock.wall()
    const plan = createDevices(
      context.directory,
      context.maker,
      productKey,
      Array.from({ length: Count }, () => ({})),
      now,
    )
    if (!plan.ok) return plan
    const devices = plan.value.map(({ row }) => ({ deviceName: row.deviceName }))
    const row = applyPut({
      id: context.applies.nextId(),
      productKey,
      status: 'CREATE_SUCCESS',
      devices,
      createdAt: now,
    })
    return { ok: true, changes: [...plan.changes, row], value: row.row.id }
  })
  return { Data: { ApplyId: id } }
})
