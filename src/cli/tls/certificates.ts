/** Certificates for development: a CA, and what it signs. RSA, since mbedTLS as older device SDKs are built knows nothing else. */
import 'reflect-metadata'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'
import type { Random } from '../../random/random.ts'

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}

const DAY = 86_400_000
/** A clock that is a little behind takes them too. */
const EARLIER = DAY
const CA_DAYS = 3650
/** More, and Apple's clients refuse a server's certificate. */
const SERVER_DAYS = 825
const DEVICE_DAYS = 3650

/** PEM. */
export interface Issued {
  readonly cert: string
  readonly key: string
}

export interface IssueNeeds {
  readonly random: Random
  /** Milliseconds since 1970. */
  readonly now: number
}

export class DevelopmentCa implements Issued {
  readonly cert: string
  readonly key: string
  readonly #certificate: x509.X509Certificate
  readonly #signing: CryptoKey
  readonly #needs: IssueNeeds

  private constructor(issued: Issued, certificate: x509.X509Certificate, signing: CryptoKey, needs: IssueNeeds) {
    this.cert = issued.cert
    this.key = issued.key
    this.#certificate = certificate
    this.#signing = signing
    this.#needs = needs
  }

  static async create(needs: IssueNeeds): Promise<DevelopmentCa> {
    const keys = await newKeys()
    const serial = serialNumber(needs.random)
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serial,
      // Two CAs of one name would be taken for each other.
      name: [{ CN: [`Homeport development CA ${serial.slice(0, 6)}`] }],
      ...validity(needs.now, CA_DAYS),
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    })
    const issued = { cert: pem(certificate), key: await pemOf(keys.privateKey) }
    return new DevelopmentCa(issued, certificate, keys.privateKey, needs)
  }

  /** One that was made before. @throws {Error} where the texts are none */
  static async load(issued: Issued, needs: IssueNeeds): Promise<DevelopmentCa> {
    const signing = await crypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(issued.key), ALGORITHM, true, [
      'sign',
    ])
    return new DevelopmentCa(issued, new x509.X509Certificate(issued.cert), signing, needs)
  }

  /** For a server that is called by these names and addresses; at least one. */
  server(hosts: readonly string[]): Promise<Issued> {
    const names = hosts.map((host) => ({ type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const), value: host }))
    // A Common Name has 64 characters at most.
    return this.#issue((hosts[0] as string).slice(0, 64), SERVER_DAYS, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names),
    ])
  }

  /** For a client; `validFor`: days, negative ones make it expired. */
  client(commonName: string, validFor = DEVICE_DAYS): Promise<Issued> {
    return this.#issue(commonName, validFor, [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])])
  }

  async #issue(commonName: string, days: number, extensions: readonly x509.Extension[]): Promise<Issued> {
    const keys = await newKeys()
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(this.#needs.random),
      subject: [{ CN: [commonName] }],
      issuer: this.#certificate.subjectName,
      ...validity(this.#needs.now, days),
      publicKey: keys.publicKey,
      signingKey: this.#signing,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
        ...extensions,
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
      ],
    })
    return { cert: pem(certificate), key: await pemOf(keys.privateKey) }
  }
}

function newKeys() {
  return crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
}

function validity(now: number, days: number) {
  return { notBefore: new Date(now - EARLIER + Math.min(0, days * DAY)), notAfter: new Date(now + days * DAY) }
}

/** Hex of a positive number of 16 bytes. */
function serialNumber(random: Random): string {
  const bytes = random.bytes(16)
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40
  return bytes.toString('hex')
}

function pem(data: { toString(format: 'pem'): string }): string {
  return `${data.toString('pem')}\n`
}

async function pemOf(key: CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}
