/** The MQTT ports of a node, as its settings name them. */
import type { Settings } from '../config/settings.ts'
import type { Host } from '../mqtt/host.ts'
import type { Mqtt } from '../mqtt/mqtt.ts'
import type { Tls } from '../mqtt/transport/tls.ts'
import { appProfile } from './profiles.ts'

/** Real number by scheme: `mqtt`, and `mqtts`, `ws`, `wss`, `app` where they are open. */
export type MqttPorts = Readonly<Record<string, number>>

/** Rejects where one cannot be opened; those before it stay open until the front end is closed. */
export async function openPorts(front: Mqtt, settings: Settings, tls: Tls | null, apps: Host): Promise<MqttPorts> {
  const { host, mqtt, app } = settings
  const { proxyProtocol } = mqtt
  const rows = [
    ['mqtt', mqtt.port, true, false],
    ['mqtts', mqtt.tlsPort, false, false],
    ['ws', mqtt.wsPort, true, true],
    ['wss', mqtt.wssPort, false, true],
  ] as const
  const ports: Record<string, number> = {}
  for (const [name, port, plain, webSocket] of rows) {
    if (port === null) continue
    ports[name] = await front.listen(port, host, { tls, plain, webSocket, proxyProtocol })
  }
  if (app.port !== null) {
    const rules = { tls, plain: true, webSocket: false, proxyProtocol }
    ports.app = await front.listener(apps, appProfile(settings)).listen(app.port, host, rules)
  }
  return ports
}
