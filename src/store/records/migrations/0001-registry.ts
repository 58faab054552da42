import type { CreateTableBuilder, Kysely } from 'kysely'
import { sql } from 'kysely'

type ColumnType = 'text' | 'integer' | 'bigint' | 'blob'

/** Columns in order; all are `not null`. Times are `bigint`: milliseconds since 1970. Flags are 0 and 1. */
const tables: Record<string, { columns: Record<string, ColumnType>; key: string[] }> = {
  products: {
    columns: {
      product_key: 'text',
      product_name: 'text',
      node_type: 'integer',
      product_secret: 'blob',
      dynamic_registration: 'integer',
      commodity_code: 'text',
      data_format: 'integer',
      net_type: 'text',
      protocol_type: 'text',
      auth_type: 'text',
      category_key: 'text',
      description: 'text',
      created_at: 'bigint',
      modified_at: 'bigint',
    },
    key: ['product_key'],
  },
  topic_classes: {
    columns: {
      product_key: 'text',
      id: 'bigint',
      short_name: 'text',
      operation: 'text',
      description: 'text',
      proxy_subscribe: 'integer',
    },
    key: ['product_key', 'id'],
  },
  devices: {
    columns: {
      product_key: 'text',
      device_name: 'text',
      iot_id: 'text',
      device_secret: 'blob',
      nickname: 'text',
      disabled: 'integer',
      created_at: 'bigint',
      modified_at: 'bigint',
      activated_at: 'bigint',
      online_at: 'bigint',
      offline_at: 'bigint',
      address: 'text',
    },
    key: ['product_key', 'device_name'],
  },
  tombstones: {
    columns: { product_key: 'text', device_name: 'text', iot_id: 'text', deleted_at: 'bigint' },
    key: ['product_key', 'device_name'],
  },
  relations: {
    columns: {
      gateway_product_key: 'text',
      gateway_device_name: 'text',
      product_key: 'text',
      device_name: 'text',
      relation_order: 'bigint',
      created_at: 'bigint',
    },
    key: ['gateway_product_key', 'gateway_device_name', 'product_key', 'device_name'],
  },
  tags: {
    columns: { product_key: 'text', device_name: 'text', tag_key: 'text', tag_value: 'text', system: 'integer' },
    key: ['product_key', 'device_name', 'tag_key'],
  },
  access_keys: {
    columns: { id: 'text', secret: 'blob', active: 'integer', created_at: 'bigint' },
    key: ['id'],
  },
  applies: {
    columns: {
      id: 'bigint',
      product_key: 'text',
      status: 'text',
      devices: 'text',
      invalid: 'text',
      created_at: 'bigint',
    },
    key: ['id'],
  },
  /** Small named values: id marks, and where in the log of facts the status of devices was last folded. */
  named_values: {
    columns: { name: 'text', value: 'text' },
    key: ['name'],
  },
}

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [name, { columns, key }] of Object.entries(tables)) {
    let table: CreateTableBuilder<string, string> = db.schema.createTable(name)
    for (const [column, type] of Object.entries(columns)) {
      table = table.addColumn(column, type === 'blob' ? sql`blob` : type, (built) => built.notNull())
    }
    await table
      .addPrimaryKeyConstraint(`${name}_key`, key as [string, ...string[]])
      .modifyEnd(sql`without rowid`)
      .execute()
  }
  await db.schema
    .createIndex('relations_by_sub_device')
    .on('relations')
    .columns(['product_key', 'device_name'])
    .execute()
}
