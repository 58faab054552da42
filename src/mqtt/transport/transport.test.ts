import { afterEach, describe, expect, test } from 'vitest'
import { SystemClock } from '../../clock/system.ts'
import { dial } from './dial.ts'
import { MemoryWire } from './memory.ts'
import { OnreadAcceptor } from './onread.ts'
import { RawAcceptor } from './raw.ts'
import type { Acceptor, Wire, WireUser } from './transport.ts'

/** What a wire's user saw. */
class User implements WireUser {
  bytes = ''
  drains = 0
  ends = 0
  largest = 0
  #waiting: { readonly until: () => boolean; readonly resolve: () => void }[] = []

  received(buffer: Buffer, length: number): void {
    this.bytes += buffer.toString('latin1', 0, length)
    this.largest = Math.max(this.largest, length)
    this.#check()
  }

  drained(): void {
    this.drains++
    this.#check()
  }

  ended(): void {
    this.ends++
    this.#check()
  }

  /** Resolves when this has come true. */
  when(until: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ until, resolve })
      this.#check()
    })
  }

  #check(): void {
    this.#waiting = this.#waiting.filter(({ until, resolve }) => {
      if (!until()) return true
      resolve()
      return false
    })
  }
}

interface Pair {
  readonly server: Wire
  readonly client: Wire
  readonly close: () => Promise<void>
}

const acceptors: Acceptor[] = []

type Make = (taken: (wire: Wire) => void) => Acceptor

async function tcp(make: Make): Promise<Pair> {
  const taken = Promise.withResolvers<Wire>()
  const acceptor = make((wire) => taken.resolve(wire))
  acceptors.push(acceptor)
  const client = await dial(await acceptor.listen(0, '127.0.0.1'), '127.0.0.1')
  return { server: await taken.promise, client, close: () => acceptor.close() }
}

async function memory(): Promise<Pair> {
  const [server, client] = MemoryWire.pair(new SystemClock())
  return { server, client, close: async () => {} }
}

afterEach(async () => {
  for (const acceptor of acceptors.splice(0)) await acceptor.close()
})

describe.each([
  ['raw', () => tcp((taken) => new RawAcceptor(taken))],
  ['onread', () => tcp((taken) => new OnreadAcceptor(taken))],
  ["'data'", () => tcp((taken) => new OnreadAcceptor(taken, false))],
  ['memory', memory],
])('%s', (_name, make) => {
  async function pair() {
    const made = await make()
    const [atServer, atClient] = [new User(), new User()]
    made.server.user = atServer
    made.client.user = atClient
    return { ...made, atServer, atClient }
  }

  test('bytes both ways, in order', async () => {
    const { server, client, atServer, atClient } = await pair()
    client.write(Buffer.from('hello '))
    client.write(Buffer.from('server'))
    await atServer.when(() => atServer.bytes === 'hello server')
    expect(server.write(Buffer.from('hello client'))).toBe(true)
    await atClient.when(() => atClient.bytes === 'hello client')
    expect(server.remote).toMatch(/^.+:\d+$/)
    client.destroy()
    await atServer.when(() => atServer.ends === 1)
  })

  test('a write that was taken may be overwritten', async () => {
    const { server, client, atClient } = await pair()
    const chunk = Buffer.from('first')
    expect(server.write(chunk)).toBe(true)
    chunk.fill('x')
    await atClient.when(() => atClient.bytes.length === 5)
    expect(atClient.bytes).toBe('first')
    client.destroy()
  })

  test('a reader that pauses: the writer is told to wait, and when to go on', async () => {
    const { server, client, atServer, atClient } = await pair()
    client.pause()
    const chunk = Buffer.alloc(64 * 1024, 'c')
    let writes = 0
    do writes++
    while (server.write(chunk))
    expect(writes).toBeLessThan(1000)
    client.resume()
    await atServer.when(() => atServer.drains === 1)
    server.end()
    await atClient.when(() => atClient.ends === 1)
    expect(atClient.bytes).toHaveLength(writes * chunk.length)
    client.destroy()
  })

  test('a paused server wire reads nothing until it is resumed', async () => {
    const { server, client, atServer, atClient } = await pair()
    server.pause()
    client.write(Buffer.from('later'))
    server.write(Buffer.from('x'))
    await atClient.when(() => atClient.bytes === 'x')
    expect(atServer.bytes).toBe('')
    server.resume()
    await atServer.when(() => atServer.bytes === 'later')
    expect(atServer.largest).toBeLessThanOrEqual(64 * 1024)
    client.destroy()
  })

  test('end: what was written comes first, and both sides hear of it once', async () => {
    const { server, client, atServer, atClient } = await pair()
    server.write(Buffer.from('bye'))
    server.end()
    await atClient.when(() => atClient.ends === 1)
    expect(atClient.bytes).toBe('bye')
    client.end()
    await atServer.when(() => atServer.ends === 1)
    expect([atServer.ends, atClient.ends]).toEqual([1, 1])
  })

  test('destroy: the other side hears of it, this one does not', async () => {
    const { server, atServer, atClient } = await pair()
    server.destroy()
    await atClient.when(() => atClient.ends === 1)
    expect(atServer.ends).toBe(0)
    expect(server.write(Buffer.from('nothing'))).toBe(true)
  })
})

test.each<[string, Make]>([
  ['raw', (taken) => new RawAcceptor(taken)],
  ['onread', (taken) => new OnreadAcceptor(taken)],
])('%s: a port that is taken is an error', async (_name, make) => {
  const first = make(() => {})
  const second = make(() => {})
  const port = await first.listen(0, '127.0.0.1')
  await expect(second.listen(port, '127.0.0.1')).rejects.toThrow('EADDRINUSE')
  await first.close()
  await second.close()
})

test.each<[string, Make]>([
  ['raw', (taken) => new RawAcceptor(taken)],
  ['onread', (taken) => new OnreadAcceptor(taken)],
])('%s: all connections read into one buffer', async (_name, make) => {
  const buffers = new Set<Buffer>()
  const user = {
    received: (buffer: Buffer) => buffers.add(buffer) && seen.resolve(),
    drained: () => {},
    ended: () => {},
  }
  let seen = Promise.withResolvers<void>()
  const acceptor = make((wire) => {
    wire.user = user
  })
  acceptors.push(acceptor)
  const port = await acceptor.listen(0, '127.0.0.1')
  for (let i = 0; i < 3; i++) {
    seen = Promise.withResolvers<void>()
    const client = await dial(port, '127.0.0.1')
    client.write(Buffer.from('x'))
    await seen.promise
    client.destroy()
  }
  expect(buffers.size).toBe(1)
})
