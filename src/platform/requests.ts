/** Requests of the Alink protocol: from the payload to the handler of its row, and what the handler decided on. */
import { parseEnvelope } from '../alink/envelope.ts'
import type { World } from '../alink/row.ts'
import { Request } from '../alink/row.ts'
import { alinkMessage } from '../codes/alink.ts'
import { Reason } from '../codes/mqtt.ts'
import { Turn } from '../effects/turn.ts'
import type { PublishView } from '../mqtt/host.ts'
import type { Apply } from './apply.ts'
import { finish, refusalOf } from './finish.ts'
import type { DevicePeer } from './peer.ts'
import type { RegistryRunner } from './registry.ts'
import type { Route } from './resolve.ts'

export class Requests {
  readonly #world: World
  readonly #apply: Apply
  readonly #registry: RegistryRunner

  constructor(world: World, apply: Apply, registry: RegistryRunner) {
    this.#world = world
    this.#apply = apply
    this.#registry = registry
  }

  /** True: the link is held, and what is left of this publish happens when the registry is free. */
  handle(peer: DevicePeer, route: Route, view: PublishView, turn: Turn): boolean {
    const row = route.row as NonNullable<Route['row']>
    const device = route.device as NonNullable<Route['device']>
    const deferred = row.registry && this.#registry.busy
    // A step that waits for the registry outlives the read buffer.
    const payload = deferred ? Buffer.from(view.payload) : view.payload
    const envelope = parseEnvelope(payload)
    const request = new Request(
      peer.link,
      device,
      route.replyTopic,
      row.form,
      route.method,
      envelope?.id ?? this.#world.ids.next(),
      row.errorData !== null && !(row.ackable && envelope?.noAck === true),
      envelope,
      payload,
      route.parts,
      this.#world.clock.wall(),
      route.topic,
      row.errorData ?? '{}',
    )
    if (row.who === 'gateway' && !device.isGateway) {
      this.#refuse(peer, route, request, turn, 'gateway', `${device.productKey} is no gateway product`)
      return false
    }
    if (envelope === null) {
      this.#refuse(peer, route, request, turn, 'json', 'the payload is no JSON object')
      return false
    }
    if (!row.registry) {
      row.handle(request, turn, this.#world)
      turn.retry = !request.wanted && view.qos > 0
      return false
    }
    this.#changeRegistry(peer, route, request, view.qos, view.packetId)
    return true
  }

  #refuse(peer: DevicePeer, route: Route, request: Request, turn: Turn, check: string, why: string): void {
    turn.refuse(request, 460, alinkMessage(460))
    this.#report(peer, route, request.method, 460, check, why)
  }

  /** Later packets of the link wait until the change is decided, so a login right behind a topo/add finds the relation. */
  #changeRegistry(peer: DevicePeer, route: Route, request: Request, qos: number, packetId: number): void {
    const registry = this.#registry
    const { link } = peer
    link.hold()
    const failed = (cause: Error) => {
      const turn = new Turn()
      turn.refuse(request, 500, alinkMessage(500))
      this.#report(peer, route, request.method, 500, 'store', cause.message)
      finish(this.#apply, link, qos, packetId, turn, Reason.unspecified)
      link.release()
    }
    registry.whenFree(() => {
      const turn = new Turn()
      if (request.owner.deleted) {
        // While it waited: what it would have stored must not be found by a device that is made with this name later.
        turn.refuse(request, 6100, alinkMessage(6100))
        this.#report(peer, route, request.method, 6100, 'device', 'the device was deleted meanwhile')
        finish(this.#apply, link, qos, packetId, turn, Reason.success)
        link.release()
        return
      }
      const plan = (route.row as NonNullable<Route['row']>).handle(request, turn, this.#world)
      if (!plan) {
        finish(this.#apply, link, qos, packetId, turn, Reason.success)
        link.release()
        return
      }
      const stored = () => {
        plan.stored(turn)
        // The registry has it: facts that the log cannot take yet are written again.
        turn.retry = true
        finish(this.#apply, link, qos, packetId, turn, Reason.success)
        link.release()
      }
      registry.run(plan.changes, { stored, failed })
    }, failed)
  }

  #report(peer: DevicePeer, route: Route, scenario: string, code: number, check: string, why: string): void {
    this.#world.report.refusal(refusalOf(peer, route, scenario, code, check, why))
  }
}
