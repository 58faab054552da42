import type { Device } from '../../devices/device.ts'
import { deleteDevice } from '../../devices/registration.ts'
import { removed } from '../lifecycle.ts'
import { deviceKey, deviceList } from '../members.ts'
import { refuse } from '../refuse.ts'
import type { AlinkRow } from '../row.ts'

/** A gateway deletes sub-devices of its topology altogether; one that is on line is told 521 after the reply (sub-devices.md §7.3). */
export const subUnregister: AlinkRow = {
  path: 'thing/sub/unregister',
  form: 'sys',
  who: 'gateway',
  errorData: '{}',
  ackable: false,
  exempt: true,
  registry: true,
  handle(request, turn, world) {
    const list = deviceList(request.params, Number.POSITIVE_INFINITY)
    if ('why' in list) {
      return refuse(world, turn, request, 460, { check: 'members', why: list.why, device: list.named[0] ?? null })
    }
    const found: Device[] = []
    for (const name of list.devices) {
      const device = world.directory.device(name.productKey, name.deviceName)
      if (!device) {
        return refuse(world, turn, request, 6100, {
          check: 'device',
          why: `no device ${deviceKey(name)}`,
          device: name,
        })
      }
      if (!world.relations.related(request.owner, device)) {
        const why = `${deviceKey(name)} is not in this gateway's topology`
        return refuse(world, turn, request, 6401, { check: 'topology', why, device: name })
      }
      found.push(device)
    }
    const gateways = new Map(found.map((device) => [device, [...world.relations.gatewaysOf(device)]]))
    return {
      changes: found.map((device) => deleteDevice(device, request.now)),
      stored(after) {
        after.succeed(request, '{}')
        for (const device of found)
          removed(world, device, gateways.get(device) ?? [], after, request.now, { except: request.owner })
      },
    }
  },
}
