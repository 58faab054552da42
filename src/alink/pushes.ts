/** Requests of the platform to gateways: management pushes and topology messages (sub-devices.md §6.5, §6.6, §8). */
import type { DeviceRef, Effect } from '../effects/effect.ts'
import { devicesData, quote } from './envelope.ts'

/** `status` of thing/topo/change. */
export const TopoChange = { created: 0, deleted: 1, enabled: 2, disabled: 8 } as const
export type TopoChange = (typeof TopoChange)[keyof typeof TopoChange]

function push(
  owner: DeviceRef,
  via: DeviceRef | null,
  path: string,
  method: string,
  id: string,
  params: string,
): Effect {
  return {
    kind: 'downlink',
    owner,
    via,
    topic: `/sys/${owner.productKey}/${owner.deviceName}/${path}`,
    payload: `{"method":"${method}","id":"${id}","params":${params},"version":"1.0"}`,
    qos: 1,
    auto: true,
    queued: 0,
  }
}

/** Relations of the gateway changed, by somebody else than itself. */
export function topoChange(gateway: DeviceRef, status: TopoChange, devices: readonly DeviceRef[], id: string): Effect {
  return push(
    gateway,
    null,
    'thing/topo/change',
    'thing.topo.change',
    id,
    `{"status":${status},"subList":${devicesData(devices)}}`,
  )
}

/** `thing/disable|enable|delete`: on the sub-device's topic, to a gateway that has it in its topology. */
export function thingPush(
  what: 'disable' | 'enable' | 'delete',
  device: DeviceRef,
  gateway: DeviceRef,
  id: string,
): Effect {
  return push(device, gateway, `thing/${what}`, `thing.${what}`, id, '{}')
}

/** Asks a gateway to add these sub-devices to its topology. */
export function topoAddNotify(gateway: DeviceRef, devices: readonly DeviceRef[], id: string): Effect {
  return push(gateway, null, 'thing/topo/add/notify', 'thing.topo.add.notify', id, devicesData(devices))
}

/** Lets sub-devices join through the gateway for `seconds`; of one product, or any. */
export function gatewayPermit(gateway: DeviceRef, seconds: number, productKey: string | null, id: string): Effect {
  const params = productKey === null ? `{"time":${seconds}}` : `{"time":${seconds},"productKey":${quote(productKey)}}`
  return push(gateway, null, 'thing/gateway/permit', 'thing.gateway.permit', id, params)
}
