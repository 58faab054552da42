import type { SignMethod } from './sign.ts'
import { sign, signContent, signMethodName } from './sign.ts'

/** A device with its secret in clear. */
export interface DeviceSecret {
  readonly productKey: string
  readonly deviceName: string
  readonly deviceSecret: string
}

export interface ConnectOptions {
  /** Id part of the client id, at most 64 characters without a bar; `{pk}.{dn}` by default. */
  readonly id?: string
  readonly method?: SignMethod
  /** Left out where absent. */
  readonly timestamp?: string | number
  /** 2 TLS, 3 TCP (the default). */
  readonly securemode?: 2 | 3
  /** Further parameters of the client id, such as `_ss` or `ext`. */
  readonly extra?: Readonly<Record<string, string | number>>
}

export interface ConnectParameters {
  readonly clientId: string
  readonly userName: string
  readonly password: string
}

/** Parameters of a CONNECT that works (direct.md §1.2). */
export function makeConnect(device: DeviceSecret, options: ConnectOptions = {}): ConnectParameters {
  const { productKey, deviceName, deviceSecret } = device
  const { id = `${productKey}.${deviceName}`, method = 'sha256', securemode = 3, extra = {} } = options
  const timestamp = options.timestamp === undefined ? null : String(options.timestamp)
  const items = [`securemode=${securemode}`, `signmethod=${signMethodName(method)}`]
  if (timestamp !== null) items.push(`timestamp=${timestamp}`)
  for (const [key, value] of Object.entries(extra)) items.push(`${key}=${value}`)
  return {
    clientId: `${id}|${items.join(',')}|`,
    userName: `${deviceName}&${productKey}`,
    password: sign(deviceSecret, method, signContent(id, deviceName, productKey, timestamp)),
  }
}

export interface LoginOptions {
  /** Signed verbatim; `{pk}&{dn}` by default. */
  readonly clientId?: string
  readonly method?: SignMethod
  /** Left out where absent. */
  readonly timestamp?: string | number
  readonly cleanSession?: boolean
}

/** `params` of a combine/login; without `cleanSession` also an item of batch_login. */
export interface LoginParams {
  readonly productKey: string
  readonly deviceName: string
  readonly clientId: string
  readonly timestamp?: string
  readonly signMethod: string
  readonly sign: string
  readonly cleanSession?: string
}

/** Parameters of a combine/login that works (sub-devices.md §1.2). */
export function makeLogin(device: DeviceSecret, options: LoginOptions = {}): LoginParams {
  const { productKey, deviceName, deviceSecret } = device
  const { clientId = `${productKey}&${deviceName}`, method = 'sha256' } = options
  const timestamp = options.timestamp === undefined ? null : String(options.timestamp)
  return {
    productKey,
    deviceName,
    clientId,
    ...(timestamp === null ? {} : { timestamp }),
    signMethod: signMethodName(method),
    sign: sign(deviceSecret, method, signContent(clientId, deviceName, productKey, timestamp)),
    ...(options.cleanSession === undefined ? {} : { cleanSession: String(options.cleanSession) }),
  }
}

/** One item of a topo/add; its key is spelled `signmethod` (sub-devices.md §6.1). */
export interface TopoAddItem {
  readonly productKey: string
  readonly deviceName: string
  readonly clientId: string
  readonly timestamp?: string
  readonly signmethod: string
  readonly sign: string
}

/** An item of a topo/add that works. */
export function makeTopoAdd(device: DeviceSecret, options: Omit<LoginOptions, 'cleanSession'> = {}): TopoAddItem {
  const { signMethod: signmethod, cleanSession: _, ...rest } = makeLogin(device, options)
  return { ...rest, signmethod }
}
