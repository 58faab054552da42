/** Members of a login (errors.md, Members of a login; sub-devices.md §1.2–1.4). */
import { parseClientId } from '../../auth/client-id.ts'
import { signMethod } from '../../auth/sign.ts'
import type { DeviceRef } from '../../effects/effect.ts'
import type { Members } from '../members.ts'
import { asMembers, text } from '../members.ts'

export interface LoginMembers {
  readonly device: DeviceRef
  /** Signed as it stands, a `|…|` block included. */
  readonly clientId: string
  /** `undefined` where none was sent: then it is not signed either. */
  readonly timestamp: string | number | undefined
  /** As sent; one that is supported. */
  readonly signMethod: string
  readonly sign: string
  /** `cleanSession` false: QoS 1 messages wait while the sub-device is off line. */
  readonly persistent: boolean
  /** `_ss=1` stands in the client id: system topics are delivered without SUBSCRIBE (direct.md §4.4). */
  readonly selfSubscribing: boolean
}

export type LoginProblem = { readonly why: string; readonly device: DeviceRef | null }

/** Reads a login; `shared` holds the members that a batch gives once for all. */
export function loginMembers(value: unknown, shared: Members = {}): LoginMembers | LoginProblem {
  const members = asMembers(value)
  if (!members) return { why: 'params is no object', device: null }
  const productKey = text(members, 'productKey')
  const deviceName = text(members, 'deviceName')
  if (!productKey || !deviceName)
    return { why: 'productKey or deviceName is missing, empty or no string', device: null }
  const device = { productKey, deviceName }
  const clientId = text(members, 'clientId')
  if (!clientId) return { why: 'clientId is missing, empty or no string', device }
  const sign = text(members, 'sign')
  if (!sign) return { why: 'sign is missing, empty or no string', device }
  const method = methodOf(members) ?? methodOf(shared)
  if (typeof method !== 'string') return { why: 'signMethod is missing or no string', device }
  if (!signMethod(method))
    return { why: `signMethod ${JSON.stringify(method)} is none of hmacmd5, hmacsha1, hmacsha256`, device }
  const { timestamp, cleanSession } = members
  if (timestamp !== undefined && typeof timestamp !== 'string' && typeof timestamp !== 'number') {
    return { why: 'timestamp is neither string nor number', device }
  }
  if (cleanSession !== undefined && typeof cleanSession !== 'string' && typeof cleanSession !== 'boolean') {
    return { why: 'cleanSession is neither string nor boolean', device }
  }
  return {
    device,
    clientId,
    sign,
    signMethod: method,
    timestamp,
    persistent: cleanSession === false || (typeof cleanSession === 'string' && cleanSession.toLowerCase() === 'false'),
    selfSubscribing: asksForAll(clientId),
  }
}

function methodOf(members: Members): unknown {
  return members.signMethod ?? members.signmethod
}

/** Read as at a CONNECT, in time that grows with the length alone: this comes before the signature is checked. */
function asksForAll(clientId: string): boolean {
  return clientId.includes('_ss') && parseClientId(clientId).parameters.get('_ss') === '1'
}
