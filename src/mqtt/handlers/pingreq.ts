import { checkPing, PINGRESP } from '../codec/ping.ts'
import type { Connection } from '../connection.ts'

export function onPingreq(link: Connection, flags: number, bodyStart: number, bodyEnd: number): void {
  checkPing(bodyStart, bodyEnd, flags, link.version)
  link.sendPacket(PINGRESP)
}
