import type { AccessKeys } from '../accounts/keys.ts'
import type { Secrets } from '../auth/secrets.ts'
import type { Clock } from '../clock/clock.ts'
import type { Settings } from '../config/settings.ts'
import type { Device } from '../devices/device.ts'
import type { Directory } from '../devices/directory.ts'
import type { Maker } from '../devices/plan.ts'
import type { Product } from '../devices/product.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Sessions } from '../sessions/machine.ts'
import type { RegistryChange } from '../store/records/rows.ts'
import type { Relations } from '../topology/relations.ts'
import type { Applies } from './applies.ts'

export interface NodeStatus {
  readonly version: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Port by listener: `{mqtt: 1883, http: 8080}`. */
  readonly listeners: Readonly<Record<string, number>>
  readonly connections: number
  readonly subDevicesOnline: number
}

/** Where a setting came from; secrets are left out. */
export interface ConfigLine {
  readonly key: string
  readonly value: unknown
  readonly from: string
}

export interface RrpcResult {
  /** 19 digits. */
  readonly messageId: string
  readonly code: 'SUCCESS' | 'TIMEOUT' | 'OFFLINE' | 'HALFCONN' | 'UNKNOWN'
  /** Only with SUCCESS. */
  readonly payload?: Buffer
}

/**
 * What is done to devices; each pushes and tells what errors.md says (Notices), and resolves once that is stored. Rejects with
 * `StoreFailure` if the change could not be: then nothing is as it would have been. Called inside `exclusive`.
 */
export interface Lifecycle {
  disable(device: Device): Promise<void>
  enable(device: Device): Promise<void>
  remove(device: Device): Promise<void>
  /** Adds pairs whose checks have passed, all or nothing. `exclusive`: the sub-devices leave every other gateway. */
  relate(gateway: Device, subs: readonly Device[], options: { readonly exclusive: boolean }): Promise<void>
  unrelate(gateway: Device, sub: Device): Promise<void>
  /** Ends the device's session, or its own connection; false if it has none. */
  kick(device: Device): Promise<boolean>
}

/** Messages to devices. Each resolves with its id once what it promises is stored, and rejects with what the store said. */
export interface Messages {
  /** To one device, on a custom topic of its own; QoS 1 is kept for a persistent session. Id: 19 digits. */
  pub(device: Device, topic: string, payload: Buffer, qos: 0 | 1): Promise<string>
  /** To every device of the product that is on line. Id: 19 digits. */
  broadcast(product: Product, payload: Buffer): Promise<string>
  /** On `/broadcast/{productKey}/…`, to those who subscribed it. Id: 19 digits. */
  broadcastTopic(topic: string, payload: Buffer): Promise<string>
  /** Resolves with the device's answer, or at the time-out, or at once if nobody can be asked. */
  rrpc(device: Device, payload: Buffer, timeoutMs: number, topic: string | null): Promise<RrpcResult>
  /** Sends thing/topo/add/notify. */
  notifyAdd(gateway: Device, subs: readonly Device[]): Promise<string>
  /** Sends thing/gateway/permit; `productKey` null: any product. */
  permit(gateway: Device, seconds: number, productKey: string | null): Promise<string>
}

/** Everything that OpenAPI actions and `/api/v1` work on; a running server makes it, and the command line for a stopped one. */
export interface ApiContext {
  readonly directory: Directory
  readonly relations: Relations
  readonly sessions: Sessions
  readonly keys: AccessKeys
  readonly applies: Applies
  readonly maker: Maker
  readonly secrets: Secrets
  readonly settings: Settings
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly lifecycle: Lifecycle
  readonly messages: Messages
  /** Runs a step that decides on registry state when no change is under way; steps run one after another. */
  exclusive<T>(step: () => T | Promise<T>): Promise<T>
  /** Stores the changes in one transaction, applies them to memory, then runs `after`. Rejects with `StoreFailure`. */
  change(changes: readonly RegistryChange[], after?: () => void): Promise<void>
  status(): NodeStatus
  config(): readonly ConfigLine[]
  /** Of the store: 'ok', or why its last write failed. */
  health(): { readonly ok: boolean; readonly cause: string }
  /** True while every listener accepts connections. */
  ready(): boolean
}
