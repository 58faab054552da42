import type { StatementSync } from 'node:sqlite'
import type { RelationRow } from './rows.ts'
import type { Sqlite } from './sqlite.ts'
import { Table } from './table.ts'

export class RelationRecords extends Table<RelationRow> {
  readonly #delete: StatementSync
  readonly #deleteOfGateway: StatementSync
  readonly #deleteOfSubDevice: StatementSync

  constructor(sqlite: Sqlite) {
    super(sqlite, {
      name: 'relations',
      columns: {
        gatewayProductKey: ['gateway_product_key', 'text'],
        gatewayDeviceName: ['gateway_device_name', 'text'],
        productKey: ['product_key', 'text'],
        deviceName: ['device_name', 'text'],
        order: ['relation_order', 'number'],
        createdAt: ['created_at', 'number'],
      },
      key: ['gatewayProductKey', 'gatewayDeviceName', 'productKey', 'deviceName'],
    })
    this.#delete = this.prepareDelete(['gatewayProductKey', 'gatewayDeviceName', 'productKey', 'deviceName'])
    this.#deleteOfGateway = this.prepareDelete(['gatewayProductKey', 'gatewayDeviceName'])
    this.#deleteOfSubDevice = this.prepareDelete(['productKey', 'deviceName'])
  }

  delete(row: Omit<RelationRow, 'order' | 'createdAt'>): void {
    this.#delete.run(row.gatewayProductKey, row.gatewayDeviceName, row.productKey, row.deviceName)
  }

  /** Those in which the device is the gateway, and those in which it is the sub-device. */
  deleteOfDevice(productKey: string, deviceName: string): void {
    this.#deleteOfGateway.run(productKey, deviceName)
    this.#deleteOfSubDevice.run(productKey, deviceName)
  }
}
