/** `mqtt.autoDelivery`: what reaches a connection that has not subscribed to it (direct.md §4.4; sub-devices.md §9). */
import { describe, expect } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeLogin } from '../../src/auth/make.ts'
import { promise } from '../promises.ts'
import { data, extBody, sessionError } from '../support/bodies.ts'
import type { DeviceClient } from '../support/client.ts'
import type { Gateway } from '../support/gateway.ts'
import { useNode } from '../support/node.ts'

const topicsOf = async (client: DeviceClient) => (await client.rest()).map(({ topic }) => topic)
const post = (device: DeviceSecret) => `/sys/${device.productKey}/${device.deviceName}/thing/event/property/post`

/** Sends a login, and whatever else causes replies, without waiting for any. */
async function provoke(gateway: Gateway, sub: DeviceSecret, clientId = 'id'): Promise<void> {
  await gateway.publish(
    gateway.topic('combine/login'),
    JSON.stringify({ id: '1', params: makeLogin(sub, { clientId }) }),
  )
  await gateway.publish(post(sub), '{"id":"2","params":{}}')
  await gateway.publish(gateway.topic('thing/topo/get'), '{"id":"3","params":{}}')
}

describe('always', () => {
  const node = useNode()

  promise('auto.always', 'replies, errors and system downlinks, without any SUBSCRIBE', async () => {
    const { gateway, sub, sub2 } = await node().scene({ subs: 2 })
    await provoke(gateway, sub)
    await gateway.publish(post(sub2), '{"id":"4"}')
    expect(await topicsOf(gateway)).toEqual([
      gateway.topic('combine/login_reply'),
      `${post(sub)}_reply`,
      gateway.topic('thing/topo/get_reply'),
      gateway.errorTopic,
    ])
    await node().fleet.disable(sub2)
    expect(await topicsOf(gateway)).toEqual([
      `/sys/${sub2.productKey}/${sub2.deviceName}/thing/disable`,
      gateway.topic('thing/topo/change'),
    ])
  })

  promise('auto.always', 'one copy if also subscribed, at the QoS of the message', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.subscribe([
      `/ext/session/${gateway.name}/combine/#`,
      gateway.topic('combine/login_reply'),
      `/sys/${gateway.name}/thing/#`,
    ])
    await provoke(gateway, sub)
    const messages = await gateway.rest()
    expect(messages.map(({ topic, qos }) => [topic, qos])).toEqual([
      [gateway.topic('combine/login_reply'), 0],
      [`${post(sub)}_reply`, 0],
      [gateway.topic('thing/topo/get_reply'), 0],
    ])
  })

  promise('auto.muted', 'UNSUBSCRIBE stops it, SUBSCRIBE restarts it', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    const filter = `/sys/${sub.productKey}/${sub.deviceName}/thing/event/+/post_reply`
    await gateway.unsubscribe(filter)
    await gateway.publish(post(sub), '{"id":"1","params":{}}')
    await gateway.publish(post(gateway.device), '{"id":"1","params":{}}')
    expect(await topicsOf(gateway)).toEqual([`${post(gateway.device)}_reply`])
    await gateway.subscribe(filter, 0)
    await gateway.publish(post(sub), '{"id":"1","params":{}}')
    expect(await topicsOf(gateway)).toEqual([`${post(sub)}_reply`])
    await gateway.unsubscribe(filter)
    await gateway.publish(post(sub), '{"id":"1","params":{}}')
    expect(await topicsOf(gateway)).toEqual([])
  })

  promise('auto.muted', 'a direct device that unsubscribes right after CONNECT, as C SDKs do', async () => {
    const device = await node().device(await node().fleet.device())
    await device.unsubscribe(`/sys/${device.name}/thing/event/+/post_reply`)
    await device.publish(post(device.device), '{"id":"1","params":{}}', 1)
    expect(await topicsOf(device)).toEqual([])
    const again = await node().device(device.device)
    await again.publish(post(device.device), '{"id":"1","params":{}}')
    expect(await topicsOf(again)).toEqual([`${post(device.device)}_reply`])
  })

  promise('auto.muted', 'what is muted stays so for the life of a persistent session', async () => {
    const device = await node().fleet.device()
    const first = await node().device(device, { clean: false })
    await first.unsubscribe(`${post(device)}_reply`)
    await first.end()
    const second = await node().device(device, { clean: false })
    await second.publish(post(device), '{"id":"1","params":{}}')
    expect(await topicsOf(second)).toEqual([])
  })
})

describe('requested', () => {
  const node = useNode({ settings: { 'mqtt.autoDelivery': 'requested' } })

  promise('auto.requested', 'without _ss nothing but what is subscribed', async () => {
    const { gateway, other, sub } = await node().scene({ gateways: 2 })
    await provoke(gateway, sub)
    expect(await topicsOf(gateway)).toEqual([])
    expect(node().fleet.onlineThrough(sub)).toBe(gateway.name)
    await gateway.subscribe(gateway.topic('combine/logout_reply'))
    await other.publish(other.topic('combine/login'), JSON.stringify({ id: '1', params: makeLogin(sub) }))
    await other.rest()
    expect(await topicsOf(gateway)).toEqual([gateway.topic('combine/logout_reply')])
  })

  promise('auto.requested', '_ss=1 in CONNECT counts for the gateway and all its sub-devices', async () => {
    const { gateways, sub, sub2 } = await node().scene({ subs: 2 })
    const device = (gateways[0] as Gateway).device
    const gateway = await node().gateway(device, { extra: { _ss: 1 } })
    await provoke(gateway, sub)
    await gateway.publish(post(sub2), '{"id":"9"}')
    expect(await topicsOf(gateway)).toEqual([
      gateway.topic('combine/login_reply'),
      `${post(sub)}_reply`,
      gateway.topic('thing/topo/get_reply'),
      gateway.errorTopic,
    ])
  })

  promise('auto.requested', "_ss=1 in a sub-device's login counts for its own topics", async () => {
    const { gateway, sub } = await node().scene()
    await provoke(gateway, sub, 'a.b|_ss=1,_v=sdk-c-3.2.0|')
    const topics = await topicsOf(gateway)
    expect(topics).toContain(`${post(sub)}_reply`)
    expect(topics).not.toContain(gateway.topic('thing/topo/get_reply'))
  })

  promise(['auto.requested', 'auto.either'], 'NTP, under either value', async () => {
    const device = await node().device(await node().fleet.device())
    await device.publish(post(device.device), '{"id":"1","params":{}}')
    expect(await topicsOf(device)).toEqual([])
    await device.subscribe(`${post(device.device)}_reply`, 0)
    await device.publish(post(device.device), '{"id":"1","params":{}}')
    expect(await topicsOf(device)).toEqual([`${post(device.device)}_reply`])
  })

  promise('auto.either', '/ext/notify, to who wants it', async () => {
    const device = await node().fleet.device()
    const first = await node().device(device, { extra: { ext: 2 } })
    await node().device(device)
    await first.cut()
    expect(first.unread.map(({ topic }) => topic)).toEqual(['/ext/notify'])
  })

  promise('auto.requested', 'a refused message needs it too', async () => {
    const { gateway, sub } = await node().scene()
    await gateway.publish(post(sub), '{"id":"1"}')
    expect(await topicsOf(gateway)).toEqual([])
    await gateway.subscribe(gateway.errorTopic)
    await gateway.publish(post(sub), '{"id":"1"}')
    expect(await gateway.texts()).toEqual([`${gateway.errorTopic} ${extBody('1', 520, data(sub), sessionError)}`])
  })
})
