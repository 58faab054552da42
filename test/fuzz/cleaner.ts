/** Ends by the protocol what connections left: sessions by a clean start, retained messages by empty ones. */
import { makeConnect } from '../../src/auth/make.ts'
import type { MqttClient } from '../../src/mqtt/client.ts'
import { connectClient } from '../../src/mqtt/client.ts'
import { encodePublish } from '../../src/mqtt/codec/publish.ts'
import type { Fleet } from './script.ts'
import type { Health, Ports, TargetProcess } from './target-process.ts'

/** A will that waits is published when its session ends, and may be retained: it is cleaned in the next round. */
const ROUNDS = 10

/** How the server is when nothing is left; the canary's two connections stand. @throws where something cannot be got rid of */
export async function clean(target: TargetProcess, all: Fleet): Promise<Health> {
  let health = await target.health()
  for (let round = 0; round < ROUNDS; round++) {
    await endSessions(health, target.ports, all)
    await emptyRetained(health, target.ports)
    health = await target.health()
    if (health.sessions.length === 0 && health.retained.length === 0 && health.connections === 2) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { kept, connections } = health
  if (Object.keys(kept).length > 0 || connections !== 2) {
    throw new Error(`left when all connections had ended: ${JSON.stringify({ kept, connections })}`)
  }
  return health
}

async function endSessions({ sessions }: Health, ports: Ports, { gateways, subs }: Fleet): Promise<void> {
  for (const key of sessions) {
    if (key.startsWith('a:')) {
      await visit({ port: ports.app, clientId: key.slice(2) })
      continue
    }
    const device = [...gateways, ...subs].find((it) => key === `d:${it.productKey}/${it.deviceName}`)
    if (device) await visit({ port: ports.device, ...makeConnect(device) })
  }
}

async function visit(options: Parameters<typeof connectClient>[0]): Promise<void> {
  const client = await connectClient({ version: 5, ...options })
  await client.end()
}

async function emptyRetained({ retained }: Health, ports: Ports): Promise<void> {
  if (retained.length === 0) return
  const client = await connectClient({ port: ports.app, clientId: 'cleaner', version: 5 })
  for (const topic of retained) await empty(client, topic)
  await client.end()
}

async function empty(client: MqttClient, topic: string): Promise<void> {
  const packetId = client.nextId()
  const payload = new Uint8Array(0)
  client.raw(encodePublish({ topic, payload, qos: 1, retain: true, packetId }, 5))
  await client.answer(packetId)
}
