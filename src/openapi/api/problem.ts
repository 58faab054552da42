/** A call of `/api/v1` that failed. The body is `{"error":{"code","message","hint"}}`. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  /** What to do next. */
  readonly hint: string
  /** More about it, beside code, message and hint: every bad row of an import. */
  readonly details: unknown

  constructor(status: number, code: string, message: string, hint: string, details?: unknown) {
    super(message)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.hint = hint
    this.details = details
  }

  body(): unknown {
    const error = { code: this.code, message: this.message, hint: this.hint }
    return { error: this.details === undefined ? error : { ...error, details: this.details } }
  }
}

export function notFound(what: string, hint: string): Problem {
  return new Problem(404, 'NotFound', `${what} does not exist`, hint)
}

export function invalid(message: string, hint: string): Problem {
  return new Problem(400, 'InvalidRequest', message, hint)
}
