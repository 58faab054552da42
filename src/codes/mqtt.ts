/** Numbers of MQTT that are sent: CONNACK codes of 3.x and reason codes of 5.0 (direct.md §1.5, §1.7). */

/** A refused CONNECT: cause → 3.x code, 5.0 reason, and what the log says. */
export const connectRefusals = {
  'protocol-version': { v3: 1, v5: 0x84, text: 'protocol level is none of 3 (MQTT 3.1), 4 (3.1.1), 5' },
  'client-id': { v3: 2, v5: 0x85, text: 'client id is not `id|securemode=…,signmethod=…|`, id at most 64 characters' },
  'keep-alive': { v3: 2, v5: 0x82, text: 'keep-alive is outside mqtt.keepAliveMin … mqtt.keepAliveMax' },
  unavailable: { v3: 3, v5: 0x88, text: 'the platform could not store the login' },
  rate: { v3: 3, v5: 0x9f, text: 'more CONNECTs a minute than limits.connectsPerMinute' },
  failures: { v3: 3, v5: 0x9f, text: 'too many wrong signatures within 60 s: none is looked at until that has passed' },
  'user-name': { v3: 4, v5: 0x86, text: 'user name is not `deviceName&productKey` of a product that exists' },
  sign: { v3: 4, v5: 0x86, text: 'password is not the signature by the device secret' },
  'unknown-device': { v3: 5, v5: 0x87, text: 'no such device' },
  deleted: { v3: 5, v5: 0x87, text: 'the device was deleted' },
  disabled: { v3: 5, v5: 0x87, text: 'the device is disabled' },
  'app-sign-in': { v3: 4, v5: 0x86, text: 'user name and password are no id and secret of an active access key' },
  'authentication-method': { v3: 5, v5: 0x8c, text: 'enhanced authentication is not offered' },
} as const satisfies Record<string, { v3: number; v5: number; text: string }>

export type ConnectRefusal = keyof typeof connectRefusals

/** Why a link is closed → MQTT 5 reason code of the DISCONNECT; 3.x just closes the TCP connection. */
export const closeReasons = {
  'taken-over': 0x8e,
  disabled: 0x98,
  deleted: 0x98,
  kicked: 0x98,
  'keep-alive': 0x8d,
  'protocol-error': 0x82,
  'malformed-packet': 0x81,
  'packet-too-large': 0x95,
  'qos-not-supported': 0x9b,
  'topic-alias-invalid': 0x94,
  'receive-maximum': 0x93,
  'quota-exceeded': 0x97,
  'store-failed': 0x88,
  'server-stops': 0x8b,
} as const satisfies Record<string, number>

export type CloseReason = keyof typeof closeReasons

/** Reasons of PUBACK, SUBACK and UNSUBACK. A 3.1.1 PUBACK carries none. */
export const Reason = {
  success: 0,
  noMatchingSubscribers: 0x10,
  noSubscriptionExisted: 0x11,
  unspecified: 0x80,
  implementation: 0x83,
  notAuthorised: 0x87,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  packetIdInUse: 0x91,
  packetIdNotFound: 0x92,
  packetTooLarge: 0x95,
  rateTooHigh: 0x96,
  quotaExceeded: 0x97,
  payloadFormatInvalid: 0x99,
} as const
