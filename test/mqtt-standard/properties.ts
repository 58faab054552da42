/** The properties of MQTT 5.0 by short names, as the rows spell them; written out here so that no test takes the server's word. */

export type PropertyKind = 'u8' | 'u16' | 'u32' | 'varint' | 'text' | 'binary' | 'pair'

export interface PropertyName {
  readonly id: number
  readonly name: string
  readonly kind: PropertyKind
  /** Packets of a server that may carry it. */
  readonly from: readonly string[]
}

const acks = ['puback', 'pubrec', 'pubrel', 'pubcomp', 'suback', 'unsuback', 'disconnect', 'auth', 'connack']

function named(id: number, name: string, kind: PropertyKind, ...from: readonly string[]): PropertyName {
  return { id, name, kind, from }
}

export const propertyNames: readonly PropertyName[] = [
  named(0x01, 'pfi', 'u8', 'publish'),
  named(0x02, 'mei', 'u32', 'publish'),
  named(0x03, 'ct', 'text', 'publish'),
  named(0x08, 'rt', 'text', 'publish'),
  named(0x09, 'cd', 'binary', 'publish'),
  named(0x0b, 'sid', 'varint', 'publish'),
  named(0x11, 'expiry', 'u32', 'connack'),
  named(0x12, 'acid', 'text', 'connack'),
  named(0x13, 'ska', 'u16', 'connack'),
  named(0x15, 'method', 'text', 'connack', 'auth'),
  named(0x16, 'adata', 'binary', 'connack', 'auth'),
  named(0x17, 'rpi', 'u8'),
  named(0x18, 'delay', 'u32'),
  named(0x19, 'rri', 'u8'),
  named(0x1a, 'ri', 'text', 'connack'),
  named(0x1c, 'ref', 'text', 'connack', 'disconnect'),
  named(0x1f, 'reason', 'text', ...acks),
  named(0x21, 'rm', 'u16', 'connack'),
  named(0x22, 'tam', 'u16', 'connack'),
  named(0x23, 'alias', 'u16', 'publish'),
  named(0x24, 'mqos', 'u8', 'connack'),
  named(0x25, 'ra', 'u8', 'connack'),
  named(0x26, 'user', 'pair', 'publish', ...acks),
  named(0x27, 'mps', 'u32', 'connack'),
  named(0x28, 'wild', 'u8', 'connack'),
  named(0x29, 'sids', 'u8', 'connack'),
  named(0x2a, 'shared', 'u8', 'connack'),
]

/** Name and value in the order of the wire. Text is one character a byte; binary too; a pair is `key:value`. */
export type PropertyList = readonly (readonly [name: string, value: string])[]

export const byName = new Map(propertyNames.map((it) => [it.name, it]))
export const byId = new Map(propertyNames.map((it) => [it.id, it]))

export function value(properties: PropertyList, name: string): string | undefined {
  return properties.find(([key]) => key === name)?.[1]
}
