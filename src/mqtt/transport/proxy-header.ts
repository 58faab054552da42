/**
 * The header of the PROXY protocol, versions 1 and 2 (haproxy.org, proxy-protocol.txt), by which a load balancer names the client
 * whose connection it passes on.
 */
import { isIPv4, isIPv6 } from 'node:net'

/** Bytes of the longest header that is taken: version 1 has 107 at most; version 2 with TLVs is bounded here. */
export const PROXY_HEADER_LIMIT = 4096
const V1_LIMIT = 107

const V1 = Buffer.from('PROXY ', 'latin1')
const V2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
/** Signature, version and command, family, length. */
const V2_FIXED = 16

/** Bytes of both addresses and ports: nothing, IPv4, IPv6, two paths of sockets. */
const V2_ADDRESSES = [0, 12, 36, 216] as const
const STREAM = 1

export interface ProxyHeader {
  /** Bytes of the header. */
  readonly size: number
  /** `address:port` of the client; null: the connection is the proxy's own (LOCAL), or it does not say (UNKNOWN, UNIX). */
  readonly remote: string | null
}

/** The header at the start of what arrived. Null: more must come. @throws {Error} where it is none, or malformed. */
export function readProxyHeader(bytes: Buffer): ProxyHeader | null {
  if (startsLike(bytes, V1)) return bytes.length < V1.length ? null : readV1(bytes)
  if (startsLike(bytes, V2)) return bytes.length < V2_FIXED ? null : readV2(bytes)
  throw new Error('no PROXY header')
}

function startsLike(bytes: Buffer, signature: Buffer): boolean {
  const length = Math.min(bytes.length, signature.length)
  return bytes.compare(signature, 0, length, 0, length) === 0
}

function readV1(bytes: Buffer): ProxyHeader | null {
  const end = bytes.subarray(0, V1_LIMIT).indexOf('\r\n')
  if (end < 0) {
    if (bytes.length >= V1_LIMIT) throw new Error('PROXY line without an end')
    return null
  }
  const size = end + 2
  const line = bytes.toString('latin1', 0, end)
  const [, family, source = '', destination = '', sourcePort = '', destinationPort = '', ...more] = line.split(' ')
  if (family === 'UNKNOWN') return { size, remote: null }
  const is = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isIPv6 : () => false
  const right = is(source) && is(destination) && isPort(sourcePort) && isPort(destinationPort) && more.length === 0
  if (!right) throw new Error(`PROXY line is malformed: ${JSON.stringify(line)}`)
  return { size, remote: `${source}:${sourcePort}` }
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535
}

function readV2(bytes: Buffer): ProxyHeader | null {
  const command = bytes[12] as number
  const family = (bytes[13] as number) >> 4
  const transport = (bytes[13] as number) & 15
  const length = bytes.readUInt16BE(14)
  const size = V2_FIXED + length
  if (command !== 0x20 && command !== 0x21) throw new Error(`PROXY version and command 0x${command.toString(16)}`)
  if (size > PROXY_HEADER_LIMIT) throw new Error(`PROXY header of ${size} bytes`)
  if (command === 0x21) {
    const addresses = V2_ADDRESSES[family]
    if (addresses === undefined || transport > 2) throw new Error(`PROXY family 0x${bytes[13]?.toString(16)}`)
    if (length < addresses) throw new Error(`PROXY addresses of ${length} bytes, ${addresses} are needed`)
  }
  // TLVs stand behind the addresses: they are passed over.
  if (bytes.length < size) return null
  if (command === 0x20 || transport !== STREAM) return { size, remote: null }
  if (family === 1) return { size, remote: `${bytes.subarray(16, 20).join('.')}:${bytes.readUInt16BE(24)}` }
  if (family === 2) return { size, remote: `${ipv6(bytes.subarray(16, 32))}:${bytes.readUInt16BE(48)}` }
  return { size, remote: null }
}

/** As Node writes the addresses of its sockets. */
function ipv6(bytes: Buffer): string {
  const words = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(':')
  return new URL(`http://[${words}]`).hostname.slice(1, -1)
}
