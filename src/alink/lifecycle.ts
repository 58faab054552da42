/**
 * What follows once the registry has stored that a device was disabled, enabled, deleted, related or un-related: pushes and
 * notices, in the order of errors.md (Readings, Notices). Topic files and HTTP actions both end here.
 *
 * All of it waits for the group of its facts, so the order stands whatever the store does.
 */
import type { Device } from '../devices/device.ts'
import type { DeviceRef } from '../effects/effect.ts'
import type { Turn } from '../effects/turn.ts'
import type { FactInput } from '../facts/fact.ts'
import { FactKind, fact } from '../facts/fact.ts'
import type { TopologyAdded } from '../topology/checks.ts'
import { deviceKey } from './members.ts'
import { TopoChange, thingPush, topoChange } from './pushes.ts'
import type { World } from './row.ts'

/** disable: `thing/disable`, 522, topo/change 8. A directly connected device is cut off. */
export function disabled(world: World, device: Device, turn: Turn, now: number): void {
  turn.fact(lifecycleFact(device, 'disable', now))
  const gateways = online(world, world.relations.gatewaysOf(device))
  pushThing(world, 'disable', device, gateways, turn)
  world.sessions.force(device, 522, turn)
  for (const gateway of gateways) turn.stored.push(topoChange(gateway, TopoChange.disabled, [device], world.ids.next()))
}

/** enable: topo/change 2, then `thing/enable`, to every gateway on line that has it in its topology. */
export function enabled(world: World, device: Device, turn: Turn, now: number): void {
  turn.fact(lifecycleFact(device, 'enable', now))
  for (const gateway of online(world, world.relations.gatewaysOf(device))) {
    turn.stored.push(topoChange(gateway, TopoChange.enabled, [device], world.ids.next()))
    turn.stored.push(thingPush('enable', device, gateway, world.ids.next()))
  }
}

/**
 * delete: `thing/delete`, 521, topo/change 1. `gateways`: those that had it in their topology. `except`: the gateway that asked for it
 * itself, which hears the 521 alone.
 */
export function removed(
  world: World,
  device: Device,
  gateways: readonly Device[],
  turn: Turn,
  now: number,
  how: { except?: DeviceRef } = {},
): void {
  turn.fact(lifecycleFact(device, 'delete', now))
  const told = online(world, gateways).filter((gateway) => gateway !== how.except)
  pushThing(world, 'delete', device, told, turn)
  world.sessions.force(device, 521, turn)
  for (const gateway of told) turn.stored.push(topoChange(gateway, TopoChange.deleted, [device], world.ids.next()))
}

/**
 * One relation is gone: 6401 if the sub-device is on line through that gateway (a setting), then topo/change 1. `told` false: the
 * gateway removed it itself, and gets no topo/change.
 */
export function unrelated(
  world: World,
  gateway: Device,
  device: Device,
  turn: Turn,
  now: number,
  how: { told: boolean },
): void {
  turn.fact(topologyFact(gateway, device, 'delete', now))
  world.sessions.force(device, 6401, turn, { only: gateway })
  if (how.told && online(world, [gateway]).length > 0) {
    turn.stored.push(topoChange(gateway, TopoChange.deleted, [device], world.ids.next()))
  }
}

/** Relations were added; those that they replaced are told to their gateways as any removal. `asker`: the gateway that did it itself. */
export function related(world: World, plan: TopologyAdded, asker: Device | null, turn: Turn, now: number): void {
  for (const pair of plan.removed)
    unrelated(world, pair.gateway, pair.device, turn, now, { told: pair.gateway !== asker })
  for (const pair of plan.added) turn.fact(topologyFact(pair.gateway, pair.device, 'create', now))
  const gateway = plan.added[0]?.gateway
  if (gateway && gateway !== asker && online(world, [gateway]).length > 0) {
    turn.stored.push(
      topoChange(
        gateway,
        TopoChange.created,
        plan.added.map((pair) => pair.device),
        world.ids.next(),
      ),
    )
  }
}

/** Gateways that are on line by a connection of their own. */
export function online(world: World, gateways: readonly Device[]): Device[] {
  return gateways.filter((gateway) => world.sessions.holder(gateway) !== null)
}

/** A directly connected device gets no such push; its connection closes (design: Device topics belong to an owner). */
function pushThing(
  world: World,
  what: 'disable' | 'delete',
  device: Device,
  gateways: readonly Device[],
  turn: Turn,
): void {
  if (world.sessions.newest(device)?.gateway === null) return
  for (const gateway of gateways) turn.stored.push(thingPush(what, device, gateway, world.ids.next()))
}

function lifecycleFact(device: Device, action: string, now: number) {
  const input: FactInput = {
    kind: FactKind.lifecycle,
    productKey: device.productKey,
    deviceName: device.deviceName,
    time: now,
    topic: action,
  }
  return fact(input)
}

function topologyFact(gateway: Device, device: Device, action: string, now: number) {
  return fact({
    kind: FactKind.topology,
    productKey: device.productKey,
    deviceName: device.deviceName,
    gateway: deviceKey(gateway),
    time: now,
    topic: action,
  })
}
