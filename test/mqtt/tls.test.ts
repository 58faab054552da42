/** TLS on the MQTT ports: over real sockets, with certificates made for the occasion. */
import type { Socket } from 'node:net'
import { connect as connectTcp } from 'node:net'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import { connect } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Issued } from '../../src/cli/tls/certificates.ts'
import { VirtualClock } from '../../src/clock/virtual.ts'
import type { PortRules } from '../../src/mqtt/transport/port.ts'
import { acceptorFor } from '../../src/mqtt/transport/port.ts'
import type { TlsMaterial } from '../../src/mqtt/transport/tls.ts'
import { Tls } from '../../src/mqtt/transport/tls.ts'
import type { Acceptor, Wire } from '../../src/mqtt/transport/transport.ts'
import { WAITING_TIME } from '../../src/mqtt/transport/waiting.ts'
import { TestCertificates } from '../support/certificates.ts'

let made: TestCertificates
let other: TestCertificates
let example: Issued
let wild: Issued
let device: Issued

beforeAll(async () => {
  made = await TestCertificates.make()
  other = await TestCertificates.make()
  example = await made.ca.server(['a.example.com'])
  wild = await made.ca.server(['*.example.org'])
  device = await made.ca.client('dev001&pk')
})

/** Sends back what it gets. */
class Echo {
  readonly wire: Wire
  bytes = ''
  drains = 0
  ends = 0

  constructor(wire: Wire) {
    this.wire = wire
    wire.user = this
  }

  received(buffer: Buffer, length: number): void {
    this.bytes += buffer.toString('latin1', 0, length)
    this.wire.write(Buffer.from(buffer.subarray(0, length)))
  }

  drained(): void {
    this.drains++
  }

  ended(): void {
    this.ends++
    this.wire.destroy()
  }
}

class Port {
  readonly clock = new VirtualClock()
  readonly failures: string[] = []
  readonly taken: Echo[] = []
  readonly tls: Tls
  readonly acceptor: Acceptor
  number = 0

  constructor(material: Partial<TlsMaterial>, rules: Partial<PortRules>) {
    this.tls = new Tls(
      { ...made.server, ca: null, crl: null, minVersion: '1.2', more: [], ...material },
      (remote, why) => this.failures.push(`${remote} ${why}`),
    )
    const taken = (wire: Wire) => this.taken.push(new Echo(wire))
    this.acceptor = acceptorFor(
      { tls: this.tls, plain: true, webSocket: false, proxyProtocol: false, ...rules },
      { clock: this.clock, taken, maximumPacketSize: 1000 },
    )
  }

  /** Resolves with a client whose handshake is done. */
  async client(options: ConnectionOptions = {}): Promise<TLSSocket> {
    const socket = connect({
      port: this.number,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: made.ca.cert,
      ...options,
    })
    sockets.push(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
    })
    socket.on('error', () => {})
    return socket
  }

  /** What the server sends back. */
  async echo(socket: Socket, text: string): Promise<string> {
    let answer = ''
    const read = (bytes: Buffer) => {
      answer += bytes.toString('latin1')
    }
    socket.on('data', read)
    socket.write(text)
    await vi.waitFor(() => expect(answer).toHaveLength(text.length))
    socket.off('data', read)
    return answer
  }
}

const ports: Port[] = []
const sockets: Socket[] = []

async function port(material: Partial<TlsMaterial> = {}, rules: Partial<PortRules> = {}): Promise<Port> {
  const opened = new Port(material, rules)
  opened.number = await opened.acceptor.listen(0, '127.0.0.1')
  ports.push(opened)
  return opened
}

async function closeAll(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const { acceptor, taken } of ports.splice(0)) {
    for (const { wire } of taken) wire.destroy()
    await acceptor.close()
  }
}

afterEach(closeAll)
afterAll(closeAll)

/** Common Name of the certificate that the server showed. */
const shown = (socket: TLSSocket) => socket.getPeerCertificate().subject.CN

describe('versions', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', async (version) => {
    const opened = await port()
    const client = await opened.client({ minVersion: version, maxVersion: version })
    expect([client.getProtocol(), client.authorized]).toEqual([version, true])
    expect(await opened.echo(client, 'hello')).toBe('hello')
    expect(opened.taken[0]?.wire.remote).toBe(`127.0.0.1:${client.localPort}`)
  })

  test('1.2 is refused where 1.3 is the lowest, 1.1 always', async () => {
    const opened = await port({ minVersion: '1.3' })
    await expect(opened.client({ maxVersion: 'TLSv1.2' })).rejects.toThrow()
    const usual = await port()
    await expect(
      usual.client({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow()
    await vi.waitFor(() => expect([opened.failures.length, usual.failures.length]).toEqual([1, 1]))
    expect([...opened.taken, ...usual.taken]).toEqual([])
  })
})

describe('one port for both', () => {
  test('the first byte decides', async () => {
    const opened = await port()
    const secure = await opened.client()
    const plain = connectTcp(opened.number, '127.0.0.1')
    sockets.push(plain)
    expect(await opened.echo(plain, '\x10 plain')).toBe('\x10 plain')
    expect(await opened.echo(secure, '\x16 secure')).toBe('\x16 secure')
  })

  test('a handshake in single bytes', async () => {
    const opened = await port()
    const slow = connectTcp({ port: opened.number, host: '127.0.0.1', noDelay: true })
    sockets.push(slow)
    // The client's TLS stands on a pair of its own; its first flight is passed on byte by byte.
    const client = connect({ socket: trickle(slow), servername: 'localhost', ca: made.ca.cert })
    client.on('error', () => {})
    await new Promise((resolve) => client.once('secureConnect', resolve))
    expect(await opened.echo(client, 'hello')).toBe('hello')
  })

  test('a port of TLS alone closes what is none', async () => {
    const opened = await port({}, { plain: false })
    const plain = connectTcp(opened.number, '127.0.0.1')
    sockets.push(plain)
    plain.write('\x10\x0c')
    await new Promise((resolve) => plain.once('close', resolve))
    expect(await opened.echo(await opened.client(), 'hello')).toBe('hello')
    expect(opened.taken).toHaveLength(1)
  })

  test('what is large goes both ways, and the end comes through', async () => {
    const opened = await port()
    const client = await opened.client()
    const large = 'abcdefgh'.repeat(64 * 1024)
    expect(await opened.echo(client, large)).toBe(large)
    client.end()
    await vi.waitFor(() => expect(opened.taken[0]?.ends).toBe(1))
    const second = await opened.client()
    await opened.echo(second, 'x')
    opened.taken[1]?.wire.end()
    await new Promise((resolve) => second.once('close', resolve))
  })

  test('a client that stops reading keeps the write under way', async () => {
    const opened = await port()
    const client = await opened.client()
    await opened.echo(client, 'x')
    const [echo] = opened.taken
    client.pause()
    expect(echo?.wire.write(Buffer.alloc(32 * 1024 * 1024))).toBe(false)
    expect(echo?.drains).toBe(1)
    client.on('data', () => {})
    client.resume()
    await vi.waitFor(() => expect(echo?.drains).toBe(2), 5000)
  })

  test('no TLS behind its first byte, and a handshake that is not finished', async () => {
    const opened = await port()
    const wrong = connectTcp(opened.number, '127.0.0.1')
    sockets.push(wrong)
    wrong.on('error', () => {})
    wrong.write('\x16 no handshake at all')
    await new Promise((resolve) => wrong.once('close', resolve))
    expect(opened.failures).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+ wrong version number$/)])
    const half = connectTcp(opened.number, '127.0.0.1')
    sockets.push(half)
    half.write('\x16')
    const closed = new Promise((resolve) => half.once('close', resolve))
    await opened.client()
    opened.clock.advance(WAITING_TIME)
    await closed
  })

  test('behind a header of the PROXY protocol', async () => {
    const opened = await port({}, { proxyProtocol: true })
    const raw = connectTcp(opened.number, '127.0.0.1')
    sockets.push(raw)
    raw.write('PROXY TCP4 192.0.2.1 192.0.2.2 56506 1883\r\n')
    const client = await opened.client({ socket: raw })
    expect(await opened.echo(client, 'hello')).toBe('hello')
    expect(opened.taken[0]?.wire.remote).toBe('192.0.2.1:56506')
  })

  test('a handshake that fails names the client of the PROXY header', async () => {
    const opened = await port({ ca: made.ca.cert }, { proxyProtocol: true })
    const expired = await made.ca.client('dev001&pk', -1)
    for (const options of [expired, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1' } as const]) {
      const raw = connectTcp(opened.number, '127.0.0.1')
      sockets.push(raw)
      raw.write('PROXY TCP4 192.0.2.1 192.0.2.2 56506 1883\r\n')
      const closed = new Promise((resolve) => raw.once('close', resolve))
      opened.client({ socket: raw, ciphers: 'DEFAULT@SECLEVEL=0', ...options }).catch(() => {})
      await closed
    }
    expect(opened.failures).toEqual([
      '192.0.2.1:56506 certificate of dev001&pk: CERT_HAS_EXPIRED',
      '192.0.2.1:56506 unsupported protocol',
    ])
  })

  test('WebSocket over TLS and without', async () => {
    const opened = await port({}, { webSocket: true })
    for (const scheme of ['ws', 'wss']) {
      const client = new WebSocket(`${scheme}://127.0.0.1:${opened.number}/mqtt`, 'mqtt', { ca: made.ca.cert })
      const answer = new Promise((resolve) => client.once('message', (data: Buffer) => resolve(data.toString())))
      client.on('open', () => client.send(Buffer.from('hello')))
      expect(await answer).toBe('hello')
      client.terminate()
    }
    expect(opened.taken).toHaveLength(2)
  })
})

/** A stream over the socket that sends its first flight in single bytes. */
function trickle(socket: Socket): Socket {
  const write = socket.write.bind(socket)
  let first = true
  socket.write = ((bytes: Uint8Array, ...rest: never[]) => {
    if (!first) return write(bytes, ...rest)
    first = false
    for (const byte of bytes.subarray(0, -1)) write(Uint8Array.of(byte))
    return write(bytes.subarray(-1), ...rest)
  }) as typeof socket.write
  return socket
}

describe('host names', () => {
  test.each([
    ['localhost', 'localhost'],
    ['a.example.com', 'a.example.com'],
    ['x.example.org', '*.example.org'],
    ['A.Example.COM', 'a.example.com'],
    ['elsewhere.example', 'localhost'],
    ['', 'localhost'],
  ])('%j is shown the certificate of %s', async (servername, name) => {
    const opened = await port({ more: [example, wild] })
    const client = await opened.client({ servername, checkServerIdentity: () => undefined })
    expect(shown(client)).toBe(name)
    expect(await opened.echo(client, 'hello')).toBe('hello')
  })
})

describe('new certificates', () => {
  test('new connections see them, old ones go on', async () => {
    const opened = await port()
    const before = await opened.client()
    const replaced = await made.ca.server(['localhost', 'new.example.com'])
    opened.tls.replace({ ...replaced, ca: null, crl: null, minVersion: '1.3', more: [example] })
    const after = await opened.client()
    const serials = [before, after].map((client) => client.getPeerCertificate().serialNumber)
    expect(serials[0]).not.toBe(serials[1])
    expect(shown(await opened.client({ servername: 'a.example.com' }))).toBe('a.example.com')
    await expect(opened.client({ maxVersion: 'TLSv1.2' })).rejects.toThrow()
    expect(await opened.echo(before, 'old')).toBe('old')
    expect(await opened.echo(after, 'new')).toBe('new')
  })

  test.each<[string, () => Partial<TlsMaterial>]>([
    ['a key of another certificate', () => ({ key: other.server.key })],
    ['no certificate', () => ({ cert: 'nothing' })],
    ['a further one that is none', () => ({ more: [{ cert: example.cert, key: wild.key }] })],
    ['a CRL that is none', () => ({ ca: made.ca.cert, crl: 'nothing' })],
  ])('%s changes nothing', async (_name, wrong) => {
    const opened = await port({ more: [wild] })
    const material = { ...made.server, ca: null, crl: null, minVersion: '1.2' as const, more: [example] }
    expect(() => opened.tls.replace({ ...material, ...wrong() })).toThrow()
    expect(shown(await opened.client())).toBe('localhost')
    expect(shown(await opened.client({ servername: 'x.example.org' }))).toBe('*.example.org')
  })
})

describe('certificates of clients', () => {
  const names = (opened: Port) => opened.taken.map(({ wire }) => wire.certificate)

  /** The server turned it away: what it says comes behind the handshake with TLS 1.3. */
  async function refused(opened: Port, options: ConnectionOptions): Promise<string> {
    try {
      const client = await opened.client(options)
      await new Promise((resolve) => client.once('close', resolve))
    } catch {
      // TLS 1.2 fails within the handshake.
    }
    expect(opened.taken).toEqual([])
    return opened.failures.join()
  }

  test('one that the CA signed names the device; none is fine too', async () => {
    const opened = await port({ ca: made.ca.cert })
    await opened.echo(await opened.client(device), 'x')
    await opened.echo(await opened.client(), 'x')
    await opened.echo(await opened.client({ ...device, maxVersion: 'TLSv1.2' }), 'x')
    expect(names(opened)).toEqual(['dev001&pk', '', 'dev001&pk'])
  })

  test('also by another name of the server', async () => {
    const opened = await port({ ca: made.ca.cert, more: [example] })
    await opened.echo(await opened.client({ ...device, servername: 'a.example.com' }), 'x')
    expect(names(opened)).toEqual(['dev001&pk'])
  })

  test('without tls.ca nobody is asked', async () => {
    const opened = await port()
    await opened.echo(await opened.client(device), 'x')
    expect(names(opened)).toEqual([''])
  })

  test('a session that is resumed has it, too', async () => {
    const opened = await port({ ca: made.ca.cert })
    const first = await opened.client({ ...device, maxVersion: 'TLSv1.2' })
    const session = first.getSession()
    await opened.echo(first, 'x')
    const second = await opened.client({ ...device, maxVersion: 'TLSv1.2', ...(session ? { session } : {}) })
    await opened.echo(second, 'x')
    expect(second.isSessionReused()).toBe(true)
    expect(names(opened)).toEqual(['dev001&pk', 'dev001&pk'])
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s: of another CA, expired, of a server: refused', async (version) => {
    const versions = { minVersion: version, maxVersion: version }
    for (const [wrong, why] of [
      [await other.ca.client('dev001&pk'), /certificate/],
      [await made.ca.client('dev001&pk', -1), /EXPIRED/],
      [made.server, /PURPOSE/],
    ] as const) {
      expect(await refused(await port({ ca: made.ca.cert }), { ...wrong, ...versions })).toMatch(why)
    }
  })

  test('revoked: refused, and no session of before is resumed', async () => {
    const opened = await port({ ca: made.ca.cert, crl: await made.crl() })
    const first = await opened.client({ ...device, maxVersion: 'TLSv1.2' })
    const session = first.getSession()
    await opened.echo(first, 'x')
    const crl = await made.crl(device)
    opened.tls.replace({ ...made.server, ca: made.ca.cert, crl, minVersion: '1.2', more: [] })
    opened.taken.length = 0
    expect(await refused(opened, { ...device, maxVersion: 'TLSv1.2', ...(session ? { session } : {}) })).toContain(
      'REVOKED',
    )
    const fine = await made.ca.client('dev002&pk')
    await opened.echo(await opened.client(fine), 'x')
    expect(names(opened)).toEqual(['dev002&pk'])
  })
})
