/** The packets of MQTT 3.1, 3.1.1 and 5.0 as the codec hands them over. One file a packet beside this one decodes and encodes. */

/** Properties of MQTT 5 by name; absent = not sent. */
export interface Properties {
  payloadFormatIndicator?: number
  messageExpiryInterval?: number
  contentType?: string
  responseTopic?: string
  correlationData?: Buffer
  subscriptionIdentifier?: number[]
  sessionExpiryInterval?: number
  assignedClientIdentifier?: string
  serverKeepAlive?: number
  authenticationMethod?: string
  authenticationData?: Buffer
  requestProblemInformation?: number
  willDelayInterval?: number
  requestResponseInformation?: number
  responseInformation?: string
  serverReference?: string
  reasonString?: string
  receiveMaximum?: number
  topicAliasMaximum?: number
  topicAlias?: number
  maximumQos?: number
  retainAvailable?: number
  userProperties?: [string, string][]
  maximumPacketSize?: number
  wildcardSubscriptionAvailable?: number
  subscriptionIdentifierAvailable?: number
  sharedSubscriptionAvailable?: number
}

export type PublishProperties = Properties

export interface Will {
  readonly topic: string
  readonly payload: Buffer
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  readonly properties: Properties | null
}

/** Protocol level: 3 = MQTT 3.1, 4 = 3.1.1, 5 = 5.0. */
export type Version = 3 | 4 | 5

export interface ConnectPacket {
  /** 3 = MQTT 3.1 (`MQIsdp`), 4 = 3.1.1, 5 = 5.0. Other levels are reported as {@link UnsupportedVersion}. */
  readonly version: Version
  readonly clientId: string
  readonly cleanStart: boolean
  readonly keepAlive: number
  readonly userName: string | null
  readonly password: Buffer | null
  readonly will: Will | null
  readonly properties: Properties | null
}

export interface SubscribeFilter {
  readonly filter: string
  readonly qos: 0 | 1 | 2
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  readonly retainHandling: 0 | 1 | 2
}

export interface SubscribePacket {
  readonly packetId: number
  readonly filters: readonly SubscribeFilter[]
  readonly properties: Properties | null
}

export interface UnsubscribePacket {
  readonly packetId: number
  readonly filters: readonly string[]
  readonly properties: Properties | null
}

/** PUBACK, PUBREC, PUBREL, PUBCOMP. */
export interface AckPacket {
  readonly packetId: number
  /** 0 on 3.x. */
  readonly reason: number
  readonly properties: Properties | null
}

export interface ConnackPacket {
  readonly sessionPresent: boolean
  /** 0, or the code of the version that is spoken: 1 … 5 on 3.x, 0x80 and above on 5.0. */
  readonly code: number
  readonly properties: Properties | null
}

/** SUBACK and UNSUBACK. */
export interface SubackPacket {
  readonly packetId: number
  /** One a filter; an UNSUBACK of 3.x has none. */
  readonly codes: Uint8Array
  readonly properties: Properties | null
}

/** AUTH, 5.0 only. */
export interface AuthPacket {
  readonly reason: number
  readonly properties: Properties | null
}

export interface DisconnectPacket {
  readonly reason: number
  readonly properties: Properties | null
}

/** Where in the read buffer a PUBLISH stands; filled in place, nothing is copied. */
export interface PublishOffsets {
  topicStart: number
  topicEnd: number
  payloadStart: number
  payloadEnd: number
  qos: 0 | 1 | 2
  retain: boolean
  dup: boolean
  packetId: number
  properties: Properties | null
}

/** A packet that breaks the standard. `reason` is the MQTT 5 code: 0x81 malformed, 0x82 protocol error, or a more exact one. */
export class PacketError extends Error {
  readonly reason: number
  constructor(message: string, reason = 0x81) {
    super(message)
    this.reason = reason
  }
}

/** A CONNECT of a protocol level that is not spoken here: CONNACK 1 (5.0: 0x84). */
export class UnsupportedVersion extends PacketError {
  readonly level: number
  constructor(level: number) {
    super(`protocol level ${level} is not spoken here`, 0x84)
    this.level = level
  }
}
