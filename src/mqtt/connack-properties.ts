import type { Properties } from './codec/packets.ts'
import type { Connection } from './connection.ts'

/** What a CONNACK of 5.0 announces (direct.md §1.3); null on 3.x. */
export function connackProperties(link: Connection): Properties | null {
  if (link.version !== 5) return null
  const profile = link.core.profile
  const properties: Properties = {
    serverKeepAlive: link.keepAlive,
    receiveMaximum: profile.receiveMaximum,
    topicAliasMaximum: profile.topicAliasMaximum,
    retainAvailable: 1,
    maximumPacketSize: profile.maximumPacketSize,
    wildcardSubscriptionAvailable: 1,
    subscriptionIdentifierAvailable: profile.subscriptionIdentifiers ? 1 : 0,
    sharedSubscriptionAvailable: 1,
    sessionExpiryInterval: link.sessionExpiry,
  }
  // 2 is said by leaving it out.
  if (profile.maximumQos < 2) properties.maximumQos = profile.maximumQos
  return properties
}
