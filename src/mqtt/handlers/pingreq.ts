import { checkPing } from '../codec/ping.ts'
import type { Connection } from '../connection.ts'

export function onPingreq(link: Connection, flags: number, bodyStart: number, bodyEnd: number): void {
  checkPing(bodyStart, bodyEnd, flags, link.version)
  if (link.core.host.waits?.(link)) link.core.flusher.pinged(link)
  else link.pong()
}
