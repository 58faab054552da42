/** kill -9 in a storm of logins and QoS 1 messages: what was acknowledged is there afterwards (issue: How it is checked). */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import type { Gateway } from '../support/gateway.ts'
import type { ServerProcess } from './server-process.ts'
import { fill, startServer, temporaryData } from './server-process.ts'

/** `KILL_SEEDS=20` runs twenty. */
const { KILL_SEEDS = '5' } = process.env
const seeds = Array.from({ length: Number(KILL_SEEDS) }, (_, i) => i + 1)

const SUBS = 20
const flags = ['--limits-logins-per-minute', '100000', '--limits-login-requests-per-second', '0']

interface Prepared {
  readonly gateways: readonly DeviceSecret[]
  readonly subs: readonly DeviceSecret[]
}

/** Directories are copied from one that is filled once. */
async function prepare(data: string): Promise<Prepared> {
  return fill(data, async (fleet) => {
    const gateways = await fleet.gateways(2)
    const subs = await fleet.subs(SUBS)
    for (const gateway of gateways) await fleet.relate(gateway, ...subs)
    return { gateways, subs }
  })
}

const keyOf = ({ productKey, deviceName }: DeviceSecret) => `${productKey}/${deviceName}`
const topicOf = (device: DeviceSecret) => `/${keyOf(device)}/user/get`

/** A number from 0 to 1 for each call; the same for the same seed. */
function chances(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return state / 0x7fffffff
  }
}

/** Texts that came on `user/get`, by device. */
function received(client: Gateway, into: Map<string, string[]>): void {
  for (const { topic, payload } of client.unread.splice(0)) {
    const match = /^\/([^/]+\/[^/]+)\/user\/get$/.exec(topic)
    if (!match) continue
    const owner = match[1] as string
    into.set(owner, [...(into.get(owner) ?? []), payload.toString()])
  }
}

/** Logs in, and subscribes for its messages. Whatever the storm makes of it. */
async function bring(gateway: Gateway, sub: DeviceSecret): Promise<number> {
  const code = await gateway.login(sub, { cleanSession: false })
  if (code === 200) await gateway.subscribe(topicOf(sub))
  return code
}

class Storm {
  /** Acknowledged by OpenAPI, in the order sent, by device. */
  readonly acked = new Map<string, string[]>()
  readonly got = new Map<string, string[]>()
  readonly #chance: () => number
  readonly #server: ServerProcess
  readonly #subs: readonly DeviceSecret[]
  readonly #moving: readonly DeviceSecret[]
  #count = 0
  #ackedCount = 0
  #over = false

  /** `moving`: those that log in again and again, through either gateway. */
  constructor(seed: number, server: ServerProcess, subs: readonly DeviceSecret[], moving: readonly DeviceSecret[]) {
    this.#chance = chances(seed)
    this.#server = server
    this.#subs = subs
    this.#moving = moving
  }

  /** Ends with the server: it is killed when so many messages were acknowledged. */
  async run(gateways: readonly Gateway[], killAfter: number): Promise<void> {
    const alone = this.#subs.map((sub) => this.#send(sub, killAfter))
    const logins = gateways.map((gateway) => this.#login(gateway))
    await Promise.allSettled([...alone, ...logins])
    await this.#server.ended
    for (const gateway of gateways) received(gateway, this.got)
  }

  /** One message after the other, so that their order is known. */
  async #send(sub: DeviceSecret, killAfter: number): Promise<void> {
    while (!this.#over) {
      const text = `m${++this.#count}`
      await this.#server.pub(sub, text)
      const list = this.acked.get(keyOf(sub)) ?? []
      this.acked.set(keyOf(sub), [...list, text])
      if (++this.#ackedCount < killAfter) continue
      this.#over = true
      this.#server.child.kill('SIGKILL')
    }
  }

  async #login(gateway: Gateway): Promise<void> {
    while (!this.#over) {
      const at = Math.floor(this.#chance() * this.#moving.length)
      const three = [0, 1, 2].map((i) => this.#moving[(at + i) % this.#moving.length] as DeviceSecret)
      await Promise.all(three.map((sub) => bring(gateway, sub)))
    }
  }
}

describe('kill -9', () => {
  let prepared: Prepared
  let template = ''
  beforeAll(async () => {
    template = mkdtempSync(join(tmpdir(), 'homeport-faults-'))
    prepared = await prepare(template)
  })
  afterAll(() => rmSync(template, { recursive: true, force: true }))

  test.each(seeds)('in a storm, seed %i', { timeout: 60_000 }, async (seed) => {
    const data = temporaryData()
    cpSync(template, data, { recursive: true })
    const { gateways, subs } = prepared
    const first = await startServer(data, flags)
    const before = await Promise.all(gateways.map((device) => first.gateway(device, { clean: false })))
    const [one] = before as [Gateway]
    for (const sub of subs) expect(await bring(one, sub)).toBe(200)
    // Messages to these wait, the others' are on their way.
    const away = subs.slice(0, SUBS / 4)
    for (const sub of away) expect(await one.logout(sub)).toBe(200)
    const storm = new Storm(seed, first, subs, subs.slice(away.length))
    await storm.run(before, 40 + Math.floor(chances(seed)() * 300))

    const second = await startServer(data, flags)
    expect(await second.sessions()).toEqual([])
    const after = await Promise.all(gateways.map((device) => second.gateway(device, { clean: false })))
    // Both at once: one of them has each device in the end.
    await Promise.all(subs.flatMap((sub) => after.map((gateway) => bring(gateway, sub))))
    const names = (await second.sessions()).map(({ productKey, deviceName }) => `${productKey}/${deviceName}`)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => subs.some((sub) => keyOf(sub) === name))).toHaveLength(subs.length)
    // What stands behind a marker has arrived when the marker has.
    const got = new Map<string, string[]>()
    for (const sub of subs) await second.pub(sub, 'end')
    await Promise.all(after.map((gateway) => gateway.alive()))
    await waitFor(() => {
      for (const gateway of after) received(gateway, got)
      return subs.every((sub) => got.get(keyOf(sub))?.includes('end'))
    }, after)

    // The storm was one: messages were acknowledged that nobody had yet.
    for (const sub of away) expect(storm.acked.get(keyOf(sub))?.length).toBeGreaterThan(0)
    const lost: string[] = []
    for (const sub of subs) {
      const arrived = new Set([...(storm.got.get(keyOf(sub)) ?? []), ...(got.get(keyOf(sub)) ?? [])])
      for (const text of storm.acked.get(keyOf(sub)) ?? []) if (!arrived.has(text)) lost.push(`${keyOf(sub)} ${text}`)
      const order = (got.get(keyOf(sub)) ?? []).filter((text) => text !== 'end').map((text) => Number(text.slice(1)))
      const firsts = [...new Set(order)]
      expect(firsts).toEqual(firsts.toSorted((a, b) => a - b))
    }
    expect(lost).toEqual([])
    expect([...first.witness.faults, ...second.witness.faults]).toEqual([])
    await second.kill('SIGTERM')
    expect((await second.ended).code).toBe(0)
  })
})

/** Looks again after each round trip of the clients. */
async function waitFor(done: () => boolean, clients: readonly Gateway[]): Promise<void> {
  for (let i = 0; !done(); i++) {
    if (i > 200) throw new Error('messages that were acknowledged do not arrive')
    await Promise.all(clients.map((client) => client.alive()))
  }
}
