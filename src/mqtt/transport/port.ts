/**
 * What a connection passes between being accepted and being a wire of MQTT: the header of a proxy, TLS if its first byte says so,
 * the upgrade to WebSocket. A port of plain MQTT has none of this, and costs nothing more for it.
 */
import type { Socket } from 'node:net'
import type { Clock } from '../../clock/clock.ts'
import { Admission } from '../admission.ts'
import type { TcpWire } from './onread.ts'
import { OnreadAcceptor } from './onread.ts'
import { PROXY_HEADER_LIMIT, readProxyHeader } from './proxy-header.ts'
import { tcpAcceptor } from './raw.ts'
import type { Tls } from './tls.ts'
import { TlsWire } from './tls.ts'
import type { Acceptor, Accepts, Wire, WireUser } from './transport.ts'
import { everyone } from './transport.ts'
import type { Waiter } from './waiting.ts'
import { Waiting } from './waiting.ts'
import { WebSockets, WebSocketWire } from './web-socket.ts'

/** What a port speaks. */
export interface PortRules {
  /** Connections that begin with a TLS record (0x16) get a handshake; null: there is no TLS. */
  readonly tls: Tls | null
  /** Connections without TLS are taken too. */
  readonly plain: boolean
  /** MQTT comes in WebSocket frames. */
  readonly webSocket: boolean
  /** Every connection begins with a header of the PROXY protocol; one without is closed. */
  readonly proxyProtocol: boolean
}

export const PLAIN_MQTT: PortRules = { tls: null, plain: true, webSocket: false, proxyProtocol: false }

export interface PortNeeds {
  readonly clock: Clock
  /** Is given each connection that came through, and sets its `user`. */
  readonly taken: (wire: Wire) => void
  /** Bytes of the largest packet. */
  readonly maximumPacketSize: number
  /** Who is taken at all; everybody without. */
  readonly admission?: Admission
}

/** First byte of a TLS record of a handshake (direct.md §1.1). */
const TLS_HANDSHAKE = 0x16

export function acceptorFor(rules: PortRules, needs: PortNeeds): Acceptor {
  const { tls, plain, webSocket, proxyProtocol } = rules
  if (plain && tls === null && !webSocket && !proxyProtocol) return tcpAcceptor(needs.taken, accepter(needs.admission))
  return new PortAcceptor(rules, needs)
}

function accepter(admission: Admission | undefined): Accepts {
  return admission === undefined ? everyone : (handle) => admission.accepts(handle)
}

class PortAcceptor implements Acceptor {
  readonly rules: PortRules
  readonly taken: (wire: Wire) => void
  readonly waiting: Waiting
  readonly webSockets: WebSockets | null
  readonly admission: Admission
  readonly #tcp: OnreadAcceptor

  constructor(rules: PortRules, { clock, taken, maximumPacketSize, admission }: PortNeeds) {
    this.rules = rules
    this.taken = taken
    this.waiting = new Waiting(clock)
    this.admission = admission ?? new Admission(clock)
    this.webSockets = rules.webSocket ? new WebSockets(maximumPacketSize) : null
    // What is MQTT from the first byte on stays in the shared buffer.
    const byHandles = rules.plain && !rules.webSocket
    this.#tcp = new OnreadAcceptor((wire) => new Visit(this, wire), byHandles, accepter(admission))
  }

  listen(port: number, host: string): Promise<number> {
    return this.#tcp.listen(port, host)
  }

  close(): Promise<void> {
    const closed = this.#tcp.close()
    this.waiting.dropAll()
    return closed
  }
}

/** One connection on its way in. */
class Visit implements WireUser, Waiter {
  readonly #port: PortAcceptor
  readonly #wire: TcpWire
  #headed: boolean
  #begun: Buffer | null = null
  /** It counts as one of its address. */
  #entered = false
  /** Once the wire gave it up. */
  #socket: Socket | null = null

  constructor(port: PortAcceptor, wire: TcpWire) {
    this.#port = port
    this.#wire = wire
    this.#headed = !port.rules.proxyProtocol
    wire.user = this
    port.waiting.add(this)
    if (this.#headed) this.#enter()
  }

  /** Counts with its address while it is on its way in; what takes it counts it from then on. */
  #enter(): boolean {
    this.#entered = this.#port.admission.enters(this.#wire)
    if (this.#entered) return true
    this.#leave()
    this.drop()
    return false
  }

  received(buffer: Buffer, length: number): void {
    const read = buffer.subarray(0, length)
    const bytes = this.#begun === null ? read : Buffer.concat([this.#begun, read])
    const rest = this.#headed ? bytes : this.#head(bytes)
    if (rest !== null && rest.length > 0) this.#first(rest)
  }

  drained(): void {}

  ended(): void {
    this.#leave()
    this.drop()
  }

  drop(): void {
    if (this.#socket === null) this.#wire.destroy()
    else this.#socket.destroy()
  }

  #leave(): void {
    this.#port.waiting.remove(this)
    if (!this.#entered) return
    this.#entered = false
    this.#port.admission.leaves(this.#wire)
  }

  /** Reads the header of the proxy. Returns what stands behind it, or null while it is not whole. */
  #head(bytes: Buffer): Buffer | null {
    try {
      const header = readProxyHeader(bytes)
      if (header === null) {
        this.#begun = Buffer.from(bytes.subarray(0, PROXY_HEADER_LIMIT))
        return null
      }
      this.#headed = true
      this.#begun = null
      if (header.remote !== null) this.#wire.remote = header.remote
      return this.#enter() ? bytes.subarray(header.size) : null
    } catch {
      this.#leave()
      this.drop()
      return null
    }
  }

  /** The first bytes of the client itself. */
  #first(bytes: Buffer): void {
    const { rules, taken, webSockets } = this.#port
    if (rules.tls !== null && bytes[0] === TLS_HANDSHAKE) {
      const { remote } = this.#wire
      rules.tls.handshake(this.#release(bytes), remote, (socket, certificate) => {
        if (webSockets !== null) this.#upgrade(webSockets, socket, certificate)
        else {
          this.#leave()
          taken(new TlsWire(socket, remote, certificate))
        }
      })
    } else if (!rules.plain) {
      this.#leave()
      this.drop()
    } else if (webSockets !== null) this.#upgrade(webSockets, this.#release(bytes), '')
    else {
      this.#leave()
      taken(this.#wire)
      this.#wire.user?.received(bytes, bytes.length)
    }
  }

  #release(bytes: Buffer): Socket {
    const socket = this.#wire.release(bytes)
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('close', () => this.#leave())
    return socket
  }

  #upgrade(webSockets: WebSockets, socket: Socket, certificate: string): void {
    // A TLS socket stands over the one whose end is watched, and fails by itself.
    if (socket !== this.#socket) socket.on('error', () => {})
    webSockets.upgrade(socket, (webSocket) => {
      this.#leave()
      this.#port.taken(new WebSocketWire(webSocket, this.#wire.remote, certificate))
    })
  }
}
