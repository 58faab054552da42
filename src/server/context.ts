/** What the HTTP side works on, made from a node. */
import { describeSettings } from '../config/describe.ts'
import type { LoadedSettings } from '../config/load.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { Applies } from '../openapi/applies.ts'
import type { ApiContext, NodeStatus } from '../openapi/context.ts'
import { Exclusive } from '../openapi/exclusive.ts'
import type { HomeportNode } from '../platform/node.ts'
import { StoreFailure } from '../platform/registry.ts'

export interface ContextNeeds {
  readonly node: HomeportNode
  readonly loaded: LoadedSettings
  readonly log: Log
  readonly metrics: Metrics
  readonly version: string
  /** Port by listener; empty until they are open, and again when the server stops. */
  readonly listeners: () => Readonly<Record<string, number>>
}

export function apiContext({ node, loaded, log, metrics, version, listeners }: ContextNeeds): ApiContext {
  const { world, registry, store } = node
  const applies = new Applies()
  applies.load(store.read)
  registry.onChange((change) => applies.apply(change))
  const exclusive = new Exclusive(registry, (cause) => new StoreFailure(cause))
  const startedAt = world.clock.wall()
  const status = (): NodeStatus => ({
    version,
    startedAt,
    listeners: listeners(),
    connections: node.connects.count,
    subDevicesOnline: metrics.subDevicesOnline(),
  })
  return {
    directory: world.directory,
    relations: world.relations,
    sessions: world.sessions,
    keys: node.keys,
    applies,
    maker: node.maker,
    secrets: world.secrets,
    settings: world.settings,
    clock: world.clock,
    log,
    metrics,
    lifecycle: node.lifecycle,
    messages: node.messages,
    exclusive: (step) => exclusive.run(step),
    change: (changes, after = () => {}) =>
      new Promise((resolve, reject) => {
        registry.run(changes, {
          stored() {
            after()
            resolve()
          },
          failed: reject,
        })
      }),
    status,
    config: () => describeSettings(loaded).map(({ key, value, origin }) => ({ key, value, from: origin })),
    health: () => store.health(),
    ready: () => Object.keys(listeners()).length > 0,
  }
}
