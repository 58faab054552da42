import type { BusinessCode, GatewayCode } from '../codes/openapi.ts'
import { businessCodes, gatewayCodes } from '../codes/openapi.ts'

/** A request that was turned away before its action ran (openapi.md §3): HTTP 4xx or 5xx, with `Message`. */
export class RequestFailure extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, status: number, message: string) {
    super(message)
    this.name = 'RequestFailure'
    this.code = code
    this.status = status
  }
}

/** The failure of a gateway code; `name` fills `{Name}`, `detail` is put behind the message. */
export function gatewayFailure(code: GatewayCode, name = '', detail = ''): RequestFailure {
  const row = gatewayCodes[code]
  return new RequestFailure(row.code.replace('{Name}', name), row.status, row.message.replace('{Name}', name) + detail)
}

export type AnswerValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly AnswerValue[]
  | { readonly [member: string]: AnswerValue }
export type Answer = { readonly [member: string]: AnswerValue }

/** An action did not do what it was asked (openapi.md §4): HTTP 200 with Success false, unless the setting says 400. */
export class BusinessFailure extends Error {
  readonly code: BusinessCode
  /** Members beside Code and ErrorMessage: the partial lists of openapi.md §7. */
  readonly answer: Answer

  constructor(code: BusinessCode, options: { readonly message?: string; readonly answer?: Answer } = {}) {
    super(options.message ?? businessCodes.get(code)?.message ?? code)
    this.name = 'BusinessFailure'
    this.code = code
    this.answer = options.answer ?? {}
  }
}
