/** Certificates for tests, made once a file: RSA keys take a while. */
import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import type { Issued } from '../../src/cli/tls/certificates.ts'
import { DevelopmentCa } from '../../src/cli/tls/certificates.ts'
import { systemRandom } from '../../src/random/random.ts'

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const HOUR = 3_600_000

export class TestCertificates {
  readonly ca: DevelopmentCa
  /** For localhost and 127.0.0.1. */
  readonly server: Issued

  constructor(ca: DevelopmentCa, server: Issued) {
    this.ca = ca
    this.server = server
  }

  static async make(): Promise<TestCertificates> {
    const ca = await DevelopmentCa.create({ random: systemRandom, now: Date.now() })
    return new TestCertificates(ca, await ca.server(['localhost', '127.0.0.1']))
  }

  /** The CA's list of revoked certificates, PEM. */
  async crl(...revoked: readonly Issued[]): Promise<string> {
    const key = x509.PemConverter.decodeFirst(this.ca.key)
    const thisUpdate = new Date(Date.now() - HOUR)
    const crl = await x509.X509CrlGenerator.create({
      issuer: new x509.X509Certificate(this.ca.cert).subjectName,
      thisUpdate,
      nextUpdate: new Date(Date.now() + HOUR),
      entries: revoked.map(({ cert }) => ({
        serialNumber: new x509.X509Certificate(cert).serialNumber,
        revocationDate: thisUpdate,
      })),
      signingAlgorithm: RSA,
      signingKey: await crypto.subtle.importKey('pkcs8', key, RSA, false, ['sign']),
    })
    return `${x509.PemConverter.encode(crl.rawData, 'X509 CRL')}\n`
  }
}
