import { PacketError } from '../codec/packets.ts'

/** Control characters and code points that are no characters. */
const ODD = /\p{Cc}|\p{Noncharacter_Code_Point}/u

/**
 * Texts that name something on an application link hold neither: a receiver may treat them as malformed (§1.5.3, 5.0 §1.5.4), and
 * so nobody writes lines into another's logs. Devices' links let them through: real client ids hold line feeds (clients.md).
 *
 * @throws {PacketError} 0x81
 */
export function requirePlain(text: string): void {
  if (ODD.test(text)) throw new PacketError('a control character, or a code point that is none, in a name')
}
