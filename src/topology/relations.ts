import type { Device } from '../devices/device.ts'
import type { Directory } from '../devices/directory.ts'
import type { RegistryChange, RelationRow } from '../store/records/rows.ts'
import type { RegistryReader } from '../store/store.ts'

/** A pair (gateway, sub-device): sub-devices.md §6.1. */
export interface Pair {
  readonly gateway: Device
  readonly device: Device
}

/**
 * Who stands in whose topology, in memory. A sub-device may stand in several gateways' topologies. Only `load` and `apply` change
 * it; a device that is deleted leaves from both sides.
 */
export class Relations {
  readonly #directory: Directory
  /** In the order added. */
  readonly #subs = new Map<Device, Set<Device>>()
  /** Newest last; the gateway itself where there is one only, as there is for nearly all. */
  readonly #gateways = new Map<Device, Device | Device[]>()
  #count = 0
  #order = 0

  constructor(directory: Directory) {
    this.#directory = directory
    directory.onDeleted((device) => this.#forget(device))
  }

  /** Pairs of all gateways. */
  get count(): number {
    return this.#count
  }

  related(gateway: Device, device: Device): boolean {
    return this.#subs.get(gateway)?.has(device) ?? false
  }

  /** The sub-devices of a gateway in the order added. */
  subsOf(gateway: Device): Iterable<Device> {
    return this.#subs.get(gateway) ?? []
  }

  subCount(gateway: Device): number {
    return this.#subs.get(gateway)?.size ?? 0
  }

  /** The gateways that have the device in their topology, newest relation last. */
  gatewaysOf(device: Device): readonly Device[] {
    const gateways = this.#gateways.get(device)
    if (!gateways) return []
    return Array.isArray(gateways) ? gateways : [gateways]
  }

  load(reader: RegistryReader): void {
    const rows = [...reader.relations()].sort((a, b) => a.order - b.order)
    for (const row of rows) this.#put(row)
  }

  /** Puts a stored change into memory, after `Directory.apply` of the same change. */
  apply(change: RegistryChange): void {
    if (change.kind === 'relation-put') this.#put(change.row)
    else if (change.kind === 'relation-delete') {
      const pair = this.#pair(change.row)
      if (pair) this.#remove(pair.gateway, pair.device)
    }
  }

  /** What stores the pair. The caller has checked that it is not there yet. */
  adding(gateway: Device, device: Device, now: number): RegistryChange {
    return { kind: 'relation-put', row: { ...namesOf(gateway, device), order: ++this.#order, createdAt: now } }
  }

  /** What takes the pair away. */
  removing(gateway: Device, device: Device): RegistryChange {
    return { kind: 'relation-delete', row: namesOf(gateway, device) }
  }

  #pair(
    row: Pick<RelationRow, 'gatewayProductKey' | 'gatewayDeviceName' | 'productKey' | 'deviceName'>,
  ): Pair | undefined {
    const gateway = this.#directory.device(row.gatewayProductKey, row.gatewayDeviceName)
    const device = this.#directory.device(row.productKey, row.deviceName)
    return gateway && device ? { gateway, device } : undefined
  }

  #put(row: RelationRow): void {
    this.#order = Math.max(this.#order, row.order)
    const pair = this.#pair(row)
    if (!pair || this.related(pair.gateway, pair.device)) return
    const { gateway, device } = pair
    const subs = this.#subs.get(gateway)
    if (subs) subs.add(device)
    else this.#subs.set(gateway, new Set([device]))
    const gateways = this.#gateways.get(device)
    if (!gateways) this.#gateways.set(device, gateway)
    else this.#gateways.set(device, Array.isArray(gateways) ? [...gateways, gateway] : [gateways, gateway])
    this.#count++
  }

  #remove(gateway: Device, device: Device): void {
    const subs = this.#subs.get(gateway)
    if (!subs?.delete(device)) return
    if (subs.size === 0) this.#subs.delete(gateway)
    const left = this.gatewaysOf(device).filter((other) => other !== gateway)
    if (left.length === 0) this.#gateways.delete(device)
    else this.#gateways.set(device, left.length === 1 ? (left[0] as Device) : left)
    this.#count--
  }

  #forget(device: Device): void {
    for (const gateway of [...this.gatewaysOf(device)]) this.#remove(gateway, device)
    for (const sub of [...this.subsOf(device)]) this.#remove(device, sub)
  }
}

function namesOf(gateway: Device, device: Device): Omit<RelationRow, 'order' | 'createdAt'> {
  return {
    gatewayProductKey: gateway.productKey,
    gatewayDeviceName: gateway.deviceName,
    productKey: device.productKey,
    deviceName: device.deviceName,
  }
}
