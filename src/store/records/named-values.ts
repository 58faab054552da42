import type { Sqlite } from './sqlite.ts'
import { Table } from './table.ts'

export interface NamedValue {
  readonly name: string
  readonly value: string
}

export class NamedValueRecords extends Table<NamedValue> {
  constructor(sqlite: Sqlite) {
    super(sqlite, {
      name: 'named_values',
      columns: { name: ['name', 'text'], value: ['value', 'text'] },
      key: ['name'],
    })
  }
}
