/** Status of devices folded from the facts of their sessions: activation, last on line, last off line (direct.md §7). */
import type { Device } from '../devices/device.ts'
import type { Directory } from '../devices/directory.ts'
import type { Fact } from '../facts/fact.ts'
import { FactKind, OnlineFlag } from '../facts/fact.ts'
import type { StatusRow } from '../store/records/rows.ts'

export class Statuses {
  readonly #directory: Directory
  readonly #wentOffline: (device: Device) => void
  #changed = new Set<Device>()

  constructor(directory: Directory, wentOffline: (device: Device) => void) {
    this.#directory = directory
    this.#wentOffline = wentOffline
  }

  /** Folds a fact that is stored; at start, all that came after the last checkpoint, oldest first. */
  fold(fact: Fact): void {
    if (fact.kind !== FactKind.online && fact.kind !== FactKind.offline) return
    const device = this.#directory.device(fact.productKey, fact.deviceName)
    // A device of the same name that was made later has no part in this.
    if (!device || fact.time < device.createdAt) return
    if (fact.kind === FactKind.online) {
      if (device.activatedAt === 0) device.activatedAt = fact.time
      device.onlineAt = Math.max(device.onlineAt, fact.time)
      if (fact.payload.length > 0) device.address = Buffer.from(fact.payload).toString('utf8')
      else if ((fact.flags & OnlineFlag.direct) === 0) device.address = ''
    } else {
      device.offlineAt = Math.max(device.offlineAt, fact.time)
      this.#wentOffline(device)
    }
    this.#changed.add(device)
  }

  /** What changed since the last call, for the checkpoint. */
  *takeChanged(): Generator<StatusRow> {
    const changed = this.#changed
    this.#changed = new Set()
    for (const device of changed) {
      if (device.deleted) continue
      const { productKey, deviceName, activatedAt, onlineAt, offlineAt, address } = device
      yield { productKey, deviceName, activatedAt, onlineAt, offlineAt, address }
    }
  }
}
