/** Limits of connections and of failed sign-ins, over sockets: who is refused, what others notice, what log and metrics say. */

import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import mqtt from 'mqtt'
import { afterEach, describe, expect, test } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import type { SettingKey } from '../../src/config/settings.ts'
import { promise } from '../promises.ts'
import type { TestNode } from '../support/node.ts'
import { startTestNode } from '../support/node.ts'

const undo: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

async function start(settings: Partial<Record<SettingKey, string | number>>): Promise<TestNode> {
  const node = await startTestNode({ clock: 'virtual', settings })
  undo.push(() => node.stop())
  return node
}

async function metric(node: TestNode, line: string): Promise<number> {
  const { body } = await node.metrics.scrape()
  const found = body.split('\n').find((each) => each.startsWith(`${line} `))
  return found === undefined ? 0 : Number(found.slice(line.length + 1))
}

const refusedFor = (node: TestNode, reason: string) =>
  metric(node, `homeport_connections_refused_total{reason="${reason}"}`)

class Tcp {
  readonly socket: Socket
  readonly closed: Promise<unknown>
  open = true

  /** Connects, and sends `head` if it is not empty. */
  constructor(port: number, head = '') {
    this.socket = connect(port, '127.0.0.1')
    undo.push(() => {
      this.socket.destroy()
    })
    this.socket.on('error', () => {})
    this.closed = once(this.socket.resume(), 'close').then(() => {
      this.open = false
    })
    if (head !== '') this.socket.write(head)
  }
}

/** Waits until so many connections stand with the server. */
const standing = (node: TestNode, count: number) => expect.poll(() => node.node.mqtt.connections).toBe(count)

describe('limits.connectionsPerSecond', () => {
  promise(
    'limits.connections-per-second',
    'those beyond are closed; the next second takes as many again; who is connected does not notice',
    async () => {
      const node = await start({ 'limits.connectionsPerSecond': 5 })
      const { gateway } = await node.scene({ subs: 0 })
      node.advance(1000)
      const all = Array.from({ length: 12 }, () => new Tcp(node.mqttPort))
      await expect.poll(() => all.filter(({ open }) => !open).length).toBe(7)
      await standing(node, 1 + 5)
      expect(await gateway.publish(gateway.topic('thing/event/property/post'), '{}', 1)).toBe(0)
      node.advance(1000)
      for (let i = 0; i < 3; i++) new Tcp(node.mqttPort)
      await standing(node, 1 + 5 + 3)
      expect(await refusedFor(node, 'limits.connectionsPerSecond')).toBe(7)
      expect(node.refused('rate')[0]).toMatchObject({ who: '127.0.0.1', code: 'limits.connectionsPerSecond' })
    },
  )
})

describe('limits.connectionsPerAddress', () => {
  promise('limits.connections-per-address', 'those beyond are closed; one that ends makes room', async () => {
    const node = await start({ 'limits.connectionsPerAddress': 3 })
    const three = [1, 2, 3].map(() => new Tcp(node.mqttPort))
    await standing(node, 3)
    await new Tcp(node.mqttPort).closed
    expect(three.map(({ open }) => open)).toEqual([true, true, true])
    three[0]?.socket.destroy()
    await standing(node, 2)
    const next = new Tcp(node.mqttPort)
    await standing(node, 3)
    expect(next.open).toBe(true)
    expect(await refusedFor(node, 'limits.connectionsPerAddress')).toBe(1)
    expect(node.refused('address')[0]).toMatchObject({ who: '127.0.0.1', code: 'limits.connectionsPerAddress' })
  })

  test('counts those behind a proxy by the address that its header names', async () => {
    const node = await start({ 'limits.connectionsPerAddress': 1, 'mqtt.proxyProtocol': 'on' })
    // 0x10: a CONNECT begins, so that the connection is taken.
    const from = (address: string) => new Tcp(node.mqttPort, `PROXY TCP4 ${address} 127.0.0.1 4711 1883\r\n\x10`)
    const first = from('192.0.2.1')
    await standing(node, 1)
    await from('192.0.2.1').closed
    from('192.0.2.2')
    await standing(node, 2)
    first.socket.destroy()
    await standing(node, 1)
    from('192.0.2.1')
    await standing(node, 2)
    expect(await refusedFor(node, 'limits.connectionsPerAddress')).toBe(1)
  })

  test('counts those that are still on their way through a WebSocket upgrade', async () => {
    const node = await start({ 'limits.connectionsPerAddress': 2, 'mqtt.wsPort': 0 })
    const port = node.server.ports.ws as number
    const two = [new Tcp(port), new Tcp(port)]
    await Promise.all(two.map(({ socket }) => once(socket, 'connect')))
    await new Tcp(port).closed
    expect(two.map(({ open }) => open)).toEqual([true, true])
  })
})

describe('limits.failedConnectsPerMinute', () => {
  const wrong = { credentials: { password: '0'.repeat(40) } }
  const codeOf = async (node: TestNode, device: DeviceSecret, options = {}) => {
    try {
      await node.device(device, options)
      return 0
    } catch (error) {
      return (error as { code?: number }).code ?? -1
    }
  }
  const limits = {
    device: 'limits.failedConnectsPerMinute',
    product: 'limits.failedConnectsPerMinuteOfProduct',
    address: 'limits.failedConnectsPerMinuteOfAddress',
  } as const

  test.each([
    ['device', [4, 4, 4, 3, 3, 0, 0]],
    ['product', [4, 4, 4, 3, 3, 3, 0]],
    ['address', [4, 4, 4, 3, 3, 3, 3]],
  ] as const)('by %s: CONNACK 3 beyond, whatever the signature, until the minute has passed', async (by, codes) => {
    const node = await start({ [limits[by]]: 3 })
    const [one, sibling] = (await node.fleet.gateways(2)) as [DeviceSecret, DeviceSecret]
    const [stranger] = (await node.fleet.subs(1)) as [DeviceSecret]
    const seen = [
      await codeOf(node, one, wrong),
      await codeOf(node, one, wrong),
      await codeOf(node, one, wrong),
      await codeOf(node, one, wrong),
      await codeOf(node, one),
      await codeOf(node, sibling),
      await codeOf(node, stranger),
    ]
    expect(sibling.productKey).toBe(one.productKey)
    expect(seen).toEqual(codes)
    expect(await codeOf(node, one, { version: 5 })).toBe(0x9f)
    node.advance(59_000)
    expect(await codeOf(node, one)).toBe(3)
    node.advance(1000)
    expect(await codeOf(node, one)).toBe(0)
    expect(node.refused('failures')[0]?.why).toContain(limits[by])
    expect(await refusedFor(node, limits[by])).toBe(seen.filter((code) => code === 3).length + 2)
  })

  promise('limits.failed-connects', 'a name that nobody has counts at its address, and locks nobody out', async () => {
    const node = await start({ [limits.device]: 2, [limits.product]: 2, [limits.address]: 5 })
    const [one] = (await node.fleet.gateways(1)) as [DeviceSecret]
    const nobody = { ...one, deviceName: 'nobody' }
    expect([await codeOf(node, nobody), await codeOf(node, nobody), await codeOf(node, nobody)]).toEqual([5, 5, 5])
    expect(await codeOf(node, one)).toBe(0)
    expect([await codeOf(node, nobody), await codeOf(node, nobody), await codeOf(node, one)]).toEqual([5, 5, 3])
  })

  promise(
    'limits.failed-sign-ins',
    'applications by address: CONNACK 3, the right key too, until the minute has passed',
    async () => {
      const node = await start({ 'app.port': 0, 'limits.failedSignInsPerMinute': 3 })
      const { id, secret } = node.server.accessKey as { id: string; secret: string }
      const signIn = async (password: string) => {
        try {
          const url = `mqtt://127.0.0.1:${node.server.ports.app}`
          const app = await mqtt.connectAsync(url, { reconnectPeriod: 0, username: id, password }, false)
          app.end(true)
          return 0
        } catch (error) {
          return (error as { code?: number }).code ?? -1
        }
      }
      expect(await signIn(secret)).toBe(0)
      expect([await signIn('x'), await signIn('x'), await signIn('x')]).toEqual([4, 4, 4])
      expect([await signIn('x'), await signIn(secret)]).toEqual([3, 3])
      expect(await refusedFor(node, 'limits.failedSignInsPerMinute')).toBe(2)
      node.advance(60_000)
      expect(await signIn(secret)).toBe(0)
    },
  )
})
