import type { ZodObject, ZodType } from 'zod'
import type { Device } from '../../devices/device.ts'
import type { Product } from '../../devices/product.ts'
import type { ApiContext } from '../context.ts'
import { invalid, notFound } from './problem.ts'

/** One call of `/api/v1`, however it came: over HTTP, or from the command line on a stopped data directory. */
export interface ApiCall {
  readonly context: ApiContext
  /** The `{…}` levels of the route's path, decoded. */
  readonly parts: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown
}

/** What a call is answered with: JSON, or text piece by piece, made while it is read. */
export type ApiReply =
  | { readonly status: number; readonly body: unknown }
  | { readonly status: number; readonly pieces: Iterable<string>; readonly type: string }

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Behind `/api/v1`; a level `{x}` takes any one level. */
  readonly path: string
  /** What it does, in one sentence: for `GET /api/v1` and docs/api.md, as are the next two. */
  readonly summary: string
  /** Parameters of the query, and what each takes. */
  readonly query?: Readonly<Record<string, string>>
  /** What {@link bodyOf} reads the body by; every member has a description. */
  readonly body?: ZodObject
  readonly handle: (call: ApiCall) => ApiReply | Promise<ApiReply>
}

export function ok(body: unknown): ApiReply {
  return { status: 200, body }
}

export function created(body: unknown): ApiReply {
  return { status: 201, body }
}

/** The body by its schema. Throws a Problem that names every member that is wrong. */
export function bodyOf<T>(call: ApiCall, schema: ZodType<T>): T {
  const result = schema.safeParse(call.body ?? {})
  if (result.success) return result.data
  const wrong = result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
  throw invalid(wrong.join('; '), 'GET /api/v1 names the members of every body, and so does docs/api.md')
}

/** The product of the path, by the level `pk` unless another is named. */
export function productIn(call: ApiCall, pk = 'pk'): Product {
  const key = call.parts[pk] ?? ''
  return knownProduct(call.context, key)
}

export function knownProduct(context: ApiContext, productKey: string): Product {
  const product = context.directory.product(productKey)
  if (!product) throw notFound(`product ${productKey}`, 'homeport product list shows those that exist')
  return product
}

/** The device of the path, by the levels `pk` and `dn` unless others are named. */
export function deviceIn(call: ApiCall, pk = 'pk', dn = 'dn'): Device {
  const deviceName = call.parts[dn] ?? ''
  const device = productIn(call, pk).devices.get(deviceName)
  if (device) return device
  const hint = `homeport device list ${call.parts[pk]} shows those that exist`
  throw notFound(`device ${call.parts[pk]}/${deviceName}`, hint)
}

/** {@link pageIn}, as the list of routes says it. */
export const pageQuery = { page: 'from 1; 1 without it', pageSize: '1 to 1000; 50 without it' } as const

/** A page from the query: `page` from 1, `pageSize` 1 to 1000, 50 by default. */
export function pageIn(call: ApiCall): { page: number; size: number } {
  const page = wholeNumber(call, 'page', 1, 1, 1_000_000_000)
  return { page, size: wholeNumber(call, 'pageSize', 50, 1, 1000) }
}

function wholeNumber(call: ApiCall, name: string, otherwise: number, min: number, max: number): number {
  const text = call.query.get(name)
  if (text === null) return otherwise
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value >= min && value <= max) return value
  throw invalid(`${name} is not a number from ${min} to ${max}`, `leave ${name} out, or send a number`)
}

/** `true` or `false` in the query; absent is false. */
export function flagIn(call: ApiCall, name: string): boolean {
  const text = call.query.get(name)
  if (text === null || text === 'false') return false
  if (text === 'true' || text === '') return true
  throw invalid(`${name} is neither true nor false`, `leave ${name} out, or send true`)
}
