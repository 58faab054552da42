import { createHmac } from 'node:crypto'

/** Digest of an HMAC signature, as `node:crypto` names it. */
export type SignMethod = 'md5' | 'sha1' | 'sha256'

const methods: ReadonlyMap<string, SignMethod> = new Map([
  ['hmacmd5', 'md5'],
  ['hmacsha1', 'sha1'],
  ['hmacsha256', 'sha256'],
])
const digits: Readonly<Record<SignMethod, number>> = { md5: 32, sha1: 40, sha256: 64 }

/**
 * The method of a name as clients write it: `hmacmd5`, `hmacMd5`, `HmacMD5`, `hmac_sha1` … (direct.md §2.4). `undefined` for all
 * others, plain `Sha256` among them, whose content no document specifies (sub-devices.md §1.4).
 */
export function signMethod(name: string): SignMethod | undefined {
  const exact = methods.get(name)
  if (exact || name.length > 32) return exact
  return methods.get(name.replace(/[^A-Za-z0-9]/g, '').toLowerCase())
}

/** The name of a method as it is written where we write one. */
export function signMethodName(method: SignMethod): string {
  return `hmac${method}`
}

/** What is signed at a CONNECT (the id stands before the first bar), a login, a topo/add and device HTTP. `null`: not sent. */
export function signContent(
  clientId: string | null,
  deviceName: string,
  productKey: string,
  timestamp: string | null,
): string {
  let content = clientId === null ? '' : `clientId${clientId}`
  content += `deviceName${deviceName}productKey${productKey}`
  return timestamp === null ? content : `${content}timestamp${timestamp}`
}

/** What is signed with the product's secret at dynamic registration and product_register (sub-devices.md §7.2). */
export function registerContent(deviceName: string, productKey: string, random: string): string {
  return `deviceName${deviceName}productKey${productKey}random${random}`
}

/** The signature in lower-case hex. The key is the secret's characters as UTF-8, never hex-decoded. */
export function sign(key: string, method: SignMethod, content: string): string {
  return createHmac(method, key).update(content, 'utf8').digest('hex')
}

/** Compares in a time that does not depend on where they differ; upper- and lower-case hex are alike. */
export function verify(key: string, method: SignMethod, content: string, signature: string): boolean {
  if (signature.length !== digits[method]) return false
  const expected = sign(key, method, content)
  let difference = 0
  for (let i = 0; i < expected.length; i++) {
    let char = signature.charCodeAt(i)
    if (char >= 0x41 && char <= 0x46) char += 0x20
    difference |= char ^ expected.charCodeAt(i)
  }
  return difference === 0
}

/**
 * A CONNECT's password. The newer text of the documents calls clientId and timestamp optional in the content, so the canonical
 * content is tried first, then those without timestamp, without clientId, without both (direct.md §1.2): each needs the secret.
 */
export function verifyConnect(
  key: string,
  method: SignMethod,
  id: string,
  deviceName: string,
  productKey: string,
  timestamp: string | null,
  password: string,
): boolean {
  if (verify(key, method, signContent(id, deviceName, productKey, timestamp), password)) return true
  if (timestamp !== null && verify(key, method, signContent(id, deviceName, productKey, null), password)) return true
  if (timestamp !== null && verify(key, method, signContent(null, deviceName, productKey, timestamp), password))
    return true
  return verify(key, method, signContent(null, deviceName, productKey, null), password)
}
