import { AccessKeyRecords } from './access-keys.ts'
import { ApplyRecords } from './applies.ts'
import { DeviceRecords } from './devices.ts'
import { NamedValueRecords } from './named-values.ts'
import { ProductRecords } from './products.ts'
import { RelationRecords } from './relations.ts'
import type { RegistryChange } from './rows.ts'
import type { Sqlite } from './sqlite.ts'
import { Transactions } from './sqlite.ts'
import { TagRecords } from './tags.ts'
import { TombstoneRecords } from './tombstones.ts'
import { TopicClassRecords } from './topic-classes.ts'

type ChangeOf<Kind extends RegistryChange['kind']> = Extract<RegistryChange, { kind: Kind }>

/** What each kind of change does to the tables. */
const changes: { readonly [Kind in RegistryChange['kind']]: (records: Records, change: ChangeOf<Kind>) => void } = {
  'product-put': (records, { row }) => records.products.put(row),
  'product-delete': (records, { productKey }) => {
    records.products.delete(productKey)
    records.topicClasses.deleteOfProduct(productKey)
    records.tombstones.deleteOfProduct(productKey)
  },
  'topic-put': (records, { row }) => records.topicClasses.put(row),
  'topic-delete': (records, { productKey, id }) => records.topicClasses.delete(productKey, id),
  'device-put': (records, { row }) => {
    records.devices.put(row)
    records.tombstones.delete(row.productKey, row.deviceName)
  },
  'device-delete': (records, { row }) => {
    records.devices.delete(row.productKey, row.deviceName)
    records.relations.deleteOfDevice(row.productKey, row.deviceName)
    records.tags.deleteOfDevice(row.productKey, row.deviceName)
    records.tombstones.put(row)
  },
  'relation-put': (records, { row }) => records.relations.put(row),
  'relation-delete': (records, { row }) => records.relations.delete(row),
  'tag-put': (records, { row }) => records.tags.put(row),
  'tag-delete': (records, { productKey, deviceName, key }) => records.tags.delete(productKey, deviceName, key),
  'access-key-put': (records, { row }) => records.accessKeys.put(row),
  'apply-put': (records, { row }) => records.applies.put(row),
}

/** The tables of the registry, one repository each. */
export class Records {
  readonly products: ProductRecords
  readonly topicClasses: TopicClassRecords
  readonly devices: DeviceRecords
  readonly tombstones: TombstoneRecords
  readonly relations: RelationRecords
  readonly tags: TagRecords
  readonly accessKeys: AccessKeyRecords
  readonly applies: ApplyRecords
  readonly namedValues: NamedValueRecords
  readonly transactions: Transactions

  constructor(sqlite: Sqlite) {
    this.products = new ProductRecords(sqlite)
    this.topicClasses = new TopicClassRecords(sqlite)
    this.devices = new DeviceRecords(sqlite)
    this.tombstones = new TombstoneRecords(sqlite)
    this.relations = new RelationRecords(sqlite)
    this.tags = new TagRecords(sqlite)
    this.accessKeys = new AccessKeyRecords(sqlite)
    this.applies = new ApplyRecords(sqlite)
    this.namedValues = new NamedValueRecords(sqlite)
    this.transactions = new Transactions(sqlite.database)
  }

  /** Stores all of the changes, or throws and stores none. */
  store(list: readonly RegistryChange[]): void {
    this.transactions.run(() => {
      for (const change of list) this.#apply(change)
    })
  }

  /** Writes a value that nobody reads. Throws if SQLite does not take it. */
  probe(value: string): void {
    this.transactions.run(() => this.namedValues.put({ name: 'store.probe', value }))
  }

  #apply(change: RegistryChange): void {
    const apply = changes[change.kind] as (records: Records, change: RegistryChange) => void
    apply(this, change)
  }
}
