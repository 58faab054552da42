import { describe, expect, test } from 'vitest'
import { DirectoryInUse } from '../../store/lock.ts'
import { FakeWorld } from '../host.fixture.ts'

const READY = 'homeport-data/ready.json'
const LOCAL = 'homeport-data/local.json'

/** Runs until `ask` has been called after the start, then waits for the end. */
async function serve(
  fake: FakeWorld,
  line = 'serve --log-level silent',
  during: () => void = () => fake.signal('SIGTERM'),
) {
  const ended = fake.run(line)
  // The start is made of promises alone: they are all settled when the loop has turned once.
  await new Promise((resolve) => setImmediate(resolve))
  const atReady = { ready: fake.files.get(READY), local: fake.files.get(LOCAL), mode: fake.modes.get(LOCAL) }
  during()
  return { code: await ended, ...atReady }
}

test('says where it listens, writes ready.json and local.json, and takes them away at the end', async () => {
  const fake = new FakeWorld()
  fake.server = { ...fake.server, ports: { mqtt: 40001, http: 40002 } }
  const { code, ready, local, mode } = await serve(fake, 'serve --log-level silent --mqtt-port 0 --http-port=0')
  expect(code).toBe(0)
  expect(JSON.parse(ready ?? '')).toEqual({ mqtt: 40001, http: 40002, pid: 4711 })
  expect(JSON.parse(local ?? '')).toEqual({ url: 'http://127.0.0.1:40002', token: fake.started?.token })
  expect([mode, fake.started?.token.length]).toEqual([0o600, 40])
  expect([fake.files.has(READY), fake.files.has(LOCAL)]).toEqual([false, false])
  expect(fake.out).toBe(
    'Homeport is ready: mqtt://127.0.0.1:40001, http://127.0.0.1:40002 (data ./homeport-data, pid 4711)\n',
  )
})

test('further ports are named as one would call them', async () => {
  const fake = new FakeWorld()
  fake.server = { ...fake.server, ports: { mqtt: 1883, http: 8080, mqtts: 8883, ws: 8083, wss: 8084 } }
  const { ready } = await serve(fake)
  expect(JSON.parse(ready ?? '')).toMatchObject({ mqtts: 8883, ws: 8083, wss: 8084 })
  expect(fake.out).toContain(
    'http://127.0.0.1:8080, mqtts://127.0.0.1:8883, ws://127.0.0.1:8083, wss://127.0.0.1:8084 (data',
  )
})

describe('SIGHUP', () => {
  const withCertificates = () => {
    const fake = new FakeWorld()
    let reloads = 0
    fake.server = { ...fake.server, reload: () => reloads++ }
    return { fake, reloads: () => reloads }
  }

  test('asks to read the certificates again', async () => {
    const { fake, reloads } = withCertificates()
    await serve(fake, 'serve --log-level silent', () => {
      fake.signal('SIGHUP')
      fake.signal('SIGHUP')
      setImmediate(() => fake.signal('SIGTERM'))
    })
    expect(reloads()).toBe(2)
  })

  test('of a terminal that was closed is a wish to end', async () => {
    const { fake, reloads } = withCertificates()
    Object.assign(fake.host, { terminal: true })
    await serve(fake, 'serve --log-level silent', () => fake.signal('SIGHUP'))
    expect(reloads()).toBe(0)
  })

  test('without certificates is a wish to end', async () => {
    const fake = new FakeWorld()
    expect((await serve(fake, 'serve --log-level silent', () => fake.signal('SIGHUP'))).code).toBe(0)
  })
})

test('ready.json is written last', async () => {
  const fake = new FakeWorld()
  fake.files.clear()
  await serve(fake, 'serve --log-level silent', () => {
    expect([...fake.files.keys()]).toEqual([LOCAL, READY])
    fake.signal('SIGINT')
  })
})

test('the settings reach the server with their origins', async () => {
  const fake = new FakeWorld()
  fake.variables = { HOMEPORT_LIMITS_BATCH: '7' }
  await serve(fake, 'serve --log-level silent --data ./other --limits-payload 1MiB')
  expect(fake.started?.loaded.settings).toMatchObject({ data: './other', limits: { batch: 7, payload: 1_048_576 } })
  expect(fake.started?.loaded.origins.get('data')?.text).toBe('--data')
  expect(fake.started?.version).toBe('1.2.3')
})

test.each([
  ['0.0.0.0', 'http://127.0.0.1:8080'],
  ['::', 'http://[::1]:8080'],
  ['192.0.2.7', 'http://192.0.2.7:8080'],
])('listening on %s, this machine calls %s', async (host, url) => {
  const { local } = await serve(new FakeWorld(), `serve --log-level silent --host ${host}`)
  expect(JSON.parse(local ?? '').url).toBe(url)
})

describe('first contact', () => {
  test('an empty store ends with the access key and three commands that the command line knows', async () => {
    const fake = new FakeWorld()
    fake.server = { ...fake.server, empty: true, accessKey: { id: 'AK', secret: 'SK' } }
    await serve(fake)
    expect(fake.out).toContain('AccessKeyId      AK\n  AccessKeySecret  SK\n')
    const commands = fake.out.match(/^ {3}\.\/bin\/homeport .*$/gm) ?? []
    expect(commands).toHaveLength(3)
    const caller = new FakeWorld()
    for (const command of commands) {
      expect(await caller.run(command.trim().replace('./bin/homeport ', '').replace(' | sh', ''))).toBe(0)
    }
    expect(caller.out).toContain('mosquitto_pub')
  })

  test('another directory is named in the commands, quoted where a shell needs it', async () => {
    const fake = new FakeWorld()
    fake.server = { ...fake.server, empty: true }
    const ended = fake.run(['serve', '--log-level', 'silent', '--data', '/srv/my data'])
    await new Promise((resolve) => setImmediate(resolve))
    fake.signal('SIGTERM')
    await ended
    expect(fake.out.match(/--data '\/srv\/my data'/g)).toHaveLength(4)
  })

  test('--json is one line', async () => {
    const fake = new FakeWorld()
    fake.server = { ...fake.server, empty: true, accessKey: { id: 'AK', secret: 'SK' } }
    await serve(fake, 'serve --json --log-level silent')
    expect(JSON.parse(fake.out)).toMatchObject({
      ready: true,
      mqtt: 1883,
      http: 8080,
      pid: 4711,
      accessKey: { id: 'AK' },
    })
  })
})

describe('the end', () => {
  const hanging = (fake: FakeWorld) => {
    let stop = () => {}
    fake.server = { ...fake.server, stop: () => new Promise((resolve) => (stop = resolve)) }
    return () => stop()
  }

  test('a second signal within a second is the same wish', async () => {
    const fake = new FakeWorld()
    const stop = hanging(fake)
    const { code } = await serve(fake, 'serve --log-level silent', () => {
      fake.signal('SIGINT')
      fake.clock.advance(999)
      fake.signal('SIGTERM')
      fake.signal('SIGINT')
      setImmediate(stop)
    })
    expect([code, fake.exited]).toEqual([0, null])
  })

  test('a later one ends at once', async () => {
    const fake = new FakeWorld()
    const stop = hanging(fake)
    await serve(fake, 'serve --log-level silent', () => {
      fake.signal('SIGINT')
      fake.clock.advance(1001)
      fake.signal('SIGINT')
      setImmediate(stop)
    })
    expect(fake.exited).toBe(1)
  })

  test('a stop that hangs is cut off before five seconds', async () => {
    const fake = new FakeWorld()
    const stop = hanging(fake)
    await serve(fake, 'serve --log-level silent', () => {
      fake.signal('SIGTERM')
      fake.clock.advance(4999)
      setImmediate(stop)
    })
    expect(fake.exited).toBe(1)
    expect([fake.files.has(READY), fake.files.has(LOCAL)]).toEqual([false, false])
  })

  test('a signal during the start stops as soon as it has started, without saying that it is ready', async () => {
    const fake = new FakeWorld()
    const ended = fake.run('serve --log-level silent')
    fake.signal('SIGTERM')
    expect(await ended).toBe(0)
    expect([fake.out, fake.files.has(READY)]).toEqual(['', false])
  })

  test('a stop that fails ends with 1', async () => {
    const fake = new FakeWorld()
    fake.server = { ...fake.server, stop: () => Promise.reject(new Error('disk')) }
    expect((await serve(fake)).code).toBe(1)
  })
})

describe('a start that fails', () => {
  const system = (code: string, members: object = {}) => Object.assign(new Error(code), { code, ...members })

  test.each<[string, Error, number, string]>([
    [
      'port in use',
      system('EADDRINUSE', { address: '127.0.0.1', port: 1883 }),
      1,
      '127.0.0.1 port 1883 is in use\n  → stop the program that uses it, or choose another: --mqtt-port',
    ],
    ['HTTP port in use', system('EADDRINUSE', { address: '::1', port: 8080 }), 1, '--http-port'],
    ['port of WebSocket in use', system('EADDRINUSE', { address: '::1', port: 8083 }), 1, '--mqtt-ws-port'],
    ['port of applications in use', system('EADDRINUSE', { address: '::1', port: 8084 }), 1, '--app-port'],
    ['low port', system('EACCES', { syscall: 'listen', port: 80 }), 1, 'above 1023'],
    ['address', system('EADDRNOTAVAIL', { address: '192.0.2.9' }), 1, '192.0.2.9 is no address of this machine'],
    ['lock', new DirectoryInUse('./homeport-data', 12), 4, 'process id 12'],
    ['directory', system('EROFS'), 1, 'the data directory ./homeport-data cannot be used'],
    ['with a hint', system('X', { hint: 'do that' }), 1, '→ do that'],
    ['unexpected', new Error('boom'), 1, 'please report it'],
  ])('%s', async (_, error, exit, text) => {
    const fake = new FakeWorld()
    fake.startFails = error
    expect(await fake.run('serve --log-level silent --mqtt-ws-port 8083 --app-port 8084')).toBe(exit)
    expect(fake.err).toContain(text)
    // The files may be another server's: it never held the directory.
    expect(fake.files.has(LOCAL)).toBe(true)
  })

  test('wrong settings are all named, and nothing starts', async () => {
    const fake = new FakeWorld()
    expect(await fake.run('serve --mqtt-port x --hots 1 --access-key-secret s3cret-s3cret')).toBe(2)
    expect(fake.err.match(/^ {2}--\S+/gm)).toEqual(['  --access-key-secret:', '  --hots:', '  --mqtt-port:'])
    expect(fake.started).toBe(null)
  })
})
