/** What a server says on stdout: the line that it is ready, and on an empty store what a newcomer can do next. */
import type { Settings } from '../../config/settings.ts'
import { hostPort, reachable } from '../address.ts'
import type { RunningServer } from '../host.ts'
import { quoted } from '../mosquitto.ts'

/** One line; scripts read `ready.json` instead. */
export function readyLine(settings: Settings, ports: RunningServer['ports'], pid: number): string {
  const { mqtt, http, ...others } = ports
  const more = Object.entries(others).map(([name, port]) => `, ${name}://${hostPort(settings.host, port)}`)
  return `Homeport is ready: mqtt://${hostPort(settings.host, mqtt)}, http://${hostPort(settings.host, http)}${more.join('')} (data ${settings.data}, pid ${pid})\n`
}

/** Shown once, at the start that made it. */
export function accessKeyLines({ id, secret }: { readonly id: string; readonly secret: string }): string {
  return `
Access key of the OpenAPI, shown this once (set your own by HOMEPORT_ACCESS_KEY_ID and HOMEPORT_ACCESS_KEY_SECRET):
  AccessKeyId      ${id}
  AccessKeySecret  ${secret}
`
}

const GATEWAY = 'demoGateway/gateway1'
const SUB_DEVICE = 'demoSensor/sensor1'

/** The three commands of the tour. */
export function tour(program: string, settings: Settings, defaultData: boolean): readonly [string, string, string] {
  const where = defaultData ? '' : ` --data ${quoted(settings.data)}`
  return [
    `${program} topo add ${GATEWAY} ${SUB_DEVICE} --create${where}`,
    `${program} sign login ${GATEWAY} ${SUB_DEVICE}${where}`,
    `${program} sign login ${GATEWAY} ${SUB_DEVICE} --mosquitto${where} | sh`,
  ]
}

export function firstContact(
  program: string,
  settings: Settings,
  ports: RunningServer['ports'],
  defaultData: boolean,
): string {
  const [make, show, login] = tour(program, settings, defaultData)
  const host = reachable(settings.host)
  const where = defaultData ? '' : ` --data ${quoted(settings.data)}`
  return `
Devices connect to ${hostPort(host, ports.mqtt)} (MQTT), callers to http://${hostPort(host, ports.http)}. The store is empty; try it in a second terminal:

1. Make a gateway and a sub-device, and relate them:
   ${make}
2. Print working parameters of a login, with the mosquitto lines:
   ${show}
3. Connect as the gateway, log the sub-device in, and print the answer (Debian: mosquitto-clients):
   ${login}

What came of it: ${program} device show ${SUB_DEVICE}${where}
Every code a gateway can meet, with its cause: ${program} demo
`
}
