/** The properties of MQTT 5.0 (§2.2.2): one table, from which both directions are read. */
import type { Properties } from './packets.ts'
import { PacketError } from './packets.ts'
import type { PacketReader } from './reader.ts'
import type { PacketWriter } from './writer.ts'
import { startPacket } from './writer.ts'

/** A place where properties stand: the packets, and the will within CONNECT. */
export type PropertyPlace =
  | 'connect'
  | 'will'
  | 'connack'
  | 'publish'
  | 'puback'
  | 'pubrec'
  | 'pubrel'
  | 'pubcomp'
  | 'subscribe'
  | 'suback'
  | 'unsubscribe'
  | 'unsuback'
  | 'disconnect'
  | 'auth'

export type PropertyType = 'u8' | 'u16' | 'u32' | 'varint' | 'text' | 'binary' | 'pair'

export interface PropertyRow {
  readonly id: number
  readonly name: keyof Properties
  readonly type: PropertyType
  readonly places: readonly PropertyPlace[]
  /** Where it may stand more than once; its value is an array wherever it stands if this is not empty. */
  readonly many: readonly PropertyPlace[]
  readonly min: number
  readonly max: number
  /** Reason of a value outside: 0x82, or a more exact one. */
  readonly outside: number
}

const MESSAGE: readonly PropertyPlace[] = ['publish', 'will']
const ACKS: readonly PropertyPlace[] = ['puback', 'pubrec', 'pubrel', 'pubcomp', 'suback', 'unsuback']
const EVERYWHERE: readonly PropertyPlace[] = [
  ...MESSAGE,
  ...ACKS,
  'connect',
  'connack',
  'subscribe',
  'unsubscribe',
  'disconnect',
  'auth',
]
const LARGEST: Record<PropertyType, number> = {
  u8: 255,
  u16: 65_535,
  u32: 0xffff_ffff,
  varint: 268_435_455,
  text: 0,
  binary: 0,
  pair: 0,
}

function row(
  id: number,
  name: keyof Properties,
  type: PropertyType,
  places: readonly PropertyPlace[],
  more: Partial<PropertyRow> = {},
): PropertyRow {
  return { id, name, type, places, many: [], min: 0, max: LARGEST[type], outside: 0x82, ...more }
}

export const propertyRows: readonly PropertyRow[] = [
  row(0x01, 'payloadFormatIndicator', 'u8', MESSAGE, { max: 1 }),
  row(0x02, 'messageExpiryInterval', 'u32', MESSAGE),
  row(0x03, 'contentType', 'text', MESSAGE),
  row(0x08, 'responseTopic', 'text', MESSAGE),
  row(0x09, 'correlationData', 'binary', MESSAGE),
  row(0x0b, 'subscriptionIdentifier', 'varint', ['publish', 'subscribe'], { many: ['publish'], min: 1 }),
  row(0x11, 'sessionExpiryInterval', 'u32', ['connect', 'connack', 'disconnect']),
  row(0x12, 'assignedClientIdentifier', 'text', ['connack']),
  row(0x13, 'serverKeepAlive', 'u16', ['connack']),
  row(0x15, 'authenticationMethod', 'text', ['connect', 'connack', 'auth']),
  row(0x16, 'authenticationData', 'binary', ['connect', 'connack', 'auth']),
  row(0x17, 'requestProblemInformation', 'u8', ['connect'], { max: 1 }),
  row(0x18, 'willDelayInterval', 'u32', ['will']),
  row(0x19, 'requestResponseInformation', 'u8', ['connect'], { max: 1 }),
  row(0x1a, 'responseInformation', 'text', ['connack']),
  row(0x1c, 'serverReference', 'text', ['connack', 'disconnect']),
  row(0x1f, 'reasonString', 'text', [...ACKS, 'connack', 'disconnect', 'auth']),
  row(0x21, 'receiveMaximum', 'u16', ['connect', 'connack'], { min: 1 }),
  row(0x22, 'topicAliasMaximum', 'u16', ['connect', 'connack']),
  row(0x23, 'topicAlias', 'u16', ['publish'], { min: 1, outside: 0x94 }),
  row(0x24, 'maximumQos', 'u8', ['connack'], { max: 1 }),
  row(0x25, 'retainAvailable', 'u8', ['connack'], { max: 1 }),
  row(0x26, 'userProperties', 'pair', EVERYWHERE, { many: EVERYWHERE }),
  row(0x27, 'maximumPacketSize', 'u32', ['connect', 'connack'], { min: 1 }),
  row(0x28, 'wildcardSubscriptionAvailable', 'u8', ['connack'], { max: 1 }),
  row(0x29, 'subscriptionIdentifierAvailable', 'u8', ['connack'], { max: 1 }),
  row(0x2a, 'sharedSubscriptionAvailable', 'u8', ['connack'], { max: 1 }),
]

const byId: readonly (PropertyRow | undefined)[] = Array.from({ length: 0x2b }, (_, id) =>
  propertyRows.find((row) => row.id === id),
)

type Value = number | string | Buffer | [string, string]
/** The same object as {@link Properties}, seen through the table. */
type Values = Record<string, Value | Value[] | undefined>

/**
 * Reads the length of the properties and the properties behind it.
 *
 * @returns null where there are none.
 * @throws {PacketError} 0x81 for an unknown property, one that may not stand here, or a cut-off value; 0x82 for a second one of
 * those that stand once, for a value outside its range (topic alias: 0x94), and for a response topic with wildcards.
 */
export function readProperties(reader: PacketReader, place: PropertyPlace): Properties | null {
  const size = reader.varint()
  if (size === 0) return null
  const bodyEnd = reader.end
  if (size > reader.left) throw new PacketError('properties are longer than the packet')
  reader.end = reader.offset + size
  const values: Values = {}
  while (reader.left > 0) readProperty(reader, place, values)
  reader.end = bodyEnd
  const properties = values as Properties
  if (properties.responseTopic !== undefined && /[+#]/.test(properties.responseTopic)) {
    throw new PacketError('wildcard in the response topic', 0x82)
  }
  return properties
}

function readProperty(reader: PacketReader, place: PropertyPlace, values: Values): void {
  const id = reader.varint()
  const row = byId[id]
  if (!row) throw new PacketError(`unknown property ${id}`)
  if (!row.places.includes(place)) throw new PacketError(`property ${row.name} may not stand in ${place}`)
  const value = readValue(reader, row)
  const before = values[row.name]
  if (before === undefined) values[row.name] = row.many.length > 0 ? ([value] as Value[]) : value
  else if (row.many.includes(place)) (before as Value[]).push(value)
  else throw new PacketError(`property ${row.name} stands twice`, 0x82)
}

function readValue(reader: PacketReader, row: PropertyRow): Value {
  switch (row.type) {
    case 'text':
      return reader.text()
    case 'binary':
      return reader.binary()
    case 'pair':
      return [reader.text(), reader.text()]
    default: {
      const value = reader[row.type]()
      if (value < row.min || value > row.max) throw new PacketError(`property ${row.name} is ${value}`, row.outside)
      return value
    }
  }
}

/** Writes the length of the properties and those that may stand here; what may not is left out. */
export function writeProperties(out: PacketWriter, place: PropertyPlace, properties: Properties | null): void {
  if (properties === null) {
    out.u8(0)
    return
  }
  const at = out.length
  const values = properties as Values
  for (const row of propertyRows) {
    const value = values[row.name]
    if (value === undefined || !row.places.includes(place)) continue
    if (row.many.length === 0) writeProperty(out, row, value as Value)
    else for (const one of value as Value[]) writeProperty(out, row, one)
  }
  out.lengthBefore(at)
}

function writeProperty(out: PacketWriter, row: PropertyRow, value: Value): void {
  out.u8(row.id)
  switch (row.type) {
    case 'text':
      out.text(value as string)
      break
    case 'binary':
      out.binary(value as Buffer)
      break
    case 'pair':
      out.text((value as [string, string])[0])
      out.text((value as [string, string])[1])
      break
    default:
      out[row.type](value as number)
  }
}

/** The bytes of properties with their length before them, as `writePublish` takes them: encoded once for many receivers. */
export function encodeProperties(place: PropertyPlace, properties: Properties | null): Buffer {
  const out = startPacket()
  const at = out.length
  writeProperties(out, place, properties)
  return out.copyFrom(at)
}

/** The bytes of properties without their length. */
export function encodePropertyBody(place: PropertyPlace, properties: Properties): Buffer {
  const out = startPacket()
  const at = out.length
  writeProperties(out, place, properties)
  // The length stands before them as a variable byte integer.
  let body = at
  while ((out.buffer[body] as number) > 127) body++
  return out.copyFrom(body + 1)
}
