/** What the HTTP side does to devices: stored first, then the pushes and notices of alink/lifecycle.ts. */
import { disabled, enabled, related, removed, unrelated } from '../alink/lifecycle.ts'
import type { World } from '../alink/row.ts'
import type { Device } from '../devices/device.ts'
import { deleteDevice, setDisabled } from '../devices/registration.ts'
import { Turn } from '../effects/turn.ts'
import type { RegistryChange } from '../store/records/rows.ts'
import { planAdd, planRemove } from '../topology/checks.ts'
import type { Apply } from './apply.ts'
import { linkOf } from './peer.ts'
import type { RegistryRunner } from './registry.ts'

export class Lifecycle {
  readonly #world: World
  readonly #apply: Apply
  readonly #registry: RegistryRunner

  constructor(world: World, apply: Apply, registry: RegistryRunner) {
    this.#world = world
    this.#apply = apply
    this.#registry = registry
  }

  /** Idempotent: a device that is disabled already stays so, and nobody is told again. */
  disable(device: Device): Promise<void> {
    if (device.disabled) return Promise.resolve()
    return this.#change(setDisabled(this.#world.directory, device, true, this.#now()), (turn) =>
      disabled(this.#world, device, turn, this.#now()),
    )
  }

  enable(device: Device): Promise<void> {
    if (!device.disabled) return Promise.resolve()
    return this.#change(setDisabled(this.#world.directory, device, false, this.#now()), (turn) =>
      enabled(this.#world, device, turn, this.#now()),
    )
  }

  /** The device is gone, its relations and tags with it; a tombstone stays. */
  remove(device: Device): Promise<void> {
    const gateways = [...this.#world.relations.gatewaysOf(device)]
    return this.#change([deleteDevice(device, this.#now())], (turn) =>
      removed(this.#world, device, gateways, turn, this.#now()),
    )
  }

  /** Adds sub-devices whose right to join was checked; `exclusive` takes them out of every other gateway's topology. */
  relate(gateway: Device, subs: readonly Device[], options: { readonly exclusive: boolean }): Promise<void> {
    const items = subs.map((device) => ({
      productKey: device.productKey,
      deviceName: device.deviceName,
      device,
      signed: () => true,
    }))
    const limit = Number.POSITIVE_INFINITY
    const plan = planAdd(this.#world.relations, gateway, items, { ...options, limit, now: this.#now() })
    if (!plan.ok) return Promise.reject(new Error(`the sub-devices were not checked: ${plan.code}`))
    return this.#change(plan.changes, (turn) => related(this.#world, plan, null, turn, this.#now()))
  }

  unrelate(gateway: Device, sub: Device): Promise<void> {
    const plan = planRemove(this.#world.relations, [{ gateway, device: sub }])
    return this.#change(plan.changes, (turn) => unrelated(this.#world, gateway, sub, turn, this.#now(), { told: true }))
  }

  /** Ends the device's session: its own connection is closed, a gateway is told 427. False where it has none. */
  kick(device: Device): Promise<boolean> {
    const session = this.#world.sessions.newest(device)
    if (!session) return Promise.resolve(false)
    if (session.gateway === null) {
      linkOf(session.link).close('kicked')
      return Promise.resolve(true)
    }
    return this.#settled((turn) => this.#world.sessions.force(device, 427, turn)).then(() => true)
  }

  #now(): number {
    return this.#world.clock.wall()
  }

  #change(changes: readonly RegistryChange[], consequences: (turn: Turn) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#registry.run(changes, {
        stored: () => resolve(this.#settled(consequences)),
        failed: reject,
      })
    })
  }

  /** Resolves once what follows is stored too; if that fails it is written again, and the change stands all the same. */
  #settled(consequences: (turn: Turn) => void): Promise<void> {
    return new Promise((resolve) => {
      const turn = new Turn()
      consequences(turn)
      turn.retry = true
      turn.stored.push({ kind: 'run', stored: () => resolve(), failed: () => resolve() })
      this.#apply.submit(turn)
    })
  }
}
