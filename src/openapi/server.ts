import type { Socket } from 'node:net'
import type { ConnectionError, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fastify from 'fastify'
import { uuid } from '../random/random.ts'
import { actions } from './actions.ts'
import { rejection } from './answer.ts'
import { Problem } from './api/problem.ts'
import { apiHttp } from './api/routes.ts'
import type { ApiContext } from './context.ts'
import { gatewayFailure } from './failure.ts'
import { GatewayCall } from './gateway-call.ts'
import { httpCall } from './http-call.ts'
import { openRoutes } from './open-routes.ts'
import { Pipeline } from './pipeline.ts'

/** Bytes of a request's body; `/api/v1/devices/import` allows more. A larger one gets HTTP 413. */
export const BODY_LIMIT = 8 * 1024 * 1024

/** Bytes of the request line and headers: the vendor's newer SDKs put lists of a thousand names into the query. Beyond: HTTP 431. */
const HEADER_LIMIT = 512 * 1024

/** Milliseconds in which a whole request must have come, an import included. */
const REQUEST_TIMEOUT = 300_000

/** Milliseconds that running calls get when the server stops; RRpc may wait for eight seconds. */
const GRACE = 2000

/** Adds routes to the listener; other rooms hand theirs in before `listen`. */
export type Routes = (server: FastifyInstance) => void

/** The one HTTP port: `/` the vendor's RPC, `/api/v1`, `/healthz`, `/readyz`, `/metrics`, `/troubleshoot`, and what others add. */
export class HttpServer {
  readonly #fastify: FastifyInstance
  readonly #context: ApiContext

  /** @param token lets `Authorization: Bearer` in at `/api/v1`; `''` lets nobody in that way */
  constructor(context: ApiContext, token: string) {
    this.#context = context
    this.#fastify = fastify({
      bodyLimit: BODY_LIMIT,
      forceCloseConnections: 'idle',
      // What still comes on an open connection is answered, with `connection: close`.
      return503OnClosing: false,
      keepAliveTimeout: 65_000,
      requestTimeout: REQUEST_TIMEOUT,
      http: { maxHeaderSize: HEADER_LIMIT },
      clientErrorHandler: (error, socket) => this.#unreadable(error, socket),
    })
    this.#fastify.removeAllContentTypeParsers()
    this.#fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    this.#fastify.setErrorHandler((error: FastifyError, request, reply) => this.#failed(error, request, reply))
    this.#fastify.setNotFoundHandler((request, reply) => this.#unknown(request, reply))
    this.#rpc(new Pipeline(context, actions))
    this.register(openRoutes(context))
    this.register(apiHttp(context, token))
  }

  register(routes: Routes): void {
    routes(this.#fastify)
  }

  /** Connections that get this file descriptor, or one above, are closed at once: those are for the store and the log. */
  limitFiles(from: number): void {
    this.#fastify.server.on('connection', (socket: Socket) => {
      const { _handle } = socket as Socket & { _handle?: { fd?: number } | null }
      if ((_handle?.fd ?? -1) >= from) socket.destroy()
    })
  }

  /** Opens the listener; port 0 takes a free one. Resolves with the port. */
  async listen(host: string, port: number): Promise<number> {
    await this.#fastify.listen({ host, port })
    const address = this.#fastify.server.address()
    return typeof address === 'object' && address !== null ? address.port : port
  }

  /** Stops listening, lets running calls end for a while, then closes every connection. */
  async close(): Promise<void> {
    const timer = this.#context.clock.after(GRACE, () => this.#fastify.server.closeAllConnections())
    await this.#fastify.close()
    timer.cancel()
  }

  #rpc(pipeline: Pipeline): void {
    this.#fastify.route({
      method: ['GET', 'POST'],
      url: '/',
      handler: async (request, reply) => {
        const answer = await pipeline.answer(toCall(request))
        return reply.code(answer.status).header('content-type', answer.type).send(answer.body)
      },
    })
  }

  /** A path that nobody knows, or another method on `/`. */
  #unknown(request: FastifyRequest, reply: FastifyReply): unknown {
    if (pathOf(request) === '/') return this.#reject(request, reply, gatewayFailure('UnsupportedHTTPMethod'))
    const problem = new Problem(
      404,
      'NotFound',
      `${request.method} ${pathOf(request)} is not known`,
      'see /api/v1/status',
    )
    return reply.code(problem.status).send(problem.body())
  }

  /** What fastify itself refuses: a body that is too large, a broken URL; and whatever a route threw. */
  #failed(error: FastifyError, request: FastifyRequest, reply: FastifyReply): unknown {
    const status = error.statusCode ?? 500
    if (status >= 500) this.#context.log.error('HTTP call failed', { path: pathOf(request), err: error })
    if (pathOf(request) !== '/') {
      const problem =
        status >= 500 ? defect() : new Problem(status, 'InvalidRequest', error.message, 'correct the request')
      return reply.code(problem.status).send(problem.body())
    }
    const code = status === 413 ? 'RequestBodyTooLarge' : status >= 500 ? 'InternalError' : 'InvalidParameter'
    return this.#reject(request, reply, gatewayFailure(code))
  }

  /** What is no HTTP, is too long, or too slow: the same envelope, and the connection ends. */
  #unreadable(error: ConnectionError, socket: Socket): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const requestId = uuid(this.#context.maker.random)
    const { body, type } = rejection(
      { requestId, format: 'JSON', action: '', host: '' },
      gatewayFailure('InvalidParameter'),
    )
    const status = unreadable[error.code] ?? '400 Bad Request'
    const head = `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`
    socket.end(`${head}\r\n\r\n${body}`)
  }

  #reject(request: FastifyRequest, reply: FastifyReply, failure: ReturnType<typeof gatewayFailure>): unknown {
    const call = new GatewayCall(toCall(request), uuid(this.#context.maker.random))
    const to = { requestId: call.requestId, format: call.format, action: call.common('Action'), host: call.host }
    const answer = rejection(to, failure)
    return reply.code(answer.status).header('content-type', answer.type).send(answer.body)
  }
}

/** Status lines of requests that Node could not read, where they are more exact than 400. */
const unreadable: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

function defect(): Problem {
  return new Problem(500, 'InternalError', 'Homeport failed', 'look at the log, and report it')
}

function pathOf(request: FastifyRequest): string {
  return request.raw.url?.split('?', 1)[0] ?? '/'
}

function toCall(request: FastifyRequest) {
  const body = Buffer.isBuffer(request.body) ? request.body : undefined
  const headers = request.headers as Record<string, string | undefined>
  return httpCall(request.method, request.raw.url ?? '/', headers, body, request.ip)
}
