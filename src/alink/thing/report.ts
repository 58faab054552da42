/** What a device reports, where its product has no thing model: any JSON object is taken, and recorded as it came. */
import type { Turn } from '../../effects/turn.ts'
import type { FactKind } from '../../facts/fact.ts'
import { refuse } from '../refuse.ts'
import type { Request, World } from '../row.ts'

const NOWHERE = ''

export function report(request: Request, turn: Turn, world: World, kind: FactKind): undefined {
  const { owner } = request
  if (!request.hasMembers) {
    return refuse(world, turn, request, 460, { check: 'members', why: 'params is no object' })
  }
  turn.facts.push({
    kind,
    productKey: owner.productKey,
    deviceName: owner.deviceName,
    time: request.now,
    gateway: NOWHERE,
    code: 200,
    epoch: 0,
    flags: 0,
    id: request.id,
    topic: request.parts.length === 0 ? NOWHERE : (request.parts[0] as string),
    payload: request.payload,
  })
  turn.succeed(request, '{}')
}
