/** thing/topo/…, thing/list/found: the requests of a gateway about its topology (sub-devices.md §6). */
import { createHmac } from 'node:crypto'
import { describe, expect } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeTopoAdd } from '../../src/auth/make.ts'
import { promise } from '../promises.ts'
import { list, sysBody } from '../support/bodies.ts'
import { subProduct } from '../support/fleet.ts'
import { named } from '../support/gateway.ts'
import { startTestNode, useNode } from '../support/node.ts'

const node = useNode({ settings: { 'limits.topology': 40 } })

const reply = (id: string, code: number, inner: string, path: string) =>
  sysBody(id, code, inner, `thing.${path.replaceAll('/', '.')}`)

describe('topo/add', () => {
  const rows: { name: string; item: (sub: DeviceSecret) => unknown }[] = [
    { name: 'signmethod', item: (sub) => makeTopoAdd(sub, { timestamp: '453313937' }) },
    { name: 'signMethod, a number as timestamp', item: nodeSdk },
    { name: 'neither clientId nor timestamp', item: bare },
    {
      name: 'a client id with a block, upper-case hex',
      item: (sub) => upper(makeTopoAdd(sub, { clientId: 'a.b|_ss=1|' })),
    },
    { name: 'hmacMd5', item: (sub) => ({ ...makeTopoAdd(sub, { method: 'md5' }), signmethod: 'hmacMd5' }) },
  ]
  for (const row of rows) {
    promise(['topo.add', 'body.sys'], row.name, async () => {
      const { gateway, sub } = await node().scene({ related: false })
      const answer = await gateway.ask('thing/topo/add', [row.item(sub)])
      expect(answer.topic).toBe(`/sys/${gateway.name}/thing/topo/add_reply`)
      expect(answer.text).toBe(reply(answer.id, 200, list(sub), 'topo/add'))
      expect(await gateway.login(sub)).toBe(200)
    })
  }

  promise('topo.add.order', 'each row has one defect less', async () => {
    const { gateway, sub, sub2 } = await node().scene({ subs: 2, related: false })
    const wrong = { ...makeTopoAdd(sub), sign: 'x' }
    const fill = await node().fleet.subs(40)
    await node().fleet.relate(gateway.device, ...fill)
    const own = { ...wrong, ...named(gateway.device) }
    const unknown = { ...wrong, deviceName: 'never_was' }
    const codes: unknown[] = []
    const attempt = async (params: unknown) => {
      const { code, data } = await gateway.ask('thing/topo/add', params)
      codes.push([code, data])
    }
    await attempt([{ ...own, sign: 5 }, unknown])
    await attempt([own, unknown])
    await attempt([unknown, own])
    await node().fleet.disable(sub)
    await attempt([wrong, unknown])
    await node().fleet.enable(sub)
    await attempt([wrong, makeTopoAdd(sub2)])
    await attempt([makeTopoAdd(sub)])
    await node().fleet.unrelate(gateway.device, fill[0] as DeviceSecret)
    await gateway.rest()
    await attempt([makeTopoAdd(sub)])
    expect(codes).toEqual([
      [460, [named(gateway.device)]],
      [6402, [named(gateway.device)]],
      [6100, [named(unknown)]],
      [6204, [named(sub)]],
      [401, [named(sub)]],
      [6400, [named(sub)]],
      [200, [named(sub)]],
    ])
  })

  promise('topo.add.order', 'deleted 6100, an unknown method 401', async () => {
    const { gateway, sub, sub2 } = await node().scene({ subs: 2, related: false })
    await node().fleet.forget(sub)
    const deleted = await gateway.ask('thing/topo/add', [makeTopoAdd(sub)])
    expect(deleted.text).toBe(reply(deleted.id, 6100, list(sub), 'topo/add'))
    const method = await gateway.ask('thing/topo/add', [{ ...makeTopoAdd(sub2), signmethod: 'Sha256' }])
    expect(method.text).toBe(reply(method.id, 401, list(sub2), 'topo/add'))
  })

  promise('topo.add.all', 'all or nothing; 30 at most; none twice', async () => {
    const { gateway, subs } = await node().scene({ subs: 31, related: false })
    const items = subs.map((sub) => makeTopoAdd(sub))
    const [first, second] = subs as [DeviceSecret, DeviceSecret]
    const relations = () => node().node.world.relations.subCount(node().fleet.of(gateway.device))
    const tooMany = await gateway.ask('thing/topo/add', items)
    expect(tooMany.text).toBe(reply(tooMany.id, 460, '[]', 'topo/add'))
    const twice = await gateway.ask('thing/topo/add', [items[0], items[0]])
    expect(twice.text).toBe(reply(twice.id, 460, list(first), 'topo/add'))
    const wrong = await gateway.ask('thing/topo/add', [items[0], { ...items[1], sign: 'x' }])
    expect(wrong.text).toBe(reply(wrong.id, 401, list(second), 'topo/add'))
    expect(relations()).toBe(0)
    const all = await gateway.ask('thing/topo/add', items.slice(0, 30))
    expect(all.text).toBe(reply(all.id, 200, list(...subs.slice(0, 30)), 'topo/add'))
    expect(relations()).toBe(30)
  })

  promise('topo.add.full', 'limits.topology counts the whole request', async () => {
    const { gateway, subs } = await node().scene({ subs: 41, related: false })
    await node().fleet.relate(gateway.device, ...subs.slice(0, 39))
    const two = await gateway.ask(
      'thing/topo/add',
      subs.slice(39).map((sub) => makeTopoAdd(sub)),
    )
    expect(two.text).toBe(reply(two.id, 6400, list(subs[40] as DeviceSecret), 'topo/add'))
    expect(await gateway.addTopo(subs[39] as DeviceSecret)).toBe(200)
    expect(await gateway.addTopo(subs[0] as DeviceSecret, subs[39] as DeviceSecret)).toBe(200)
  })

  promise(['topo.add.again', 'push.own'], 'again is 200; the session stands; no topo/change', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    expect(await gateway.addTopo(sub)).toBe(200)
    expect(await gateway.texts()).toEqual([])
    expect(node().fleet.onlineThrough(sub)).toBe(gateway.name)
  })

  promise(['topo.pairs', 'push.own'], 'a second gateway takes nothing away', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2, related: false })
    expect(await gateway.addTopo(sub)).toBe(200)
    await gateway.login(sub)
    expect(await other.addTopo(sub)).toBe(200)
    expect(await gateway.texts()).toEqual([])
    expect(await other.texts()).toEqual([])
    expect(node().fleet.onlineThrough(sub)).toBe(gateway.name)
    expect((await gateway.ask('thing/topo/get', {})).data).toEqual([named(sub)])
    expect((await other.ask('thing/topo/get', {})).data).toEqual([named(sub)])
  })

  promise('topo.add', 'at QoS 1: PUBACK before the reply', async () => {
    const { gateway, sub } = await node().scene({ related: false })
    gateway.frames.length = 0
    await gateway.ask('thing/topo/add', [makeTopoAdd(sub)], 1)
    expect(gateway.frames).toEqual(['puback 1', `publish /sys/${gateway.name}/thing/topo/add_reply`])
  })
})

function nodeSdk(sub: DeviceSecret) {
  const { signmethod, ...rest } = makeTopoAdd(sub, {
    timestamp: 1795420584609,
    clientId: `${sub.productKey}&${sub.deviceName}`,
  })
  return { ...rest, timestamp: 1795420584609, signMethod: signmethod }
}

/** Signed over deviceName and productKey alone. */
function bare(sub: DeviceSecret) {
  return { ...named(sub), signmethod: 'hmacSha1', sign: bareSign(sub) }
}

function bareSign(sub: DeviceSecret): string {
  return createHmac('sha1', sub.deviceSecret)
    .update(`deviceName${sub.deviceName}productKey${sub.productKey}`)
    .digest('hex')
}

function upper<T extends { sign: string }>(item: T): T {
  return { ...item, sign: item.sign.toUpperCase() }
}

describe('topology.exclusive', () => {
  promise(['topo.exclusive', 'sub.register.bound'], 'topo/add takes it from the other gateway', async () => {
    const own = await startTestNode({ settings: { 'topology.exclusive': 'on' } })
    try {
      const { gateway, other, sub, sub2 } = await own.scene({ gateways: 2, subs: 2, related: false })
      await own.fleet.relate(gateway.device, sub)
      const [dynamic] = await own.fleet.devices('a1DynPk0003', 1, 'sub')
      await own.fleet.relate(gateway.device, dynamic as DeviceSecret)
      await gateway.login(sub)
      await gateway.rest()
      expect(await other.addTopo(sub, sub2)).toBe(200)
      const told = await gateway.texts()
      expect(told.map((text) => text.replace(/"id":"\d+"/, ''))).toEqual([
        `/ext/session/${gateway.name}/combine/logout_reply {,"code":6401,"message":"topo relation not exist","data":${list(sub).slice(1, -1)}}`,
        `/ext/error/${gateway.name} {,"code":6401,"message":"topo relation not exist","data":${list(sub).slice(1, -1)}}`,
        `/sys/${gateway.name}/thing/topo/change {"method":"thing.topo.change",,"params":{"status":1,"subList":${list(sub)}},"version":"1.0"}`,
      ])
      expect(await other.texts()).toEqual([])
      expect(await gateway.login(sub)).toBe(6401)
      const bound = await other.ask('thing/sub/register', [named(dynamic as DeviceSecret)])
      expect(bound.text).toBe(reply(bound.id, 6619, list(dynamic as DeviceSecret), 'sub/register'))
    } finally {
      await own.stop()
    }
  })
})

describe('topo/delete', () => {
  promise(['topo.delete', 'push.own'], 'then it cannot log in; no topo/change to itself', async () => {
    const { gateway, sub, sub2 } = await node().scene({ subs: 2 })
    const answer = await gateway.ask('thing/topo/delete', [named(sub), named(sub2)])
    expect(answer.text).toBe(reply(answer.id, 200, list(sub, sub2), 'topo/delete'))
    expect(await gateway.texts()).toEqual([])
    expect(await gateway.login(sub)).toBe(6401)
    expect((await gateway.ask('thing/topo/get', {})).data).toEqual([])
  })

  promise('topo.delete', '6100, 6401, all or nothing', async () => {
    const { gateway, sub } = await node().scene()
    const [stranger] = await node().fleet.subs(1)
    const unknown = { ...sub, deviceName: 'never_was' }
    for (const [items, code, failed] of [
      [[sub, unknown, stranger], 6100, unknown],
      [[sub, stranger, unknown], 6401, stranger],
    ] as const) {
      const answer = await gateway.ask(
        'thing/topo/delete',
        items.map((item) => named(item as DeviceSecret)),
      )
      expect(answer.text).toBe(reply(answer.id, code, list(failed as DeviceSecret), 'topo/delete'))
    }
    expect(await gateway.login(sub)).toBe(200)
  })
})

describe('topo/get', () => {
  promise('topo.get', 'params in every form that clients send', async () => {
    const { gateway, sub, sub2 } = await node().scene({ subs: 2 })
    for (const params of ['{}', '"{}"', 'null', undefined, '{"any":1}']) {
      const body = params === undefined ? '{"id":""}' : `{"id":"","params":${params}}`
      const { text } = await gateway.request('thing/topo/get', body)
      expect(text).toBe(reply('', 200, list(sub, sub2), 'topo/get'))
    }
  })

  promise('topo.get', 'anything else is 460', async () => {
    const { gateway } = await node().scene({ subs: 0 })
    for (const params of [[], 5, true, '[]']) {
      const answer = await gateway.ask('thing/topo/get', params)
      expect(answer.text).toBe(reply(answer.id, 460, '[]', 'topo/get'))
    }
  })
})

describe('list/found', () => {
  promise('list.found', 'changes no topology', async () => {
    const { gateway, sub } = await node().scene({ related: false })
    const answer = await gateway.ask('thing/list/found', [
      named(sub),
      { productKey: subProduct, deviceName: 'not_yet_created' },
    ])
    expect(answer.text).toBe(reply(answer.id, 200, '{}', 'list/found'))
    expect((await gateway.ask('thing/topo/get', {})).data).toEqual([])
  })

  promise('list.found', '6250 and 6280', async () => {
    const { gateway, sub } = await node().scene()
    const unknown = await gateway.ask('thing/list/found', [{ productKey: 'unknown', deviceName: 'a' }])
    expect(unknown.text).toBe(reply(unknown.id, 6250, '{}', 'list/found'))
    for (const deviceName of ['abc', 'x'.repeat(33), 'a b c d', '设备设备']) {
      const answer = await gateway.ask('thing/list/found', [named(sub), { productKey: subProduct, deviceName }])
      expect(answer.text, deviceName).toBe(reply(answer.id, 6280, '{}', 'list/found'))
    }
  })
})
