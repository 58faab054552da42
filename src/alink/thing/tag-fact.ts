import type { Fact } from '../../facts/fact.ts'
import { FactKind, fact } from '../../facts/fact.ts'
import type { Request } from '../row.ts'

/** A request that changed tags, as a fact; the payload is copied, since it is stored after the registry was. */
export function tagFact(request: Request): Fact {
  const { owner } = request
  return fact({
    kind: FactKind.tags,
    productKey: owner.productKey,
    deviceName: owner.deviceName,
    time: request.now,
    id: request.id,
    topic: request.method,
    payload: Buffer.from(request.payload),
  })
}
