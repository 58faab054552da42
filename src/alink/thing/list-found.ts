import { deviceNameProblem } from '../../devices/names.ts'
import { FactKind, fact } from '../../facts/fact.ts'
import { deviceList } from '../members.ts'
import { refuse } from '../refuse.ts'
import type { AlinkRow } from '../row.ts'

/** A gateway tells applications which sub-devices it sees; it changes no topology (sub-devices.md §6.4). */
export const listFound: AlinkRow = {
  path: 'thing/list/found',
  form: 'sys',
  who: 'gateway',
  errorData: '{}',
  ackable: false,
  exempt: true,
  registry: false,
  handle(request, turn, world) {
    const list = deviceList(request.params, Number.POSITIVE_INFINITY)
    if ('why' in list) return refuse(world, turn, request, 460, { check: 'members', why: list.why })
    for (const device of list.devices) {
      if (!world.directory.product(device.productKey)) {
        return refuse(world, turn, request, 6250, { check: 'product', why: `no product ${device.productKey}`, device })
      }
      const problem = deviceNameProblem(device.deviceName)
      if (problem) {
        return refuse(world, turn, request, 6280, { check: 'name', why: `${device.deviceName}: ${problem}`, device })
      }
    }
    turn.fact(
      fact({
        kind: FactKind.found,
        productKey: request.owner.productKey,
        deviceName: request.owner.deviceName,
        time: request.now,
        id: request.id,
        payload: request.payload,
      }),
    )
    turn.succeed(request, '{}')
  },
}
