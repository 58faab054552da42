import type { ApplyRow } from './rows.ts'
import type { Sqlite } from './sqlite.ts'
import { Table } from './table.ts'

export class ApplyRecords extends Table<ApplyRow> {
  constructor(sqlite: Sqlite) {
    super(sqlite, {
      name: 'applies',
      columns: {
        id: ['id', 'number'],
        productKey: ['product_key', 'text'],
        status: ['status', 'text'],
        devices: ['devices', 'text'],
        invalid: ['invalid', 'text'],
        createdAt: ['created_at', 'number'],
      },
      key: ['id'],
    })
  }
}
