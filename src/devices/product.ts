import type { Device } from './device.ts'
import { ProductOf } from './product-of.ts'

/** A product of devices. Device and product know each other; the type parameter keeps their files from importing in a circle. */
export class Product extends ProductOf<Device> {}
