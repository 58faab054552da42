import type { AccessKeyRow } from './rows.ts'
import type { Sqlite } from './sqlite.ts'
import { Table } from './table.ts'

export class AccessKeyRecords extends Table<AccessKeyRow> {
  constructor(sqlite: Sqlite) {
    super(sqlite, {
      name: 'access_keys',
      columns: {
        id: ['id', 'text'],
        secret: ['secret', 'bytes'],
        active: ['active', 'flag'],
        createdAt: ['created_at', 'number'],
      },
      key: ['id'],
    })
  }
}
