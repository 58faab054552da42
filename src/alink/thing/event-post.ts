import { FactKind } from '../../facts/fact.ts'
import type { AlinkRow } from '../row.ts'
import { report } from './report.ts'

/** An event of a device (thing-model.md §4). A product without a thing model takes any object. */
export const eventPost: AlinkRow = {
  path: 'thing/event/{identifier}/post',
  form: 'sys',
  who: 'any',
  errorData: '{}',
  ackable: true,
  exempt: false,
  registry: false,
  handle: (request, turn, world) => report(request, turn, world, FactKind.event),
}
