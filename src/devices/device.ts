import type { SessionSlot, Slotted } from '../sessions/session.ts'
import type { DeviceRow } from '../store/records/rows.ts'
import type { ProductOf } from './product-of.ts'
import type { SecretArena } from './secret-arena.ts'

/** direct.md §7. A device that is disabled shows DISABLE whatever else it is. */
export type DeviceStatus = 'UNACTIVE' | 'ONLINE' | 'OFFLINE' | 'DISABLE'

export interface Tag {
  readonly value: string
  /** Reported with `"domain":"SYSTEM"`: not among the user's tags. */
  readonly system: boolean
}

/**
 * A device in memory. One object from its creation to its deletion, so others may hold and compare it; a device of the same name
 * that is made after a deletion is another object. Built for a million: no nested objects but those that a device really needs.
 */
export class Device implements Slotted {
  readonly product: ProductOf<Device>
  readonly deviceName: string
  readonly iotId: string
  /** Place of the sealed secret in the directory's arena; 0 once the device is deleted. */
  secret: number
  /** The opened secret while it is in the cache of `auth/secrets.ts`; `null` again when the secret changes. */
  opened: string | null = null
  nickname: string
  disabled: boolean
  /** Set when the device is deleted; who still holds the object sees it here. */
  deleted = false
  /** Its session, owned by `sessions/machine.ts`; `null` while nobody ever asked for one. */
  slot: SessionSlot | null = null
  /** `null` while it has none. */
  tags: Map<string, Tag> | null = null
  createdAt: number
  modifiedAt: number
  /** Milliseconds since 1970; 0 = not yet. */
  activatedAt: number
  onlineAt: number
  offlineAt: number
  /** Of the last connection; `''` if none. */
  address: string
  /** Place in the creation order of its product; counts up. */
  order: number
  #key = ''

  constructor(product: ProductOf<Device>, row: DeviceRow, secret: number, order: number) {
    this.product = product
    this.deviceName = row.deviceName
    this.iotId = row.iotId
    this.secret = secret
    this.nickname = row.nickname
    this.disabled = row.disabled
    this.createdAt = row.createdAt
    this.modifiedAt = row.modifiedAt
    this.activatedAt = row.activatedAt
    this.onlineAt = row.onlineAt
    this.offlineAt = row.offlineAt
    this.address = row.address
    this.order = order
  }

  get productKey(): string {
    return this.product.productKey
  }

  /** `productKey/deviceName`, made at first use: most devices of a large fleet are off line and never need it. */
  get key(): string {
    if (this.#key === '') this.#key = `${this.product.productKey}/${this.deviceName}`
    return this.#key
  }

  get isGateway(): boolean {
    return this.product.nodeType === 1
  }

  /** As others see it: a session counts once it is stored and told. */
  get status(): DeviceStatus {
    if (this.disabled) return 'DISABLE'
    if (this.slot?.holder) return 'ONLINE'
    return this.activatedAt === 0 ? 'UNACTIVE' : 'OFFLINE'
  }

  /** The row as it is stored, for a change of some of its members. */
  row(arena: SecretArena): DeviceRow {
    return {
      productKey: this.product.productKey,
      deviceName: this.deviceName,
      iotId: this.iotId,
      deviceSecret: Uint8Array.from(arena.get(this.secret)),
      nickname: this.nickname,
      disabled: this.disabled,
      createdAt: this.createdAt,
      modifiedAt: this.modifiedAt,
      activatedAt: this.activatedAt,
      onlineAt: this.onlineAt,
      offlineAt: this.offlineAt,
      address: this.address,
    }
  }
}
