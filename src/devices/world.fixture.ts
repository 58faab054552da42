/** A small registry in memory, for tests of the rooms that know the directory. */
import { seededRandom } from '../random/random.ts'
import type { DeviceRow, ProductRow, RegistryChange } from '../store/records/rows.ts'
import type { RegistryReader } from '../store/store.ts'
import type { Device } from './device.ts'
import { Directory } from './directory.ts'
import type { Maker, Sealer } from './plan.ts'

/** Seals nothing; what it makes shows that it was asked. */
export const plainSealer: Sealer = {
  seal: (text) => Buffer.from(`sealed:${text}`),
  open: (sealed) => {
    const text = Buffer.from(sealed).toString()
    if (!text.startsWith('sealed:')) throw new Error('not sealed by this key')
    return text.slice(7)
  },
}

export function maker(seed = 1): Maker {
  return { random: seededRandom(seed), sealer: plainSealer }
}

export function productRow(productKey: string, rest: Partial<ProductRow> = {}): ProductRow {
  return {
    productKey,
    productName: `name_${productKey}`,
    nodeType: 0,
    productSecret: plainSealer.seal(`product-secret-of-${productKey}`),
    dynamicRegistration: false,
    commodityCode: 'iothub_senior',
    dataFormat: 1,
    netType: 'WIFI',
    protocolType: '',
    authType: 'secret',
    categoryKey: '',
    description: '',
    createdAt: 1000,
    modifiedAt: 1000,
    ...rest,
  }
}

export function deviceRow(productKey: string, deviceName: string, rest: Partial<DeviceRow> = {}): DeviceRow {
  return {
    productKey,
    deviceName,
    iotId: `iot-${productKey}-${deviceName}`,
    deviceSecret: plainSealer.seal(`secret-of-${deviceName}`),
    nickname: '',
    disabled: false,
    createdAt: 1000,
    modifiedAt: 1000,
    activatedAt: 0,
    onlineAt: 0,
    offlineAt: 0,
    address: '',
    ...rest,
  }
}

/** A directory with the products and devices named: `{ pk: { nodeType: 1, devices: ['dn'] } }`. */
export function directoryOf(
  products: Record<string, Partial<ProductRow> & { devices?: readonly string[] }>,
): Directory {
  const directory = new Directory()
  for (const [productKey, { devices = [], ...rest }] of Object.entries(products)) {
    directory.apply({ kind: 'product-put', row: productRow(productKey, rest) })
    for (const name of devices) directory.apply({ kind: 'device-put', row: deviceRow(productKey, name) })
  }
  return directory
}

/** A device that must be there. */
export function known(directory: Directory, productKey: string, deviceName: string): Device {
  const device = directory.device(productKey, deviceName)
  if (!device) throw new Error(`no device ${productKey}/${deviceName}`)
  return device
}

export function applyAll(
  changes: readonly RegistryChange[],
  ...rooms: { apply(change: RegistryChange): void }[]
): void {
  for (const change of changes) for (const room of rooms) room.apply(change)
}

export function reader(rows: Partial<{ [K in keyof RegistryReader]: ReturnType<RegistryReader[K]> }>): RegistryReader {
  return {
    products: () => rows.products ?? [],
    topicClasses: () => rows.topicClasses ?? [],
    devices: () => rows.devices ?? [],
    tombstones: () => rows.tombstones ?? [],
    relations: () => rows.relations ?? [],
    tags: () => rows.tags ?? [],
    accessKeys: () => rows.accessKeys ?? [],
    applies: () => rows.applies ?? [],
  }
}
