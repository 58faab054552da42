/** Firmware that writes its messages itself, on MQTT.js: it can send what no SDK would. */
import { readFileSync } from 'node:fs'
import { connectAsync } from 'mqtt'
import type { DeviceSecret } from '../src/auth/make.ts'
import { makeConnect } from '../src/auth/make.ts'
import type { Ear, Firmware } from '../src/cli/demo/firmware.ts'
import { PlainFirmware } from '../src/cli/demo/firmware.ts'

const manifest = new URL('../node_modules/mqtt/package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }

export async function openMqttjsFirmware(gateway: DeviceSecret, port: number, ear: Ear): Promise<Firmware> {
  const { clientId, userName, password } = makeConnect(gateway)
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId, username: userName, password })
  let closes = 0
  client.on('close', () => {
    closes++
  })
  client.on('error', () => {})
  client.on('message', (topic, payload) => ear.heard({ topic, text: payload.toString() }))
  const link = {
    publish: (topic: string, text: string) => void client.publish(topic, text),
    unbroken: () => closes === 0 && client.connected,
    close: () => client.endAsync(true),
  }
  return new PlainFirmware(`firmware of its own, with MQTT.js ${version}`, gateway, link, ear)
}
