/**
 * TLS 1.2 and 1.3 at the server's side, over sockets that others accepted. Certificates can be replaced while it runs: connections
 * that stand keep theirs, new handshakes see the new ones.
 */
import { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import type { SecureContext, Server, TLSSocket } from 'node:tls'
import { createSecureContext, createServer } from 'node:tls'
import type { Wire, WireUser } from './transport.ts'

/** A certificate with its chain, and its key; PEM. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

export interface TlsMaterial extends KeyPair {
  /** Who signs certificates of clients, PEM; null: clients are not asked for one. */
  readonly ca: string | null
  /** Revoked ones, PEM; null: none. */
  readonly crl: string | null
  readonly minVersion: '1.2' | '1.3'
  /** Further certificates, each for the host names that it names; the first that fits is shown. */
  readonly more: readonly KeyPair[]
}

/** Why a handshake came to nothing; `remote`: whose it was. */
export type HandshakeFailed = (remote: string, why: string) => void

interface Handshake {
  readonly remote: string
  readonly secured: Secured
}

interface Named {
  readonly certificate: X509Certificate
  readonly context: SecureContext
}

/** Who waits for the end of a handshake. `certificate`: Common Name of the client's, '' without one. */
export type Secured = (socket: TLSSocket, certificate: string) => void

/** Sessions of one process can be resumed at any of its ports. */
const SESSIONS = 'homeport'

export class Tls {
  readonly #server: Server
  readonly #failed: HandshakeFailed
  readonly #waiting = new Map<string, Handshake>()
  #more: readonly Named[]

  /** @throws {Error} where the material is not PEM, or key and certificate are of different pairs. */
  constructor(material: TlsMaterial, failed: HandshakeFailed) {
    this.#failed = failed
    this.#more = named(material)
    this.#server = createServer({
      ...contextOptions(material, material),
      sessionIdContext: SESSIONS,
      // Ordinary logins need no certificate; a wrong one is turned away below.
      requestCert: material.ca !== null,
      rejectUnauthorized: false,
      // Whoever hands in a socket has a deadline of its own.
      handshakeTimeout: 0,
      SNICallback: (name, done) => done(null, this.#contextFor(name)),
    })
    this.#server.on('secureConnection', (socket) => this.#secured(socket))
    this.#server.on('tlsClientError', (error, socket) => {
      const { reason = error.message } = error as { reason?: string }
      this.#failed(this.#take(socket)?.remote ?? remoteOf(socket), reason)
    })
  }

  /** New handshakes use this from now on; sessions of before are not resumed. @throws {Error} as the constructor: then nothing changes. */
  replace(material: TlsMaterial): void {
    const more = named(material)
    // Tried out first: a failure within the server would leave half of it.
    createSecureContext(contextOptions(material, material))
    this.#server.setSecureContext({ ...contextOptions(material, material), sessionIdContext: SESSIONS })
    this.#more = more
  }

  /** Begins a handshake on a paused socket. Where it fails, the socket is closed, and that is all. `remote`: for the log. */
  handshake(socket: Socket, remote: string, secured: Secured): void {
    const ends = endsOf(socket)
    const handshake = { remote, secured }
    this.#waiting.set(ends, handshake)
    socket.once('close', () => {
      if (this.#waiting.get(ends) === handshake) this.#waiting.delete(ends)
    })
    this.#server.emit('connection', socket)
  }

  #take(socket: TLSSocket): Handshake | undefined {
    const ends = endsOf(socket)
    const handshake = this.#waiting.get(ends)
    this.#waiting.delete(ends)
    return handshake
  }

  #secured(socket: TLSSocket): void {
    const handshake = this.#take(socket)
    const subject: Readonly<Record<string, unknown>> | undefined = socket.getPeerCertificate()?.subject
    if (handshake === undefined || (subject !== undefined && !socket.authorized)) {
      const why = socket.authorizationError
      const text = `certificate of ${subject?.CN}: ${why instanceof Error ? why.message : why}`
      this.#failed(handshake?.remote ?? remoteOf(socket), text)
      socket.on('error', () => {})
      socket.destroy()
      return
    }
    const name = subject?.CN
    handshake.secured(socket, typeof name === 'string' ? name : '')
  }

  #contextFor(name: string): SecureContext | undefined {
    return this.#more.find(({ certificate }) => certificate.checkHost(name) !== undefined)?.context
  }
}

function contextOptions({ ca, crl, minVersion }: TlsMaterial, { cert, key }: KeyPair) {
  return {
    cert,
    key,
    minVersion: `TLSv${minVersion}` as const,
    ...(ca === null ? {} : { ca }),
    ...(crl === null ? {} : { crl }),
  }
}

function named(material: TlsMaterial): Named[] {
  return material.more.map((pair) => ({
    certificate: new X509Certificate(pair.cert),
    context: createSecureContext({ ...contextOptions(material, pair), sessionIdContext: SESSIONS }),
  }))
}

/** Both ends of a connection: the same of a socket and of the TLS over it. */
function endsOf(socket: Socket): string {
  return `${socket.localAddress} ${socket.localPort} ${remoteOf(socket)}`
}

function remoteOf(socket: Socket): string {
  return `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`
}

export class TlsWire implements Wire {
  readonly remote: string
  readonly certificate: string
  user: WireUser | null = null
  readonly #socket: TLSSocket
  #over = false
  readonly #written = () => {
    if (!this.#over) this.user?.drained()
  }

  constructor(socket: TLSSocket, remote: string, certificate: string) {
    this.#socket = socket
    this.remote = remote
    this.certificate = certificate
    const over = () => this.#ended()
    socket.on('error', over)
    socket.on('end', over)
    socket.on('close', over)
    socket.on('data', (bytes: Buffer) => this.user?.received(bytes, bytes.length))
  }

  /** What is encrypted leaves later than this returns, so it is always on its way. */
  write(bytes: Uint8Array): boolean {
    if (this.#over) return true
    this.#socket.write(bytes, this.#written)
    return false
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#over = true
    this.#socket.destroy()
  }

  #ended(): void {
    if (this.#over) return
    this.#over = true
    this.user?.ended()
  }
}
