import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiContext } from '../context.ts'
import { mayEnter } from './access.ts'
import type { ApiReply } from './call.ts'
import { answer } from './dispatch.ts'
import { Problem } from './problem.ts'

const PREFIX = '/api/v1'

/** Bytes of an import at most: some 400,000 devices. */
const IMPORT_LIMIT = 128 * 1024 * 1024

/** `/api/v1` over HTTP: who may enter, the body read as JSON, and the answer written. */
export function apiHttp(context: ApiContext, token: string): (server: FastifyInstance) => void {
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const url = request.raw.url ?? PREFIX
    const mark = url.indexOf('?')
    const path = (mark < 0 ? url : url.slice(0, mark)).slice(PREFIX.length)
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
    const body = parse(request.body)
    if (body instanceof Problem) return send(reply, { status: body.status, body: body.body() })
    return send(reply, await answer(request.method, path, query, body, context))
  }
  // Before the body is read: nobody sends 128 MiB to a server that does not know him.
  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
    if (!mayEnter(request.headers.authorization, token, context.keys)) return send(reply, closed(context, request))
  }
  return (server) => {
    server.post(`${PREFIX}/devices/import`, { bodyLimit: IMPORT_LIMIT, onRequest }, handler)
    for (const path of [PREFIX, `${PREFIX}/*`]) server.all(path, { onRequest }, handler)
  }
}

function closed(context: ApiContext, request: FastifyRequest): ApiReply {
  const who = request.headers.authorization === undefined ? 'nobody' : 'a wrong token or access key'
  context.log.refusal({
    scenario: 'api',
    who: '',
    through: request.ip,
    check: 'authorization',
    code: 401,
    why: `${request.method} ${request.url.slice(0, 200)} by ${who}`,
  })
  context.metrics.refused('api', 401)
  const hint = 'send Authorization: Bearer with the token of local.json, or Basic with an access key'
  const problem = new Problem(401, 'Unauthorized', 'the call is not authorised', hint)
  return { status: 401, body: problem.body() }
}

function parse(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return undefined
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return new Problem(400, 'InvalidRequest', 'the body is not JSON', 'send a JSON object')
  }
}

function send(reply: FastifyReply, { status, ...answer }: ApiReply): FastifyReply {
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="homeport", Basic realm="homeport"')
  reply.code(status)
  if ('pieces' in answer) return reply.header('content-type', answer.type).send(Readable.from(chunks(answer.pieces)))
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(answer.body))
}

/** Characters of a chunk at least. */
const CHUNK = 64 * 1024

/** Pieces in chunks, each made when the reader wants it, so a large export lets others be served in between. */
function* chunks(pieces: Iterable<string>): Generator<string> {
  let chunk = ''
  for (const piece of pieces) {
    chunk += piece
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}
