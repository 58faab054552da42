import type { AlinkCode } from '../codes/alink.ts'
import type { Device } from '../devices/device.ts'
import type { DeviceRef } from '../effects/effect.ts'
import type { RegistryChange } from '../store/records/rows.ts'
import type { Pair, Relations } from './relations.ts'

/** Codes of a refused topo/add or topo/delete; 460 is the caller's, who reads the request. */
export type TopologyCode = Extract<AlinkCode, 401 | 6100 | 6204 | 6400 | 6401 | 6402>

/** One item of a topo/add: the device named, if the directory has it, and its signature. */
export interface AddItem extends DeviceRef {
  readonly device: Device | undefined
  /** Verifies the signature; called only when that check is reached. */
  signed(): boolean
}

export interface DeleteItem extends DeviceRef {
  readonly device: Device | undefined
}

export interface AddOptions {
  /** `limits.topology`: sub-devices in one gateway's topology (direct.md §5). */
  readonly limit: number
  /** The other gateways lose the devices: `topology.exclusive`, and always in BatchAddThingTopo. */
  readonly exclusive: boolean
  /** Milliseconds since 1970. */
  readonly now: number
}

export interface TopologyRefused<I> {
  readonly ok: false
  readonly code: TopologyCode
  /** Name of the check that answered. */
  readonly check: string
  readonly item: I
}

export interface TopologyAdded {
  readonly ok: true
  readonly changes: readonly RegistryChange[]
  /** The pairs that are new; one that stood already is none. */
  readonly added: readonly Pair[]
  /** The pairs that other gateways lose (`exclusive`). */
  readonly removed: readonly Pair[]
}

export interface TopologyRemoved {
  readonly ok: true
  readonly changes: readonly RegistryChange[]
  readonly removed: readonly Pair[]
}

interface AddCheck {
  readonly name: string
  readonly code: TopologyCode
  fails(item: AddItem, gateway: Device): boolean
}

/** In the order of sub-devices.md §6.1; 460 stands before them, 6400 (`capacity`) behind. */
export const addChecks: readonly AddCheck[] = [
  {
    name: 'self',
    code: 6402,
    fails: (item, gateway) => item.productKey === gateway.productKey && item.deviceName === gateway.deviceName,
  },
  { name: 'device', code: 6100, fails: (item) => !item.device || item.device.deleted },
  { name: 'status', code: 6204, fails: (item) => item.device?.disabled ?? false },
  { name: 'sign', code: 401, fails: (item) => !item.signed() },
]

/**
 * Adds devices to a gateway's topology, all or nothing. Items are checked one after the other, each in the order of
 * {@link addChecks}; the first that fails gives the code, and 6400 counts the whole list. A pair that stands already is well and stays
 * as it is. A device named twice counts once.
 */
export function planAdd<I extends AddItem>(
  relations: Relations,
  gateway: Device,
  items: readonly I[],
  options: AddOptions,
): TopologyAdded | TopologyRefused<I> {
  const added = new Set<Device>()
  const removed: Pair[] = []
  const seen = new Set<Device>()
  let beyond: I | undefined
  for (const item of items) {
    const failed = addChecks.find((check) => check.fails(item, gateway))
    if (failed) return { ok: false, code: failed.code, check: failed.name, item }
    const device = item.device as Device
    if (seen.has(device)) continue
    seen.add(device)
    if (!relations.related(gateway, device)) added.add(device)
    if (options.exclusive) removed.push(...othersOf(relations, gateway, device))
    if (relations.subCount(gateway) + added.size > options.limit && added.has(device)) beyond ??= item
  }
  if (beyond) return { ok: false, code: 6400, check: 'capacity', item: beyond }
  return {
    ok: true,
    changes: [
      ...removed.map((pair) => relations.removing(pair.gateway, pair.device)),
      ...Array.from(added, (device) => relations.adding(gateway, device, options.now)),
    ],
    added: Array.from(added, (device) => ({ gateway, device })),
    removed,
  }
}

/** Takes devices out of a gateway's topology, all or nothing: 6100, then 6401 (sub-devices.md §6.2). */
export function planDelete<I extends DeleteItem>(
  relations: Relations,
  gateway: Device,
  items: readonly I[],
): TopologyRemoved | TopologyRefused<I> {
  const devices = new Set<Device>()
  for (const item of items) {
    if (!item.device || item.device.deleted) return { ok: false, code: 6100, check: 'device', item }
    if (!relations.related(gateway, item.device)) return { ok: false, code: 6401, check: 'topology', item }
    devices.add(item.device)
  }
  return planRemove(
    relations,
    Array.from(devices, (device) => ({ gateway, device })),
  )
}

/** Takes away pairs that are known to stand, as RemoveThingTopo does. */
export function planRemove(relations: Relations, pairs: readonly Pair[]): TopologyRemoved {
  return { ok: true, changes: pairs.map((pair) => relations.removing(pair.gateway, pair.device)), removed: pairs }
}

function othersOf(relations: Relations, gateway: Device, device: Device): Pair[] {
  return relations
    .gatewaysOf(device)
    .filter((other) => other !== gateway)
    .map((other) => ({ gateway: other, device }))
}
