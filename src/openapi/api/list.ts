import type { ApiRoute } from './call.ts'
import { ok } from './call.ts'

/** A member of a body, as the list of routes says it. */
export interface MemberText {
  readonly name: string
  readonly required: boolean
  readonly what: string
}

/** The members of a route's body; none where it takes no body. */
export function membersOf(route: ApiRoute): readonly MemberText[] {
  return Object.entries(route.body?.shape ?? {}).map(([name, member]) => ({
    name,
    required: !member.safeParse(undefined).success,
    what: member.description ?? '',
  }))
}

/** `GET /api/v1` itself: the list of routes, in their order. */
export function listRoute(routes: () => readonly ApiRoute[]): ApiRoute {
  return {
    method: 'GET',
    path: '',
    summary: 'This list: every route with what it does, the parameters of its query and the members of its body.',
    handle: () => ok({ documentation: 'docs/api.md', routes: routes().map(view) }),
  }
}

function view(route: ApiRoute) {
  const { method, path, summary, query } = route
  const body = membersOf(route).map(({ name, required, what }) => [name, required ? `required: ${what}` : what])
  return {
    method,
    path: `/api/v1${path}`,
    summary,
    ...(query && { query }),
    ...(route.body && { body: Object.fromEntries(body) }),
  }
}
