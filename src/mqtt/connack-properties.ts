import type { Properties } from './codec/packets.ts'
import type { Connection } from './connection.ts'

/** What a CONNACK of 5.0 announces (direct.md §1.3); null on 3.x. */
export function connackProperties(link: Connection): Properties | null {
  if (link.version !== 5) return null
  const profile = link.core.profile
  const properties: Properties = {
    receiveMaximum: profile.receiveMaximum,
    topicAliasMaximum: profile.topicAliasMaximum,
    retainAvailable: 1,
    maximumPacketSize: profile.maximumPacketSize,
    wildcardSubscriptionAvailable: 1,
    subscriptionIdentifierAvailable: profile.subscriptionIdentifiers ? 1 : 0,
    sharedSubscriptionAvailable: 1,
    sessionExpiryInterval: link.sessionExpiry,
  }
  // An application's keep-alive stands as it asked for it [MQTT-3.1.2-21].
  if (profile.name === 'device') properties.serverKeepAlive = link.keepAlive
  if (link.assigned) properties.assignedClientIdentifier = link.clientId
  // 2 is said by leaving it out.
  if (profile.maximumQos < 2) properties.maximumQos = profile.maximumQos
  return properties
}
