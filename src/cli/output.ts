/** What a command prints: JSON for scripts, aligned text for people. */

export interface Answer {
  readonly json: unknown
  readonly text: string
}

type Members = object

const member = (row: Members, name: string) => (row as Readonly<Record<string, unknown>>)[name]

function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return '-'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Milliseconds since 1970 as people read them; 0 and nothing are `-`. */
export function time(value: unknown): string {
  if (typeof value === 'string' && !Number.isNaN(Date.parse(value))) return time(Date.parse(value))
  return typeof value === 'number' && value > 0
    ? new Date(value).toISOString().replace('T', ' ').slice(0, 19)
    : cell(value === 0 ? null : value)
}

export interface Column {
  readonly title: string
  readonly member: string
  readonly show?: (value: unknown) => string
}

/** Rows under upper-case titles, the last column unpadded. `none` is printed where there are no rows. */
export function table(rows: readonly Members[], columns: readonly Column[], none: string): string {
  if (rows.length === 0) return `${none}\n`
  const lines = [
    columns.map((column) => column.title.toUpperCase()),
    ...rows.map((row) => columns.map(({ member: name, show }) => (show ?? cell)(member(row, name)))),
  ]
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => (line[i] as string).length)))
  return lines
    .map(
      (line) =>
        `${line
          .map((text, i) => text.padEnd(widths[i] as number))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** `name  value` lines, names padded. */
export function pairs(entries: readonly (readonly [string, unknown])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length))
  return entries
    .map(([name, value]) => `${name.padEnd(width)}  ${typeof value === 'string' && value ? value : cell(value)}\n`)
    .join('')
}

/** The members of an answer as pairs; times by their names' ending. */
export function members(body: unknown): string {
  const entries = Object.entries((body ?? {}) as Members)
  return entries.length === 0
    ? ''
    : pairs(entries.map(([name, value]) => [name, name.endsWith('At') ? time(value) : value]))
}

/** The list in an answer of the JSON API: the body itself, or its one member that is a list. */
export function rowsOf(body: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (Array.isArray(body)) return body as Record<string, unknown>[]
  const list = Object.values((body ?? {}) as Members).find(Array.isArray)
  return (list ?? []) as Record<string, unknown>[]
}
