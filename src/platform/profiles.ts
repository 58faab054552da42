/** What the listeners offer (direct.md §1.3, §5). */
import type { Settings } from '../config/settings.ts'
import type { Profile } from '../mqtt/host.ts'

/** The device listeners: what the vendor's platform offers, or all of MQTT (setting mqtt.deviceProfile). */
export function deviceProfile({ mqtt, limits }: Settings): Profile {
  const standard = mqtt.deviceProfile === 'standard'
  return {
    name: 'device',
    maximumQos: standard ? 2 : 1,
    // A payload up to limits.payload is judged by the gate; a packet over payload + 1 KiB closes the connection.
    maximumPacketSize: limits.payload + 1024,
    subscriptionIdentifiers: standard,
    sendWindow: 50,
    receiveMaximum: 100,
    topicAliasMaximum: 20,
    outputLimit: limits.output,
    keepAlive: standard ? null : { min: mqtt.keepAliveMin, max: mqtt.keepAliveMax },
    wills: standard,
  }
}

/** The applications' listener: everything. */
export function appProfile({ limits }: Settings): Profile {
  return {
    name: 'app',
    maximumQos: 2,
    maximumPacketSize: 16 * 1024 * 1024,
    subscriptionIdentifiers: true,
    sendWindow: 1000,
    receiveMaximum: 1000,
    topicAliasMaximum: 100,
    outputLimit: limits.appOutput,
    keepAlive: null,
  }
}
