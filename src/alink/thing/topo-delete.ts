import { planDelete } from '../../topology/checks.ts'
import { devicesData } from '../envelope.ts'
import { unrelated } from '../lifecycle.ts'
import { deviceList } from '../members.ts'
import { refuseItem, refuseList } from '../refuse.ts'
import type { AlinkRow } from '../row.ts'

/** A gateway takes sub-devices out of its topology; one that is on line there is told 6401 after the reply (sub-devices.md §6.2, §10). */
export const topoDelete: AlinkRow = {
  path: 'thing/topo/delete',
  form: 'sys',
  who: 'gateway',
  errorData: '[]',
  ackable: false,
  exempt: true,
  registry: true,
  handle(request, turn, world) {
    const list = deviceList(request.params, Number.POSITIVE_INFINITY)
    if ('why' in list) return refuseList(world, turn, request, list)
    const items = list.devices.map((name) => ({
      ...name,
      device: world.directory.device(name.productKey, name.deviceName),
    }))
    const plan = planDelete(world.relations, request.owner, items)
    if (!plan.ok) return refuseItem(world, turn, request, plan)
    request.errorData = devicesData(list.devices)
    return {
      changes: plan.changes,
      stored(after) {
        after.succeed(request, devicesData(list.devices))
        for (const pair of plan.removed)
          unrelated(world, request.owner, pair.device, after, request.now, { told: false })
      },
    }
  },
}
