import type { StatementSync } from 'node:sqlite'
import type { ProductRow } from './rows.ts'
import type { Sqlite } from './sqlite.ts'
import { Table } from './table.ts'

export class ProductRecords extends Table<ProductRow> {
  readonly #delete: StatementSync

  constructor(sqlite: Sqlite) {
    super(sqlite, {
      name: 'products',
      columns: {
        productKey: ['product_key', 'text'],
        productName: ['product_name', 'text'],
        nodeType: ['node_type', 'number'],
        productSecret: ['product_secret', 'bytes'],
        dynamicRegistration: ['dynamic_registration', 'flag'],
        commodityCode: ['commodity_code', 'text'],
        dataFormat: ['data_format', 'number'],
        netType: ['net_type', 'text'],
        protocolType: ['protocol_type', 'text'],
        authType: ['auth_type', 'text'],
        categoryKey: ['category_key', 'text'],
        description: ['description', 'text'],
        createdAt: ['created_at', 'number'],
        modifiedAt: ['modified_at', 'number'],
      },
      key: ['productKey'],
    })
    this.#delete = this.prepareDelete(['productKey'])
  }

  delete(productKey: string): void {
    this.#delete.run(productKey)
  }
}
