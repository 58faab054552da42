/** The rows of the registry as the store keeps them, and the changes that can be made to them. Secrets are sealed (auth/seal.ts). */

export interface ProductRow {
  readonly productKey: string
  readonly productName: string
  /** 0 device (direct, or below a gateway), 1 gateway. */
  readonly nodeType: 0 | 1
  readonly productSecret: Uint8Array
  readonly dynamicRegistration: boolean
  /** `iothub` or `iothub_senior`. */
  readonly commodityCode: string
  readonly dataFormat: 0 | 1
  readonly netType: string
  readonly protocolType: string
  readonly authType: string
  readonly categoryKey: string
  readonly description: string
  readonly createdAt: number
  readonly modifiedAt: number
}

export interface TopicClassRow {
  readonly id: number
  readonly productKey: string
  /** What stands behind `/{pk}/{dn}/user/`. */
  readonly shortName: string
  readonly operation: 'PUB' | 'SUB' | 'ALL'
  readonly description: string
  /** Delivered without SUBSCRIBE (direct.md §4.2). */
  readonly proxySubscribe: boolean
}

export interface DeviceRow {
  readonly productKey: string
  readonly deviceName: string
  /** Unique for ever; a device of the same name that is made later gets another. */
  readonly iotId: string
  readonly deviceSecret: Uint8Array
  readonly nickname: string
  readonly disabled: boolean
  readonly createdAt: number
  readonly modifiedAt: number
  /** Milliseconds since 1970; 0 = not yet. Folded from the log (status checkpoints). */
  readonly activatedAt: number
  readonly onlineAt: number
  readonly offlineAt: number
  /** Address of the last connection, `''` if none. */
  readonly address: string
}

export interface TombstoneRow {
  readonly productKey: string
  readonly deviceName: string
  readonly iotId: string
  readonly deletedAt: number
}

/** A pair (gateway, sub-device); `order` counts up, so the newest relation of a sub-device is known. */
export interface RelationRow {
  readonly gatewayProductKey: string
  readonly gatewayDeviceName: string
  readonly productKey: string
  readonly deviceName: string
  readonly order: number
  readonly createdAt: number
}

export interface TagRow {
  readonly productKey: string
  readonly deviceName: string
  readonly key: string
  readonly value: string
  /** Reported with `"domain":"SYSTEM"`: kept apart from the user's tags. */
  readonly system: boolean
}

export interface AccessKeyRow {
  readonly id: string
  readonly secret: Uint8Array
  readonly active: boolean
  readonly createdAt: number
}

/** One BatchRegisterDevice / BatchCheckDeviceNames application. */
export interface ApplyRow {
  readonly id: number
  readonly productKey: string
  readonly status: 'CHECK' | 'CHECK_SUCCESS' | 'CHECK_FAILED' | 'CREATE' | 'CREATE_SUCCESS' | 'CREATE_FAILED'
  /** JSON: `[{deviceName, nickname?}]`. */
  readonly devices: string
  /** JSON: `[{deviceName, nickname, error}]`. */
  readonly invalid: string
  readonly createdAt: number
}

/** Status of a device as folded from the log. */
export interface StatusRow {
  readonly productKey: string
  readonly deviceName: string
  readonly activatedAt: number
  readonly onlineAt: number
  readonly offlineAt: number
  readonly address: string
}

/** What a registry transaction does. A list of these is stored whole or not at all, then applied to memory by the same list. */
export type RegistryChange =
  | { readonly kind: 'product-put'; readonly row: ProductRow }
  | { readonly kind: 'product-delete'; readonly productKey: string }
  | { readonly kind: 'topic-put'; readonly row: TopicClassRow }
  | { readonly kind: 'topic-delete'; readonly productKey: string; readonly id: number }
  | { readonly kind: 'device-put'; readonly row: DeviceRow }
  /** Leaves a tombstone; relations and tags of the device go with it. */
  | { readonly kind: 'device-delete'; readonly row: TombstoneRow }
  | { readonly kind: 'relation-put'; readonly row: RelationRow }
  | { readonly kind: 'relation-delete'; readonly row: Omit<RelationRow, 'order' | 'createdAt'> }
  | { readonly kind: 'tag-put'; readonly row: TagRow }
  | { readonly kind: 'tag-delete'; readonly productKey: string; readonly deviceName: string; readonly key: string }
  | { readonly kind: 'access-key-put'; readonly row: AccessKeyRow }
  | { readonly kind: 'apply-put'; readonly row: ApplyRow }
