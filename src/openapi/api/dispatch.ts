import { StoreFailure } from '../../platform/registry.ts'
import type { ApiContext } from '../context.ts'
import type { ApiReply, ApiRoute } from './call.ts'
import { deviceRoutes } from './devices.ts'
import { importRoutes } from './import.ts'
import { listRoute } from './list.ts'
import { nodeRoutes } from './node.ts'
import { Problem } from './problem.ts'
import { productRoutes } from './products.ts'
import { sessionRoutes } from './sessions.ts'
import { signRoutes } from './sign.ts'
import { topicRoutes } from './topics.ts'
import { topoRoutes } from './topo.ts'

/** Homeport's own API. The first that matches is taken, so a fixed level stands before a `{…}` in its place. */
export const apiRoutes: readonly ApiRoute[] = [
  listRoute(() => apiRoutes),
  ...productRoutes,
  ...topicRoutes,
  ...importRoutes,
  ...deviceRoutes,
  ...topoRoutes,
  ...sessionRoutes,
  ...signRoutes,
  ...nodeRoutes,
]

/** JSON, or text with its media type. */
export type DispatchReply =
  | { readonly status: number; readonly body: unknown }
  | { readonly status: number; readonly text: string; readonly type: string }

/** Carries out one call, without HTTP: for the command line on a stopped data directory. Parameters as {@link answer}. */
export async function dispatch(...call: Parameters<typeof answer>): Promise<DispatchReply> {
  const reply = await answer(...call)
  if (!('pieces' in reply)) return reply
  return { status: reply.status, text: [...reply.pieces].join(''), type: reply.type }
}

/**
 * Carries out one call. Never throws.
 * @param path behind `/api/v1`, its levels percent-encoded
 * @param body parsed JSON, undefined where there is none
 */
export async function answer(
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
  context: ApiContext,
): Promise<ApiReply> {
  try {
    const { route, parts } = find(method, path)
    return await route.handle({ context, parts, query, body })
  } catch (error) {
    const problem = problemOf(error, context)
    return { status: problem.status, body: problem.body() }
  }
}

function find(method: string, path: string) {
  const levels = (path === '/' ? '' : path).split('/').map(decodeLevel)
  const others: string[] = []
  for (const route of apiRoutes) {
    const parts = match(route.path, levels)
    if (!parts) continue
    if (route.method === method) return { route, parts }
    others.push(route.method)
  }
  if (others.length === 0)
    throw new Problem(404, 'NotFound', `${path} is not known`, 'GET /api/v1 lists every path, and so does docs/api.md')
  throw new Problem(
    405,
    'MethodNotAllowed',
    `${method} is not possible here`,
    `use ${[...new Set(others)].join(' or ')}`,
  )
}

/** The `{…}` levels by name, or null where the path is another. */
function match(pattern: string, levels: readonly string[]): Record<string, string> | null {
  const wanted = pattern.split('/')
  if (wanted.length !== levels.length) return null
  const parts: Record<string, string> = {}
  for (const [i, level] of wanted.entries()) {
    const given = levels[i] as string
    if (level.startsWith('{')) parts[level.slice(1, -1)] = given
    else if (level !== given) return null
  }
  return parts
}

function decodeLevel(level: string): string {
  try {
    return decodeURIComponent(level)
  } catch {
    return level
  }
}

function problemOf(error: unknown, context: ApiContext): Problem {
  if (error instanceof Problem) return error
  if (error instanceof StoreFailure) {
    context.log.error('the store could not write a change', { err: error })
    const hint = 'look at /readyz and the free space of the data directory, then try again'
    return new Problem(500, 'StoreFailure', 'the store could not write the change; nothing changed', hint)
  }
  context.log.error('a call of /api/v1 failed', { err: error })
  return new Problem(500, 'InternalError', 'Homeport failed', 'look at the log, and report it')
}
