/** Devices and applications meet: one core, two kinds of client (issue: the applications' listener). */
import mqtt from 'mqtt'
import { afterAll, describe, expect, test } from 'vitest'
import { loadSettings, SettingsError } from '../../src/config/load.ts'
import { startTestNode, useNode } from '../support/node.ts'

const node = useNode({ settings: { 'app.port': 0, 'app.anonymous': 'on' } })
const apps: mqtt.MqttClient[] = []

afterAll(() => {
  for (const app of apps) app.end(true)
})

async function application(
  options: mqtt.IClientOptions = {},
  port = node().server.ports.app,
): Promise<mqtt.MqttClient> {
  const app = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options })
  apps.push(app)
  return app
}

interface Came {
  readonly topic: string
  readonly text: string
  readonly qos: number
}

function next(app: mqtt.MqttClient): Promise<Came> {
  return new Promise((resolve) => {
    app.once('message', (topic, payload, packet) => resolve({ topic, text: payload.toString(), qos: packet.qos }))
  })
}

describe('what devices publish', () => {
  test('reaches applications whose filters match, a sub-device behind its gateway too', async () => {
    const { gateway, sub } = await node().scene()
    expect(await gateway.login(sub)).toBe(200)
    const app = await application()
    const post = `/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`
    await app.subscribeAsync(`/sys/${sub.productKey}/+/thing/event/#`, { qos: 1 })
    const came = next(app)
    await gateway.publish(post, '{"id":"1","params":{"temperature":21}}', 1)
    expect(await came).toEqual({ topic: post, text: '{"id":"1","params":{"temperature":21}}', qos: 1 })
  })

  test('reaches nobody where it is refused', async () => {
    const { gateway, sub } = await node().scene()
    const app = await application()
    await app.subscribeAsync('#')
    const seen: string[] = []
    app.on('message', (topic) => seen.push(topic))
    const post = `/sys/${sub.productKey}/${sub.deviceName}/thing/event/property/post`
    await gateway.publish(post, '{"id":"1","params":{}}', 1)
    await gateway.publish(gateway.topic('thing/event/property/post'), '{"id":"2","params":{}}', 1)
    await expect.poll(() => seen).toContain(gateway.topic('thing/event/property/post'))
    expect(seen).not.toContain(post)
  })

  test('is kept for a persistent application that is off line', async () => {
    const { gateway } = await node().scene()
    const how = { clientId: 'history', clean: false }
    const first = await application(how)
    const topic = gateway.topic('thing/event/property/post')
    await first.subscribeAsync(topic, { qos: 1 })
    await first.endAsync()
    await gateway.publish(topic, '{"id":"7","params":{"a":1}}', 1)
    const again = mqtt.connect(`mqtt://127.0.0.1:${node().server.ports.app}`, { reconnectPeriod: 0, ...how })
    apps.push(again)
    expect(await next(again)).toMatchObject({ topic, text: '{"id":"7","params":{"a":1}}', qos: 1 })
  })
})

describe('what applications publish', () => {
  test.each([
    ['a system downlink, unasked', 'thing/service/property/set'],
    ['a service', 'thing/service/reboot'],
  ])('%s reaches the sub-device through its gateway', async (_, path) => {
    const { gateway, sub } = await node().scene()
    await gateway.login(sub)
    const app = await application()
    const topic = `/sys/${sub.productKey}/${sub.deviceName}/${path}`
    await app.publishAsync(
      topic,
      `{"id":"2000000123","version":"1.0","params":{"on":1},"method":"${path.replaceAll('/', '.')}"}`,
      { qos: 2 },
    )
    expect(await gateway.rest()).toMatchObject([{ topic }])
  })

  test('a custom topic reaches who subscribed it', async () => {
    const [direct] = await node().fleet.gateways(1)
    if (!direct) throw new Error('no device')
    const device = await node().device(direct)
    const app = await application()
    await app.publishAsync(device.topic('user/get'), 'lost', { qos: 1 })
    await device.subscribe(device.topic('user/get'), 1)
    await app.publishAsync(device.topic('user/get'), 'found', { qos: 1 })
    expect((await device.rest()).map(({ payload }) => payload.toString())).toEqual(['found'])
  })

  test('on an uplink topic it is for other applications alone', async () => {
    const { gateway } = await node().scene()
    const app = await application()
    const topic = gateway.topic('thing/event/property/post')
    await app.subscribeAsync(topic)
    const came = next(app)
    await app.publishAsync(topic, '{}')
    expect((await came).topic).toBe(topic)
    expect(await gateway.rest()).toEqual([])
  })
})

describe('who may in', () => {
  test('an access key: id and secret as user name and password; nobody else', async () => {
    const strict = await startTestNode({ settings: { 'app.port': 0 } })
    try {
      const made = strict.node.keys.create(strict.clock.wall())
      if (!made.ok) throw new Error(made.reason)
      await new Promise<void>((stored, failed) => {
        strict.node.registry.run(made.changes, { stored, failed })
      })
      const { id, secret } = made.value
      const port = strict.server.ports.app
      const app = await application({ username: id, password: secret }, port)
      expect(app.connected).toBe(true)
      await app.endAsync()
      for (const [username, password] of [
        [id, 'wrong'],
        ['nobody', secret],
        [id, ''],
      ]) {
        await expect(application({ username: username ?? '', password: password ?? '' }, port)).rejects.toThrow(
          /not authorized|Bad/i,
        )
      }
      expect(strict.refused('app-sign-in')).toHaveLength(3)
    } finally {
      await strict.stop()
    }
  })

  test('anonymous is refused on any address but loopback', () => {
    const open = () => loadSettings({ flags: ['--app-port', '0', '--app-anonymous', '--host', '0.0.0.0'] })
    expect(open).toThrow(SettingsError)
    expect(open).toThrow(/loopback/)
  })
})
