/** Firmware of the demo on Homeport's own MQTT client, which the installed package has. */
import type { DeviceSecret } from '../../auth/make.ts'
import { makeConnect } from '../../auth/make.ts'
import type { Clock } from '../../clock/clock.ts'
import { connectClient } from '../../mqtt/client.ts'
import type { Ear, Firmware } from './firmware.ts'
import { PlainFirmware } from './firmware.ts'

export async function openOwnFirmware(gateway: DeviceSecret, port: number, ear: Ear, clock: Clock): Promise<Firmware> {
  const client = await connectClient({ ...makeConnect(gateway), port, clock })
  let open = true
  void client.closed.then(() => {
    open = false
  })
  const listen = async () => {
    for await (const { topic, payload } of client.messages()) ear.heard({ topic, text: payload.toString() })
  }
  void listen()
  const link = {
    publish: (topic: string, text: string) => void client.publish(topic, text),
    unbroken: () => open,
    close: async () => void (await client.end()),
  }
  return new PlainFirmware("Homeport's own MQTT client", gateway, link, ear)
}
