import type { ActionRow, ParamsOf } from './action-row.ts'
import type { ActionName, actionRows } from './actions-table.ts'
import { rowsByName } from './actions-table.ts'
import type { ApiContext } from './context.ts'
import type { Answer } from './failure.ts'

type RowOf<N extends ActionName> = Extract<(typeof actionRows)[number], { readonly name: N }>

/** The parameters of an action by its name. */
export type Params<N extends ActionName> = ParamsOf<RowOf<N>['parameters']>

/**
 * What an action does: checks, changes or asks, and answers the members beside RequestId, Success, Code. Throws
 * {@link BusinessFailure}. Actions that change the registry decide inside `context.exclusive`.
 */
export interface Action {
  readonly row: ActionRow
  readonly handle: (params: never, context: ApiContext) => Answer | Promise<Answer>
}

export function action<N extends ActionName>(
  name: N,
  handle: (params: Params<N>, context: ApiContext) => Answer | Promise<Answer>,
): Action {
  return { row: rowsByName.get(name) as ActionRow, handle }
}
