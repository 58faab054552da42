import { devicesData } from '../envelope.ts'
import { refuse } from '../refuse.ts'
import type { AlinkRow } from '../row.ts'
import { saysNothing } from './topo-add.ts'

/** The gateway asks for its topology (sub-devices.md §6.3). No secret is in the answer. */
export const topoGet: AlinkRow = {
  path: 'thing/topo/get',
  form: 'sys',
  who: 'gateway',
  errorData: '[]',
  ackable: false,
  exempt: true,
  registry: false,
  handle(request, turn, world) {
    if (!saysNothing(request.params))
      return refuse(world, turn, request, 460, { check: 'members', why: 'params is neither an object nor absent' })
    turn.answer(request, devicesData([...world.relations.subsOf(request.owner)]))
  },
}
