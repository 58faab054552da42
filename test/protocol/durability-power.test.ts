/** The same promises where stored means synced: groups are decided later, several at once, and the order is still kept. */
import { describe, expect } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeConnect, makeLogin, makeTopoAdd } from '../../src/auth/make.ts'
import { connectPacket } from '../../src/mqtt/client.ts'
import { promise } from '../promises.ts'
import { anyId, data, extBody, list, sysBody } from '../support/bodies.ts'
import { useNode } from '../support/node.ts'

const node = useNode({ settings: { 'store.durability': 'power' } })

describe('store.durability power', () => {
  promise(['login.take-over', 'forced.427'], "the loser's notice before the winner's reply", async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    await gateway.login(sub)
    node().arrivals.length = 0
    expect(await other.login(sub)).toBe(200)
    await gateway.rest()
    expect(node().arrivals.filter((line) => !line.includes('/ntp/'))).toEqual([
      `${gateway.name}: ${gateway.topic('combine/logout_reply')}`,
      `${gateway.name}: ${gateway.errorTopic}`,
      `${other.name}: ${other.topic('combine/login_reply')}`,
    ])
  })

  promise('login.again-behind', 'one by one behind each other, none of them stored yet', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    const codes = await Promise.all([gateway.login(sub), other.login(sub), gateway.login(sub), other.login(sub)])
    expect(codes).toEqual([200, 200, 200, 200])
    const told = async (each: typeof gateway) => (await each.texts()).filter((text) => text.includes(':427,')).length
    // A connection may be overtaken before it heard of its own login; whoever is off line in the end was told.
    const loser = node().fleet.onlineThrough(sub) === gateway.name ? other : gateway
    expect(await told(loser)).toBeGreaterThan(0)
    await loser.publish(`/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`, '{"id":"1","params":{}}')
    expect(await loser.texts()).toHaveLength(1)
  })

  promise(
    ['notice.reply-first', 'topo.add.pipelined', 'after.publish'],
    'requests in one go are answered in their order',
    async () => {
      const { gateway, sub, sub2 } = await node().scene({ subs: 2, related: false })
      const post = `/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`
      const send = (path: string, id: string, params: unknown) =>
        gateway.publish(path.startsWith('/') ? path : gateway.topic(path), JSON.stringify({ id, params }), 0)
      await Promise.all([
        send('thing/topo/add', '1', [makeTopoAdd(sub)]),
        send('combine/login', '2', makeLogin(sub)),
        send(post, '3', {}),
        send('combine/login', '4', makeLogin(sub2)),
        send('thing/topo/get', '5', {}),
        send('thing/topo/delete', '6', [{ productKey: sub.productKey, deviceName: sub.deviceName }]),
      ])
      // The session ends when its login is stored, which may be behind what was asked meanwhile: the notice is told all the same.
      const notices = [gateway.next(gateway.topic('combine/logout_reply')), gateway.next(gateway.errorTopic)]
      expect(await gateway.texts()).toEqual([
        `${gateway.topic('thing/topo/add_reply')} ${sysBody('1', 200, list(sub), 'thing.topo.add')}`,
        `${gateway.topic('combine/login_reply')} ${extBody('2', 200, data(sub))}`,
        `${post}_reply ${sysBody('3', 200, '{}', 'thing.event.property.post')}`,
        `${gateway.topic('combine/login_reply')} ${extBody('4', 6401, data(sub2))}`,
        `${gateway.topic('thing/topo/get_reply')} ${sysBody('5', 200, list(sub), 'thing.topo.get')}`,
        `${gateway.topic('thing/topo/delete_reply')} ${sysBody('6', 200, list(sub), 'thing.topo.delete')}`,
      ])
      for (const notice of notices) {
        expect(anyId((await notice).payload.toString())).toBe(extBody('#', 6401, data(sub)))
      }
    },
  )

  promise(['capacity.exact', 'login.428'], '428 counts logins that are not stored yet', async () => {
    const { gateway, subs } = await node().scene({ subs: 201 })
    const batches = [
      subs.slice(0, 50),
      subs.slice(50, 100),
      subs.slice(100, 150),
      subs.slice(150, 200),
      subs.slice(200),
    ]
    const answers = await Promise.all(
      batches.map((some) => gateway.ask('combine/batch_login', { deviceList: some.map((sub) => makeLogin(sub)) })),
    )
    expect(answers.map(({ code }) => code)).toEqual([200, 200, 200, 200, 428])
  })

  promise(['session.restart', 'after.clean'], 'what was promised is there after a restart', async () => {
    const device = await node().fleet.device()
    const topic = `/${device.productKey}/${device.deviceName}/user/get`
    const first = await node().device(device, { clean: false })
    await first.subscribe(topic)
    await first.end()
    await node().node.messages.pub(node().fleet.of(device), topic, Buffer.from('kept'), 1)
    await node().restart()
    const again = await node().device(device, { clean: false })
    expect(again.connackPacket).toMatchObject({ sessionPresent: true })
    expect(await again.texts()).toEqual([`${topic} kept`])
  })
})

describe('a CONNECT whose client is gone before its login is stored', () => {
  promise('store.connect', 'counts as no connection, and the device can come back', async () => {
    await node().restart()
    const [device] = (await node().fleet.gateways(1)) as [DeviceSecret]
    for (let i = 0; i < 20; i++) {
      const client = await node().dial(device)
      client.raw(connectPacket(makeConnect(device), 4))
      // The server has the CONNECT by the time it sees the end of the stream, which comes while the disk is asked.
      client.wire.end()
    }
    const back = await node().gateway(device)
    expect(await back.alive()).toBe(true)
    await expect.poll(() => node().node.connects.count).toBe(1)
  })
})
