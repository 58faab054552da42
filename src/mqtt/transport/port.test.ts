/** What connections pass on their way in, over real sockets. TLS has tests of its own in test/mqtt. */
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { VirtualClock } from '../../clock/virtual.ts'
import type { PortRules } from './port.ts'
import { acceptorFor, PLAIN_MQTT } from './port.ts'
import type { Acceptor, Wire, WireUser } from './transport.ts'
import { WAITING_TIME } from './waiting.ts'

/** A wire that came through, and what it brought. */
class Taken implements WireUser {
  readonly wire: Wire
  bytes = Buffer.alloc(0)
  reads = 0
  drains = 0
  ends = 0

  constructor(wire: Wire) {
    this.wire = wire
    wire.user = this
  }

  received(buffer: Buffer, length: number): void {
    this.bytes = Buffer.concat([this.bytes, buffer.subarray(0, length)])
    this.reads++
  }

  drained(): void {
    this.drains++
  }

  ended(): void {
    this.ends++
    this.wire.destroy()
  }

  text(): string {
    return this.bytes.toString('latin1')
  }
}

class Port {
  readonly clock = new VirtualClock()
  readonly taken: Taken[] = []
  readonly acceptor: Acceptor
  number = 0

  constructor(rules: Partial<PortRules>, maximumPacketSize = 1000) {
    const taken = (wire: Wire) => this.taken.push(new Taken(wire))
    this.acceptor = acceptorFor({ ...PLAIN_MQTT, ...rules }, { clock: this.clock, taken, maximumPacketSize })
  }

  async open(): Promise<this> {
    this.number = await this.acceptor.listen(0, '127.0.0.1')
    return this
  }

  get first(): Taken {
    return this.taken[0] as Taken
  }

  /** Opens a socket and writes these pieces one by one, each a segment of its own. */
  async tcp(...pieces: readonly Buffer[]): Promise<Socket> {
    const socket = connect({ port: this.number, host: '127.0.0.1', noDelay: true })
    sockets.push(socket)
    socket.on('error', () => {})
    for (const piece of pieces) {
      await new Promise<void>((resolve) => socket.write(piece, () => setImmediate(resolve)))
    }
    return socket
  }

  async webSocket(protocols: string[] = ['mqtt'], path = '/any/path'): Promise<WebSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.number}${path}`, protocols)
    webSockets.push(socket)
    await new Promise((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    await vi.waitFor(() => expect(this.taken).toHaveLength(1))
    return socket
  }
}

const ports: Port[] = []
const sockets: Socket[] = []
const webSockets: WebSocket[] = []

async function port(rules: Partial<PortRules>, maximumPacketSize?: number): Promise<Port> {
  const made = await new Port(rules, maximumPacketSize).open()
  ports.push(made)
  return made
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const socket of webSockets.splice(0)) socket.terminate()
  for (const { acceptor, taken } of ports.splice(0)) {
    for (const { wire } of taken) wire.destroy()
    await acceptor.close()
  }
})

describe('PROXY header', () => {
  const header = Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 56506 1883\r\n')
  const v2 = Buffer.from('0d0a0d0a000d0a515549540a2111000cc0000201c0000202dcba075b', 'hex')

  test.each([
    ['v1', header],
    ['v2', v2],
  ])('%s names the client, wherever it is cut', async (_name, head) => {
    const made = await port({ proxyProtocol: true })
    const bytes = Buffer.concat([head, Buffer.from('hello')])
    for (let at = 1; at <= bytes.length; at++) await made.tcp(bytes.subarray(0, at), bytes.subarray(at))
    await vi.waitFor(() => expect(made.taken.map((it) => it.text())).toEqual(made.taken.map(() => 'hello')))
    await vi.waitFor(() => expect(made.taken).toHaveLength(bytes.length))
    expect(new Set(made.taken.map(({ wire }) => wire.remote))).toEqual(new Set(['192.0.2.1:56506']))
  })

  test('what comes later goes straight on, and back', async () => {
    const made = await port({ proxyProtocol: true })
    const socket = await made.tcp(Buffer.concat([header, Buffer.from('one ')]))
    await vi.waitFor(() => expect(made.taken).toHaveLength(1))
    socket.write('two')
    await vi.waitFor(() => expect(made.first.text()).toBe('one two'))
    made.first.wire.write(Buffer.from('answer'))
    made.first.wire.end()
    expect(await text(socket)).toBe('answer')
  })

  test('a connection of the proxy itself keeps its address', async () => {
    const made = await port({ proxyProtocol: true })
    await made.tcp(Buffer.from('PROXY UNKNOWN\r\nx'))
    await vi.waitFor(() => expect(made.taken).toHaveLength(1))
    expect(made.first.wire.remote).toMatch(/^127\.0\.0\.1:\d+$/)
  })

  test.each(['\x10\x0c\x00\x04MQTT', 'PROXY TCP4 a b 1 2\r\nhello'])('%j is closed', async (bytes) => {
    const made = await port({ proxyProtocol: true })
    expect(await text(await made.tcp(Buffer.from(bytes)))).toBe('')
    expect(made.taken).toEqual([])
  })

  test('whoever does not finish it is dropped after ten seconds', async () => {
    const made = await port({ proxyProtocol: true })
    const socket = await made.tcp(header.subarray(0, 10))
    const ended = text(socket)
    // The server has seen it once a later connection is through.
    await made.tcp(Buffer.concat([header, Buffer.from('x')]))
    await vi.waitFor(() => expect(made.taken).toHaveLength(1))
    made.clock.advance(WAITING_TIME)
    expect(await ended).toBe('')
    expect(made.first.ends).toBe(0)
  })

  test('before WebSocket too', async () => {
    const made = await port({ proxyProtocol: true, webSocket: true })
    const request = [
      'GET / HTTP/1.1',
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Protocol: mqtt',
      '\r\n',
    ].join('\r\n')
    await made.tcp(header.subarray(0, 20), Buffer.concat([header.subarray(20), Buffer.from(request)]))
    await vi.waitFor(() => expect(made.taken).toHaveLength(1))
    expect(made.first.wire.remote).toBe('192.0.2.1:56506')
  })
})

describe('WebSocket', () => {
  test('binary frames both ways, on any path', async () => {
    const made = await port({ webSocket: true })
    const client = await made.webSocket()
    expect(client.protocol).toBe('mqtt')
    expect(made.first.wire.remote).toMatch(/^127\.0\.0\.1:\d+$/)
    client.send(Buffer.from('hel'))
    client.send(Buffer.from('lo'))
    await vi.waitFor(() => expect(made.first.text()).toBe('hello'))
    const frame = new Promise((resolve) =>
      client.once('message', (data: Buffer, binary: boolean) => resolve([data.toString(), binary])),
    )
    expect(made.first.wire.write(Buffer.from('answer'))).toBe(false)
    expect(await frame).toEqual(['answer', true])
    await vi.waitFor(() => expect(made.first.drains).toBe(1))
  })

  test('a message in fragments arrives whole, an empty one too', async () => {
    const made = await port({ webSocket: true })
    const client = await made.webSocket()
    for (const [index, piece] of ['a', 'b', '', 'c'].entries()) client.send(Buffer.from(piece), { fin: index === 3 })
    client.send(Buffer.alloc(0))
    client.send(Buffer.from('!'))
    await vi.waitFor(() => expect(made.first.text()).toBe('abc!'))
  })

  test('a text frame closes the connection [MQTT-6.0.0-1]', async () => {
    const made = await port({ webSocket: true })
    const client = await made.webSocket()
    const closed = new Promise((resolve) => client.once('close', resolve))
    client.send('text')
    client.send(Buffer.from('binary'))
    expect(await closed).toBe(1003)
    expect([made.first.ends, made.first.text()]).toEqual([1, ''])
  })

  test('a message over the limit closes the connection', async () => {
    const made = await port({ webSocket: true }, 2 * 1024 * 1024)
    const client = await made.webSocket()
    client.send(Buffer.alloc(2 * 1024 * 1024))
    await vi.waitFor(() => expect(made.first.bytes).toHaveLength(2 * 1024 * 1024))
    const closed = new Promise((resolve) => client.once('close', resolve))
    client.send(Buffer.alloc(2 * 1024 * 1024 + 1))
    expect(await closed).toBe(1009)
    expect(made.first.ends).toBe(1)
  })

  test('a reader that pauses keeps the writer waiting', async () => {
    const made = await port({ webSocket: true })
    const client = await made.webSocket()
    made.first.wire.pause()
    client.send(Buffer.from('later'))
    const pong = new Promise((resolve) => client.once('pong', resolve))
    made.first.wire.resume()
    client.ping()
    await pong
    expect(made.first.text()).toBe('later')
    client.close()
    await vi.waitFor(() => expect(made.first.ends).toBe(1))
  })

  test('a client that stops reading: the write under way is told when it goes on', async () => {
    const made = await port({ webSocket: true })
    const client = await made.webSocket()
    const { wire } = made.first
    let arrived = 0
    client.on('message', (data: Buffer) => {
      arrived += data.length
    })
    client.pause()
    const large = Buffer.alloc(32 * 1024 * 1024)
    expect(wire.write(large)).toBe(false)
    // The server still reads, and the write is not done.
    client.send(Buffer.from('x'))
    await vi.waitFor(() => expect(made.first.text()).toBe('x'))
    expect(made.first.drains).toBe(0)
    client.resume()
    await vi.waitFor(() => expect([arrived, made.first.drains]).toEqual([large.length, 1]), 5000)
  })

  test('the end of the server comes as a close frame', async () => {
    const made = await port({ webSocket: true })
    const client = await made.webSocket()
    const closed = new Promise((resolve) => client.once('close', resolve))
    made.first.wire.write(Buffer.from('last'))
    made.first.wire.end()
    expect(await closed).toBe(1000)
    await vi.waitFor(() => expect(made.first.ends).toBe(1))
  })

  test('mqtt is chosen among others, mqttv3.1 where it is offered alone [MQTT-6.0.0-4]', async () => {
    const made = await port({ webSocket: true })
    const offered = [['other', 'mqtt'], ['mqttv3.1']]
    const chosen = []
    for (const protocols of offered) {
      chosen.push((await made.webSocket(protocols)).protocol)
      made.taken.length = 0
    }
    expect(chosen).toEqual(['mqtt', 'mqttv3.1'])
  })

  test.each([[[]], [['other']]])('without the sub-protocol (%j) there is no upgrade', async (protocols) => {
    const made = await port({ webSocket: true })
    await expect(made.webSocket(protocols)).rejects.toThrow('400')
    expect(made.taken).toEqual([])
  })

  test.each([
    ['an ordinary request', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'HTTP/1.1 426 Upgrade Required'],
    ['no HTTP', '\x10\x0c\x00\x04MQTT', ''],
    ['a request that is too large', `GET / HTTP/1.1\r\nHost: ${'x'.repeat(9000)}\r\n\r\n`, ''],
  ])('%s is turned away', async (_name, bytes, line) => {
    const made = await port({ webSocket: true })
    const answer = await text(await made.tcp(Buffer.from(bytes)))
    expect(answer.split('\r\n')[0]).toBe(line)
    expect(made.taken).toEqual([])
  })

  test('whoever does not finish the request is dropped', async () => {
    const made = await port({ webSocket: true })
    const ended = text(await made.tcp(Buffer.from('GET / HTTP/1.1\r\n')))
    await made.webSocket()
    made.clock.advance(WAITING_TIME)
    expect(await ended).toBe('')
  })
})

test('closing drops who is still on the way in', async () => {
  const made = await port({ proxyProtocol: true })
  const ended = text(await made.tcp(Buffer.from('PRO')))
  await made.tcp(Buffer.from('PROXY UNKNOWN\r\nx'))
  await vi.waitFor(() => expect(made.taken).toHaveLength(1))
  const closed = made.acceptor.close()
  expect(await ended).toBe('')
  expect(made.first.ends).toBe(0)
  made.first.wire.destroy()
  await closed
})
