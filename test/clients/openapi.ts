/** The vendor's two OpenAPI clients from npm, unmodified but for the endpoint, called alike. */
import { createRequire } from 'node:module'
import type { TestNode } from '../support/node.ts'

const require = createRequire(import.meta.url)

interface PopClient {
  request(action: string, params: Params, options: { method: 'GET' | 'POST' }): Promise<Body>
}
interface PopModule {
  readonly RPCClient: new (config: Record<string, string>) => PopClient
}
type TeaClient = Record<string, (request: object) => Promise<{ body: { toMap(): Body } }>>
type TeaModule = Record<string, new (config: object) => object> & {
  readonly default: new (config: object) => TeaClient
}

const pop = require('@alicloud/pop-core') as PopModule
const tea = require('@alicloud/iot20180120') as TeaModule
const { Config } = require('@alicloud/openapi-client') as { readonly Config: new (config: object) => object }

export type Params = Readonly<Record<string, unknown>>
/** An answer, with the names of the protocol. */
export interface Body {
  readonly Success: boolean
  readonly Code?: string
  readonly RequestId: string
  readonly MessageId?: string | number
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into member by member
  readonly [member: string]: any
}
/** @throws an error with the `code` of the refusal */
export type Call = (action: string, params: Params) => Promise<Body>

export interface Key {
  readonly id: string
  readonly secret: string
}

export function popCore(node: TestNode, { id, secret }: Key): Call {
  const client = new pop.RPCClient({
    accessKeyId: id,
    accessKeySecret: secret,
    endpoint: node.http,
    apiVersion: '2018-01-20',
  })
  return (action, params) => client.request(action, params, { method: 'POST' })
}

export function iot20180120(node: TestNode, { id, secret }: Key): Call {
  const endpoint = node.http.replace('http://', '')
  const client = new tea.default(new Config({ accessKeyId: id, accessKeySecret: secret, endpoint, protocol: 'HTTP' }))
  return async (action, params) => {
    const Request = tea[`${action}Request`]
    const method = client[small(action)]
    if (!Request || !method) throw new Error(`no ${action} in the client`)
    const { body } = await method.call(client, new Request(members(`${action}Request`, params)))
    return body.toMap()
  }
}

/** The client's requests have their members in small letters, and a class for each list of objects. */
function members(owner: string, params: Params): Params {
  const entries = Object.entries(params).map(([name, value]) => {
    const Item = tea[`${owner}${name}`]
    if (!Array.isArray(value) || Item === undefined) return [small(name), value]
    return [small(name), value.map((item: Params) => new Item(members('', item)))]
  })
  return Object.fromEntries(entries)
}

function small(name: string): string {
  return name === 'RRpc' ? 'rRpc' : name.slice(0, 1).toLowerCase() + name.slice(1)
}

/** The access key that the first start made. */
export function keyOf(node: TestNode): Key {
  const { accessKey } = node.server
  if (!accessKey) throw new Error('this start made no access key')
  return accessKey
}
