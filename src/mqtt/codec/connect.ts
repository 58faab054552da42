/** CONNECT (3.1, 3.1.1 and 5.0, §3.1). */
import { PacketType, requireFlags } from './fixed-header.ts'
import type { ConnectPacket, Properties, Version, Will } from './packets.ts'
import { PacketError, UnsupportedVersion } from './packets.ts'
import { readProperties, writeProperties } from './properties.ts'
import { PacketReader } from './reader.ts'
import { startPacket } from './writer.ts'

const Flag = {
  reserved: 1,
  cleanStart: 2,
  will: 4,
  willQos: 0x18,
  willRetain: 0x20,
  password: 0x40,
  userName: 0x80,
} as const

/**
 * Decodes a CONNECT; all that it returns is copied. Whether the client id may be empty, or is too long, is the host's to say.
 *
 * @throws {UnsupportedVersion} for a level that is none of 3, 4, 5 (or 3 and 4 under the other's name)
 * @throws {PacketError} 0x81; 0x82 for properties that contradict the standard
 */
export function decodeConnect(buffer: Buffer, bodyStart: number, bodyEnd: number, flags: number): ConnectPacket {
  const reader = new PacketReader(buffer, bodyStart, bodyEnd)
  const version = readVersion(reader)
  requireFlags(flags, 0, version)
  const bits = reader.u8()
  checkBits(bits, version)
  const keepAlive = reader.u16()
  const properties = version === 5 ? readProperties(reader, 'connect') : null
  checkAuthentication(properties)
  const clientId = reader.text()
  const will = (bits & Flag.will) !== 0 ? readWill(reader, bits, version) : null
  // 3.1 §3.1: the remaining length takes precedence over these two flags.
  const hasUserName = (bits & Flag.userName) !== 0 && !(version === 3 && reader.left === 0)
  const userName = hasUserName ? reader.text() : null
  const hasPassword = (bits & Flag.password) !== 0 && !(version === 3 && reader.left === 0)
  const password = hasPassword ? reader.binary() : null
  reader.finish()
  return {
    version,
    clientId,
    cleanStart: (bits & Flag.cleanStart) !== 0,
    keepAlive,
    userName,
    password,
    will,
    properties,
  }
}

function readVersion(reader: PacketReader): Version {
  const name = reader.text()
  if (name !== 'MQTT' && name !== 'MQIsdp') throw new PacketError('protocol name is neither MQTT nor MQIsdp')
  const level = reader.u8()
  if (name === 'MQIsdp' ? level === 3 : level === 4 || level === 5) return level as Version
  throw new UnsupportedVersion(level)
}

function checkBits(bits: number, version: Version): void {
  if ((bits & Flag.willQos) === Flag.willQos) throw new PacketError('will QoS 3')
  if (version !== 5 && (bits & Flag.password) !== 0 && (bits & Flag.userName) === 0) {
    throw new PacketError('password without user name')
  }
  // 3.1 does not use the lowest bit, and ignores QoS and retain of a will that is not there.
  if (version === 3) return
  if ((bits & Flag.reserved) !== 0) throw new PacketError('reserved connect flag is set')
  if ((bits & Flag.will) === 0 && (bits & (Flag.willQos | Flag.willRetain)) !== 0) {
    throw new PacketError('will QoS or will retain without will')
  }
}

function checkAuthentication(properties: Properties | null): void {
  if (properties?.authenticationData && properties.authenticationMethod === undefined) {
    throw new PacketError('authentication data without method', 0x82)
  }
}

function readWill(reader: PacketReader, bits: number, version: Version): Will {
  const properties = version === 5 ? readProperties(reader, 'will') : null
  const topic = reader.text()
  if (topic === '' || topic.includes('+') || topic.includes('#')) throw new PacketError('will topic is no topic name')
  const payload = reader.binary()
  const qos = ((bits & Flag.willQos) >> 3) as 0 | 1 | 2
  return { topic, payload, qos, retain: (bits & Flag.willRetain) !== 0, properties }
}

export function encodeConnect(packet: ConnectPacket): Buffer {
  const { version, will, userName, password } = packet
  const out = startPacket()
  out.text(version === 3 ? 'MQIsdp' : 'MQTT')
  out.u8(version)
  out.u8(
    (packet.cleanStart ? Flag.cleanStart : 0) |
      (will ? Flag.will | (will.qos << 3) | (will.retain ? Flag.willRetain : 0) : 0) |
      (password ? Flag.password : 0) |
      (userName !== null ? Flag.userName : 0),
  )
  out.u16(packet.keepAlive)
  if (version === 5) writeProperties(out, 'connect', packet.properties)
  out.text(packet.clientId)
  if (will) {
    if (version === 5) writeProperties(out, 'will', will.properties)
    out.text(will.topic)
    out.binary(will.payload)
  }
  if (userName !== null) out.text(userName)
  if (password) out.binary(password)
  return out.finish(PacketType.connect << 4)
}
