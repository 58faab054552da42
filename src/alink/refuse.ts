import type { AlinkCode } from '../codes/alink.ts'
import { alinkMessage } from '../codes/alink.ts'
import type { DeviceRef } from '../effects/effect.ts'
import type { Turn } from '../effects/turn.ts'
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
