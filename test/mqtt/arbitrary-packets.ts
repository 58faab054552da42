/** Arbitrary packets that obey the standard, for property tests of the codec. */
import fc from 'fast-check'
import type { AckName } from '../../src/mqtt/codec/acks.ts'
import type { AnyPacket } from '../../src/mqtt/codec/any.ts'
import type { Properties, SubscribeFilter, Version } from '../../src/mqtt/codec/packets.ts'
import type { PropertyPlace, PropertyRow } from '../../src/mqtt/codec/properties.ts'
import { propertyRows } from '../../src/mqtt/codec/properties.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => !value.includes('\0'))
const topic = text.filter((value) => value !== '' && !/[+#]/.test(value))
const bytes = fc.uint8Array({ maxLength: 20 }).map((value) => Buffer.from(value))
const qos = fc.constantFrom(0 as const, 1 as const, 2 as const)
const packetId = fc.integer({ min: 1, max: 65_535 })
/** Some of the reasons that the standard gives to each packet. */
const reasons = {
  puback: [0, 0x10, 0x80, 0x87, 0x99],
  pubrec: [0, 0x10, 0x91, 0x97],
  pubrel: [0, 0x92],
  pubcomp: [0, 0x92],
  disconnect: [0, 0x04, 0x82, 0x8e],
  auth: [0, 0x18, 0x19],
} as const

function reason(type: keyof typeof reasons, version: Version): fc.Arbitrary<number> {
  return version === 5 ? fc.constantFrom(...reasons[type]) : fc.constant(0)
}
const userProperties = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), topic, {
  minKeys: 1,
  maxKeys: 3,
  noNullPrototype: true,
})

function value(row: PropertyRow, place: PropertyPlace): fc.Arbitrary<unknown> {
  switch (row.type) {
    case 'text':
      return topic
    case 'binary':
      return bytes
    case 'pair':
      return userProperties.map((pairs) => Object.entries(pairs))
    default: {
      const number = fc.integer({ min: row.min, max: row.max })
      if (row.many.length === 0) return number
      return fc.array(number, { minLength: 1, maxLength: row.many.includes(place) ? 3 : 1 })
    }
  }
}

/** Any properties that may stand at a place of 5.0; null on 3.x. */
function properties(place: PropertyPlace, version: Version, toClient: boolean): fc.Arbitrary<Properties | null> {
  if (version !== 5) return fc.constant(null)
  const model: Record<string, fc.Arbitrary<unknown>> = {}
  for (const row of propertyRows) {
    const onlyToClient = place === 'publish' && row.name === 'subscriptionIdentifier'
    if (row.places.includes(place) && (toClient || !onlyToClient)) model[row.name] = value(row, place)
  }
  return fc.record(model, { requiredKeys: [] }).map((record) => {
    if (record.authenticationMethod === undefined) delete record.authenticationData
    return Object.keys(record).length === 0 ? null : (record as Properties)
  })
}

function connect(version: Version): fc.Arbitrary<AnyPacket> {
  const will = fc.record({
    topic,
    payload: bytes,
    qos,
    retain: fc.boolean(),
    properties: properties('will', version, false),
  })
  const packet = fc.record({
    version: fc.constant(version),
    clientId: topic,
    cleanStart: fc.boolean(),
    keepAlive: fc.nat({ max: 65_535 }),
    userName: fc.option(topic),
    password: fc.option(bytes.filter((value) => value.length > 0)),
    will: fc.option(will),
    properties: properties('connect', version, false),
  })
  return packet.map((one) => {
    const password = version !== 5 && one.userName === null ? null : one.password
    return { type: 'connect', packet: { ...one, password } }
  })
}

function publish(version: Version, toClient: boolean): fc.Arbitrary<AnyPacket> {
  const packet = fc.record({
    topic,
    payload: bytes,
    qos,
    retain: fc.boolean(),
    dup: fc.boolean(),
    packetId,
    properties: properties('publish', version, toClient),
  })
  return packet.map((one) => ({
    type: 'publish',
    packet: one.qos === 0 ? { ...one, dup: false, packetId: 0 } : one,
  }))
}

function ack(name: AckName, version: Version): fc.Arbitrary<AnyPacket> {
  return fc
    .record({
      packetId,
      reason: reason(name, version),
      properties: properties(name, version, false),
    })
    .map((packet) => ({ type: name, packet }))
}

function filter(version: Version): fc.Arbitrary<SubscribeFilter> {
  const off = fc.constant(false)
  return fc.record({
    filter: topic,
    qos,
    noLocal: version === 5 ? fc.boolean() : off,
    retainAsPublished: version === 5 ? fc.boolean() : off,
    retainHandling: version === 5 ? qos : fc.constant(0 as const),
  })
}

function reasoned(type: 'disconnect' | 'auth', version: Version): fc.Arbitrary<AnyPacket> {
  return fc
    .record({
      reason: reason(type, version),
      properties: properties(type, version, false),
    })
    .map((packet) => ({ type, packet }))
}

function suback(type: 'suback' | 'unsuback', version: Version): fc.Arbitrary<AnyPacket> {
  const code = type === 'unsuback' ? fc.constantFrom(0, 0x11, 0x87) : fc.constantFrom(0, 1, 2, 0x80)
  const bare = type === 'unsuback' && version !== 5
  return fc
    .record({
      packetId,
      codes: bare
        ? fc.constant(new Uint8Array(0))
        : fc.array(code, { minLength: 1, maxLength: 5 }).map((codes) => Uint8Array.from(codes)),
      properties: properties(type, version, true),
    })
    .map((packet) => ({ type, packet }))
}

/** Packets of one version that go to the server, or to a client. */
export function arbitraryPacket(version: Version, toClient: boolean): fc.Arbitrary<AnyPacket> {
  const both = [
    publish(version, toClient),
    ...(['puback', 'pubrec', 'pubrel', 'pubcomp'] as const).map((name) => ack(name, version)),
    reasoned('disconnect', version),
    ...(version === 5 ? [reasoned('auth', version)] : []),
  ]
  if (toClient) {
    const connack = fc.record({
      sessionPresent: version === 3 ? fc.constant(false) : fc.boolean(),
      code: fc.constant(0),
      properties: properties('connack', version, true),
    })
    const pingresp = fc.constant<AnyPacket>({ type: 'pingresp', packet: null })
    const packet = connack.map((one): AnyPacket => ({ type: 'connack', packet: one }))
    return fc.oneof(...both, packet, suback('suback', version), suback('unsuback', version), pingresp)
  }
  const subscribe = fc.record({
    packetId,
    filters: fc.array(filter(version), { minLength: 1, maxLength: 4 }),
    properties: properties('subscribe', version, false),
  })
  const unsubscribe = fc.record({
    packetId,
    filters: fc.array(topic, { minLength: 1, maxLength: 4 }),
    properties: properties('unsubscribe', version, false),
  })
  return fc.oneof(
    ...both,
    connect(version),
    subscribe.map((packet): AnyPacket => ({ type: 'subscribe', packet })),
    unsubscribe.map((packet): AnyPacket => ({ type: 'unsubscribe', packet })),
    fc.constant<AnyPacket>({ type: 'pingreq', packet: null }),
  )
}
