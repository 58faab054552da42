import type { DeviceRef } from '../effects/effect.ts'
import { usage } from './failure.ts'

/**
 * Reads `what.length` devices, each as `PRODUCT_KEY DEVICE_NAME` or `PRODUCT_KEY/DEVICE_NAME`. `what` names them in messages:
 * `['GATEWAY', 'SUB_DEVICE']`.
 */
export function parseDevices(words: readonly string[], what: readonly string[]): DeviceRef[] {
  const devices: DeviceRef[] = []
  const forms = what.map((each) => (what.length === 1 ? 'PRODUCT_KEY/DEVICE_NAME' : each)).join(' ')
  let at = 0
  for (const each of what) {
    const word = words[at++]
    if (word === undefined) throw usage(`${each} is missing`, `name ${forms}; a device is PRODUCT_KEY/DEVICE_NAME`)
    const cut = word.indexOf('/')
    const productKey = cut < 0 ? word : word.slice(0, cut)
    const deviceName = cut < 0 ? words[at++] : word.slice(cut + 1)
    if (!productKey || !deviceName) {
      throw usage(
        `${word} is half of a device's name`,
        'a device is PRODUCT_KEY/DEVICE_NAME or PRODUCT_KEY DEVICE_NAME',
      )
    }
    devices.push({ productKey, deviceName })
  }
  if (at < words.length) throw usage(`one word too many: ${words[at]}`, `name ${forms}; names with blanks need quotes`)
  return devices
}

export function parseDevice(words: readonly string[]): DeviceRef {
  return parseDevices(words, ['DEVICE'])[0] as DeviceRef
}

/** Path segments of a device, URL-encoded. */
export function devicePath({ productKey, deviceName }: DeviceRef): string {
  return `${encodeURIComponent(productKey)}/${encodeURIComponent(deviceName)}`
}

/** Query string of the members that are there, with its `?`. */
export function query(members: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const pairs = Object.entries(members).filter(([, value]) => value !== undefined && value !== false)
  const text = pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
  return text === '' ? '' : `?${text}`
}
