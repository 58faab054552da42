import { describe, expect, test } from 'vitest'
import { DirectoryInUse } from '../store/lock.ts'
import type { Recorded } from './host.fixture.ts'
import { FakeWorld } from './host.fixture.ts'
import { commandRows } from './program.ts'

type Expected = readonly [method: string, path: string, body?: unknown]

/** Command line → the calls it makes. */
const lines: readonly (readonly [string, ...Expected[]])[] = [
  ['product create Hall', ['POST', '/products', { productName: 'Hall', nodeType: 'device' }]],
  [
    'product create Hall --product-key K --product-secret S --node-type gateway --dynamic-registration on',
    [
      'POST',
      '/products',
      { productName: 'Hall', nodeType: 'gateway', productKey: 'K', productSecret: 'S', dynamicRegistration: true },
    ],
  ],
  ['product update K --dynamic-registration off', ['PATCH', '/products/K', { dynamicRegistration: false }]],
  ['product update K --name New', ['PATCH', '/products/K', { productName: 'New' }]],
  ['product list', ['GET', '/products?page=1&pageSize=1000']],
  ['product show a/b', ['GET', '/products/a%2Fb']],
  ['product show K --secret', ['GET', '/products/K?secret=true']],
  ['product delete K', ['DELETE', '/products/K']],
  ['product topic add K update --operation PUB', ['POST', '/products/K/topics', { topic: 'update', operation: 'PUB' }]],
  [
    'product topic add K user/a/b --description d',
    ['POST', '/products/K/topics', { topic: 'a/b', operation: 'ALL', description: 'd' }],
  ],
  ['product topic list K', ['GET', '/products/K/topics']],
  ['product topic delete K 7', ['DELETE', '/products/K/topics/7']],
  ['device create K d1', ['POST', '/devices', { productKey: 'K', deviceName: 'd1' }]],
  [
    'device create K/d1 --device-secret S',
    ['POST', '/devices', { productKey: 'K', deviceName: 'd1', deviceSecret: 'S' }],
  ],
  ['device show K/d:1@x', ['GET', '/devices/K/d%3A1%40x']],
  ['device show K d1 --secret', ['GET', '/devices/K/d1?secret=true']],
  ['device list', ['GET', '/products?page=1&pageSize=1000']],
  ['device list K', ['GET', '/devices?productKey=K']],
  ['device list K --page 2 --page-size 10', ['GET', '/devices?productKey=K&page=2&pageSize=10']],
  ['device enable K d1', ['POST', '/devices/K/d1/enable', {}]],
  ['device disable K/d1', ['POST', '/devices/K/d1/disable', {}]],
  ['device delete K/d1', ['DELETE', '/devices/K/d1']],
  ['device import fleet.json', ['POST', '/devices/import', { format: 'json', text: '[]' }]],
  ['device import fleet.csv', ['POST', '/devices/import', { format: 'csv', text: 'productKey\n' }]],
  ['device import -', ['POST', '/devices/import', { format: 'json', text: ' [{}]' }]],
  ['device export', ['GET', '/devices/export?format=json']],
  ['device export --secrets --format csv', ['GET', '/devices/export?format=csv&secrets=true']],
  ['topo add G g1 S s1', ['POST', '/topo/G/g1/S/s1', {}]],
  ['topo add G/g1 S s1', ['POST', '/topo/G/g1/S/s1', {}]],
  ['topo remove G g1 S/s1', ['DELETE', '/topo/G/g1/S/s1']],
  ['topo list G/g1', ['GET', '/topo/G/g1?page=1&pageSize=1000']],
  ['topo permit G/g1', ['POST', '/topo/G/g1/permit', { time: 60 }]],
  ['topo permit G g1 --product S --time 5', ['POST', '/topo/G/g1/permit', { productKey: 'S', time: 5 }]],
  ['session list', ['GET', '/sessions?page=1&pageSize=1000']],
  ['session kick G/g1', ['DELETE', '/sessions/G/g1']],
  ['status', ['GET', '/status']],
  ['sign connect G/g1', ['GET', '/devices/G/g1?secret=true'], ['GET', '/status']],
  [
    'sign login G/g1 S/s1 --method hmacsha1 --timestamp 7',
    ['GET', '/devices/G/g1?secret=true'],
    ['GET', '/devices/S/s1?secret=true'],
    ['GET', '/status'],
  ],
  ['tls dev'],
  ['config --running', ['GET', '/config']],
]

function world(): FakeWorld {
  const fake = new FakeWorld()
  fake.files.set('fleet.json', '[]').set('fleet.csv', 'productKey\n')
  fake.stdin = ' [{}]'
  return fake
}

const recorded = (expected: readonly Expected[], by: string) =>
  expected.map(([method, path, body]): Recorded => {
    const call = { method, path: `/api/v1${path}`, by }
    return body === undefined ? call : { ...call, body }
  })

const table = lines.map(([line, ...expected]) => [line, expected] as const)

describe.each(table)('homeport %s', (line, expected) => {
  test('calls the running server with its token', async () => {
    const fake = world()
    expect([await fake.run(line), fake.err]).toEqual([0, ''])
    expect(fake.calls).toEqual(recorded(expected, 'Bearer tok'))
  })

  test('prints JSON with --json', async () => {
    const fake = world()
    expect(await fake.run(`${line} --json`)).toBe(0)
    expect(() => JSON.parse(fake.out)).not.toThrow()
  })

  test('calls --endpoint with the access key', async () => {
    const fake = world()
    const key = '--access-key-id id --access-key-secret secret'
    expect(await fake.run(`${line} --endpoint http://192.0.2.1:8080/ ${key}`)).toBe(0)
    expect(fake.calls).toEqual(recorded(expected, `Basic ${Buffer.from('id:secret').toString('base64')}`))
  })
})

test('every command is reached by the lines above, and its examples are command lines', async () => {
  for (const row of commandRows) {
    expect(
      lines.some(([line]) => line.startsWith(`${row.name}`)),
      row.name,
    ).toBe(true)
    for (const example of row.examples) {
      expect(example.startsWith(row.name), example).toBe(true)
      const words = example.replace(/ [>|].*$/, '').match(/"[^"]*"|\S+/g) ?? []
      const fake = world()
      fake.variables = { HOMEPORT_ACCESS_KEY_ID: 'id', HOMEPORT_ACCESS_KEY_SECRET: 'secret-secret' }
      expect([await fake.run(words.map((word) => word.replaceAll('"', ''))), example]).toEqual([0, example])
    }
  }
})

describe.each(commandRows.map((row) => [row.name, row] as const))('homeport %s --help', (name, row) => {
  test('says what it is for and shows examples', async () => {
    const fake = world()
    expect(await fake.run(`${name} --help`)).toBe(0)
    expect(fake.out).toContain(`Usage: homeport ${name}`)
    expect(fake.out.replaceAll(/\s+/g, ' ')).toContain(row.about.replaceAll(/\s+/g, ' '))
    expect(fake.out).toContain(`./bin/homeport ${row.examples[0]}`)
    expect(fake.calls).toEqual([])
  })
})

test('homeport --help names the exit codes, serve --help every setting', async () => {
  const fake = world()
  expect(await fake.run('--help')).toBe(0)
  expect(fake.out).toContain('Exit codes: 0 done')
  expect(await fake.run('serve --help')).toBe(0)
  for (const flag of ['--data', '--mqtt-port', '--limits-sub-devices-online']) expect(fake.out).toContain(flag)
  expect(fake.out).not.toContain('--secret-key')
})

describe('what goes wrong', () => {
  test.each([
    ['no such command', 'devise list', 2],
    ['no arguments', 'device create', 2],
    ['half a device', 'device create K', 2],
    ['half a device with a slash', 'device show K/', 2],
    ['a word too many', 'device show K/d1 d2', 2],
    ['a sub-device missing', 'topo add G/g1', 2],
    ['no such option', 'product list --al', 2],
    ['a choice that is none', 'product create X --node-type router', 2],
    ['nothing to change', 'product update K', 2],
    ['no number', 'device list --page x', 2],
    ['no seconds', 'topo permit G/g1 --time soon', 2],
    ['no such file', 'device import nothing.json', 2],
    ['an endpoint that is no URL', 'status --endpoint 192.0.2.1', 2],
    ['an endpoint without a key', 'status --endpoint http://192.0.2.1', 2],
    ['settings', 'config --mqtt-prot 1', 2],
    ['no such setting', 'config mqtt.prot', 3],
  ])('%s: homeport %s ends with %i, says why, and calls nobody', async (_, line, exit) => {
    const fake = world()
    expect(await fake.run(line)).toBe(exit)
    expect(fake.err).not.toBe('')
    fake.err = ''
    expect(await fake.run(`${line} --json`)).toBe(exit)
    expect(JSON.parse(fake.err).error).toMatchObject({ message: expect.stringMatching(/^[^(]/), exit })
    expect([fake.out, fake.calls]).toEqual(['', []])
  })

  test('a wrong command line says which help to read, and once', async () => {
    const fake = world()
    await fake.run('topo ad G/g1')
    expect(fake.err).toBe("error: unknown command 'ad'\n(Did you mean add?)\n(./bin/homeport topo --help shows how)\n")
    fake.err = ''
    await fake.run('device show --json')
    const message = "missing required argument 'device'"
    const hint = './bin/homeport device show --help shows how'
    expect(JSON.parse(fake.err)).toEqual({ error: { code: 'usage', message, hint, exit: 2, details: [] } })
    fake.err = ''
    expect(await fake.run('--json')).toBe(2)
    expect(JSON.parse(fake.err).error.message).toBe('a command is missing')
  })

  test('a wrong access key: where to look, instead of what an HTTP client should send', async () => {
    const fake = world()
    const error = { code: 'Unauthorized', message: 'the call is not authorised', hint: 'send Authorization: …' }
    fake.answers['GET /api/v1/products/K'] = { status: 401, body: { error } }
    expect(await fake.run('product show K')).toBe(5)
    expect(fake.err).toContain('not authorised\n  → check the access key: HOMEPORT_ACCESS_KEY_ID')
  })

  test.each([
    [404, 3],
    [400, 5],
    [403, 5],
    [409, 5],
    [500, 1],
    [503, 1],
  ])('HTTP %i ends with %i and the message and hint of the server', async (status, exit) => {
    const fake = world()
    fake.answers['GET /api/v1/products/K'] = {
      status,
      body: { error: { code: 'Code', message: 'what', hint: 'do this' } },
    }
    expect(await fake.run('product show K')).toBe(exit)
    expect(fake.err).toBe('homeport: what\n  → do this\n')
    fake.err = ''
    expect(await fake.run('product show K --json')).toBe(exit)
    expect(JSON.parse(fake.err)).toEqual({
      error: { code: 'Code', message: 'what', hint: 'do this', exit, details: [] },
    })
  })

  test('an answer that is none of ours still ends well', async () => {
    const fake = world()
    fake.answers['GET /api/v1/products/K'] = { status: 502, body: '<html>' }
    expect(await fake.run('product show K')).toBe(1)
    expect(fake.err).toContain('the server answered HTTP 502\n  → see')
  })

  test('every bad row of an import is named', async () => {
    const fake = world()
    const details = [{ row: 0, reason: 'no header' }, { row: 2, reason: 'no deviceName' }, 'row 5: twice']
    fake.answers['POST /api/v1/devices/import'] = {
      status: 400,
      body: { error: { code: 'BadRows', message: '2 bad rows', hint: 'mend them', details } },
    }
    expect(await fake.run('device import fleet.csv')).toBe(5)
    expect(fake.err).toBe('homeport: 2 bad rows\n  no header\n  row 2: no deviceName\n  row 5: twice\n  → mend them\n')
  })

  test('a file without devices', async () => {
    const fake = world()
    const body = { created: 0, unchanged: 0, createdProducts: 0 }
    fake.answers['POST /api/v1/devices/import'] = { status: 200, body }
    expect(await fake.run('device import fleet.csv')).toBe(0)
    expect(fake.out).toBe('0 devices in the file: nothing to import\n')
  })

  test('a server elsewhere that does not answer', async () => {
    const fake = world()
    fake.running = false
    fake.variables = {
      HOMEPORT_ACCESS_KEY_ID: 'id',
      HOMEPORT_ACCESS_KEY_SECRET: 'secret',
      HOMEPORT_ENDPOINT: 'http://192.0.2.1:8080',
    }
    expect(await fake.run('status')).toBe(4)
    expect(fake.err).toContain('no answer from http://192.0.2.1:8080: ECONNREFUSED')
  })
})

describe('without a server', () => {
  const neverLocal = commandRows.filter((row) => row.without === 'never').map((row) => row.name)

  test.each(table)('homeport %s works on the directory, or says that it needs a server', async (line, expected) => {
    const fake = world()
    fake.running = false
    const code = await fake.run(line)
    if (line === 'config --running' || neverLocal.some((name) => line.startsWith(name))) {
      expect([code, fake.calls]).toEqual([4, []])
      expect(fake.err).toContain('start one: ./bin/homeport serve --data ./homeport-data')
      return
    }
    expect([code, fake.localClosed]).toEqual([0, expected.length === 0 ? 0 : 1])
    const calls = expected.filter(([, path]) => path !== '/status')
    expect(fake.calls).toEqual(recorded(calls, 'local'))
  })

  test('a directory that is not there is made by product create and device import alone', async () => {
    const fake = world()
    fake.running = false
    fake.directories = []
    expect(await fake.run('device list --data ./typo')).toBe(4)
    expect(fake.err).toContain('there is no data of Homeport in ./typo')
    expect(fake.localClosed).toBe(0)
    expect(await fake.run('product create X --data ./typo')).toBe(0)
    expect(await fake.run('device import fleet.csv --data ./typo')).toBe(0)
  })

  test('a directory in use', async () => {
    const fake = world()
    fake.running = false
    fake.openFails = new DirectoryInUse('./homeport-data', 12)
    expect(await fake.run('device list')).toBe(4)
    expect(fake.err).toContain('process id 12')
  })

  test('the directory of HOMEPORT_DATA, of --config, and a local.json that is broken', async () => {
    const fake = world()
    fake.files
      .set('/a/local.json', '{"url":')
      .set('h.yaml', 'data: /b')
      .set('/b/local.json', '{"url":"http://127.0.0.1:1","token":"b"}')
    fake.directories = ['/a']
    fake.variables = { HOMEPORT_DATA: '/a' }
    expect(await fake.run('product list')).toBe(0)
    expect(fake.calls.at(-1)?.by).toBe('local')
    fake.variables = {}
    expect(await fake.run('product list --config h.yaml')).toBe(0)
    expect(fake.calls.at(-1)?.by).toBe('Bearer b')
  })
})

describe('topo add --create', () => {
  test('makes what is missing, and nothing else', async () => {
    const fake = world()
    const missing = { status: 404, body: { error: { code: 'NotFound', message: 'no', hint: '' } } }
    for (const path of ['products/G', 'devices/G/g1', 'devices/S/s1']) fake.answers[`GET /api/v1/${path}`] = missing
    expect(await fake.run('topo add G/g1 S/s1 --create')).toBe(0)
    expect(fake.calls.filter((call) => call.method === 'POST').map(({ path, body }) => [path, body])).toEqual([
      ['/api/v1/products', { productName: 'product-G', productKey: 'G', nodeType: 'gateway' }],
      ['/api/v1/devices', { productKey: 'G', deviceName: 'g1' }],
      ['/api/v1/devices', { productKey: 'S', deviceName: 's1' }],
      ['/api/v1/topo/G/g1/S/s1', {}],
    ])
    expect(fake.out).toBe(
      'made gateway product G\nmade gateway G/g1\nmade device S/s1\nS/s1 is in the topology of G/g1\n',
    )
  })
})

test('lists are read page by page, and device list goes through all products', async () => {
  const fake = world()
  fake.answers['GET /api/v1/products?page=1&pageSize=1000'] = {
    status: 200,
    body: { products: [{ productKey: 'A' }], total: 2 },
  }
  fake.answers['GET /api/v1/products?page=2&pageSize=1000'] = {
    status: 200,
    body: { products: [{ productKey: 'B' }], total: 2 },
  }
  const devices = [{ deviceName: 'd1' }, { deviceName: 'd2' }]
  fake.answers['GET /api/v1/devices?productKey=A&page=1&pageSize=3'] = { status: 200, body: { devices, total: 2 } }
  fake.answers['GET /api/v1/devices?productKey=B&page=1&pageSize=1'] = {
    status: 200,
    body: { devices: devices.slice(0, 1), total: 9 },
  }
  expect(await fake.run('device list --page-size 3 --json')).toBe(0)
  expect(JSON.parse(fake.out)).toEqual({ devices: [...devices, devices[0]], total: 11 })
  expect(await fake.run('device list --page 2')).toBe(2)
})

test.each([
  ['demo', 'demo'],
  ['demo --json', 'demo json'],
])('homeport %s runs the demo', async (line, out) => {
  const fake = world()
  expect([await fake.run(line), fake.out]).toEqual([0, out])
})
