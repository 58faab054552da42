import { Connection } from './connection.ts'
import type { Core } from './core.ts'
import type { Host, Link, Profile } from './host.ts'
import { MemoryWire } from './transport/memory.ts'
import type { PortRules } from './transport/port.ts'
import { acceptorFor, PLAIN_MQTT } from './transport/port.ts'
import type { Acceptor, Wire } from './transport/transport.ts'

/** Milliseconds that clients have to take the end of their connection when the server stops. */
const CLOSE_TIME = 3000

/** The ports that take connections for one kind of client. */
export class MqttListener {
  readonly #core: Core
  readonly #acceptors: Acceptor[] = []

  constructor(core: Core) {
    this.#core = core
  }

  /** Opens a port; returns its number, of use where 0 was asked for. */
  listen(port: number, host: string, rules: PortRules = PLAIN_MQTT): Promise<number> {
    const { clock, profile, admission } = this.#core
    const taken = (wire: Wire) => this.take(wire)
    const acceptor = acceptorFor(rules, {
      clock,
      taken,
      maximumPacketSize: profile.maximumPacketSize,
      admission,
    })
    this.#acceptors.push(acceptor)
    return acceptor.listen(port, host)
  }

  /** Takes a connection in whose bytes come over this wire. */
  take(wire: Wire): void {
    if (this.#core.admission.enters(wire)) new Connection(this.#core, wire)
    else {
      wire.user = null
      wire.destroy()
    }
  }

  /** A connection without a socket: returns the client's end. */
  connect(capacity?: number): MemoryWire {
    const [server, client] = MemoryWire.pair(this.#core.clock, capacity)
    this.take(server)
    return client
  }

  get host(): Host {
    return this.#core.host
  }

  get profile(): Profile {
    return this.#core.profile
  }

  get connections(): number {
    return this.#core.connections.size
  }

  /** Links that are let in. */
  *links(): Generator<Link> {
    for (const link of this.#core.connections) if (link.open) yield link
  }

  /** Stops taking connections, closes the links (5.0: DISCONNECT 0x8B), and resolves when all are gone, within 3 s. */
  async close(): Promise<void> {
    const { clock, connections, flusher } = this.#core
    const closed = Promise.all(this.#acceptors.map((acceptor) => acceptor.close()))
    for (const connection of [...connections]) connection.close('server-stops')
    flusher.flush()
    const timer = clock.after(CLOSE_TIME, () => {
      for (const connection of [...connections]) connection.cut()
    })
    await new Promise<void>((resolve) => this.#core.whenEmpty(resolve))
    timer.cancel()
    await closed
  }
}
