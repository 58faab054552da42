/** How a command ends badly: with an exit code that scripts can tell apart, and with what to do next. */

export const ExitCode = {
  ok: 0,
  /** Something broke: a server error, a file that cannot be read or written. */
  failed: 1,
  /** The command line or the settings are wrong. */
  usage: 2,
  /** No such product, device, relation or session. */
  notFound: 3,
  /** No server could be reached, or the data directory is not there or in use. */
  unreachable: 4,
  /** The server or the registry said no: bad values, a duplicate, a wrong key. */
  refused: 5,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

export const exitCodeHelp = `Exit codes: 0 done · 1 failed · 2 wrong command line or settings · 3 not found
            4 no server, or the data directory is missing or in use · 5 refused`

export class CliFailure extends Error {
  override readonly name = 'CliFailure'
  readonly exit: ExitCode
  /** Short name for scripts, as in the JSON API's errors. */
  readonly code: string
  /** What to do next. */
  readonly hint: string
  /** Each thing that is wrong, where there are several: the bad rows of an import. */
  readonly details: readonly unknown[]

  constructor(exit: ExitCode, code: string, message: string, hint: string, details: readonly unknown[] = []) {
    super(message)
    this.exit = exit
    this.code = code
    this.hint = hint
    this.details = details
  }
}

/** The exit code for an HTTP status of the JSON API. */
function exitOf(status: number): ExitCode {
  if (status === 404) return ExitCode.notFound
  if (status >= 400 && status < 500) return ExitCode.refused
  return ExitCode.failed
}

/** An answer of the JSON API that is no success: `{"error": {"code", "message", "hint"}}`. */
export function failureOf(status: number, body: unknown): CliFailure {
  const error = (body as { error?: Readonly<Record<string, unknown>> } | undefined)?.error
  const code = typeof error?.code === 'string' ? error.code : `http.${status}`
  const message = typeof error?.message === 'string' ? error.message : `the server answered HTTP ${status}`
  // What the API says of a 401 is for who writes HTTP by hand.
  const hint = status !== 401 && typeof error?.hint === 'string' ? error.hint : hintOf(status)
  const details = error?.details === undefined ? [] : [error.details].flat()
  return new CliFailure(exitOf(status), code, message, hint, details)
}

function hintOf(status: number): string {
  if (status === 401 || status === 403) {
    return 'check the access key: HOMEPORT_ACCESS_KEY_ID and HOMEPORT_ACCESS_KEY_SECRET, or --access-key-id and --access-key-secret'
  }
  if (status === 404) return 'check the names; homeport product list and homeport device list show what there is'
  if (status >= 500) return "see the server's log and GET /readyz (disk full?)"
  return 'see homeport COMMAND --help'
}

/** One line for a thing that is wrong: a text, or `{row, reason}` and the like. */
export function detailLine(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return String(detail)
  const { message, reason = message, ...where } = detail as Readonly<Record<string, unknown>>
  const place = Object.entries(where)
    // Row 0 of an import is the file as a whole, which the message names.
    .filter(([name, value]) => name !== 'row' || value !== 0)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return [place.join(', '), reason].filter(Boolean).join(': ')
}

export function usage(message: string, hint: string): CliFailure {
  return new CliFailure(ExitCode.usage, 'usage', message, hint)
}
