import type { BusinessCode } from '../codes/openapi.ts'
import type { ActionRow, ParameterRow } from './action-row.ts'
import { BusinessFailure, gatewayFailure } from './failure.ts'

/** Parameters of query and body at most, of both together. */
export const MAX_PARAMETERS = 50_000

/** Where a value outside its limits has a code of its own instead of Invalid{Name} (openapi.md §4). */
const ownCodes: ReadonlyMap<string, BusinessCode> = new Map<string, BusinessCode>([
  ['CreateProduct.NodeType', 'iot.prod.InvalidNodeType'],
  ['CreateProduct.AliyunCommodityCode', 'iot.prod.InvalidAliyunCommodityCode'],
  ['QueryProductList.AliyunCommodityCode', 'iot.prod.InvalidAliyunCommodityCode'],
  ['CreateProduct.AuthType', 'iot.prod.InvalidProductAuthType'],
  ['CreateProductTopic.Operation', 'iot.messagebroker.InvalidTopicTemplateOperationValue'],
  ['GetThingTopo.PageNo', 'iot.device.QueryTopoRelationFailed'],
  ['GetThingTopo.PageSize', 'iot.device.QueryTopoRelationFailed'],
  ['RRpc.Timeout', 'iot.messagebroker.InvalidTimeoutValue'],
])

/** Paging parameters are refused with a business code, and count from 1. */
const paging: ReadonlySet<string> = new Set(['CurrentPage', 'PageNo', 'PageSize', 'Limit'])

/** Names that the vendor's own samples misspell (openapi.md §1.4). */
const aliases: ReadonlyMap<string, string> = new Map([['RRpc.TimeOut', 'Timeout']])

type Element = string | Folded
interface Folded {
  readonly plain: Map<string, string>
  readonly lists: Map<string, Map<number, Element>>
}

/**
 * Puts `Name.1`, `Name.1.Key` and deeper ones into lists, by the row. Unknown names, bare names of lists and numbers below 1 are left
 * out; an empty text is like an absent one.
 */
function fold(row: ActionRow, given: ReadonlyMap<string, string>): Folded {
  const folded: Folded = { plain: new Map(), lists: new Map() }
  for (const [name, value] of given) {
    if (value !== '') put(folded, row.parameters, aliases.get(`${row.name}.${name}`) ?? name, value)
  }
  return folded
}

function put(into: Folded, rows: readonly ParameterRow[], path: string, value: string): void {
  const dot = path.indexOf('.')
  const root = dot < 0 ? path : path.slice(0, dot)
  const parameter = rows.find((row) => row.name === root)
  if (!parameter) return
  const isList = parameter.type.startsWith('list')
  if (dot < 0) {
    if (!isList) into.plain.set(root, value)
    return
  }
  const [, digits, rest] = /^([1-9]\d{0,8})(?:\.(.+))?$/.exec(path.slice(dot + 1)) ?? []
  if (!isList || digits === undefined) return
  if (parameter.type === 'list of string') {
    if (rest === undefined) listOf(into, root).set(Number(digits), value)
    return
  }
  if (rest === undefined || !knows(parameter, rest)) return
  put(elementOf(listOf(into, root), Number(digits)), parameter.members ?? [], rest, value)
}

/** Does the path begin with a member's name? Others make no element. */
function knows(parameter: ParameterRow, path: string): boolean {
  const dot = path.indexOf('.')
  const root = dot < 0 ? path : path.slice(0, dot)
  return parameter.members?.some((member) => member.name === root) ?? false
}

function listOf(into: Folded, name: string): Map<number, Element> {
  const list = into.lists.get(name) ?? new Map<number, Element>()
  into.lists.set(name, list)
  return list
}

function elementOf(list: Map<number, Element>, index: number): Folded {
  const element = (list.get(index) as Folded | undefined) ?? { plain: new Map(), lists: new Map() }
  list.set(index, element)
  return element
}

/** First pass: is all there that must be? Missing{Name}. Second: does each parse, and keep its limits? */
export class Parameters {
  readonly #row: ActionRow
  readonly #folded: Folded

  constructor(row: ActionRow, given: ReadonlyMap<string, string>) {
    this.#row = row
    this.#folded = fold(row, given)
  }

  /** Throws the failure of the first required parameter that is absent or empty. */
  required(): void {
    requireAll(this.#row.parameters, this.#folded, '')
  }

  /** The values by their types. Throws the failure of the first that does not fit. */
  values(): Record<string, unknown> {
    return convertAll(this.#row.name, this.#row.parameters, this.#folded, '')
  }
}

function requireAll(rows: readonly ParameterRow[], folded: Folded, prefix: string): void {
  for (const row of rows) {
    const list = folded.lists.get(row.name)
    if (row.required && !folded.plain.has(row.name) && !list) throw gatewayFailure('Missing{Name}', prefix + row.name)
    if (row.type !== 'list of object' || !list) continue
    for (const [index, element] of list)
      requireAll(row.members ?? [], element as Folded, `${prefix}${row.name}.${index}.`)
  }
}

function convertAll(
  action: string,
  rows: readonly ParameterRow[],
  folded: Folded,
  prefix: string,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const row of rows) {
    const name = prefix + row.name
    const list = folded.lists.get(row.name)
    const text = folded.plain.get(row.name)
    if (list) values[row.name] = convertList(action, row, list, name)
    else values[row.name] = text === undefined ? row.default : convert(action, row, text, name)
  }
  return values
}

function convertList(action: string, row: ParameterRow, list: ReadonlyMap<number, Element>, name: string): unknown[] {
  if (row.elements !== undefined && list.size > row.elements) throw gatewayFailure('Invalid{Name}', name)
  const indices = Array.from(list.keys()).sort((a, b) => a - b)
  return indices.map((index) => {
    const element = list.get(index) as Element
    return typeof element === 'string' ? element : convertAll(action, row.members ?? [], element, `${name}.${index}.`)
  })
}

function convert(action: string, row: ParameterRow, text: string, name: string): unknown {
  const value = parse(row, text)
  if (value === undefined) throw gatewayFailure('Invalid{Name}', name)
  if (!fits(row, value)) throw outside(action, row, name)
  return value
}

function outside(action: string, row: ParameterRow, name: string): Error {
  const own = ownCodes.get(`${action}.${row.name}`)
  if (own) return new BusinessFailure(own)
  if (paging.has(row.name)) return new BusinessFailure('iot.common.InvalidPageParams')
  return gatewayFailure('Invalid{Name}', name)
}

function parse(row: ParameterRow, text: string): string | number | boolean | undefined {
  switch (row.type) {
    case 'integer':
    case 'long': {
      const value = /^-?\d{1,19}$/.test(text) ? Number(text) : Number.NaN
      const largest = row.type === 'integer' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER
      return Math.abs(value) <= largest ? value : undefined
    }
    case 'boolean': {
      const lower = text.toLowerCase()
      return lower === 'true' ? true : lower === 'false' ? false : undefined
    }
    default:
      return text
  }
}

function fits(row: ParameterRow, value: string | number | boolean): boolean {
  if (row.values) return row.values.includes(value as string | number)
  if (typeof value !== 'number') return true
  const min = row.min ?? (paging.has(row.name) ? 1 : undefined)
  return (min === undefined || value >= min) && (row.max === undefined || value <= row.max)
}
