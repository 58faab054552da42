/** Reads members of `params`; what is missing, empty or of another type is no member. */
import type { DeviceRef } from '../effects/effect.ts'

export type Members = Readonly<Record<string, unknown>>

export function asMembers(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null
}

/** A string that is not empty. */
export function text(members: Members, name: string): string | null {
  const value = members[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** The device that an object names, or null. */
export function deviceOf(value: unknown): DeviceRef | null {
  const members = asMembers(value)
  if (!members) return null
  const productKey = text(members, 'productKey')
  const deviceName = text(members, 'deviceName')
  return productKey && deviceName ? { productKey, deviceName } : null
}

export function deviceKey(device: DeviceRef): string {
  return `${device.productKey}/${device.deviceName}`
}

/** A list of devices, 1 to `limit`, none twice; else the reason why it is none, and the devices that can be named. */
export function deviceList(
  value: unknown,
  limit: number,
): { devices: DeviceRef[] } | { why: string; named: DeviceRef[] } {
  if (!Array.isArray(value)) return { why: 'params is no array', named: [] }
  if (value.length === 0) return { why: 'the list is empty', named: [] }
  if (value.length > limit)
    return { why: `the list has ${value.length} members, at most ${limit} are taken`, named: [] }
  const devices: DeviceRef[] = []
  const seen = new Set<string>()
  for (const [index, item] of value.entries()) {
    const device = deviceOf(item)
    if (!device) return { why: `member ${index} lacks productKey or deviceName`, named: [] }
    const key = deviceKey(device)
    if (seen.has(key)) return { why: `${key} stands in the list twice`, named: [device] }
    seen.add(key)
    devices.push(device)
  }
  return { devices }
}
