/** Our codec against `mqtt-packet`, in both directions, and against itself and noise. */
import fc from 'fast-check'
import type { Packet } from 'mqtt-packet'
import mqttPacket from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { arbitraryPacket } from '../../../test/mqtt/arbitrary-packets.ts'
import type { AnyPacket } from './any.ts'
import { decodePacket, encodePacket } from './any.ts'
import { emptyHeader, readHeader } from './fixed-header.ts'
import type { Properties, Version } from './packets.ts'
import { PacketError } from './packets.ts'
import { propertyRows } from './properties.ts'

function read(bytes: Buffer, version: Version, toClient: boolean): AnyPacket {
  const header = emptyHeader()
  expect(readHeader(bytes, 0, bytes.length, header)).toBe(bytes.length)
  return decodePacket(bytes, header, version, toClient)
}

/** Names that the other side spells otherwise. */
const renamed: Record<string, string> = {
  maximumQos: 'maximumQoS',
  subscriptionIdentifierAvailable: 'subscriptionIdentifiersAvailable',
}

/** Our properties as the other side has them: flags are booleans, a lone identifier is no array, user properties an object. */
function theirProperties(properties: Properties | null): object | undefined {
  if (properties === null) return undefined
  const out: Record<string, unknown> = {}
  for (const row of propertyRows) {
    const value = properties[row.name]
    if (value === undefined) continue
    const name = renamed[row.name] ?? row.name
    if (row.type === 'pair') out[name] = Object.fromEntries(value as [string, string][])
    else if (row.type === 'u8' && row.name !== 'maximumQos') out[name] = value === 1
    else out[name] = Array.isArray(value) && value.length === 1 ? value[0] : value
  }
  return out
}

/** Our packet as the other side has it. */
function theirs(any: AnyPacket, version: Version): Record<string, unknown> {
  if (any.packet === null) return { cmd: any.type }
  const properties = theirProperties(any.packet.properties)
  const shared = { cmd: any.type, ...(properties && { properties }) }
  switch (any.type) {
    case 'connect':
      return { ...shared, ...theirConnect(any.packet) }
    case 'connack': {
      const { sessionPresent, code } = any.packet
      return { ...shared, sessionPresent, ...(version === 5 ? { reasonCode: code } : { returnCode: code }) }
    }
    case 'publish': {
      const { topic, payload, qos, retain, dup, packetId } = any.packet
      return { ...shared, topic, payload, qos, retain, dup, ...(packetId && { messageId: packetId }) }
    }
    case 'subscribe':
      return {
        ...shared,
        messageId: any.packet.packetId,
        subscriptions: any.packet.filters.map((one) => ({
          topic: one.filter,
          qos: one.qos,
          ...(version === 5 && { nl: one.noLocal, rap: one.retainAsPublished, rh: one.retainHandling }),
        })),
      }
    case 'unsubscribe':
      return { ...shared, messageId: any.packet.packetId, unsubscriptions: any.packet.filters }
    case 'suback':
      return { ...shared, messageId: any.packet.packetId, granted: [...any.packet.codes] }
    case 'unsuback': {
      const granted = version === 5 ? { granted: [...any.packet.codes] } : {}
      return { ...shared, messageId: any.packet.packetId, ...granted }
    }
    case 'disconnect':
    case 'auth':
      return { ...shared, ...(version === 5 && { reasonCode: any.packet.reason }) }
    default:
      return { ...shared, messageId: any.packet.packetId, ...(version === 5 && { reasonCode: any.packet.reason }) }
  }
}

function theirConnect(packet: (AnyPacket & { type: 'connect' })['packet']): Record<string, unknown> {
  const { will } = packet
  const willProperties = will ? theirProperties(will.properties) : undefined
  return {
    protocolId: packet.version === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion: packet.version,
    clientId: packet.clientId,
    clean: packet.cleanStart,
    keepalive: packet.keepAlive,
    ...(packet.userName !== null && { username: packet.userName }),
    ...(packet.password && { password: packet.password }),
    ...(will && {
      will: {
        topic: will.topic,
        payload: will.payload,
        qos: will.qos,
        retain: will.retain,
        ...(willProperties && { properties: willProperties }),
      },
    }),
  }
}

function parseTheirs(bytes: Buffer, version: Version): Packet {
  const parser = mqttPacket.parser({ protocolVersion: version })
  const packets: Packet[] = []
  parser.on('packet', (packet) => packets.push(packet))
  parser.on('error', (error) => {
    throw error
  })
  parser.parse(bytes)
  expect(packets).toHaveLength(1)
  return packets[0] as Packet
}

fc.configureGlobal({ seed: 20_251_123 })

const cases = ([3, 4, 5] as const).flatMap((version) => [
  { version, toClient: false },
  { version, toClient: true },
])

describe.each(cases)('version $version, to a client: $toClient', ({ version, toClient }) => {
  const packets = arbitraryPacket(version, toClient)

  test('what we write, we read', () => {
    fc.assert(
      fc.property(packets, (any) => {
        expect(read(encodePacket(any, version), version, toClient)).toEqual(any)
      }),
    )
  })

  test('what we write, mqtt-packet reads', () => {
    fc.assert(
      fc.property(packets, (any) => {
        // The other side does not know the form without a reason (§3.15.2.1).
        fc.pre(any.type !== 'auth' || any.packet.reason !== 0 || any.packet.properties !== null)
        expect(parseTheirs(encodePacket(any, version), version)).toMatchObject(theirs(any, version))
      }),
    )
  })

  test('what mqtt-packet writes, we read', () => {
    fc.assert(
      fc.property(packets, (any) => {
        // 5.0 allows it (§3.1.2.9), the other side does not write it.
        fc.pre(any.type !== 'connect' || any.packet.password === null || any.packet.userName !== null)
        const bytes = mqttPacket.generate(theirs(any, version) as unknown as Packet, { protocolVersion: version })
        expect(read(bytes, version, toClient)).toEqual(any)
      }),
    )
  })

  test('a packet with bytes changed is read or refused, in no other way', () => {
    const change = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(packets, change, (any, changes) => {
        const bytes = Buffer.from(encodePacket(any, version))
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte
        readOrRefuse(bytes, version, toClient)
      }),
      { numRuns: 500 },
    )
  })
})

test('noise is read or refused, in no other way, and every packet takes bytes', () => {
  const noise = fc.uint8Array({ minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(noise, fc.constantFrom(...cases), (bytes, { version, toClient }) => {
      readOrRefuse(Buffer.from(bytes), version, toClient)
    }),
    { numRuns: 2000 },
  )
})

/** Reads whole packets until they end, or one is refused. */
function readOrRefuse(bytes: Buffer, version: Version, toClient: boolean): void {
  const header = emptyHeader()
  try {
    for (let at = 0; at < bytes.length; at = header.bodyEnd) {
      const size = readHeader(bytes, at, bytes.length, header)
      if (size === 0 || at + size > bytes.length) return
      expect(size).toBeGreaterThanOrEqual(2)
      decodePacket(bytes, header, version, toClient)
    }
  } catch (error) {
    if (!(error instanceof PacketError)) throw error
  }
}
