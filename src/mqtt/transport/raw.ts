/**
 * TCP by Node's own handles, without `net.Socket` on top: no stream, no events, no timers a connection. Measured against onread.ts:
 * see docs/performance.md, "What was tried".
 *
 * The handles and the two classes of requests are not documented (`process.binding`, DEP0111), though the same on Node 20 to 26.
 * Where any part of it is missing, `tcpAcceptor` takes onread.ts, which does the same at more cost.
 */
import type { AddressInfo, Server } from 'node:net'
import { createServer } from 'node:net'
import type { AcceptedHandle } from '../admission.ts'
import { OnreadAcceptor } from './onread.ts'
import type { Acceptor, Accepts, Wire, WireUser } from './transport.ts'
import { everyone } from './transport.ts'

/** Bytes of one read, at most. */
const READ_BUFFER = 64 * 1024
/** Connections that the kernel keeps until they are accepted: room for a fleet that comes back at once. */
const BACKLOG = 4096

interface WriteRequest {
  oncomplete: ((this: WriteRequest, status: number) => void) | null
  wire: RawWire | null
  /** The bytes must live until they are written. */
  bytes: Uint8Array | null
}

interface ShutdownRequest {
  oncomplete: () => void
}

interface TcpHandle extends AcceptedHandle {
  onread: (this: TcpHandle) => void
  wire: RawWire | undefined
  /** Errors of libuv are negative. */
  readStart(): number
  readStop(): number
  useUserBuffer(buffer: Uint8Array): void
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number
  shutdown(request: ShutdownRequest): number
  setNoDelay(on: boolean): number
  getpeername(out: { address?: string; port?: number }): number
  close(): void
}

interface ServerHandle {
  onconnection: (this: ServerHandle, error: number, handle: TcpHandle | undefined) => void
  setNoDelay(on: boolean): number
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest
  readonly ShutdownWrap: new () => ShutdownRequest
  readonly streamBaseState: Int32Array
  readonly kReadBytesOrError: number
  readonly kLastWriteWasAsync: number
}

/** What this Node lends us, or null. */
function streamBinding(): StreamBinding | null {
  try {
    const { binding } = process as unknown as { binding?: (name: string) => Partial<StreamBinding> }
    const found = binding?.call(process, 'stream_wrap')
    const whole =
      typeof found?.WriteWrap === 'function' &&
      typeof found.ShutdownWrap === 'function' &&
      found.streamBaseState !== undefined &&
      typeof found.kReadBytesOrError === 'number' &&
      typeof found.kLastWriteWasAsync === 'number'
    return whole ? (found as StreamBinding) : null
  } catch {
    return null
  }
}

const binding = streamBinding()
const readBuffer = Buffer.allocUnsafeSlow(READ_BUFFER)
/** Linux hands the listening socket's TCP_NODELAY on to those it accepts: one system call less a connection. */
const INHERITS_NO_DELAY = process.platform === 'linux'

class RawWire implements Wire {
  user: WireUser | null = null
  #remote = ''
  /** Null once the wire is over. */
  #handle: TcpHandle | null
  readonly #native: StreamBinding

  constructor(native: StreamBinding, handle: TcpHandle) {
    this.#native = native
    this.#handle = handle
    handle.wire = this
    handle.onread = onRead
    handle.useUserBuffer(readBuffer)
    if (!INHERITS_NO_DELAY) handle.setNoDelay(true)
  }

  get remote(): string {
    if (this.#remote === '') {
      const peer: { address?: string; port?: number } = {}
      if (this.#handle?.getpeername(peer) === 0) this.#remote = `${peer.address}:${peer.port}`
      else return '?:0'
    }
    return this.#remote
  }

  read(length: number): void {
    if (length > 0) this.user?.received(readBuffer, length)
    // 0 is libuv's EAGAIN; below are the end of the stream and errors.
    else if (length < 0) this.#ended()
  }

  write(bytes: Uint8Array): boolean {
    const handle = this.#handle
    if (handle === null) return true
    const { streamBaseState, kLastWriteWasAsync, WriteWrap } = this.#native
    spare ??= new WriteWrap()
    if (handle.writeBuffer(spare, bytes) !== 0) {
      // Not within this call: whoever writes is in the middle of something.
      queueMicrotask(() => this.#ended())
      return true
    }
    if (streamBaseState[kLastWriteWasAsync] === 0) return true
    const request = spare
    spare = null
    request.wire = this
    request.bytes = bytes
    request.oncomplete = onWritten
    return false
  }

  written(status: number): void {
    if (this.#handle === null) return
    if (status < 0) this.#ended()
    else this.user?.drained()
  }

  pause(): void {
    this.#handle?.readStop()
  }

  resume(): void {
    this.#handle?.readStart()
  }

  end(): void {
    if (this.#handle === null) return
    const request = new this.#native.ShutdownWrap()
    request.oncomplete = ignore
    this.#handle.shutdown(request)
  }

  destroy(): void {
    const handle = this.#handle
    if (handle === null) return
    this.#handle = null
    handle.close()
  }

  #ended(): void {
    if (this.#handle === null) return
    this.destroy()
    this.user?.ended()
  }
}

/** The request of the next write; it is used up only by a write that does not finish at once. */
let spare: WriteRequest | null = null

function ignore(): void {}

function onRead(this: TcpHandle): void {
  const { streamBaseState, kReadBytesOrError } = binding as StreamBinding
  this.wire?.read(streamBaseState[kReadBytesOrError] as number)
}

function onWritten(this: WriteRequest, status: number): void {
  const { wire } = this
  this.wire = null
  this.bytes = null
  wire?.written(status)
}

/** Accepts TCP connections; `taken` is given each and sets its `user`. */
export class RawAcceptor implements Acceptor {
  readonly #native: StreamBinding
  readonly #server: Server = createServer()
  readonly #taken: (wire: Wire) => void
  readonly #accepts: Accepts

  /** @throws where this Node does not lend its handles. */
  constructor(taken: (wire: Wire) => void, accepts: Accepts = everyone) {
    if (binding === null) throw new Error('this Node does not lend its handles')
    this.#native = binding
    this.#taken = taken
    this.#accepts = accepts
  }

  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ port, host, backlog: BACKLOG }, () => {
        this.#server.off('error', reject)
        this.#takeHandles()
        resolve((this.#server.address() as AddressInfo).port)
      })
    })
  }

  #takeHandles(): void {
    const serving = (this.#server as unknown as { _handle: ServerHandle })._handle
    serving.setNoDelay(true)
    serving.onconnection = (error, handle) => {
      // An accept that fails (no file descriptors left) leaves the connection with the kernel.
      if (error !== 0 || handle === undefined) return
      if (!this.#accepts(handle)) {
        handle.close()
        return
      }
      this.#taken(new RawWire(this.#native, handle))
      handle.readStart()
    }
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#server.listening) resolve()
      else this.#server.close(() => resolve())
    })
  }
}

/** The cheapest way to take TCP connections in that this Node offers. */
export function tcpAcceptor(taken: (wire: Wire) => void, accepts: Accepts = everyone): Acceptor {
  return binding === null ? new OnreadAcceptor(taken, true, accepts) : new RawAcceptor(taken, accepts)
}
