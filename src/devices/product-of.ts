import type { ProductRow, TopicClassRow } from '../store/records/rows.ts'
import type { Ordered } from './creation-order.ts'
import { CreationOrder } from './creation-order.ts'
import { covers, TopicClass } from './topic-class.ts'

/** Kept of a deleted device until one of the same name is created (sub-devices.md §1.5). */
export interface Tombstone {
  readonly iotId: string
  readonly deletedAt: number
}

/** A product in memory, with its devices (D) and its custom topic classes. */
export class ProductOf<D extends Ordered & { readonly deviceName: string }> {
  row: ProductRow
  readonly productKey: string
  readonly devices = new Map<string, D>()
  readonly order = new CreationOrder<D>()
  readonly tombstones = new Map<string, Tombstone>()
  /** In the order of their ids. */
  classes: readonly TopicClass[] = []
  /** Grows whenever the topic classes change, so caches of what a topic may do know that they are old. */
  generation = 1
  /** Set when the product is deleted. */
  deleted = false
  /** The opened secret, as `Device.opened`. */
  opened: string | null = null

  constructor(row: ProductRow) {
    this.row = row
    this.productKey = row.productKey
  }

  /** 0 device, 1 gateway. */
  get nodeType(): 0 | 1 {
    return this.row.nodeType
  }

  get dynamicRegistration(): boolean {
    return this.row.dynamicRegistration
  }

  putClass(row: TopicClassRow): void {
    const others = this.classes.filter((other) => other.row.id !== row.id)
    this.classes = [...others, new TopicClass(row)].sort((a, b) => a.row.id - b.row.id)
    this.generation++
  }

  deleteClass(id: number): void {
    this.classes = this.classes.filter((other) => other.row.id !== id)
    this.generation++
  }

  /** The class by which a device may publish to (PUB) or receive (SUB) the topic `/{pk}/{dn}/user/{suffix}`, if any. */
  match(suffix: string, operation: 'PUB' | 'SUB'): TopicClass | undefined {
    let levels: string[] | null = null
    for (const topicClass of this.classes) {
      if (!topicClass.allows(operation)) continue
      if (topicClass.row.shortName === suffix) return topicClass
      if (!topicClass.wildcard) continue
      levels ??= suffix.split('/')
      if (covers(topicClass.levels, levels)) return topicClass
    }
    return undefined
  }

  /** The class that grants a SUBSCRIBE to `/{pk}/{dn}/user/{suffix}`: equal to it, or covering it (direct.md §4.3). */
  grants(suffix: string): TopicClass | undefined {
    return this.match(suffix, 'SUB')
  }
}
