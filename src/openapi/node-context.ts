import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { HomeportNode } from '../platform/node.ts'
import { StoreFailure } from '../platform/registry.ts'
import { Applies } from './applies.ts'
import type { ApiContext, ConfigLine, Messages, NodeStatus } from './context.ts'
import { Exclusive } from './exclusive.ts'

export interface NodeContextOptions {
  readonly log: Log
  readonly metrics: Metrics
  readonly version: string
  /** Real port by listener; asked at each `GET /api/v1/status`. */
  readonly listeners: () => NodeStatus['listeners']
  /** True while every listener accepts connections. */
  readonly ready: () => boolean
  readonly config: () => readonly ConfigLine[]
}

/** What the HTTP side needs of a node that is open, whether it listens or only holds a stopped data directory. */
export function nodeContext(node: HomeportNode, options: NodeContextOptions): ApiContext {
  const { world, store, keys, maker, registry, lifecycle } = node
  const { clock } = world
  const startedAt = clock.wall()
  const applies = new Applies()
  applies.load(store.read)
  registry.onChange((change) => applies.apply(change))
  const exclusive = new Exclusive(registry, storeFailure)
  return {
    directory: world.directory,
    relations: world.relations,
    sessions: world.sessions,
    keys,
    applies,
    maker,
    secrets: world.secrets,
    settings: world.settings,
    clock,
    log: options.log,
    metrics: options.metrics,
    lifecycle,
    messages: messagesOf(node),
    exclusive: (step) => exclusive.run(step),
    change: (changes, after) =>
      new Promise((resolve, reject) => {
        const stored = () => {
          after?.()
          resolve()
        }
        registry.run(changes, { stored, failed: reject })
      }),
    status: () => ({
      version: options.version,
      startedAt,
      listeners: options.listeners(),
      connections: options.metrics.connections(),
      subDevicesOnline: options.metrics.subDevicesOnline(),
    }),
    config: options.config,
    health: () => store.health(),
    ready: options.ready,
  }
}

function storeFailure(cause: Error): StoreFailure {
  return cause instanceof StoreFailure ? cause : new StoreFailure(cause)
}

/** The node's own messages fail with whatever the store said. */
function messagesOf({ messages }: HomeportNode): Messages {
  const told = <T>(sent: Promise<T>): Promise<T> =>
    sent.catch((cause: Error) => {
      throw storeFailure(cause)
    })
  return {
    pub: (device, topic, payload, qos) => told(messages.pub(device, topic, payload, qos)),
    broadcast: (product, payload) => told(messages.broadcast(product, payload)),
    broadcastTopic: (topic, payload) => told(messages.broadcastTopic(topic, payload)),
    rrpc: (device, payload, timeout, topic) => messages.rrpc(device, payload, timeout, topic),
    notifyAdd: (gateway, subs) => told(messages.notifyAdd(gateway, subs)),
    permit: (gateway, seconds, productKey) => told(messages.permit(gateway, seconds, productKey)),
  }
}
