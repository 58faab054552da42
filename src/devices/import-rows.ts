import { CsvError, readCsv } from './csv.ts'

/** What is wrong with a row, in words that the user can act on. */
export interface RowError {
  /** Counted from 1; in CSV the header is row 1, in JSON the first item. 0: the file as a whole. */
  readonly row: number
  readonly reason: string
}

/** A member as it stands in the file: `undefined` where absent or empty, `null` where it is no text (an error that was told). */
export type ImportText = string | undefined | null

/** The members of one row. */
export interface ImportRow {
  readonly row: number
  readonly productKey: ImportText
  readonly deviceName: ImportText
  readonly deviceSecret: ImportText
  readonly nodeType: ImportText
  readonly productSecret: ImportText
  readonly dynamicRegistration: boolean | undefined
}

export interface ReadRows {
  readonly rows: readonly ImportRow[]
  readonly errors: readonly RowError[]
}

const textColumns = ['productKey', 'deviceName', 'deviceSecret', 'nodeType', 'productSecret'] as const
const columns = [...textColumns, 'dynamicRegistration'] as const
const required = ['productKey', 'deviceName', 'deviceSecret', 'nodeType'] as const

/** Reads the file into rows. Members that are no text, or no true or false, are errors of their row; unknown members are ignored. */
export function readRows(text: string, format: 'json' | 'csv'): ReadRows {
  return format === 'json' ? readJson(text) : readCsvRows(text)
}

function readJson(text: string): ReadRows {
  let items: unknown
  try {
    items = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)
  } catch (error) {
    return { rows: [], errors: [{ row: 0, reason: `the file is not JSON: ${(error as Error).message}` }] }
  }
  if (!Array.isArray(items)) return { rows: [], errors: [{ row: 0, reason: 'the file is no JSON array of devices' }] }
  const rows: ImportRow[] = []
  const errors: RowError[] = []
  for (const [i, item] of items.entries()) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      errors.push({ row: i + 1, reason: 'is no object' })
    } else {
      rows.push(rowOf(i + 1, item, errors))
    }
  }
  return { rows, errors }
}

function readCsvRows(text: string): ReadRows {
  const rows: ImportRow[] = []
  const errors: RowError[] = []
  let header: readonly string[] | undefined
  try {
    for (const { row, fields } of readCsv(text)) {
      if (!header) {
        header = fields.map((name) => name.trim())
        const missing = required.filter((name) => !header?.includes(name))
        const twice = columns.filter((name) => header?.indexOf(name) !== header?.lastIndexOf(name))
        if (missing.length > 0) errors.push({ row, reason: `column missing: ${missing.join(', ')}` })
        if (twice.length > 0) errors.push({ row, reason: `column twice: ${twice.join(', ')}` })
        if (errors.length > 0) return { rows, errors }
      } else if (fields.length !== header.length) {
        errors.push({ row, reason: `has ${fields.length} fields, the header has ${header.length}` })
      } else {
        rows.push(rowOf(row, Object.fromEntries(header.map((name, i) => [name, fields[i]])), errors))
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    errors.push({ row: error.row, reason: error.message })
  }
  if (!header && errors.length === 0) errors.push({ row: 0, reason: 'the file has no header' })
  return { rows, errors }
}

function rowOf(row: number, item: object, errors: RowError[]): ImportRow {
  const members = item as Readonly<Record<string, unknown>>
  const text = (name: (typeof textColumns)[number]): ImportText => {
    const value = Object.hasOwn(members, name) ? members[name] : undefined
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'string') return value
    errors.push({ row, reason: `${name} is no text` })
    return null
  }
  return {
    row,
    productKey: text('productKey'),
    deviceName: text('deviceName'),
    deviceSecret: text('deviceSecret'),
    nodeType: text('nodeType'),
    productSecret: text('productSecret'),
    dynamicRegistration: flag(row, members.dynamicRegistration, errors),
  }
}

function flag(row: number, value: unknown, errors: RowError[]): boolean | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' ? value.toLowerCase() : ''
  if (word === 'true' || word === 'false') return word === 'true'
  errors.push({ row, reason: 'dynamicRegistration is neither true nor false' })
  return undefined
}
