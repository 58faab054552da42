import type { Device } from '../../devices/device.ts'
import { deviceData, devicesData, quote } from '../envelope.ts'
import { deviceKey, deviceList } from '../members.ts'
import { refuse, refuseList } from '../refuse.ts'
import type { AlinkRow, World } from '../row.ts'
import { devicesPerRequest } from './topo-add.ts'

/**
 * A gateway asks for the secrets of sub-devices that were created beforehand (sub-devices.md §7.1). It is always the secret made
 * with the device, as long as the product's dynamic registration is on.
 */
export const subRegister: AlinkRow = {
  path: 'thing/sub/register',
  form: 'sys',
  who: 'gateway',
  errorData: '[]',
  ackable: false,
  exempt: true,
  registry: false,
  handle(request, turn, world) {
    const list = deviceList(request.params, devicesPerRequest)
    if ('why' in list) return refuseList(world, turn, request, list)
    const found: Device[] = []
    for (const name of list.devices) {
      const device = world.directory.device(name.productKey, name.deviceName)
      const data = devicesData([name])
      if (!device)
        return refuse(world, turn, request, 6100, {
          check: 'device',
          why: `no device ${deviceKey(name)}`,
          device: name,
          data,
        })
      if (!device.product.dynamicRegistration) {
        return refuse(world, turn, request, 6288, {
          check: 'registration',
          why: `dynamic registration of ${name.productKey} is off`,
          device: name,
          data,
        })
      }
      if (world.settings.topology.exclusive && boundElsewhere(world, request.owner, device)) {
        return refuse(world, turn, request, 6619, {
          check: 'bound',
          why: `${deviceKey(name)} is in another gateway's topology`,
          device: name,
          data,
        })
      }
      found.push(device)
    }
    turn.answer(request, `[${found.map((device) => secretData(world, device)).join(',')}]`)
  },
}

function boundElsewhere(world: World, gateway: Device, device: Device): boolean {
  return world.relations.gatewaysOf(device).length > 0 && !world.relations.related(gateway, device)
}

/** `{"deviceSecret","productKey","deviceName"}`: what a registration hands out. */
export function secretData(world: World, device: Device): string {
  return `{"deviceSecret":${quote(world.secrets.text(device))},${deviceData(device).slice(1)}`
}
