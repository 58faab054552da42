/** QoS 2 under cuts: whatever breaks, whenever, each message arrives once. */
import type { Packet } from 'mqtt-packet'
import { expect, test } from 'vitest'
import { seededRandom } from '../random/random.ts'
import type { AppClient } from './app.fixture.ts'
import { AppWorld, ack, publish } from './app.fixture.ts'

const MESSAGES = 40
const kept = { clean: false, properties: { sessionExpiryInterval: 1000, receiveMaximum: 5 } } as const

type Some = Packet & { messageId: number; payload: Buffer; dup: boolean }

/** A publisher by the book: it repeats PUBLISH until PUBREC and PUBREL until PUBCOMP, with the same ids. */
class Publisher {
  readonly open = new Map<number, { text: string; released: boolean }>()
  sent = 0
  #id = 0

  resend(client: AppClient): void {
    for (const [id, { text, released }] of this.open) {
      if (released) client.write(ack('pubrel', id))
      else client.write(publish('t', text, { qos: 2, messageId: id, dup: true }))
    }
  }

  step(client: AppClient): void {
    if (this.sent === MESSAGES || this.open.size > 4) return
    const text = String(this.sent++)
    this.#id = (this.#id % 7) + 1
    while (this.open.has(this.#id)) this.#id = (this.#id % 7) + 1
    this.open.set(this.#id, { text, released: false })
    client.write(publish('t', text, { qos: 2, messageId: this.#id }))
  }

  got(packet: Some, client: AppClient): void {
    const one = this.open.get(packet.messageId)
    if (packet.cmd === 'pubrec') {
      if (one) one.released = true
      client.write(ack('pubrel', packet.messageId))
    } else if (packet.cmd === 'pubcomp') this.open.delete(packet.messageId)
  }
}

/** A subscriber by the book: it takes a message when it comes, and no other with that id until PUBREL. */
class Subscriber {
  readonly taken: string[] = []
  readonly #known = new Set<number>()

  got(packet: Some, client: AppClient): void {
    if (packet.cmd === 'publish') {
      if (!this.#known.has(packet.messageId)) this.taken.push(packet.payload.toString())
      this.#known.add(packet.messageId)
      client.write(ack('pubrec', packet.messageId))
    } else if (packet.cmd === 'pubrel') {
      this.#known.delete(packet.messageId)
      client.write(ack('pubcomp', packet.messageId))
    }
  }
}

function play(seed: number): { taken: string[]; cuts: number; restarts: number } {
  const random = seededRandom(seed)
  const chance = (of: number) => (random.bytes(1)[0] as number) % of === 0
  let world = new AppWorld()
  let [cuts, restarts] = [0, 0]
  const [publisher, subscriber] = [new Publisher(), new Subscriber()]
  const clients: Record<'pub' | 'sub', AppClient> = {
    pub: world.connected('pub', kept),
    sub: world.connected('sub', kept),
  }
  clients.sub.subscribe('t', 2)
  for (let turn = 0; turn < 4000 && subscriber.taken.length + publisher.open.size < 1000; turn++) {
    if (publisher.sent === MESSAGES && publisher.open.size === 0 && subscriber.taken.length >= MESSAGES) break
    publisher.step(clients.pub)
    // What the store holds back is decided now and then, and sometimes lost with the process.
    world.keep.holding = chance(2)
    world.clock.settle()
    if (chance(3)) world.keep.decide()
    world.clock.settle()
    for (const name of ['pub', 'sub'] as const) {
      const client = clients[name]
      const packets = client.packets.splice(0) as Some[]
      // Some answers are lost on the way: the link breaks before the client reads them.
      if (chance(8)) {
        cuts++
        client.cut(world.clock)
        clients[name] = again(world, name, publisher)
        continue
      }
      for (const packet of packets) (name === 'pub' ? publisher : subscriber).got(packet, client)
    }
    if (!chance(40)) continue
    restarts++
    world = world.restarted(chance(2) ? world.keep.stored : chance(2) ? world.keep.records : pending(world))
    for (const name of ['pub', 'sub'] as const) clients[name] = again(world, name, publisher)
  }
  return { taken: subscriber.taken, cuts, restarts }
}

/** A compaction keeps what is in groups that are not decided: their records are written behind it. */
function pending(world: AppWorld) {
  world.keep.decide()
  return [...world.mqtt.snapshot()]
}

function again(world: AppWorld, name: string, publisher: Publisher): AppClient {
  const client = world.client()
  client.write({ cmd: 'connect', clientId: name, keepalive: 0, protocolId: 'MQTT', protocolVersion: 5, ...kept })
  if (name === 'pub') publisher.resend(client)
  return client
}

test('random cuts on both sides and restarts: each message arrives once', () => {
  const expected = Array.from({ length: MESSAGES }, (_, i) => String(i))
  let [cuts, restarts] = [0, 0]
  for (let seed = 1; seed <= 150; seed++) {
    const played = play(seed)
    cuts += played.cuts
    restarts += played.restarts
    expect(
      [...played.taken].sort((a, b) => Number(a) - Number(b)),
      `seed ${seed}`,
    ).toEqual(expected)
  }
  expect(cuts).toBeGreaterThan(1000)
  expect(restarts).toBeGreaterThan(100)
})
