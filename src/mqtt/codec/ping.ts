/** PINGREQ and PINGRESP (§3.12, §3.13): two bytes each. */
import { PacketType, requireFlags } from './fixed-header.ts'
import type { Version } from './packets.ts'
import { PacketError } from './packets.ts'

export const PINGREQ: Buffer = Buffer.from([PacketType.pingreq << 4, 0])
export const PINGRESP: Buffer = Buffer.from([PacketType.pingresp << 4, 0])

/** @throws {PacketError} 0x81 if a PINGREQ or PINGRESP has flags or a body */
export function checkPing(bodyStart: number, bodyEnd: number, flags: number, version: Version): void {
  requireFlags(flags, 0, version)
  if (bodyStart !== bodyEnd) throw new PacketError('a ping has no body')
}
