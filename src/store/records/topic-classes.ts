import type { StatementSync } from 'node:sqlite'
import type { TopicClassRow } from './rows.ts'
import type { Sqlite } from './sqlite.ts'
import { Table } from './table.ts'

export class TopicClassRecords extends Table<TopicClassRow> {
  readonly #delete: StatementSync
  readonly #deleteOfProduct: StatementSync

  constructor(sqlite: Sqlite) {
    super(sqlite, {
      name: 'topic_classes',
      columns: {
        productKey: ['product_key', 'text'],
        id: ['id', 'number'],
        shortName: ['short_name', 'text'],
        operation: ['operation', 'text'],
        description: ['description', 'text'],
        proxySubscribe: ['proxy_subscribe', 'flag'],
      },
      key: ['productKey', 'id'],
    })
    this.#delete = this.prepareDelete(['productKey', 'id'])
    this.#deleteOfProduct = this.prepareDelete(['productKey'])
  }

  delete(productKey: string, id: number): void {
    this.#delete.run(productKey, id)
  }

  deleteOfProduct(productKey: string): void {
    this.#deleteOfProduct.run(productKey)
  }
}
