import type { ApiRoute } from './call.ts'
import { ok } from './call.ts'

export const nodeRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/status',
    summary: 'This server: version, since when, its ports, whether it is ready, and how much there is of everything.',
    handle: ({ context }) => {
      const { startedAt, ...status } = context.status()
      const { directory, relations } = context
      return ok({
        ...status,
        startedAt: new Date(startedAt).toISOString(),
        ready: context.ready(),
        store: context.health(),
        products: directory.productCount,
        devices: directory.deviceCount,
        relations: relations.count,
      })
    },
  },
  {
    method: 'GET',
    path: '/config',
    summary: 'Every setting, its value, and where that came from; no secrets.',
    handle: ({ context }) => ok({ settings: context.config() }),
  },
]
