/** What devices publish also goes to applications whose filters match, after permission (design: Two kinds of client, one core). */
import type { Turn } from '../effects/turn.ts'
import type { PublishView } from '../mqtt/host.ts'
import type { Mqtt } from '../mqtt/mqtt.ts'

export class Forward {
  readonly #mqtt: () => Mqtt
  readonly #retains: boolean

  /** @param retains devices may retain messages (mqtt.deviceProfile `standard`) */
  constructor(mqtt: () => Mqtt, retains: boolean) {
    this.#mqtt = mqtt
    this.#retains = retains
  }

  /**
   * Routes the message to applications; what must be stored for them joins the turn, so the PUBACK waits for it.
   * @returns false if it must wait for room in a queue: `Host.publish` is called with it again (`Mqtt.routed`).
   */
  route(view: PublishView, turn: Turn): boolean {
    const mqtt = this.#mqtt()
    const retain = view.retain && this.#retains
    if (!mqtt.subscribed && !retain) return true
    const delivery = mqtt.route(view.retain && !retain ? withoutRetain(view) : view)
    if (mqtt.routed === -1) return false
    if (delivery) {
      turn.stored.push({ kind: 'run', stored: () => delivery.release(), failed: () => delivery.discard() })
    }
    return true
  }
}

/** The vendor's platform keeps no message of a device: the flag is ignored (direct.md §1.3). */
function withoutRetain({ topic, payload, qos, packetId, dup, properties, from }: PublishView): PublishView {
  return { topic, payload, qos, packetId, dup, retain: false, properties, from }
}
