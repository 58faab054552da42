import type { Device } from '../devices/device.ts'
import type { Directory } from '../devices/directory.ts'
import type { Sealer } from '../devices/plan.ts'
import type { Product } from '../devices/product.ts'

/** Opened secrets in memory at most, some 16 MB; a secret opened again costs a few microseconds. */
const DEFAULT_LIMIT = 200_000

/**
 * Opened secrets, the keys of HMAC. As text, not as `KeyObject`: HMAC takes 0.1 µs less with one of those, but making it costs 0.6,
 * and several hundred bytes that the collector has to visit one by one. The text stands at its device (`opened`), so the hot path looks nothing up; a ring
 * remembers who has one and takes it from the oldest when the limit is reached. Whoever changes a secret clears `opened`.
 */
export class Secrets {
  readonly #directory: Directory
  readonly #sealer: Sealer
  readonly #limit: number
  readonly #ring: (Device | Product)[] = []
  #next = 0

  constructor(directory: Directory, sealer: Sealer, limit: number = DEFAULT_LIMIT) {
    this.#directory = directory
    this.#sealer = sealer
    this.#limit = limit
  }

  /** The device's secret. The device must not be deleted. */
  key(device: Device): string {
    return device.opened ?? this.#open(device, this.#directory.sealedSecret(device))
  }

  productKey(product: Product): string {
    return product.opened ?? this.#open(product, product.row.productSecret)
  }

  /** The secret as text, for those who may see it. Not cached. */
  text(device: Device): string {
    return this.#sealer.open(this.#directory.sealedSecret(device))
  }

  productText(product: Product): string {
    return this.#sealer.open(product.row.productSecret)
  }

  /** How many are open. */
  get size(): number {
    return this.#ring.length
  }

  #open(owner: Device | Product, sealed: Uint8Array): string {
    const secret = this.#sealer.open(sealed)
    const evicted = this.#ring[this.#next]
    if (evicted) evicted.opened = null
    this.#ring[this.#next] = owner
    this.#next = (this.#next + 1) % this.#limit
    owner.opened = secret
    return secret
  }
}
