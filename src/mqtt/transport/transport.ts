/**
 * What carries the bytes of a connection. `onread.ts` is TCP, `tls.ts` and `web-socket.ts` are what their names say, `memory.ts`
 * has no sockets at all; others fit behind the same two interfaces.
 */

import type { AcceptedHandle } from '../admission.ts'

/** Whether a connection that the kernel accepted may stay; else it is closed, before a byte of it is read. */
export type Accepts = (handle: AcceptedHandle) => boolean

export function everyone(): boolean {
  return true
}

/** One end of a byte stream, as a connection uses it. */
export interface Wire {
  /** `address:port` of the other side. */
  readonly remote: string
  /** Common Name of the client's certificate, if it showed one; it was verified. */
  readonly certificate?: string
  /** Who hears of input and of the end; set once, right after the wire was made. */
  user: WireUser | null
  /**
   * Sends bytes. True: they are gone and `bytes` may be overwritten. False: they are on their way, `bytes` must stand and nothing
   * more may be written until `drained` is called.
   */
  write(bytes: Uint8Array): boolean
  /** Stops reading; what arrives meanwhile waits with the sender. */
  pause(): void
  resume(): void
  /** Ends the stream behind what was written. */
  end(): void
  /** Drops the stream at once. `ended` is not called any more. */
  destroy(): void
}

/** What a wire calls. */
export interface WireUser {
  /** Bytes arrived at `0 … length` of `buffer`. The buffer is shared by all wires: it holds other bytes once this returns. */
  received(buffer: Buffer, length: number): void
  /** The write that returned false is done. */
  drained(): void
  /** The other side ended the stream, or it broke. Called at most once. */
  ended(): void
}

/** Takes connections in. */
export interface Acceptor {
  /** Returns the port, of use where 0 was asked for. Rejects where the address cannot be had. */
  listen(port: number, host: string): Promise<number>
  /** Takes no more connections in; those that stand are not touched. */
  close(): Promise<void>
}
