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
   * Routes the message to applications; what must be stored for them joins the turn, so the PUBACK waits for it. An application whose
   * queue is full loses its copy, which is counted: a device waits for the platform, not for whoever listens to it.
   */
  route(view: PublishView, turn: Turn): void {
    const mqtt = this.#mqtt()
    // The vendor's platform keeps no message of a device: the flag is ignored (direct.md §1.3).
    const retain = view.retain && this.#retains
    if (!mqtt.subscribed && !retain) return
    const { topic, payload, qos, properties } = view
    const delivery = mqtt.route({ topic, payload, qos, retain, properties, from: null })
    if (delivery) {
      turn.stored.push({ kind: 'run', stored: () => delivery.release(), failed: () => delivery.discard() })
    }
  }
}
