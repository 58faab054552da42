/**
 * What a step causes. A step reads memory, decides, and records effects in a Turn; it sends and stores nothing itself.
 * `platform/apply.ts` stores first, then carries the effects out one by one in the order in which they were recorded.
 */
import type { CloseReason } from '../codes/mqtt.ts'

/** Names a device. Every device record is one; two refs of the same device need not be the same object. */
export interface DeviceRef {
  readonly productKey: string
  readonly deviceName: string
}

/** A connection, compared by identity. `id` names it in logs and for `session kick`. */
export interface LinkRef {
  readonly id: number
}

/** An error of the Alink protocol, as its reply or notice says it. */
export interface AlinkError {
  readonly code: number
  readonly message: string
}

/** Where and how a request is answered; every parsed request is one. */
export interface ReplyTo {
  readonly link: LinkRef
  /** The device in whose name the request came: the topic's owner. */
  readonly owner: DeviceRef
  readonly topic: string
  /** `ext`: id, code, message, data. `sys`: code, data, id, message, method, version. (errors.md, Body) */
  readonly form: 'ext' | 'sys'
  /** `thing.topo.add`; only the `sys` form shows it. */
  readonly method: string
  /** The id to echo, JSON-escaped, without its quotes. */
  readonly id: string
  /** JSON text of `data` in an error: `{}`, `[]`, or the device named. */
  readonly errorData: string
  /** False where the request asked for no reply (`sys.ack` 0, thing-model.md §1.1). */
  readonly wanted: boolean
}

/** Somebody who waits for an outcome over HTTP or in code. */
export interface Waiter<T = unknown> {
  resolve(value: T): void
  reject(error: Error): void
}

export type Effect =
  /** The answer to a request. If the group fails, a 200 goes out as 500. */
  | {
      readonly kind: 'reply'
      readonly to: ReplyTo
      readonly code: number
      readonly data: string
      readonly message: string
    }
  /** A forced-offline notice or a refused message, to a gateway: errors.md, scenarios `forced` and `message`. */
  | {
      readonly kind: 'notice'
      readonly link: LinkRef
      readonly gateway: DeviceRef
      readonly scenario: 'forced' | 'message'
      readonly code: number
      readonly message: string
      readonly device: DeviceRef
      /** The id of the refused message; `null` makes one of the platform's own. */
      readonly id: string | null
    }
  /** PUBACK. `keep`: the message has no reply, so if the group fails it is written again and the PUBACK waits. */
  | {
      readonly kind: 'ack'
      readonly link: LinkRef
      readonly packetId: number
      readonly reason: number
      /** The Alink error that the publish met: MQTT 5 carries it as reason string and user properties. */
      readonly error: AlinkError | null
    }
  /** Accepts a direct CONNECT. If the group fails: CONNACK 3. */
  | { readonly kind: 'connack'; readonly link: LinkRef }
  /** SUBACK or UNSUBACK of a persistent session, encoded by the link. */
  | {
      readonly kind: 'suback'
      readonly link: LinkRef
      readonly packetId: number
      readonly codes: Uint8Array
      readonly filters: readonly string[]
      readonly unsubscribe: boolean
    }
  /** A message of the platform's own to a device, wherever it is on line. `via` names the gateway where the device is not. */
  | {
      readonly kind: 'downlink'
      readonly owner: DeviceRef
      readonly via: DeviceRef | null
      readonly topic: string
      readonly payload: string | Uint8Array
      readonly qos: 0 | 1
      /** System downlinks are delivered without SUBSCRIBE (direct.md §4.4); custom topics are not. */
      readonly auto: boolean
      /** Id of the record in the queue of a persistent owner that the same group stored; 0 where there is none. */
      readonly queued: number
    }
  /** A message into the tree of topics that cross owners (`/broadcast/…`, applications). */
  | { readonly kind: 'publish'; readonly topic: string; readonly payload: Uint8Array; readonly qos: 0 | 1 | 2 }
  | { readonly kind: 'close'; readonly link: LinkRef; readonly reason: CloseReason }
  /** The device's messages go to this link from now on / no longer. */
  | {
      readonly kind: 'attach'
      readonly owner: DeviceRef
      readonly link: LinkRef
      /** Of a sub-device: its messages wait while it is off line. Of a direct connection the MQTT session says so. */
      readonly persistent?: boolean
    }
  | { readonly kind: 'detach'; readonly owner: DeviceRef; readonly link: LinkRef }
  /** A pending session is decided: `sessions/machine.ts` stored or failed. */
  | { readonly kind: 'settle'; readonly device: DeviceRef; readonly epoch: number }
  /** Somebody outside MQTT hears the outcome. If the group fails, it is rejected. */
  | { readonly kind: 'answer'; readonly waiter: Waiter; readonly value: unknown }
  /** Runs when the group is decided: what others see of the change. */
  | { readonly kind: 'run'; readonly stored: () => void; readonly failed: ((cause: Error) => void) | null }

export type EffectKind = Effect['kind']
