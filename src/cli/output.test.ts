import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { FakeWorld } from './host.fixture.ts'

const world = () => new FakeWorld()

describe('text', () => {
  test('lists are tables', async () => {
    const fake = world()
    const devices = [
      {
        productKey: 'K',
        deviceName: 'd1',
        status: 'ONLINE',
        onlineAt: '2026-01-02T03:04:05.000Z',
        address: '192.0.2.1:5',
      },
      { productKey: 'K', deviceName: 'device-2', status: 'UNACTIVE', onlineAt: null, address: '' },
    ]
    fake.answers['GET /api/v1/devices?productKey=K'] = { status: 200, body: { total: 3, devices } }
    await fake.run('device list K')
    expect(fake.out.split('\n').map((line) => line.trimEnd())).toEqual([
      'PRODUCT KEY  DEVICE NAME  STATUS    LAST ON LINE         ADDRESS',
      'K            d1           ONLINE    2026-01-02 03:04:05  192.0.2.1:5',
      'K            device-2     UNACTIVE  -                    -',
      '2 of 3; more with --page and --page-size',
      '',
    ])
  })

  test('sign login prints lines that a shell takes, --mosquitto one of them alone', async () => {
    const fake = world()
    fake.answers['GET /api/v1/status'] = { status: 200, body: { listeners: { mqtt: 4000 } } }
    const device = { productKey: 'S', deviceName: 's1', deviceSecret: "it's", nodeType: 'device', gateways: ['G/g1'] }
    fake.answers['GET /api/v1/devices/S/s1?secret=true'] = { status: 200, body: device }
    expect(await fake.run('sign login G/g1 S/s1 --timestamp 7 --mosquitto')).toBe(0)
    const password = createHmac('sha256', 'secret')
      .update('clientIdG.g1deviceNameg1productKeyGtimestamp7')
      .digest('hex')
    const sign = createHmac('sha256', "it's").update('clientIdS&s1deviceNames1productKeyStimestamp7').digest('hex')
    const params = `{"productKey":"S","deviceName":"s1","clientId":"S&s1","timestamp":"7","signMethod":"hmacsha256","sign":"${sign}"}`
    expect(fake.out).toBe(
      `mosquitto_rr -h 127.0.0.1 -p 4000 -V mqttv311 -i 'G.g1|securemode=3,signmethod=hmacsha256,timestamp=7|' -u 'g1&G' -P ${password} -q 1 -W 5 -t /ext/session/G/g1/combine/login -e /ext/session/G/g1/combine/login_reply -m '{"id":"1","params":${params}}'\n`,
    )
    const line = fake.out
    fake.out = ''
    await fake.run('sign login G/g1 S/s1 --timestamp 7')
    expect(fake.out).toContain(line)
    expect(fake.out).toContain('mosquitto_pub')
    expect(fake.out).not.toContain('topo add')
    fake.out = ''
    await fake.run('sign login G/g1 S/s1 --timestamp 7 --hold')
    const [, payload = ''] = / -m (.*)\n/.exec(line) ?? []
    expect(fake.out.startsWith(`{ echo ${payload}; sleep 600; } | mosquitto_pub -h 127.0.0.1 -p 4000 `)).toBe(true)
    expect(fake.out.endsWith(' -q 1 -l -t /ext/session/G/g1/combine/login\n')).toBe(true)
    expect(fake.err).toBe('')
    await fake.run('sign login G/g1 S/s2')
    expect(fake.out).toContain('./bin/homeport topo add G/g1 S/s2')
    expect(await fake.run('sign login S/s1 S/s2')).toBe(5)
  })

  test('sign connect --hold stays on line; without a server, stderr says that nothing answers', async () => {
    const fake = world()
    fake.running = false
    expect(await fake.run('sign connect G/g1 --timestamp 7 --hold')).toBe(0)
    expect(fake.out).toMatch(
      /^mosquitto_sub -h .* -q 1 -v -t '\/sys\/G\/g1\/#' -t '\/ext\/session\/G\/g1\/#' -t \/ext\/error\/G\/g1\n$/,
    )
    expect(fake.err).toBe(
      'homeport: no server runs on ./homeport-data, so nothing answers these yet\n  → start it: ./bin/homeport serve\n',
    )
  })

  test('an export is printed as it is', async () => {
    const fake = world()
    fake.answers['GET /api/v1/devices/export?format=csv'] = {
      status: 200,
      body: 'productKey\nK\n',
    }
    await fake.run('device export --format csv')
    expect(fake.out).toBe('productKey\nK\n')
  })

  test('config shows values and origins', async () => {
    const fake = world()
    fake.files.set('homeport-data/homeport.yaml', 'limits: {batch: 5}\n')
    fake.variables = { HOMEPORT_HOST: '0.0.0.0', HOMEPORT_SECRET_KEY: '0123456789abcdef' }
    await fake.run('config --changed --mqtt-port 0')
    expect(
      fake.out
        .split('\n')
        .slice(1, -3)
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['host', '0.0.0.0', 'HOMEPORT_HOST'],
      ['mqtt.port', '0', '--mqtt-port'],
      ['limits.batch', '5', 'homeport-data/homeport.yaml line 1'],
      ['secretKey', 'set', 'HOMEPORT_SECRET_KEY'],
    ])
    expect(fake.out).toMatch(/\n\nThese are for the next start; .* config --running\n$/)
    fake.out = ''
    await fake.run('config --data ./elsewhere')
    expect(fake.out).not.toContain('--running')
    fake.out = ''
    expect(await fake.run('config limits.batch --json')).toBe(0)
    expect(JSON.parse(fake.out)).toMatchObject({
      key: 'limits.batch',
      value: '5',
      default: '50',
      flag: '--limits-batch',
    })
  })
})
