import { verifyLogin } from '../../auth/login.ts'
import type { DeviceRef } from '../../effects/effect.ts'
import type { AddItem } from '../../topology/checks.ts'
import { planAdd } from '../../topology/checks.ts'
import { devicesData } from '../envelope.ts'
import { related } from '../lifecycle.ts'
import type { Members } from '../members.ts'
import { asMembers, deviceKey, deviceList, text } from '../members.ts'
import { refuse, refuseItem, refuseList } from '../refuse.ts'
import type { AlinkRow, World } from '../row.ts'

/** Sub-devices a request, at most (sub-devices.md §6.1, §7.1). */
export const devicesPerRequest = 30

/**
 * A gateway adds sub-devices to its topology, each signed with its own secret (sub-devices.md §6.1). clientId and timestamp are
 * signed where they were sent. A relation that stands already is no error.
 */
export const topoAdd: AlinkRow = {
  path: 'thing/topo/add',
  form: 'sys',
  who: 'gateway',
  errorData: '[]',
  ackable: false,
  exempt: true,
  registry: true,
  handle(request, turn, world) {
    const list = deviceList(request.params, devicesPerRequest)
    if ('why' in list) return refuseList(world, turn, request, list)
    const items: AddItem[] = []
    for (const [index, value] of (request.params as Members[]).entries()) {
      const device = list.devices[index] as DeviceRef
      const item = addItem(value, device, world)
      if ('why' in item) {
        return refuse(world, turn, request, 460, {
          check: 'members',
          why: item.why,
          device,
          data: devicesData([device]),
        })
      }
      items.push(item)
    }
    const { topology, limits } = world.settings
    const plan = planAdd(world.relations, request.owner, items, {
      exclusive: topology.exclusive,
      limit: limits.topology,
      now: request.now,
    })
    if (!plan.ok) return refuseItem(world, turn, request, plan)
    request.errorData = devicesData(list.devices)
    return {
      changes: plan.changes,
      stored(after) {
        after.succeed(request, devicesData(list.devices))
        related(world, plan, request.owner, after, request.now)
      },
    }
  },
}

function addItem(value: Members, name: DeviceRef, world: World): AddItem | { why: string } {
  const sign = text(value, 'sign')
  if (!sign) return { why: `${deviceKey(name)}: sign is missing, empty or no string` }
  const method = value.signmethod ?? value.signMethod
  if (typeof method !== 'string' || method === '')
    return { why: `${deviceKey(name)}: signmethod is missing or no string` }
  const { clientId, timestamp } = value
  if (clientId !== undefined && typeof clientId !== 'string')
    return { why: `${deviceKey(name)}: clientId is no string` }
  if (timestamp !== undefined && typeof timestamp !== 'string' && typeof timestamp !== 'number') {
    return { why: `${deviceKey(name)}: timestamp is neither string nor number` }
  }
  const device = world.directory.device(name.productKey, name.deviceName)
  const { productKey, deviceName } = name
  return {
    productKey,
    deviceName,
    device,
    signed: () =>
      device !== undefined && verifyLogin(world.secrets, device, { clientId, timestamp, signMethod: method, sign }),
  }
}

/** True where `params` is an object that says nothing, the string `"{}"`, null or absent (clients.md 7). */
export function saysNothing(params: unknown): boolean {
  return params === undefined || params === null || params === '{}' || params === '' || asMembers(params) !== null
}
