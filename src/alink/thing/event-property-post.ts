import { FactKind } from '../../facts/fact.ts'
import type { AlinkRow } from '../row.ts'
import { report } from './report.ts'

/** Properties of a device (thing-model.md §3.1). A product without a thing model takes any object. */
export const eventPropertyPost: AlinkRow = {
  path: 'thing/event/property/post',
  form: 'sys',
  who: 'any',
  errorData: '{}',
  ackable: true,
  exempt: false,
  registry: false,
  handle: (request, turn, world) => report(request, turn, world, FactKind.property),
}
