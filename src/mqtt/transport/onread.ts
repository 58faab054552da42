/**
 * TCP through `net.Socket` with its `onread` option: every socket reads into one static buffer, so a connection costs no read
 * buffer and a read no allocation (measured against 'data': request and reply −16 %, a connection storm −24 %).
 *
 * `net.Server` makes its sockets itself and has no option for this. So the server's handle gives the accepted handles to us
 * (`onconnection`, the same on Node 20 to 26); where that is not to be had, sockets with 'data' do the same work at more cost.
 */
import type { AddressInfo, Server, SocketConstructorOpts } from 'node:net'
import { createServer, Socket } from 'node:net'
import type { AcceptedHandle } from '../admission.ts'
import type { Acceptor, Accepts, Wire, WireUser } from './transport.ts'
import { everyone } from './transport.ts'

/** Bytes of one read, at most. */
const READ_BUFFER = 64 * 1024
/** Connections that the kernel keeps until they are accepted: room for a fleet that comes back at once. */
const BACKLOG = 4096

const readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER)
const NOTHING = new Uint8Array(0)

interface WiredSocket extends Socket {
  wire?: TcpWire
}

interface LentHandle extends AcceptedHandle {
  close(): void
}

interface ServerHandle {
  onconnection: (this: ServerHandle, error: number, handle: LentHandle | undefined) => void
}

export class TcpWire implements Wire {
  /** A header of the PROXY protocol may name another. */
  remote: string
  user: WireUser | null = null
  over = false
  readonly #socket: WiredSocket

  constructor(socket: WiredSocket) {
    this.remote = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`
    this.#socket = socket
    socket.wire = this
    socket.setNoDelay(true)
    socket.on('error', onOver)
    socket.on('end', onOver)
    socket.on('close', onOver)
  }

  write(bytes: Uint8Array): boolean {
    if (this.over) return true
    const socket = this.#socket
    socket.write(bytes)
    if (socket.writableLength === 0) return true
    // The kernel did not take all of it. An empty write behind tells when it has.
    socket.write(NOTHING, () => {
      if (!this.over) this.user?.drained()
    })
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
    this.over = true
    this.#socket.destroy()
  }

  /** Hands the socket on, paused, to what reads it from `unread` on; this wire is no more. */
  release(unread: Buffer): Socket {
    const socket = this.#socket
    this.over = true
    delete socket.wire
    for (const event of ['error', 'end', 'close']) socket.off(event, onOver)
    socket.off('data', onData)
    socket.pause()
    socket.unshift(Buffer.from(unread))
    return socket
  }
}

function onOver(this: WiredSocket): void {
  const wire = this.wire as TcpWire
  if (wire.over) return
  wire.over = true
  wire.user?.ended()
}

function onRead(this: unknown, length: number, buffer: Uint8Array): boolean {
  ;(this as WiredSocket).wire?.user?.received(buffer as Buffer, length)
  return true
}

function onData(this: WiredSocket, bytes: Buffer): void {
  this.wire?.user?.received(bytes, bytes.length)
}

/** Accepts TCP connections; `taken` is given each and sets its `user`. */
export class OnreadAcceptor implements Acceptor {
  readonly #server: Server
  readonly #taken: (wire: TcpWire) => void
  readonly #byHandles: boolean
  readonly #accepts: Accepts

  /** `byHandles` false: sockets with 'data', as where the server's handle is not to be had. */
  constructor(taken: (wire: TcpWire) => void, byHandles = true, accepts: Accepts = everyone) {
    this.#taken = taken
    this.#accepts = accepts
    this.#byHandles = byHandles
    this.#server = createServer({ allowHalfOpen: false }, (socket: WiredSocket) => {
      if (!accepts((socket as unknown as { _handle?: AcceptedHandle })._handle ?? {})) {
        socket.on('error', () => {})
        socket.destroy()
        return
      }
      taken(new TcpWire(socket))
      socket.on('data', onData)
    })
  }

  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ port, host, backlog: BACKLOG }, () => {
        this.#server.off('error', reject)
        // An accept that fails (no file descriptors left) must not end the process; the connection stays with the kernel.
        this.#server.on('error', () => {})
        this.#takeHandles()
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  #takeHandles(): void {
    const serving = (this.#server as unknown as { _handle?: ServerHandle })._handle
    if (!this.#byHandles || typeof serving?.onconnection !== 'function') return
    const taken = this.#taken
    serving.onconnection = (error, handle) => {
      if (error || !handle) return
      if (!this.#accepts(handle)) {
        handle.close()
        return
      }
      const options = { handle, allowHalfOpen: false, onread: { buffer: readBuffer, callback: onRead } }
      // The types know this option for bound sockets only.
      taken(new TcpWire(new Socket(options as unknown as SocketConstructorOpts)))
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#server.listening) resolve()
      // Sockets of the fallback would keep `close` waiting: the port is free when it was called, and that is what matters.
      else this.#server.close(() => resolve())
    })
  }
}
