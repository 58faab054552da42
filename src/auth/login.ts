import type { Device } from '../devices/device.ts'
import type { Product } from '../devices/product.ts'
import type { Secrets } from './secrets.ts'
import { registerContent, signContent, signMethod, verify } from './sign.ts'

/** The signed members of a combine/login, a batch_login item or a topo/add item. */
export interface LoginSignature {
  /** Verbatim, a `|…|` block included (sub-devices.md §1.3); absent only in topo/add. */
  readonly clientId?: string | undefined
  /** A number is signed as its decimal digits. */
  readonly timestamp?: string | number | undefined
  /** Any spelling of hmacmd5, hmacsha1, hmacsha256. */
  readonly signMethod: string
  readonly sign: string
}

/** Was the request signed with the device's secret? False too for an unknown method and a deleted device. */
export function verifyLogin(secrets: Secrets, device: Device, request: LoginSignature): boolean {
  const method = signMethod(request.signMethod)
  if (!method || device.deleted) return false
  const timestamp = request.timestamp === undefined ? null : String(request.timestamp)
  const content = signContent(request.clientId ?? null, device.deviceName, device.productKey, timestamp)
  return verify(secrets.key(device), method, content, request.sign)
}

/** The signed members of a product_register item and of dynamic registration. */
export interface RegisterSignature {
  readonly deviceName: string
  readonly random: string
  readonly signMethod: string
  readonly sign: string
}

/** Was the registration signed with the product's secret? */
export function verifyRegister(secrets: Secrets, product: Product, request: RegisterSignature): boolean {
  const method = signMethod(request.signMethod)
  if (!method) return false
  const content = registerContent(request.deviceName, product.productKey, request.random)
  return verify(secrets.productKey(product), method, content, request.sign)
}
