/** The MQTT ports of a whole server: MQTT.js and mosquitto over TLS and WebSocket, certificates of devices, files that change. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { promisify } from 'node:util'
import type { IClientOptions, MqttClient } from 'mqtt'
import mqtt from 'mqtt'
import type { Packet } from 'mqtt-packet'
import { generate, parser } from 'mqtt-packet'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeConnect } from '../../src/auth/make.ts'
import type { Issued } from '../../src/cli/tls/certificates.ts'
import type { SettingKey } from '../../src/config/settings.ts'
import { LOOK_INTERVAL } from '../../src/server/certificates.ts'
import { promise } from '../promises.ts'
import { TestCertificates } from '../support/certificates.ts'
import type { TestNode } from '../support/node.ts'
import { startTestNode } from '../support/node.ts'

const files = mkdtempSync(join(tmpdir(), 'homeport-tls-'))
const path = (name: string) => join(files, name)
const clients: MqttClient[] = []
let certificates: TestCertificates
let node: TestNode

function write(name: string, { cert, key }: Issued): void {
  writeFileSync(path(`${name}.crt`), cert)
  writeFileSync(path(`${name}.key`), key)
}

const tlsSettings: Partial<Record<SettingKey, string>> = {
  'tls.cert': path('server.crt'),
  'tls.key': path('server.key'),
  'tls.ca': path('ca.crt'),
  'tls.crl': path('ca.crl'),
  'tls.sni': path('sni'),
}

beforeAll(async () => {
  certificates = await TestCertificates.make()
  mkdirSync(path('sni'))
  write('server', certificates.server)
  write('ca', certificates.ca)
  write('sni/example', await certificates.ca.server(['iot.example.com']))
  writeFileSync(path('ca.crl'), await certificates.crl())
  writeFileSync(path('false.crl'), '-----BEGIN X509 CRL-----\nnothing\n-----END X509 CRL-----\n')
  const ports = { 'mqtt.tlsPort': 0, 'mqtt.wsPort': 0, 'mqtt.wssPort': 0, 'app.port': 0, 'app.anonymous': 'on' }
  node = await startTestNode({ clock: 'virtual', settings: { ...tlsSettings, ...ports } })
})

afterEach(() => {
  for (const client of clients.splice(0)) client.end(true)
})

afterAll(async () => {
  await node?.stop()
  rmSync(files, { recursive: true, force: true })
})

const portOf = (scheme: string) => node.server.ports[scheme] as number

/** A client that is let in, and what came to it from the CONNACK on. @throws its code */
async function connect(url: string, options: IClientOptions): Promise<{ client: MqttClient; messages: string[] }> {
  const client = mqtt.connect(url, { reconnectPeriod: 0, ca: certificates.ca.cert, ...options })
  clients.push(client)
  const messages: string[] = []
  client.on('message', (topic, payload) => messages.push(`${topic} ${payload}`))
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('error', reject)
    client.once('close', () => reject(new Error('closed')))
  })
  client.on('error', () => {})
  return { client, messages }
}

function signed(device: DeviceSecret): IClientOptions {
  const { clientId, userName, password } = makeConnect(device)
  return { clientId, username: userName, password }
}

/** Asks for the time, so that a message went up and one came down. */
async function works(client: MqttClient, messages: string[], { productKey, deviceName }: DeviceSecret): Promise<void> {
  const topic = `/ext/ntp/${productKey}/${deviceName}`
  await client.subscribeAsync(`${topic}/response`, { qos: 1 })
  await client.publishAsync(`${topic}/request`, '{"deviceSendTime":"7"}', { qos: 1 })
  await vi.waitFor(() => expect(messages.join()).toContain(`${topic}/response {"deviceSendTime":"7"`))
}

describe('MQTT.js', () => {
  for (const [id, name, url, options] of [
    ['tls.one-port', 'plain on the MQTT port', () => `mqtt://127.0.0.1:${portOf('mqtt')}`, {}],
    [
      'tls.one-port',
      'TLS 1.2 on the MQTT port',
      () => `mqtts://127.0.0.1:${portOf('mqtt')}`,
      { maxVersion: 'TLSv1.2' },
    ],
    [
      'tls.one-port',
      'TLS 1.3 on the MQTT port',
      () => `mqtts://127.0.0.1:${portOf('mqtt')}`,
      { minVersion: 'TLSv1.3' },
    ],
    ['tls.own-port', 'TLS on its own port', () => `mqtts://127.0.0.1:${portOf('mqtts')}`, {}],
    ['web-socket', 'WebSocket', () => `ws://127.0.0.1:${portOf('ws')}/`, {}],
    ['web-socket', 'secure WebSocket on the same port', () => `wss://127.0.0.1:${portOf('ws')}/mqtt`, {}],
    ['web-socket', 'secure WebSocket', () => `wss://127.0.0.1:${portOf('wss')}/any/path`, {}],
  ] as const) {
    promise(id, name, async () => {
      const device = await node.fleet.device()
      for (const protocolVersion of [4, 5] as const) {
        const how = { ...options, ...signed(device), protocolVersion }
        // ws takes TLS options of its own.
        const { client, messages } = await connect(url(), { ...how, wsOptions: { ca: certificates.ca.cert } })
        await works(client, messages, device)
        await client.endAsync()
      }
    })
  }

  test.each(['mqtt', 'mqtts'])('an application, %s on its one port', async (scheme) => {
    const { client, messages } = await connect(`${scheme}://127.0.0.1:${portOf('app')}`, { protocolVersion: 5 })
    await client.subscribeAsync('a/#', { qos: 2 })
    await client.publishAsync('a/b', 'hello', { qos: 2 })
    await vi.waitFor(() => expect(messages).toEqual(['a/b hello']))
    await client.endAsync()
  })

  promise('tls.own-port', 'a port of TLS alone closes plain connections', async () => {
    const options = signed(await node.fleet.device())
    await expect(connect(`mqtt://127.0.0.1:${portOf('mqtts')}`, options)).rejects.toThrow('closed')
  })

  for (const size of [1, 7, 10_000]) {
    promise('web-socket', `frames of ${size} bytes, however packets lie in them`, async () => {
      const device = await node.fleet.device()
      const { clientId, userName: username, password } = makeConnect(device)
      const topic = `/ext/ntp/${device.productKey}/${device.deviceName}`
      const packets: Packet[] = [
        {
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          keepalive: 60,
          clientId,
          username,
          password: Buffer.from(password),
        },
        { cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: `${topic}/response`, qos: 1 }] },
        {
          cmd: 'publish',
          topic: `${topic}/request`,
          payload: '{"deviceSendTime":"7"}',
          qos: 1,
          messageId: 2,
        } as Packet,
      ]
      const bytes = Buffer.concat(packets.map((packet) => generate(packet)))
      const socket = new WebSocket(`ws://127.0.0.1:${portOf('ws')}/`, 'mqtt')
      onTestFinished(() => socket.terminate())
      const arrived: Packet[] = []
      const packetParser = parser()
      packetParser.on('packet', (packet) => arrived.push(packet))
      socket.on('message', (data: Buffer) => packetParser.parse(data))
      await new Promise((resolve) => socket.once('open', resolve))
      for (let at = 0; at < bytes.length; at += size) socket.send(bytes.subarray(at, at + size))
      await vi.waitFor(() => {
        expect(arrived.map(({ cmd }) => cmd).sort()).toEqual(['connack', 'puback', 'publish', 'suback'])
      })
    })
  }
})

describe('mosquitto', () => {
  promise('tls.one-port', 'mosquitto_pub with --cafile, on both ports', async () => {
    const device = await node.fleet.device()
    const { clientId, userName, password } = makeConnect(device)
    for (const port of [portOf('mqtt'), portOf('mqtts')]) {
      const words = ['-h', 'localhost', '-p', String(port), '--cafile', path('ca.crt'), '-i', clientId, '-u', userName]
      const message = [
        '-P',
        password,
        '-q',
        '1',
        '-t',
        `/${device.productKey}/${device.deviceName}/user/update`,
        '-m',
        'x',
      ]
      await promisify(execFile)('mosquitto_pub', [...words, ...message])
    }
  })

  promise(['x509.connect', 'x509.identity'], 'mosquitto_sub with a certificate and nothing else', async () => {
    const device = await node.fleet.device()
    const { productKey, deviceName } = device
    write('mosquitto', await certificates.ca.client(`${deviceName}&${productKey}`))
    const words = ['-h', 'localhost', '-p', String(portOf('mqtts')), '--cafile', path('ca.crt'), '-C', '1', '-W', '5']
    const own = [
      '--cert',
      path('mosquitto.crt'),
      '--key',
      path('mosquitto.key'),
      '-v',
      '-t',
      '/ext/auth/identity/response',
    ]
    const { stdout } = await promisify(execFile)('mosquitto_sub', [...words, ...own])
    expect(stdout).toBe(`/ext/auth/identity/response {"productKey":"${productKey}","deviceName":"${deviceName}"}\n`)
  })
})

describe('certificates of devices', () => {
  const url = () => `mqtts://127.0.0.1:${portOf('mqtts')}`

  async function certified(): Promise<{ device: DeviceSecret; issued: Issued; name: string }> {
    const device = await node.fleet.device()
    const name = `${device.deviceName}&${device.productKey}`
    return { device, issued: await certificates.ca.client(name), name }
  }

  for (const [username, told] of [
    [undefined, true],
    ['', true],
    ['&', true],
    ['its name', false],
  ] as const) {
    promise(['x509.connect', 'x509.identity'], `user name ${username}: let in, told who it is: ${told}`, async () => {
      const { device, issued, name } = await certified()
      const own = username === undefined ? {} : { username: username === 'its name' ? name : username, password: '0' }
      const { client, messages } = await connect(url(), {
        ...issued,
        ...own,
        clientId: '.|securemode=2|',
        clean: false,
      })
      await works(client, messages, device)
      const { productKey, deviceName } = device
      const identity = `/ext/auth/identity/response {"productKey":"${productKey}","deviceName":"${deviceName}"}`
      expect(messages.filter((it) => it.startsWith('/ext/auth'))).toEqual(told ? [identity] : [])
      expect(node.fleet.onlineThrough(device)).toBe('direct')
    })
  }

  promise('x509.connect', 'over secure WebSocket too', async () => {
    const { device, issued } = await certified()
    const wsOptions = { ca: certificates.ca.cert, ...issued }
    const { client, messages } = await connect(`wss://127.0.0.1:${portOf('wss')}/`, {
      ...issued,
      wsOptions,
      clientId: '.||',
    })
    await works(client, messages, device)
  })

  promise('x509.connect', 'another user name needs the signature of its own', async () => {
    const [{ issued }, other] = [await certified(), await node.fleet.device()]
    const { client, messages } = await connect(url(), { ...issued, ...signed(other) })
    await works(client, messages, other)
    await expect(connect(url(), { ...issued, ...signed(other), password: '0' })).rejects.toMatchObject({ code: 4 })
  })

  promise('x509.refused', 'no certificate, no password: refused', async () => {
    await expect(connect(url(), { clientId: '.|securemode=2|' })).rejects.toMatchObject({ code: 4 })
  })

  promise('x509.refused', 'disabled, deleted and unknown devices', async () => {
    const [disabled, deleted] = [await certified(), await certified()]
    const refused = async (issued: Issued) =>
      await expect(connect(url(), { ...issued, clientId: '.|securemode=2|' })).rejects.toMatchObject({ code: 5 })
    await node.fleet.disable(disabled.device)
    await refused(disabled.issued)
    await node.fleet.enable(disabled.device)
    await connect(url(), { ...disabled.issued, clientId: '.|securemode=2|' })
    await node.fleet.remove(deleted.device)
    await refused(deleted.issued)
    await refused(await certificates.ca.client(`nobody&${deleted.device.productKey}`))
    expect(node.refused('device').at(-1)?.who).toBe(`nobody&${deleted.device.productKey}`)
  })

  promise(['x509.refused', 'tls.reload'], 'revoked: once the list is read, the handshake ends', async () => {
    const { device, issued } = await certified()
    const { client, messages } = await connect(url(), { ...issued, clientId: '.||' })
    writeFileSync(path('ca.crl'), await certificates.crl(issued))
    node.server.reload?.()
    await expect(connect(url(), { ...issued, clientId: '.||' })).rejects.toThrow()
    // Its connection stands until somebody ends it.
    await works(client, messages, device)
  })
})

/** Serial number of the certificate that is shown for a name. */
async function serial(servername: string): Promise<string> {
  const socket = connectTls({
    port: portOf('mqtts'),
    host: '127.0.0.1',
    servername,
    ca: certificates.ca.cert,
    checkServerIdentity: () => undefined,
  })
  await new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
  })
  const { serialNumber } = socket.getPeerCertificate()
  socket.destroy()
  return serialNumber
}

describe('files that change', () => {
  promise(['tls.reload', 'tls.sni'], 'are read again; connections that stand go on', async () => {
    const device = await node.fleet.device()
    const { client, messages } = await connect(`mqtts://127.0.0.1:${portOf('mqtts')}`, signed(device))
    const before = [await serial('localhost'), await serial('iot.example.com'), await serial('new.example.com')]
    expect(before[1]).not.toBe(before[0])
    expect(before[2]).toBe(before[0])
    write('server', await certificates.ca.server(['localhost', '127.0.0.1']))
    write('sni/more', await certificates.ca.server(['new.example.com']))
    expect(await serial('localhost')).toBe(before[0])
    node.advance(LOOK_INTERVAL)
    const after = [await serial('localhost'), await serial('iot.example.com'), await serial('new.example.com')]
    expect(after[0]).not.toBe(before[0])
    expect(after[1]).toBe(before[1])
    expect(new Set(after).size).toBe(3)
    await works(client, messages, device)
  })

  promise('tls.reload', 'bad ones change nothing, and are taken once they are good', async () => {
    const before = await serial('localhost')
    const fresh = await certificates.ca.server(['localhost', '127.0.0.1'])
    writeFileSync(path('server.crt'), fresh.cert)
    node.advance(LOOK_INTERVAL)
    expect(await serial('localhost')).toBe(before)
    writeFileSync(path('server.key'), fresh.key)
    node.advance(LOOK_INTERVAL)
    expect(await serial('localhost')).not.toBe(before)
  })
})

test.each<[string, Partial<Record<SettingKey, string>>, string]>([
  ['a file that is not there', { 'tls.cert': path('none.crt') }, 'tls.cert'],
  ['a file that is no certificate', { 'tls.cert': path('server.key') }, 'is no certificate in PEM'],
  ['a file that is no key', { 'tls.key': path('server.crt') }, 'is no private key in PEM'],
  ['the key of another', { 'tls.key': path('ca.key') }, 'is not the key of'],
  ['a CA that is none', { 'tls.ca': path('server.key') }, 'tls.ca'],
  ['a CRL that is none', { 'tls.crl': path('ca.crt') }, 'is no CRL in PEM'],
  ['a CRL that only looks like one', { 'tls.crl': path('false.crl') }, 'the certificates cannot be used'],
  ['no directory of names', { 'tls.sni': path('none') }, 'tls.sni'],
])('%s: the server does not start, and says so', async (_name, wrong, text) => {
  const started = startTestNode({ settings: { ...tlsSettings, ...wrong } })
  await expect(started).rejects.toThrow(text)
  await expect(started).rejects.toMatchObject({ code: 'certificate', hint: expect.stringContaining('tls dev') })
})

promise('proxy-protocol', 'the client of the header is the one that the session has', async () => {
  const behind = await startTestNode({ settings: { 'mqtt.proxyProtocol': 'on' } })
  onTestFinished(() => behind.stop())
  const device = await behind.fleet.device()
  const port = behind.server.ports.mqtt as number
  const stream = () => {
    const socket = connectTcp(port, '127.0.0.1')
    socket.write('PROXY TCP4 192.0.2.9 192.0.2.2 50000 1883\r\n')
    return socket
  }
  const client = new mqtt.MqttClient(stream, {
    ...signed(device),
    reconnectPeriod: 0,
    protocolVersion: 4,
    protocolId: 'MQTT',
    clean: true,
    keepalive: 60,
  })
  clients.push(client)
  await new Promise((resolve) => client.once('connect', resolve))
  expect(behind.node.world.sessions.holder(behind.fleet.of(device))?.address).toBe('192.0.2.9:50000')
  await expect(connect(`mqtt://127.0.0.1:${port}`, signed(device))).rejects.toThrow('closed')
})
