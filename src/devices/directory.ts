import type {
  DeviceRow,
  ProductRow,
  RegistryChange,
  StatusRow,
  TagRow,
  TombstoneRow,
  TopicClassRow,
} from '../store/records/rows.ts'
import type { RegistryReader } from '../store/store.ts'
import { Device } from './device.ts'
import { IotIdIndex } from './iot-id-index.ts'
import { Product } from './product.ts'
import type { Tombstone } from './product-of.ts'
import { SecretArena } from './secret-arena.ts'

/** Products, devices, tombstones, tags and topic classes in memory. Only `load` and `apply` change it, by what is stored. */
export class Directory {
  /** Sealed device secrets; `Device.secret` is a place in it. */
  readonly arena = new SecretArena()
  readonly #products = new Map<string, Product>()
  readonly #byIotId = new IotIdIndex()
  readonly #listeners: ((device: Device) => void)[] = []
  #devices = 0
  #order = 0
  #topicId = 0

  product(productKey: string): Product | undefined {
    return this.#products.get(productKey)
  }

  /** The device, unless it is deleted. */
  device(productKey: string, deviceName: string): Device | undefined {
    return this.#products.get(productKey)?.devices.get(deviceName)
  }

  /** What is left of a deleted device, until one of the same name is created. */
  tombstone(productKey: string, deviceName: string): Tombstone | undefined {
    return this.#products.get(productKey)?.tombstones.get(deviceName)
  }

  byIotId(iotId: string): Device | undefined {
    return this.#byIotId.get(iotId)
  }

  /** In the order of creation. */
  products(): IterableIterator<Product> {
    return this.#products.values()
  }

  get productCount(): number {
    return this.#products.size
  }

  /** Of all products. */
  get deviceCount(): number {
    return this.#devices
  }

  /** Up to `count` devices of a product, newest first, leaving out the `skip` newest. */
  newest(productKey: string, skip: number, count: number): Device[] {
    return this.#products.get(productKey)?.order.newest(skip, count) ?? []
  }

  /** The device's sealed secret: a view, valid until the device changes. */
  sealedSecret(device: Device): Uint8Array {
    return this.arena.get(device.secret)
  }

  /** An id for a new topic class; never given twice. */
  nextTopicId(): number {
    return ++this.#topicId
  }

  /** Tells of each device that is deleted, right after it left the directory; for other rooms that hold it in memory. */
  onDeleted(listener: (device: Device) => void): void {
    this.#listeners.push(listener)
  }

  load(reader: RegistryReader): void {
    const products = [...reader.products()].sort((a, b) => a.createdAt - b.createdAt)
    for (const row of products) this.#products.set(row.productKey, new Product(row))
    for (const row of reader.topicClasses()) this.#putTopic(row)
    for (const row of reader.devices()) this.#putDevice(row)
    for (const product of this.#products.values()) product.order.sort()
    for (const row of reader.tombstones()) this.#bury(row)
    for (const row of reader.tags()) this.#putTag(row)
  }

  /** Status as folded from the log: at start, and whenever a login or logout is stored. */
  applyStatus(row: StatusRow): void {
    const device = this.device(row.productKey, row.deviceName)
    if (!device) return
    device.activatedAt = row.activatedAt
    device.onlineAt = row.onlineAt
    device.offlineAt = row.offlineAt
    device.address = row.address
  }

  /** Puts a stored change into memory. Changes of other rooms' records are not looked at. */
  apply(change: RegistryChange): void {
    switch (change.kind) {
      case 'product-put':
        this.#putProduct(change.row)
        break
      case 'product-delete':
        this.#deleteProduct(change.productKey)
        break
      case 'topic-put':
        this.#putTopic(change.row)
        break
      case 'topic-delete':
        this.#products.get(change.productKey)?.deleteClass(change.id)
        break
      case 'device-put':
        this.#putDevice(change.row)
        break
      case 'device-delete':
        this.#deleteDevice(change.row)
        break
      case 'tag-put':
        this.#putTag(change.row)
        break
      case 'tag-delete':
        this.#deleteTag(this.device(change.productKey, change.deviceName), change.key)
        break
    }
  }

  #putProduct(row: ProductRow): void {
    const product = this.#products.get(row.productKey)
    if (product) {
      product.row = row
      product.opened = null
    } else {
      this.#products.set(row.productKey, new Product(row))
    }
  }

  #deleteProduct(productKey: string): void {
    const product = this.#products.get(productKey)
    if (!product) return
    for (const device of product.devices.values()) this.#forget(device)
    product.deleted = true
    this.#products.delete(productKey)
  }

  #putDevice(row: DeviceRow): void {
    const product = this.#products.get(row.productKey)
    if (!product) return
    const device = product.devices.get(row.deviceName)
    if (device) {
      this.#update(device, row)
      return
    }
    const made = new Device(product, row, this.arena.put(row.deviceSecret), ++this.#order)
    product.devices.set(row.deviceName, made)
    product.order.add(made)
    product.tombstones.delete(row.deviceName)
    this.#byIotId.add(made)
    this.#devices++
  }

  /** Status is left as it is: it is the log's, and a row planned before a login would take it back. */
  #update(device: Device, row: DeviceRow): void {
    device.nickname = row.nickname
    device.disabled = row.disabled
    device.modifiedAt = row.modifiedAt
    if (this.arena.equals(device.secret, row.deviceSecret)) return
    const old = device.secret
    device.secret = this.arena.put(row.deviceSecret)
    device.opened = null
    this.arena.free(old)
  }

  #deleteDevice(row: TombstoneRow): void {
    const device = this.device(row.productKey, row.deviceName)
    if (device) {
      device.product.devices.delete(device.deviceName)
      device.product.order.remove(device)
      this.#forget(device)
    }
    this.#bury(row)
  }

  #forget(device: Device): void {
    device.deleted = true
    device.opened = null
    device.tags = null
    this.#byIotId.remove(device)
    this.arena.free(device.secret)
    device.secret = 0
    this.#devices--
    for (const listener of this.#listeners) listener(device)
  }

  #bury(row: TombstoneRow): void {
    this.#products.get(row.productKey)?.tombstones.set(row.deviceName, { iotId: row.iotId, deletedAt: row.deletedAt })
  }

  #putTopic(row: TopicClassRow): void {
    this.#topicId = Math.max(this.#topicId, row.id)
    this.#products.get(row.productKey)?.putClass(row)
  }

  #putTag(row: TagRow): void {
    const device = this.device(row.productKey, row.deviceName)
    if (!device) return
    device.tags ??= new Map()
    device.tags.set(row.key, { value: row.value, system: row.system })
  }

  #deleteTag(device: Device | undefined, key: string): void {
    if (!device?.tags) return
    device.tags.delete(key)
    if (device.tags.size === 0) device.tags = null
  }
}
