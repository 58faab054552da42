/**
 * The certificates that the settings name: read at start, and again when a file changed or somebody asks for it (SIGHUP). What
 * cannot be used leaves those in force that were.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock, Timer } from '../clock/clock.ts'
import type { Settings } from '../config/settings.ts'
import type { Log } from '../log/log.ts'
import type { KeyPair, TlsMaterial } from '../mqtt/transport/tls.ts'
import { Tls } from '../mqtt/transport/tls.ts'

/** Milliseconds between two looks at the files. */
export const LOOK_INTERVAL = 10_000
/** Certificates in the directory of `tls.sni`, at most. */
const SNI_LIMIT = 1000

/** A start that fails for this says so in a line and what to do. */
class CertificateError extends Error {
  readonly code = 'certificate'
  readonly hint = 'check tls.cert, tls.key, tls.ca, tls.crl and tls.sni; homeport tls dev makes a set for development'
}

export interface CertificateNeeds {
  readonly settings: Settings['tls']
  readonly clock: Clock
  readonly log: Log
}

export class Certificates {
  readonly tls: Tls
  readonly #needs: CertificateNeeds
  #seen: string
  #timer: Timer | null = null

  /** @throws {CertificateError} naming the file that cannot be used */
  constructor(needs: CertificateNeeds) {
    const { settings, log } = needs
    this.#needs = needs
    this.#seen = fingerprint(settings)
    const files = material(settings)
    const failed = (remote: string, why: string) => log.info('TLS handshake failed', { remote, why })
    this.tls = attempt('the certificates cannot be used', () => new Tls(files, failed))
  }

  /** Looks at the files from now on, until `close`. */
  watch(): void {
    this.#timer = this.#needs.clock.after(LOOK_INTERVAL, () => {
      if (fingerprint(this.#needs.settings) !== this.#seen) this.reload()
      this.watch()
    })
  }

  /** Reads the files again, whether they changed or not. */
  reload(): void {
    const { settings, log } = this.#needs
    this.#seen = fingerprint(settings)
    try {
      const fresh = material(settings)
      this.tls.replace(fresh)
      log.info('certificates were read again', { until: new X509Certificate(fresh.cert).validTo })
    } catch (error) {
      log.error('certificates cannot be used, the old ones stay in force', { why: (error as Error).message })
    }
  }

  close(): void {
    this.#timer?.cancel()
  }
}

/** Changes when a file does. Files that cannot be looked at count as they are: reading them says why. */
function fingerprint(settings: Settings['tls']): string {
  const paths = [settings.cert, settings.key, settings.ca, settings.crl].filter((path) => path !== '')
  try {
    paths.push(...pairsIn(settings.sni).flat())
  } catch {
    paths.push(settings.sni)
  }
  return paths.map((path) => `${path} ${stateOf(path)}`).join('\n')
}

function stateOf(path: string): string {
  const state = statSync(path, { throwIfNoEntry: false })
  return state === undefined ? '' : `${state.mtimeMs} ${state.size} ${state.ino}`
}

/** `NAME.crt` and `NAME.key` of a directory, in order of their names. */
function pairsIn(directory: string): (readonly [string, string])[] {
  if (directory === '') return []
  return readdirSync(directory)
    .filter((name) => name.endsWith('.crt'))
    .sort()
    .slice(0, SNI_LIMIT)
    .map((name) => [join(directory, name), join(directory, `${name.slice(0, -4)}.key`)] as const)
}

function material(settings: Settings['tls']): TlsMaterial {
  let pairs: ReturnType<typeof pairsIn>
  try {
    pairs = pairsIn(settings.sni)
  } catch (error) {
    throw new CertificateError(`tls.sni ${settings.sni} cannot be read: ${(error as Error).message}`)
  }
  return {
    ...pair('tls.cert', settings.cert, 'tls.key', settings.key),
    ca: settings.ca === '' ? null : certificate('tls.ca', settings.ca),
    crl: settings.crl === '' ? null : revocations(settings.crl),
    minVersion: settings.minVersion,
    more: pairs.map(([cert, key]) => pair('tls.sni', cert, 'tls.sni', key)),
  }
}

function pair(certSetting: string, certPath: string, keySetting: string, keyPath: string): KeyPair {
  const cert = certificate(certSetting, certPath)
  const key = read(keySetting, keyPath)
  const privateKey = attempt(`${keySetting} ${keyPath} is no private key in PEM`, () => createPrivateKey(key))
  if (!new X509Certificate(cert).checkPrivateKey(privateKey)) {
    throw new CertificateError(`${keySetting} ${keyPath} is not the key of ${certPath}`)
  }
  return { cert, key }
}

function certificate(setting: string, path: string): string {
  const text = read(setting, path)
  attempt(`${setting} ${path} is no certificate in PEM`, () => new X509Certificate(text))
  return text
}

function revocations(path: string): string {
  const text = read('tls.crl', path)
  if (!text.includes('-----BEGIN X509 CRL-----')) throw new CertificateError(`tls.crl ${path} is no CRL in PEM`)
  return text
}

function read(setting: string, path: string): string {
  return attempt(`${setting} ${path} cannot be read`, () => readFileSync(path, 'utf8'))
}

function attempt<T>(wrong: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new CertificateError(`${wrong}: ${(error as Error).message}`)
  }
}
