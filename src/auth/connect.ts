import type { ConnectRefusal } from '../codes/mqtt.ts'
import type { Device } from '../devices/device.ts'
import type { Directory } from '../devices/directory.ts'
import type { Product } from '../devices/product.ts'
import type { DeviceRef } from '../effects/effect.ts'
import type { ClientId } from './client-id.ts'
import { idLimit, intParameter, parseClientId } from './client-id.ts'
import type { Secrets } from './secrets.ts'
import type { SignMethod } from './sign.ts'
import { signMethod, verifyConnect } from './sign.ts'

/** The three fields of a CONNECT that say who it is; absent ones are `''`. */
export interface Credentials {
  readonly clientId: string
  /** `deviceName&productKey`. */
  readonly userName: string
  readonly password: string
  /** Common Name of the client's certificate, which was verified; it names the device as a user name does. */
  readonly certificate?: string | undefined
}

export interface ConnectAccepted {
  readonly ok: true
  readonly device: Device
  readonly clientId: ClientId
  /** `_ss=1`: system downlinks without SUBSCRIBE, for its sub-devices too (direct.md §4.4). */
  readonly ss: boolean
  /** Bit 0: RRPC on `/ext/rrpc/…`; bit 1: wants `/ext/notify` (direct.md §1.2). */
  readonly ext: number
}

export interface ConnectRefused {
  readonly ok: false
  readonly refusal: ConnectRefusal
  /** Name of the check that answered, for the log and metrics. */
  readonly check: string
  /** As named by the user name, `''` where it could not be read. */
  readonly productKey: string
  readonly deviceName: string
}

/** What the checks look at; dear ones are worked out when their check is reached. */
class ConnectFacts {
  readonly directory: Directory
  readonly secrets: Secrets
  readonly credentials: Credentials
  /** The device is the certificate's: neither signature nor form of the client id are asked for (direct.md §1.8). */
  readonly certified: boolean
  /** Who it is, by user name or certificate. */
  readonly userName: string
  readonly clientId: ClientId
  /** `undefined`: unknown method. The documented default is hmacmd5. */
  readonly method: SignMethod | undefined
  readonly productKey: string
  readonly deviceName: string
  readonly product: Product | undefined
  readonly device: Device | undefined

  constructor(directory: Directory, secrets: Secrets, credentials: Credentials) {
    this.directory = directory
    this.secrets = secrets
    this.credentials = credentials
    this.clientId = parseClientId(credentials.clientId)
    this.method = signMethod(this.clientId.parameters.get('signmethod') ?? 'hmacmd5')
    const { certificate = '', userName } = credentials
    this.certified = isCertified(certificate, userName)
    this.userName = this.certified ? certificate : userName
    const { productKey, deviceName } = namedBy(this.userName)
    this.deviceName = deviceName
    this.productKey = productKey
    this.product = directory.product(this.productKey)
    this.device = this.product?.devices.get(this.deviceName)
  }

  signed(): boolean {
    const { device, method } = this
    if (!device || !method) return false
    const timestamp = this.clientId.parameters.get('timestamp') ?? null
    const { id } = this.clientId
    const { password } = this.credentials
    return verifyConnect(this.secrets.key(device), method, id, this.deviceName, this.productKey, timestamp, password)
  }
}

interface ConnectCheck {
  readonly name: string
  readonly refusal: ConnectRefusal
  fails(facts: ConnectFacts): boolean
}

/** The first that fails answers (direct.md §1.5). */
export const connectChecks: readonly ConnectCheck[] = [
  {
    name: 'client-id',
    refusal: 'client-id',
    fails: ({ clientId, method, certified }) =>
      !((clientId.hasBlock && method) || certified) || longerThan(clientId.id, idLimit),
  },
  { name: 'user-name', refusal: 'user-name', fails: ({ userName }) => !userName.includes('&') },
  { name: 'product', refusal: 'user-name', fails: ({ product }) => !product },
  {
    name: 'device',
    refusal: 'unknown-device',
    fails: ({ product, device, deviceName }) => !device && !product?.tombstones.has(deviceName),
  },
  { name: 'deleted', refusal: 'deleted', fails: ({ device }) => !device },
  { name: 'status', refusal: 'disabled', fails: ({ device }) => device?.disabled ?? false },
  { name: 'sign', refusal: 'sign', fails: (facts) => !facts.certified && !facts.signed() },
]

/** Judges the credentials of a direct CONNECT. Changes nothing. */
export function judgeConnect(
  directory: Directory,
  secrets: Secrets,
  credentials: Credentials,
): ConnectAccepted | ConnectRefused {
  const facts = new ConnectFacts(directory, secrets, credentials)
  for (const check of connectChecks) {
    if (!check.fails(facts)) continue
    return {
      ok: false,
      refusal: check.refusal,
      check: check.name,
      productKey: facts.productKey,
      deviceName: facts.deviceName,
    }
  }
  return {
    ok: true,
    device: facts.device as Device,
    clientId: facts.clientId,
    ss: facts.clientId.parameters.get('_ss') === '1',
    ext: intParameter(facts.clientId, 'ext') & 3,
  }
}

/** A device that does not know yet who it is: the vendor's sample sends no user name, the C SDK one made of empty names. */
export function isNobody(userName: string): boolean {
  return userName === '' || userName === '&'
}

/** The device's certificate stands for its signature. `certificate`: its Common Name, `''` without one. */
export function isCertified(certificate: string, userName: string): boolean {
  return certificate !== '' && (isNobody(userName) || userName === certificate)
}

/** Whom a user name `deviceName&productKey` names; both `''` where it is none. */
export function namedBy(userName: string): DeviceRef {
  // Neither name may hold an ampersand, so which one is cut at makes no difference to a device that exists.
  const cut = userName.lastIndexOf('&')
  if (cut < 0) return { productKey: '', deviceName: '' }
  return { productKey: userName.slice(cut + 1), deviceName: userName.slice(0, cut) }
}

/** In characters, as a reader counts them; only texts that could be too long are counted. */
function longerThan(text: string, limit: number): boolean {
  return text.length > limit && [...text].length > limit
}
