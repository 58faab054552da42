/** Holds answers against the table: no member is unknown, none is missing, and each has its type. */
import type { AnswerRow } from './action-row.ts'
import { rowsByName } from './actions-table.ts'

/** Members that only some answers of an action have. */
const sometimes = new Set(['PayloadBase64Byte', 'Codec'])
const common = new Set(['RequestId', 'Success', 'Code', 'ErrorMessage'])

/** What is wrong with a successful answer of the action, one line each. */
export function wrongIn(action: string, answer: object): string[] {
  const row = rowsByName.get(action)
  if (!row) return [`${action} is not in the table`]
  const members = Object.entries(answer).filter(([name]) => !common.has(name))
  return inObject(action, row.answer, Object.fromEntries(members))
}

function inObject(path: string, row: { readonly [member: string]: AnswerRow }, value: object): string[] {
  const wrong: string[] = []
  for (const name of Object.keys(value)) if (!Object.hasOwn(row, name)) wrong.push(`${path}.${name} is unknown`)
  for (const [name, inner] of Object.entries(row)) {
    const given = (value as Record<string, unknown>)[name]
    // A failure's partial lists stand in Data without the rest, and a success without them.
    if (given === undefined) {
      if (!sometimes.has(name) && !/^(Invalid|Repeated)\w+List$/.test(name)) wrong.push(`${path}.${name} is missing`)
    } else wrong.push(...inValue(`${path}.${name}`, inner, given))
  }
  return wrong
}

function inValue(path: string, row: AnswerRow, value: unknown): string[] {
  if (typeof row === 'string') return fits(path, row, value) ? [] : [`${path} is ${JSON.stringify(value)}, not ${row}`]
  if (Array.isArray(row)) {
    if (!Array.isArray(value)) return [`${path} is no list`]
    return value.flatMap((one, i) => inValue(`${path}.${i}`, row[0] as AnswerRow, one))
  }
  if (typeof value !== 'object' || value === null) return [`${path} is no object`]
  return inObject(path, row as { readonly [member: string]: AnswerRow }, value)
}

function fits(path: string, type: string, value: unknown): boolean {
  // The types say string, the samples show a number (openapi.md §6).
  if (path === 'GetGatewayBySubDevice.Data.NodeType') return typeof value === 'number'
  if (type === 'integer' || type === 'long') return typeof value === 'number' || typeof value === 'object'
  return typeof value === type
}
