/** Messages of applications to devices: Pub, broadcast, RRPC, and the requests that a gateway gets (openapi.md §7; direct.md §6). */
import { gatewayPermit, topoAddNotify } from '../alink/pushes.ts'
import type { World } from '../alink/row.ts'
import type { Device } from '../devices/device.ts'
import type { Product } from '../devices/product.ts'
import type { MessageIds } from '../downlink/ids.ts'
import { DownlinkError } from '../downlink/pending.ts'
import type { Effect } from '../effects/effect.ts'
import { Turn } from '../effects/turn.ts'
import type { Apply } from './apply.ts'
import type { Connects } from './connects.ts'
import { peerOf } from './peer.ts'
import { DownlinkRates } from './rates.ts'
import { StoreFailure } from './registry.ts'

/** Outcome of an RRPC (openapi.md §6). */
export interface RrpcOutcome {
  readonly messageId: string
  readonly code: 'SUCCESS' | 'TIMEOUT' | 'OFFLINE' | 'HALFCONN' | 'UNKNOWN'
  readonly payload?: Buffer
}

export class Messages {
  readonly #world: World
  readonly #apply: Apply
  readonly #connects: Connects
  readonly #ids: MessageIds
  readonly #rates: DownlinkRates

  constructor(world: World, apply: Apply, connects: Connects, ids: MessageIds) {
    this.#world = world
    this.#apply = apply
    this.#connects = connects
    this.#ids = ids
    this.#rates = new DownlinkRates(world.clock, world.settings.limits)
  }

  /** A message on a custom topic. Resolves with its id once what it promises is stored: QoS 1 is kept for a persistent session. */
  async pub(device: Device, topic: string, payload: Buffer, qos: 0 | 1): Promise<string> {
    this.#rates.count(device)
    const id = this.#ids.next()
    return await this.#send(
      [{ kind: 'downlink', owner: device, via: null, topic, payload, qos, auto: false, queued: 0 }],
      id,
    )
  }

  /** To every device of the product that is on line; no subscription needed (direct.md §6.3). */
  broadcast(product: Product, payload: Buffer): Promise<string> {
    const id = this.#ids.next()
    const effects: Effect[] = []
    for (const session of this.#world.sessions.all()) {
      const { device } = session
      if (device.productKey !== product.productKey) continue
      const topic = `/sys/${device.productKey}/${device.deviceName}/broadcast/request/${id}`
      effects.push({ kind: 'downlink', owner: device, via: null, topic, payload, qos: 0, auto: true, queued: 0 })
    }
    return this.#send(effects, id)
  }

  /** To whoever on line subscribed `/broadcast/{pk}/…`. */
  broadcastTopic(topic: string, payload: Buffer): Promise<string> {
    return this.#send([{ kind: 'publish', topic, payload, qos: 0 }], this.#ids.next())
  }

  /** Asks the gateway to add these devices to its topology. Resolves with the id of the request once it is sent. */
  notifyAdd(gateway: Device, devices: readonly Device[]): Promise<string> {
    const id = this.#world.ids.next()
    return this.#send([topoAddNotify(gateway, devices, id)], id)
  }

  /** Lets sub-devices join through the gateway for so many seconds. */
  permit(gateway: Device, seconds: number, productKey: string | null): Promise<string> {
    const id = this.#world.ids.next()
    return this.#send([gatewayPermit(gateway, seconds, productKey, id)], id)
  }

  #send(effects: readonly Effect[], id: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const turn = new Turn()
      turn.stored.push(...effects, {
        kind: 'answer',
        waiter: { resolve: () => resolve(id), reject: (cause: Error) => reject(new StoreFailure(cause)) },
        value: id,
      })
      this.#apply.submit(turn)
    })
  }

  /**
   * A request that the device answers within `timeout` milliseconds. `topic` null: the system RRPC; else a custom topic, which reaches
   * only connections with `ext=1` (direct.md §6.2).
   */
  async rrpc(device: Device, payload: Buffer, timeout: number, topic: string | null): Promise<RrpcOutcome> {
    this.#rates.count(device)
    const messageId = this.#ids.next()
    const holder = this.#world.sessions.holder(device)
    if (!holder) return { messageId, code: this.#connects.isHalfConnected(device) ? 'HALFCONN' : 'OFFLINE' }
    if (topic !== null && ((peerOf(holder.link)?.ext ?? 0) & 1) === 0) return { messageId, code: 'UNKNOWN' }
    const { productKey, deviceName } = device
    const to =
      topic === null ? `/sys/${productKey}/${deviceName}/rrpc/request/${messageId}` : `/ext/rrpc/${messageId}${topic}`
    return new Promise((resolve) => {
      const waiter = {
        resolve: (answer: Buffer) => resolve({ messageId, code: 'SUCCESS', payload: answer }),
        reject: (error: Error) => resolve({ messageId, code: outcomeOf(error) }),
      }
      if (!this.#world.pending.open({ id: messageId, device, deadline: timeout, waiter }))
        return resolve({ messageId, code: 'UNKNOWN' })
      const turn = new Turn()
      turn.now.push({ kind: 'downlink', owner: device, via: null, topic: to, payload, qos: 0, auto: true, queued: 0 })
      this.#apply.submit(turn)
    })
  }
}

/** The device went off line while it was asked: OFFLINE; else it was too slow. */
function outcomeOf(error: Error): RrpcOutcome['code'] {
  return error instanceof DownlinkError && error.failure === 'session-lost' ? 'OFFLINE' : 'TIMEOUT'
}
