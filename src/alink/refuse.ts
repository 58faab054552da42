import type { AlinkCode } from '../codes/alink.ts'
import { alinkMessage } from '../codes/alink.ts'
import type { DeviceRef } from '../effects/effect.ts'
import type { Turn } from '../effects/turn.ts'
import { devicesData } from './envelope.ts'
import { deviceKey } from './members.ts'
import type { Request, World } from './row.ts'

export interface Why {
  readonly check: string
  readonly why: string
  /** Who failed, where it could be read. */
  readonly device?: DeviceRef | null
  /** `data` of the reply; the request's own error data otherwise. */
  readonly data?: string
}

/** Refuses a request: the reply goes out now, the log and the metrics know why. */
export function refuse(world: World, turn: Turn, request: Request, code: AlinkCode, why: Why): undefined {
  turn.refuse(request, code, alinkMessage(code), why.data ?? request.errorData)
  const owner = deviceKey(request.owner)
  const device = why.device ? deviceKey(why.device) : owner
  world.report.refusal({
    scenario: request.method,
    code,
    check: why.check,
    why: why.why,
    device,
    gateway: device === owner ? '' : owner,
    link: request.link,
    topic: request.requestTopic,
  })
  return undefined
}

/** Refuses a request whose reply is a list (errors.md, data): 460, with the devices that could be named. */
export function refuseList(
  world: World,
  turn: Turn,
  request: Request,
  { why, named }: { readonly why: string; readonly named: readonly DeviceRef[] },
): undefined {
  const data = devicesData(named)
  return refuse(world, turn, request, 460, { check: 'members', why, device: named[0] ?? null, data })
}

/** Refuses a change of the topology: the item that failed gives the code and stands in the reply's list. */
export function refuseItem(
  world: World,
  turn: Turn,
  request: Request,
  { code, check, item }: { readonly code: AlinkCode; readonly check: string; readonly item: DeviceRef },
): undefined {
  const why = `${deviceKey(item)}: ${alinkMessage(code)}`
  return refuse(world, turn, request, code, { check, why, device: item, data: devicesData([item]) })
}
