import type { StatementSync } from 'node:sqlite'
import type { TagRow } from './rows.ts'
import type { Sqlite } from './sqlite.ts'
import { Table } from './table.ts'

export class TagRecords extends Table<TagRow> {
  readonly #delete: StatementSync
  readonly #deleteOfDevice: StatementSync

  constructor(sqlite: Sqlite) {
    super(sqlite, {
      name: 'tags',
      columns: {
        productKey: ['product_key', 'text'],
        deviceName: ['device_name', 'text'],
        key: ['tag_key', 'text'],
        value: ['tag_value', 'text'],
        system: ['system', 'flag'],
      },
      key: ['productKey', 'deviceName', 'key'],
    })
    this.#delete = this.prepareDelete(['productKey', 'deviceName', 'key'])
    this.#deleteOfDevice = this.prepareDelete(['productKey', 'deviceName'])
  }

  delete(productKey: string, deviceName: string, key: string): void {
    this.#delete.run(productKey, deviceName, key)
  }

  deleteOfDevice(productKey: string, deviceName: string): void {
    this.#deleteOfDevice.run(productKey, deviceName)
  }
}
