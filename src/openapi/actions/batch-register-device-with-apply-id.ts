import { createDevices } from '../../devices/registration.ts'
import { action } from '../action.ts'
import { applyPut, devicesOf } from '../applies.ts'
import { taken } from '../batch-names.ts'
import { batchOf } from '../batch-of.ts'
import { BusinessFailure } from '../failure.ts'
import { carryOut } from '../outcome.ts'
import { productOf } from '../resolve.ts'

/**
 * Makes the devices of a batch whose check succeeded. A name that was taken since makes the batch CREATE_FAILED, which
 * QueryBatchRegisterDeviceStatus tells. The same again answers the same.
 */
export const batchRegisterDeviceWithApplyIdAction = action(
  'BatchRegisterDeviceWithApplyId',
  async (params, context) => {
    await carryOut(context, () => {
      const batch = batchOf(context, params)
      if (batch.status === 'CREATE') throw new BusinessFailure('iot.device.CreateDeviceTaskIsRunning')
      if (batch.status.startsWith('CREATE')) return { ok: true, changes: [], value: undefined }
      if (batch.status !== 'CHECK_SUCCESS') throw new BusinessFailure('iot.device.IncorrentDeviceApplyInfo')
      const { id, productKey, createdAt } = batch
      const devices = devicesOf(batch)
      const invalid = taken(productOf(context, productKey), devices)
      if (invalid.length > 0) {
        const failed = applyPut({ id, productKey, status: 'CREATE_FAILED', devices, invalid, createdAt })
        return { ok: true, changes: [failed], value: undefined }
      }
      const plan = createDevices(context.directory, context.maker, productKey, devices, context.clock.wall())
      if (!plan.ok) return plan
      const made = applyPut({ id, productKey, status: 'CREATE_SUCCESS', devices, createdAt })
      return { ok: true, changes: [...plan.changes, made], value: undefined }
    })
    return { Data: { ApplyId: params.ApplyId } }
  },
)
