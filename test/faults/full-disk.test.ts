/** A data directory without room: what fails says so, what cannot say so waits, and all goes on by itself when there is room again. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { FactKind } from '../../src/facts/fact.ts'
import { Refused } from '../../src/mqtt/client.ts'
import type { DeviceClient } from '../support/client.ts'
import type { Gateway } from '../support/gateway.ts'
import type { TestNode } from '../support/node.ts'
import { startTestNode } from '../support/node.ts'

/** A file system of 4 MiB, where this process may mount one; else the log's next segment is a link to /dev/full. */
interface Place {
  readonly node: TestNode
  /** Takes all room away; what it returns gives it back. */
  fill(): Promise<() => void>
}

const undo: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

function mounted(): string | null {
  const path = mkdtempSync(join(tmpdir(), 'homeport-small-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    rmSync(path, { recursive: true })
    return null
  }
  undo.push(() => {
    execFileSync('umount', [path])
    rmSync(path, { recursive: true })
  })
  return path
}

async function place(): Promise<Place> {
  const small = mounted()
  const node = await startTestNode({ clock: 'virtual', settings: small === null ? {} : { data: join(small, 'data') } })
  undo.push(() => node.stop())
  if (small === null) return { node, fill: () => node.fillDisk() }
  return {
    node,
    fill: async () => {
      const filler = join(small, 'filler')
      for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' })
        } catch {
          // A smaller piece may still fit.
        }
      }
      return () => rmSync(filler)
    },
  }
}

/** What is left of the last page of a file is room too: posts of falling size take it. */
async function takeRest(gateway: Gateway): Promise<void> {
  for (const size of [4000, 2000, 1000, 500, 250, 120, 60, 30, 10, 1]) {
    for (let i = 0; i < 100; i++) {
      if ((await gateway.ask('thing/event/property/post', { text: 'x'.repeat(size) })).code === 500) break
    }
  }
}

async function scene() {
  const { node, fill } = await place()
  const { gateways, subs } = (await node.scene({ gateways: 2, subs: 2 })) as unknown as {
    gateways: [Gateway, Gateway]
    subs: [DeviceSecret, DeviceSecret]
  }
  const device = await node.fleet.device()
  const direct = await node.device(device)
  const [gateway, other] = gateways
  expect(await gateway.login(subs[0], { cleanSession: false })).toBe(200)
  return { node, fill, gateway, other, subs, device, direct }
}

const update = (sub: DeviceSecret) => `/${sub.productKey}/${sub.deviceName}/user/update`

/** Facts of messages that the log holds. */
function messages(node: TestNode): string[] {
  const facts = [...node.node.store.factsSinceCheckpoint()]
  return facts.filter(({ kind }) => kind === FactKind.message).map(({ payload }) => Buffer.from(payload).toString())
}

const pubacks = (client: DeviceClient) => client.frames.filter((frame) => frame.startsWith('puback')).length

describe('a full disk', () => {
  test('fails logins with 500 and CONNECTs with 3, and changes no session', async () => {
    const { node, fill, gateway, other, subs, device, direct } = await scene()
    const free = await fill()
    await takeRest(other)
    expect(await gateway.login(subs[1])).toBe(500)
    expect(await other.login(subs[0])).toBe(500)
    expect(await gateway.logout(subs[0])).toBe(500)
    expect(node.fleet.onlineThrough(subs[0])).toBe(gateway.name)
    await expect(node.device(device)).rejects.toEqual(new Refused(3))
    expect(await direct.alive()).toBe(true)
    expect(node.fleet.onlineThrough(device)).toBe('direct')
    free()
    // The first that comes now succeeds, without a pause.
    expect(await other.login(subs[0])).toBe(200)
    await node.device(device)
    expect(await direct.cut()).toMatchObject({ by: 'server' })
  })

  test('makes the PUBACK of a message without a reply wait, and its link is not read meanwhile', async () => {
    const { node, fill, gateway, other, subs } = await scene()
    const free = await fill()
    await takeRest(other)
    const sent = gateway.publish(update(subs[0]), 'kept', 1)
    const while500 = async () => {
      for (let i = 0; i < 5; i++) {
        node.advance(300)
        expect(await other.login(subs[1])).toBe(500)
      }
    }
    await while500()
    let pong = false
    const ping = gateway.ping().then(() => {
      pong = true
    })
    await while500()
    expect(pubacks(gateway)).toBe(0)
    expect(pong).toBe(false)
    free()
    node.advance(300)
    expect(await sent).toBe(0)
    await ping
    expect(messages(node)).toEqual(['kept'])
    expect(await gateway.login(subs[1])).toBe(200)
  })

  test('that stays so for store.giveUp closes the links that wait, and only those', async () => {
    const { node, fill, gateway, other, subs } = await scene()
    const free = await fill()
    await takeRest(other)
    const sent = gateway.publish(update(subs[0]), 'given up', 1).catch(() => 'closed')
    await other.login(subs[1])
    for (let i = 0; i < 110; i++) {
      node.advance(300)
      await other.alive()
    }
    expect(await gateway.cut()).toMatchObject({ by: 'server' })
    expect(await sent).toBe('closed')
    expect(await other.alive()).toBe(true)
    free()
    node.advance(300)
    await other.alive()
    expect(node.fleet.onlineThrough(subs[0])).toBe(null)
    expect(await (await node.gateway(gateway.device)).login(subs[0])).toBe(200)
  })

  test('loses nothing that was acknowledged', async () => {
    const { node, fill, gateway, other, subs } = await scene()
    const [sub] = subs
    expect(await gateway.logout(sub)).toBe(200)
    const topic = `/${sub.productKey}/${sub.deviceName}/user/get`
    const pub = async (text: string) => {
      try {
        await node.node.messages.pub(node.fleet.of(sub), topic, Buffer.from(text), 1)
        return text
      } catch {
        return ''
      }
    }
    const stored = [await pub('before')]
    const free = await fill()
    await takeRest(other)
    // The queue has a log of its own, whose last page may have room.
    for (let i = 0; i < 40; i++) stored.push(await pub(`while full ${i} ${'x'.repeat(400)}`))
    const failed = stored.filter((text) => text === '').length
    if (node.data !== node.server.node.world.settings.data) expect(failed).toBeGreaterThan(0)
    free()
    stored.push(await pub('after'))
    await node.restart()
    const again = await node.gateway(gateway.device, { clean: false })
    expect(await again.login(sub, { cleanSession: false })).toBe(200)
    expect(await again.subscribe(topic)).toEqual([1])
    const got: string[] = []
    while (got.at(-1) !== 'after') got.push(await again.text(topic))
    expect(got).toEqual(stored.filter((text) => text !== ''))
  })
})
