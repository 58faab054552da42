import type { StatementSync } from 'node:sqlite'
import type { TombstoneRow } from './rows.ts'
import type { Sqlite } from './sqlite.ts'
import { Table } from './table.ts'

export class TombstoneRecords extends Table<TombstoneRow> {
  readonly #delete: StatementSync
  readonly #deleteOfProduct: StatementSync

  constructor(sqlite: Sqlite) {
    super(sqlite, {
      name: 'tombstones',
      columns: {
        productKey: ['product_key', 'text'],
        deviceName: ['device_name', 'text'],
        iotId: ['iot_id', 'text'],
        deletedAt: ['deleted_at', 'number'],
      },
      key: ['productKey', 'deviceName'],
    })
    this.#delete = this.prepareDelete(['productKey', 'deviceName'])
    this.#deleteOfProduct = this.prepareDelete(['productKey'])
  }

  delete(productKey: string, deviceName: string): void {
    this.#delete.run(productKey, deviceName)
  }

  deleteOfProduct(productKey: string): void {
    this.#deleteOfProduct.run(productKey)
  }
}
