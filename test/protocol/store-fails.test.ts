/** 500 by its real causes: a full disk, and SQLite's write lock held by somebody else. No switch in the server is used. */
import { describe, expect } from 'vitest'
import { makeConnect, makeLogin, makeTopoAdd } from '../../src/auth/make.ts'
import { connectPacket } from '../../src/mqtt/client.ts'
import { promise } from '../promises.ts'
import { data, extBody, list, sysBody } from '../support/bodies.ts'
import { named } from '../support/gateway.ts'
import type { TestNode } from '../support/node.ts'
import { startTestNode } from '../support/node.ts'

/** A test with a node of its own, whose disk may be filled. */
function nodePromise(ids: readonly string[], name: string, run: (node: TestNode) => Promise<void>): void {
  promise(ids, name, async () => {
    const node = await startTestNode({ settings: { 'store.commitTimeout': '50ms' } })
    try {
      await run(node)
    } finally {
      await node.stop()
    }
  })
}

describe('the disk is full', () => {
  nodePromise(['login.500', 'store.recovers'], 'login', async (node) => {
    const { gateway, sub, sub2 } = await node.scene({ subs: 2 })
    const room = await node.fillDisk()
    const answer = await gateway.request('combine/login', JSON.stringify({ id: '9', params: makeLogin(sub) }))
    expect(answer.text).toBe(extBody('9', 500, data(sub)))
    const batch = await gateway.ask('combine/batch_login', { deviceList: [makeLogin(sub), makeLogin(sub2)] })
    expect(batch.text).toBe(extBody(batch.id, 500, '[]'))
    expect(node.fleet.onlineThrough(sub)).toBe(null)
    expect(await gateway.texts()).toEqual([])
    room()
    expect(await gateway.login(sub)).toBe(200)
    expect(node.fleet.onlineThrough(sub)).toBe(gateway.name)
  })

  nodePromise(
    ['login.500', 'store.unchanged'],
    'take-over: the session of the other gateway stands, and nobody is told',
    async (node) => {
      const { gateway, other, sub } = await node.scene({ gateways: 2 })
      await gateway.login(sub)
      const epoch = node.fleet.epoch(sub)
      const room = await node.fillDisk()
      expect(await other.login(sub)).toBe(500)
      expect(await gateway.login(sub)).toBe(500)
      expect(node.fleet.onlineThrough(sub)).toBe(gateway.name)
      expect(node.fleet.epoch(sub)).toBe(epoch)
      room()
      expect(await gateway.texts()).toEqual([])
      await gateway.publish(`/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`, '{"params":{}}', 1)
      expect((await gateway.rest()).map(({ topic }) => topic)).toEqual([
        `/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post_reply`,
      ])
      expect(await other.login(sub)).toBe(200)
    },
  )

  nodePromise(['store.unchanged'], 'the windows do not count it', async (node) => {
    const { gateway, sub } = await node.scene()
    const room = await node.fillDisk()
    for (let i = 0; i < 7; i++) expect(await gateway.login(sub)).toBe(500)
    room()
    for (let i = 0; i < 5; i++) expect(await gateway.login(sub)).toBe(200)
    expect(await gateway.login(sub)).toBe(429)
  })

  nodePromise(['logout.500', 'store.recovers'], 'logout: it stays on line', async (node) => {
    const { gateway, sub, sub2 } = await node.scene({ subs: 2 })
    for (const one of [sub, sub2]) await gateway.login(one)
    const room = await node.fillDisk()
    const answer = await gateway.request('combine/logout', JSON.stringify({ id: '9', params: named(sub) }))
    expect(answer.text).toBe(extBody('9', 500, data(sub)))
    const batch = await gateway.ask('combine/batch_logout', [named(sub), named(sub2)])
    expect(batch.text).toBe(extBody(batch.id, 500, list(sub, sub2)))
    expect(node.fleet.onlineThrough(sub)).toBe(gateway.name)
    room()
    expect(await gateway.logout(sub)).toBe(200)
  })

  nodePromise(['login.500'], 'a refused login is refused with its own code', async (node) => {
    const { gateway, sub } = await node.scene({ related: false })
    const room = await node.fillDisk()
    expect(await gateway.login(sub)).toBe(6401)
    expect(await gateway.logout(sub)).toBe(520)
    room()
  })

  nodePromise(['store.connect'], 'CONNECT: 3, and the old connection stays', async (node) => {
    const device = await node.fleet.device()
    const first = await node.device(device)
    const room = await node.fillDisk()
    await expect(node.device(device)).rejects.toMatchObject({ code: 3 })
    expect(await first.alive()).toBe(true)
    room()
    await node.device(device)
    await first.cut()
  })

  nodePromise(
    ['store.publish'],
    'a report is answered 500 with its PUBACK; a message without a reply waits for room',
    async (node) => {
      const { gateway } = await node.scene({ subs: 0 })
      await node.fleet.topicClass(gateway.device.productKey, { shortName: 'up', operation: 'PUB' })
      const room = await node.fillDisk()
      const post = await gateway.ask('thing/event/property/post', { a: 1 }, 1)
      expect(post.text).toBe(sysBody(post.id, 500, '{}', 'thing.event.property.post'))
      gateway.frames.length = 0
      const acked = gateway.publish(gateway.topic('user/up'), 'kept', 1)
      // The connection is not read meanwhile; another one is, so what came before was decided.
      await expect(node.device(await node.fleet.device())).rejects.toMatchObject({ code: 3 })
      expect(gateway.frames).toEqual([])
      room()
      expect(await acked).toBe(0)
      expect(await gateway.alive()).toBe(true)
    },
  )
})

describe("SQLite's write lock is held", () => {
  const rows: {
    name: string
    path: string
    params: (node: TestNode, sub: Parameters<typeof makeLogin>[0]) => unknown
    inner: 'list' | 'object'
  }[] = [
    { name: 'topo/add', path: 'thing/topo/add', params: (_, sub) => [makeTopoAdd(sub)], inner: 'list' },
    { name: 'topo/delete', path: 'thing/topo/delete', params: (_, sub) => [named(sub)], inner: 'list' },
    {
      name: 'deviceinfo/update',
      path: 'thing/deviceinfo/update',
      params: () => [{ attrKey: 'k', attrValue: 'v' }],
      inner: 'object',
    },
  ]
  for (const row of rows) {
    nodePromise(['store.registry', 'store.recovers'], row.name, async (node) => {
      const { gateway, sub } = await node.scene({ related: row.name === 'topo/delete' })
      const free = node.lockRegistry()
      const answer = await gateway.ask(row.path, row.params(node, sub), 1)
      const inner = row.inner === 'list' ? list(sub) : '{}'
      expect(answer.text).toBe(sysBody(answer.id, 500, inner, row.path.replaceAll('/', '.')))
      // Login and logout do not touch the registry.
      expect(await gateway.login(sub)).toBe(row.name === 'topo/delete' ? 200 : 6401)
      free()
      expect((await gateway.ask(row.path, row.params(node, sub))).code).toBe(200)
    })
  }

  nodePromise(['store.registry'], 'sub/unregister: the device is still there', async (node) => {
    const { gateway, sub } = await node.scene()
    await gateway.login(sub)
    const free = node.lockRegistry()
    const answer = await gateway.ask('thing/sub/unregister', [named(sub)])
    expect(answer.code).toBe(500)
    expect(answer.data).toEqual({})
    expect(node.fleet.onlineThrough(sub)).toBe(gateway.name)
    expect(await gateway.texts()).toEqual([])
    free()
  })

  nodePromise(['store.registry'], 'an operator is told, and nobody else', async (node) => {
    const { gateway, sub } = await node.scene()
    await gateway.login(sub)
    const free = node.lockRegistry()
    await expect(node.fleet.disable(sub)).rejects.toThrow('locked by another process')
    expect(await gateway.texts()).toEqual([])
    free()
    await node.fleet.disable(sub)
    expect(await gateway.texts()).toHaveLength(4)
  })
})

describe('what comes behind waits for its turn', () => {
  nodePromise(['topo.add.pipelined'], 'a login in the same segment as its topo/add', async (node) => {
    const { gateway, sub } = await node.scene({ related: false })
    const free = node.lockRegistry()
    const added = gateway.ask('thing/topo/add', [makeTopoAdd(sub)])
    const login = gateway.login(sub)
    free()
    expect((await added).code).toBe(200)
    expect(await login).toBe(200)
  })

  nodePromise(['connect.pipelined'], 'packets in the same segment as CONNECT', async (node) => {
    const device = await node.fleet.device()
    const client = await node.dial(device)
    const connect = connectPacket({ ...makeConnect(device), keepAlive: 60 }, 4)
    client.raw(Buffer.concat([connect, Buffer.from([0xc0, 0]), Buffer.from([0xc0, 0])]))
    expect((await client.connack()).code).toBe(0)
    await client.rest()
  })
})
