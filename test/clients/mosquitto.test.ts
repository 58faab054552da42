/** Debian's mosquitto clients: the tour that `homeport serve` prints on an empty store, word for word, and everyday use. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeConnect, makeLogin } from '../../src/auth/make.ts'
import { data, extBody, sysBody } from '../support/bodies.ts'
import { named } from '../support/gateway.ts'
import { useNode } from '../support/node.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A program; what it wrote can be read while it runs. */
function start(program: string, args: readonly string[], cwd = root) {
  const variables = Object.entries(process.env).filter(([name]) => !name.startsWith('HOMEPORT_'))
  const child = spawn(program, args, { cwd, env: Object.fromEntries(variables), stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const seen = { out: '', err: '' }
  child.stdout.on('data', (text) => {
    seen.out += text
  })
  child.stderr.on('data', (text) => {
    seen.err += text
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...seen }))
  })
  ended.catch(() => {})
  return { child, seen, ended }
}

const run = (program: string, ...args: string[]) => start(program, args).ended

describe('the tour', () => {
  test('three commands, copied from the screen into a shell, make a gateway and a sub-device and log it in', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'homeport tour-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const server = start('./bin/homeport', ['serve', '--data', directory, '--mqtt-port', '0', '--http-port', '0'])
    await expect.poll(() => server.seen.out, { timeout: 20_000 }).toContain('Every code a gateway can meet')
    const commands = server.seen.out.split('\n').filter((line) => line.startsWith('   ./bin/homeport'))
    expect(commands).toHaveLength(3)
    const [made, shown, loggedIn] = [
      await run('sh', '-c', commands[0] as string),
      await run('sh', '-c', commands[1] as string),
      await run('sh', '-c', commands[2] as string),
    ]
    expect([made.code, made.err, shown.code, shown.err]).toEqual([0, '', 0, ''])
    expect([loggedIn.code, loggedIn.err]).toEqual([0, ''])
    expect(shown.out).toContain('mosquitto_rr')
    const answering = shown.out.split('\n').find((line) => line.startsWith('mosquitto_rr')) as string
    const answer = await run('sh', '-c', answering)
    const sub = { productKey: 'demoSensor', deviceName: 'sensor1' }
    expect([answer.code, answer.out.trim()]).toEqual([0, extBody('1', 200, data(sub))])

    const device = await run('sh', '-c', `./bin/homeport device show demoSensor/sensor1 --json --data '${directory}'`)
    expect(JSON.parse(device.out)).toMatchObject({ deviceName: 'sensor1', gateways: ['demoGateway/gateway1'] })
    expect(JSON.parse(device.out).status).toMatch(/^(?:ONLINE|OFFLINE)$/)
    server.child.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  })
})

describe('everyday use', () => {
  const node = useNode()

  /** Options of a connection; `-q 1` too. */
  function connection(device: DeviceSecret, version = 'mqttv311'): string[] {
    const { clientId, userName, password } = makeConnect(device)
    const server = ['-h', '127.0.0.1', '-p', String(node().mqttPort), '-V', version]
    return [...server, '-i', clientId, '-u', userName, '-P', password, '-q', '1']
  }

  async function withTopic() {
    const { fleet } = node()
    const productKey = await fleet.product()
    await fleet.topicClass(productKey, { shortName: 'orders', operation: 'SUB' })
    const device = await fleet.device(productKey)
    return { device, topic: `/${productKey}/${device.deviceName}/user/orders` }
  }

  const pub = (device: DeviceSecret, topic: string, text: string) =>
    node().node.messages.pub(node().fleet.of(device), topic, Buffer.from(text), 1)

  const versions = ['mqttv31', 'mqttv311', 'mqttv5']

  test.each(versions)('%s: mosquitto_rr posts a property and prints the reply', async (version) => {
    const device = await node().fleet.device()
    const topic = `/sys/${device.productKey}/${device.deviceName}/thing/event/property/post`
    const ask = ['-W', '5', '-t', topic, '-e', `${topic}_reply`, '-m', '{"id":"1","params":{"a":1}}']
    const { code, out, err } = await run('mosquitto_rr', ...connection(device, version), ...ask)
    expect([code, out.trim(), err]).toEqual([0, sysBody('1', 200, '{}', 'thing.event.property.post'), ''])
  })

  test.each(versions)('%s: mosquitto_sub receives on a custom topic', async (version) => {
    const { device, topic } = await withTopic()
    // Line by line, or a pipe shows that it has subscribed when it ends.
    const sub = start('stdbuf', [
      '-oL',
      'mosquitto_sub',
      ...connection(device, version),
      '-t',
      topic,
      '-C',
      '2',
      '-v',
      '-d',
    ])
    await expect.poll(() => sub.seen.out, { timeout: 10_000 }).toContain('Subscribed')
    await pub(device, topic, 'left')
    await pub(device, topic, 'right')
    const { code, out } = await sub.ended
    expect(code).toBe(0)
    expect(out.split('\n').filter((line) => line.startsWith(topic))).toEqual([`${topic} left`, `${topic} right`])
  })

  test.each(['mqttv311', 'mqttv5'])(
    '%s: with -c, what came at QoS 1 meanwhile is there afterwards',
    async (version) => {
      const { device, topic } = await withTopic()
      const expiry = version === 'mqttv5' ? ['-x', '600'] : []
      const persistent = [...connection(device, version), '-c', ...expiry, '-t', topic]
      expect((await run('mosquitto_sub', ...persistent, '-E')).code).toBe(0)
      for (const text of ['one', 'two', 'three']) await pub(device, topic, text)
      const { code, out } = await run('mosquitto_sub', ...persistent, '-C', '3', '-W', '10')
      expect([code, out]).toEqual([0, 'one\ntwo\nthree\n'])
    },
  )

  test('a filter that is refused is said, and the wrong password is too', async () => {
    const { device } = await withTopic()
    const refused = await run('mosquitto_sub', ...connection(device), '-t', '/sys/+/+/thing/#', '-W', '5')
    expect(refused.err).toContain('denied')
    const wrong = await run('mosquitto_pub', ...connection({ ...device, deviceSecret: 'x' }), '-t', 'a', '-m', 'b')
    expect([wrong.code === 0, wrong.err]).toEqual([false, expect.stringMatching(/bad user name or password/i)])
  })

  test('a gateway of one command: its sub-device is on line as long as it is', async () => {
    const [gateway] = await node().fleet.gateways(1)
    const sub = await node().fleet.device()
    if (!gateway) throw new Error('no gateway')
    await node().fleet.relate(gateway, sub)
    const name = `${gateway.productKey}/${gateway.deviceName}`
    const login = `/ext/session/${name}/combine/login`
    const payload = (id: string) => JSON.stringify({ id, params: makeLogin(sub) })
    const ask = [...connection(gateway), '-W', '5', '-t', login, '-e', `${login}_reply`]
    const { out } = await run('mosquitto_rr', ...ask, '-m', payload('7'))
    expect(out.trim()).toBe(extBody('7', 200, data(sub)))
    expect(named(sub)).toEqual(JSON.parse(out).data)
    await expect.poll(() => node().fleet.onlineThrough(sub)).toBe(null)
  })
})
