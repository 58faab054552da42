import { devicesData } from '../envelope.ts'
import { deviceList } from '../members.ts'
import { refuseList } from '../refuse.ts'
import type { AlinkRow } from '../row.ts'
import { logoutAll } from './logout.ts'

/** Several sub-devices go off line, all or none; `params` is the list itself (sub-devices.md §3). */
export const combineBatchLogout: AlinkRow = {
  path: 'combine/batch_logout',
  form: 'ext',
  who: 'gateway',
  errorData: '[]',
  ackable: false,
  exempt: true,
  registry: false,
  handle(request, turn, world) {
    const list = deviceList(request.params, world.settings.limits.batch)
    if ('why' in list) return refuseList(world, turn, request, list)
    return logoutAll(request, list.devices, turn, world, devicesData)
  },
}
