import { csvLine } from './csv.ts'
import type { Device } from './device.ts'
import type { Directory } from './directory.ts'
import type { Sealer } from './plan.ts'

export interface ExportOptions {
  readonly format: 'json' | 'csv'
  /** One product only; all where absent. */
  readonly productKey?: string
  /** Opens the secrets; without it the file has none, and cannot be imported. */
  readonly secrets?: Sealer
}

/** Devices in the form of the import, piece by piece: a large fleet never stands in memory as one text. */
export function* exportDevices(directory: Directory, options: ExportOptions): Generator<string> {
  const { format, secrets } = options
  const columns = ['productKey', 'deviceName', ...(secrets ? ['deviceSecret'] : []), 'nodeType']
  columns.push(...(secrets ? ['productSecret'] : []), 'dynamicRegistration')
  yield format === 'csv' ? csvLine(columns) : '['
  let first = true
  for (const product of directory.products()) {
    if (options.productKey !== undefined && product.productKey !== options.productKey) continue
    const productSecret = secrets?.open(product.row.productSecret)
    for (const device of product.devices.values()) {
      const row = rowOf(directory, device, secrets, productSecret)
      if (format === 'csv') yield csvLine(columns.map((column) => String(row[column])))
      else yield `${first ? '\n' : ',\n'}${JSON.stringify(row)}`
      first = false
    }
  }
  if (format === 'json') yield '\n]\n'
}

function rowOf(
  directory: Directory,
  device: Device,
  secrets: Sealer | undefined,
  productSecret: string | undefined,
): Readonly<Record<string, string | boolean>> {
  const { productKey, deviceName, product } = device
  return {
    productKey,
    deviceName,
    ...(secrets ? { deviceSecret: secrets.open(directory.sealedSecret(device)) } : {}),
    nodeType: product.nodeType === 1 ? 'gateway' : 'device',
    ...(productSecret === undefined ? {} : { productSecret }),
    dynamicRegistration: product.dynamicRegistration,
  }
}
