/** One parameter of an action, as it goes over the wire (openapi.md §1.4). */
export interface ParameterRow {
  readonly name: string
  readonly type: 'string' | 'integer' | 'long' | 'boolean' | 'list of string' | 'list of object'
  readonly required?: true
  readonly default?: string | number | boolean
  readonly values?: readonly (string | number)[]
  readonly min?: number
  readonly max?: number
  /** Elements of a list at most. */
  readonly elements?: number
  readonly members?: readonly ParameterRow[]
}

/** A member of an answer: its type, its members, or a list of one or the other. */
export type AnswerRow = string | readonly [AnswerRow] | { readonly [member: string]: AnswerRow }

export interface ActionRow {
  readonly name: string
  /** Calls a second and account that the vendor allows; enforced with `limits.profile: vendor` alone. */
  readonly qps: number
  readonly parameters: readonly ParameterRow[]
  readonly answer: { readonly [member: string]: AnswerRow }
}

type Plain<P> = P extends { readonly type: 'string' }
  ? string
  : P extends { readonly type: 'integer' | 'long' }
    ? number
    : P extends { readonly type: 'boolean' }
      ? boolean
      : P extends { readonly type: 'list of string' }
        ? readonly string[]
        : P extends { readonly members: infer M extends readonly ParameterRow[] }
          ? readonly ParamsOf<M>[]
          : never

type Given<P> = P extends { readonly required: true } | { readonly default: unknown } ? Plain<P> : Plain<P> | undefined

/** The parameters of a row as its handler gets them: required ones and those with a default are there, others may be undefined. */
export type ParamsOf<L extends readonly ParameterRow[]> = { readonly [P in L[number] as P['name']]: Given<P> }
