import { decodeConnect } from '../codec/connect.ts'
import type { Connection } from '../connection.ts'

/** CONNECT: the host lets it in or refuses it, now or later; until then nothing behind it is handled. */
export function onConnect(link: Connection, flags: number, buffer: Buffer, bodyStart: number, bodyEnd: number): void {
  link.connect(decodeConnect(buffer, bodyStart, bodyEnd, flags))
}
