import type { FastifyInstance } from 'fastify'
import { apiCodes } from '../codes/openapi.ts'
import type { ApiContext } from './context.ts'

/** What anybody may ask: is it alive, is it ready, its metrics, and what a code means. */
export function openRoutes(context: ApiContext): (server: FastifyInstance) => void {
  return (server) => {
    server.get('/healthz', async () => ({ status: 'ok' }))

    server.get('/readyz', async (_request, reply) => {
      const store = context.health()
      const ready = context.ready() && store.ok
      const cause = store.ok ? (ready ? '' : 'starting or stopping') : store.cause
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', cause })
    })

    server.get('/metrics', async (_request, reply) => {
      const { contentType, body } = await context.metrics.scrape()
      return reply.header('content-type', contentType).send(body)
    })

    server.get<{ Querystring: { q?: string } }>('/troubleshoot', async (request, reply) => {
      const row = explain(request.query.q ?? '')
      if (!row) return reply.code(404).header('content-type', 'text/plain; charset=utf-8').send('no such code\n')
      const text = `${row.code}: ${row.message}\nWhy: ${row.cause}.\nWhat to do: ${row.cure}.\n`
      return reply.header('content-type', 'text/plain; charset=utf-8').send(text)
    })
  }
}

/** The row of a code, also of `MissingProductKey` and the like. */
function explain(code: string) {
  const row = apiCodes.find((one) => one.code === code)
  if (row) return row
  return apiCodes.find((one) => one.code.endsWith('{Name}') && code.startsWith(one.code.slice(0, -'{Name}'.length)))
}
