import { deviceData } from '../envelope.ts'
import { deviceOf } from '../members.ts'
import { refuse } from '../refuse.ts'
import type { AlinkRow } from '../row.ts'
import { logoutAll } from './logout.ts'

/** A sub-device goes off line (sub-devices.md §2). Unsigned; members beside the device's name are ignored. */
export const combineLogout: AlinkRow = {
  path: 'combine/logout',
  form: 'ext',
  who: 'gateway',
  errorData: '{}',
  ackable: false,
  exempt: true,
  registry: false,
  handle(request, turn, world) {
    const device = deviceOf(request.params)
    if (!device)
      return refuse(world, turn, request, 460, {
        check: 'members',
        why: 'params lacks productKey or deviceName as strings',
      })
    return logoutAll(request, [device], turn, world, ([one]) => (one ? deviceData(one) : '{}'))
  },
}
