import { describe, expect, test } from 'vitest'
import { describeSettings } from './describe.ts'
import { onOffForm } from './kinds.ts'
import type { Sources } from './load.ts'
import { loadSettings, SettingsError } from './load.ts'
import type { SettingKey, Settings } from './settings.ts'
import { allSettings, flagOf, variableOf } from './settings.ts'
import type { Mistake } from './sources.ts'

function at(settings: Settings, key: string): unknown {
  return key.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], settings)
}

/** Loads with `file` as the text of homeport.yaml in the default data directory. */
function load(sources: Sources & { file?: string } = {}) {
  const read = sources.read ?? ((path: string) => (path.endsWith('homeport.yaml') ? sources.file : undefined))
  return loadSettings({ ...sources, read })
}

function mistakesOf(sources: Sources & { file?: string }): readonly Mistake[] {
  try {
    load(sources)
  } catch (error) {
    if (error instanceof SettingsError) return error.mistakes
    throw error
  }
  return []
}

/** default, value as text, value as it arrives in the settings, a text that is refused. */
const values: Record<SettingKey, readonly [unknown, string, unknown, string]> = {
  data: ['./homeport-data', '/srv/hp', '/srv/hp', 'a\0b'],
  host: ['127.0.0.1', '0.0.0.0', '0.0.0.0', 'a b'],
  config: ['', 'other.yaml', 'other.yaml', 'a\0b'],
  'mqtt.port': [1883, '0', 0, '65536'],
  'mqtt.tlsPort': [null, '8883', 8883, '65536'],
  'mqtt.wsPort': [null, '0', 0, 'on'],
  'mqtt.wssPort': [null, '8443', 8443, '-1'],
  'mqtt.proxyProtocol': [false, 'on', true, 'v2'],
  'tls.cert': ['', 'server.crt', 'server.crt', 'a\0b'],
  'tls.key': ['', 'server.key', 'server.key', 'a\0b'],
  'tls.sni': ['', '/etc/homeport/sni', '/etc/homeport/sni', 'a\0b'],
  'tls.ca': ['', 'ca.crt', 'ca.crt', 'a\0b'],
  'tls.crl': ['', 'ca.crl', 'ca.crl', 'a\0b'],
  'tls.minVersion': ['1.2', '1.3', '1.3', '1.1'],
  'mqtt.autoDelivery': ['always', 'requested', 'requested', 'never'],
  'mqtt.deviceProfile': ['vendor', 'standard', 'standard', 'all'],
  'mqtt.keepAliveMin': [30, '10', 10, '-1'],
  'mqtt.keepAliveMax': [1200, '65535', 65535, '65536'],
  'http.port': [8080, '8081', 8081, 'x'],
  'app.port': [null, '0', 0, '70000'],
  'app.anonymous': [false, 'on', true, 'maybe'],
  'errors.forcedOfflineTopics': ['both', 'error', 'error', 'none'],
  'errors.topologyRemoved': ['sent', 'off', 'off', 'on'],
  'limits.profile': ['default', 'vendor', 'vendor', 'cloud'],
  'limits.subDevicesOnline': [200, '1500', 1500, '0'],
  'limits.batch': [50, '5', 5, '1.5'],
  'limits.loginsPerMinute': [5, '100', 100, ''.padEnd(20, '9')],
  'limits.loginRequestsPerSecond': [200, 'off', 0, '-1'],
  'limits.failedLoginsPerMinute': [30, '0', 0, 'many'],
  'limits.connectsPerMinute': [0, '5', 5, '5/min'],
  'limits.connectionsPerSecond': [0, '500', 500, '-1'],
  'limits.connectionsPerAddress': [0, '100', 100, 'x'],
  'limits.failedConnectsPerMinute': [0, '30', 30, 'many'],
  'limits.failedConnectsPerMinuteOfProduct': [0, '1000', 1000, '1.5'],
  'limits.failedConnectsPerMinuteOfAddress': [0, '300', 300, '-1'],
  'limits.failedSignInsPerMinute': [100, 'off', 0, 'few'],
  'limits.output': [1_048_576, '64KiB', 65_536, '1KiB'],
  'limits.appOutput': [16_777_216, '1MiB', 1_048_576, '2GiB'],
  'limits.outputTotal': [536_870_912, '2GiB', 2_147_483_648, '1KiB'],
  'limits.publishesPerSecondQos0': [0, '30', 30, '1e3'],
  'limits.publishesPerSecondQos1': [0, '10', 10, 'on'],
  'limits.downlinksPerSecond': [0, '50', 50, '0x10'],
  'limits.subscriptions': [100, '5000', 5000, 'off'],
  'limits.filtersPerSubscribe': [100, '8', 8, '0'],
  'limits.payload': [262_144, '1MiB', 1_048_576, '1MB'],
  'limits.offlineTime': [604_800_000, '36h', 129_600_000, '7'],
  'limits.offlineMessages': [1000, '10', 10, '10k'],
  'limits.topicBytes': [128, '256', 256, '0'],
  'limits.topicSlashes': [7, '9', 9, '70000'],
  'limits.topology': [2000, '1500', 1500, '-5'],
  'topology.exclusive': [false, 'on', true, '1'],
  'store.durability': ['process', 'power', 'power', 'disk'],
  'store.commitTimeout': [2000, '500ms', 500, '1ms'],
  'store.giveUp': [30_000, '1m', 60_000, '30'],
  'openapi.instanceId': ['', 'iot-060a02m5', 'iot-060a02m5', 'a b'],
  'openapi.timeZone': ['+08:00', '-03:30', '-03:30', 'Asia/Shanghai'],
  'openapi.businessErrorStatus': ['200', '400', '400', '500'],
  'log.level': ['info', 'debug', 'debug', 'verbose'],
  'log.format': ['auto', 'json', 'json', 'pretty'],
  'log.refusalsPerSecond': [100, 'off', 0, 'few'],
  accessKeyId: ['', 'LTAI5t', 'LTAI5t', 'a:b'],
  accessKeySecret: ['', 's3cret-s3cret', 's3cret-s3cret', 'short'],
  secretKey: ['', '0123456789abcdef', '0123456789abcdef', 'short'],
}

const pair = { HOMEPORT_ACCESS_KEY_ID: 'id', HOMEPORT_ACCESS_KEY_SECRET: 'secret-secret' }

/** What a setting needs beside it. */
function company(key: SettingKey): Record<string, string> {
  if (key.startsWith('accessKey')) return pair
  if (!key.startsWith('tls.') && key !== 'mqtt.tlsPort' && key !== 'mqtt.wssPort') return {}
  const { [variableOf(key)]: _own, ...others } = {
    HOMEPORT_TLS_CERT: 'server.crt',
    HOMEPORT_TLS_KEY: 'server.key',
    HOMEPORT_TLS_CA: 'ca.crt',
  } as Record<string, string>
  return others
}

const rows = allSettings.map((row) => [row.key as SettingKey, row] as const)
const read = () => ''

describe.each(rows)('%s', (key, row) => {
  const [byDefault, text, value, bad] = values[key]
  const variables = { ...company(key), [variableOf(key)]: text }
  test('has its default', () => {
    const loaded = load()
    expect(at(loaded.settings, key)).toBe(byDefault)
    expect(loaded.origins.get(key)).toEqual({ kind: 'default', text: 'default' })
    expect(row.description).not.toBe('')
  })

  test('is set by its variable', () => {
    const loaded = load({ variables, read })
    expect(at(loaded.settings, key)).toBe(value)
    expect(loaded.origins.get(key)).toEqual({ kind: 'variable', text: variableOf(key) })
    expect(mistakesOf({ variables: { ...variables, [variableOf(key)]: bad }, read })[0]?.where).toBe(variableOf(key))
  })

  test('is shown as it may be written', () => {
    const shown = row.kind.show(value)
    expect(row.kind.schema.parse(shown)).toBe(value)
  })
})

describe.each(rows.filter(([, row]) => !row.secret))('%s', (key, row) => {
  const [, text, value, bad] = values[key]

  test('is set by its flag, in both forms, above its variable', () => {
    for (const flags of [[flagOf(key), text], [`${flagOf(key)}=${text}`]]) {
      const loaded = load({
        flags,
        variables: { ...company(key), [variableOf(key)]: row.kind.show(row.default) },
        read,
      })
      expect(at(loaded.settings, key)).toBe(value)
      expect(loaded.origins.get(key)).toEqual({ kind: 'flag', text: flagOf(key) })
    }
    expect(mistakesOf({ flags: [flagOf(key), bad], read })[0]).toMatchObject({ where: flagOf(key) })
    if (row.kind.form === onOffForm) expect(mistakesOf({ flags: [flagOf(key)], read })).toEqual([])
    else expect(mistakesOf({ flags: [flagOf(key)], read })[0]?.what).toContain('needs a value')
  })
})

describe.each(rows.filter(([, row]) => row.secret))('%s', (key) => {
  const [, text, , bad] = values[key]
  const variables = { ...company(key), [variableOf(key)]: text }

  test('is no flag and stands in no file', () => {
    expect(mistakesOf({ flags: [flagOf(key), text] })[0]?.what).toContain(variableOf(key))
    expect(mistakesOf({ file: `${key}: ${text}\n` })[0]?.what).toContain(variableOf(key))
    expect(JSON.stringify(describeSettings(load({ variables })))).not.toContain(text)
    expect(String(mistakesOf({ variables: { [variableOf(key)]: bad } })[0]?.what)).not.toContain(bad)
  })
})

describe.each(rows.filter(([key, row]) => !row.secret && key !== 'config' && key !== 'data'))('%s', (key) => {
  const [, text, value] = values[key]

  test('is set by the file, nested or dotted', () => {
    const [group, leaf] = key.split('.')
    for (const file of [`\n${key}: ${text}\n`, leaf ? `${group}:\n  ${leaf}: ${text}\n` : `\n${key}: "${text}"\n`]) {
      const loaded = load({ file, variables: company(key) })
      expect(at(loaded.settings, key)).toBe(value)
      expect(loaded.origins.get(key)).toEqual({ kind: 'file', text: 'homeport-data/homeport.yaml line 2' })
    }
  })
})

test('flags win over variables, variables over the file', () => {
  const file = 'mqtt: {port: 1}\nhttp: {port: 2}\nhost: file\n'
  const { settings, origins } = load({
    file,
    variables: { HOMEPORT_HTTP_PORT: '3', HOMEPORT_HOST: 'variable' },
    flags: ['--host', 'flag'],
  })
  expect([settings.mqtt.port, settings.http.port, settings.host]).toEqual([1, 3, 'flag'])
  expect([origins.get('mqtt.port')?.kind, origins.get('http.port')?.kind, origins.get('host')?.kind]).toEqual([
    'file',
    'variable',
    'flag',
  ])
})

test('the vendor profile changes defaults only', () => {
  const { settings, origins } = load({ file: 'limits: {profile: vendor, filtersPerSubscribe: 20}' })
  expect(settings.limits).toMatchObject({
    connectsPerMinute: 5,
    publishesPerSecondQos0: 30,
    publishesPerSecondQos1: 10,
    downlinksPerSecond: 50,
  })
  expect(settings.limits).toMatchObject({ filtersPerSubscribe: 20, subDevicesOnline: 200 })
  expect(origins.get('limits.connectsPerMinute')?.text).toBe('default of limits.profile: vendor')
})

test('every mistake is named at once, with where it is and the nearest name', () => {
  const file = 'mqtt:\n  prot: 1\n  port: many\nlimit: {batch: 1}\nstore: {durability: 3}\nhttp: 8080\ntopology:\n'
  const variables = {
    HOMEPORT_MQTT_PROT: '1',
    HOMEPORT_HTTP_PORT: '99999',
    HOMEPORT_ZZZZ: '',
    PATH: '/bin',
    HOMEPORT_HOST: '',
  }
  const mistakes = mistakesOf({
    file,
    variables,
    flags: ['--limits-bach', '3', '--mqtt-port', 'x', 'stray', '--secret-key', 'k'],
  })
  const name = 'homeport-data/homeport.yaml'
  expect(mistakes.map(({ where, what }) => `${where}: ${what}`)).toEqual([
    `${name} line 2: unknown setting mqtt.prot; did you mean mqtt.port?`,
    `${name} line 4: unknown setting limit.batch; did you mean limits.batch?`,
    `${name} line 6: http is a group of settings, like "http.port"`,
    'HOMEPORT_MQTT_PROT: unknown variable HOMEPORT_MQTT_PROT; did you mean HOMEPORT_MQTT_PORT?',
    'HOMEPORT_ZZZZ: unknown variable HOMEPORT_ZZZZ; homeport config lists them all',
    '--limits-bach: unknown flag --limits-bach; did you mean --limits-batch?',
    'stray: unexpected argument stray; settings are flags, like --mqtt-port 1883',
    '--secret-key: a secret is no flag, other users could see it: set HOMEPORT_SECRET_KEY',
    `${name} line 3: mqtt.port cannot be "many": expected a port from 0 to 65535 (0 picks a free one)`,
    `${name} line 5: store.durability cannot be 3: expected process or power`,
    'HOMEPORT_HTTP_PORT: http.port cannot be "99999": expected a port from 0 to 65535 (0 picks a free one)',
    '--mqtt-port: mqtt.port cannot be "x": expected a port from 0 to 65535 (0 picks a free one)',
  ])
})

test.each([
  ['mqtt.keepAliveMin', ['--mqtt-keep-alive-min', '60', '--mqtt-keep-alive-max', '50'], {}],
  ['store.giveUp', ['--store-give-up', '1s'], {}],
  ['both 8080', ['--mqtt-port', '8080'], {}],
  ['HOMEPORT_ACCESS_KEY_SECRET', [], { HOMEPORT_ACCESS_KEY_ID: 'id' }],
  ['HOMEPORT_ACCESS_KEY_ID', [], { HOMEPORT_ACCESS_KEY_SECRET: 'secret-secret' }],
])('what no single value shows: %s', (text, flags, variables) => {
  expect(mistakesOf({ flags, variables }).map(({ what }) => what)).toEqual([expect.stringContaining(text)])
})

test('all ports may be 0, and off', () => {
  expect(mistakesOf({ flags: ['--mqtt-port', '0', '--http-port', '0', '--mqtt-ws-port', '0'] })).toEqual([])
  expect(load({ file: 'mqtt: {tlsPort: off, wsPort: 0}' }).settings.mqtt).toMatchObject({ tlsPort: null, wsPort: 0 })
})

test.each([
  [['--mqtt-tls-port', '0', '--mqtt-wss-port', '0'], '--mqtt-tls-port', 'mqtt.tlsPort needs tls.cert and tls.key'],
  [['--mqtt-tls-port', '0', '--tls-cert', 'c'], '--mqtt-tls-port', 'mqtt.tlsPort needs tls.key beside'],
  [['--tls-cert', 'c'], '--tls-cert', 'tls.cert needs tls.key beside'],
  [['--tls-key', 'k'], '--tls-key', 'tls.key needs tls.cert beside'],
  [['--tls-ca', 'c', '--tls-crl', 'r'], '--tls-ca', 'tls.ca needs tls.cert and tls.key'],
  [['--tls-sni', 'd'], '--tls-sni', 'tls.sni needs tls.cert and tls.key'],
  [['--tls-cert', 'c', '--tls-key', 'k', '--tls-crl', 'r'], '--tls-crl', 'needs tls.ca'],
])('half of TLS is one mistake: %j', (flags, where, what) => {
  expect(mistakesOf({ flags })).toEqual([{ where, what: expect.stringContaining(what) }])
})

test('a version of TLS may stand in the file as a number', () => {
  expect(load({ file: 'tls: {minVersion: 1.3}' }).settings.tls.minVersion).toBe('1.3')
})

test('two MQTT ports of one number are a mistake', () => {
  expect(mistakesOf({ flags: ['--mqtt-port', '9001', '--mqtt-ws-port', '9001'] })).toEqual([
    { where: '--mqtt-ws-port', what: 'mqtt.port and mqtt.wsPort are both 9001' },
  ])
})

test('the file is --config, else HOMEPORT_CONFIG, else homeport.yaml in the data directory', () => {
  const seen: string[] = []
  const read = (path: string) => {
    seen.push(path)
    return undefined
  }
  load({ read, variables: { HOMEPORT_DATA: '/var/hp' } })
  expect(mistakesOf({ read, variables: { HOMEPORT_CONFIG: 'a.yaml' } })).toEqual([
    { where: 'HOMEPORT_CONFIG', what: 'there is no file a.yaml' },
  ])
  expect(mistakesOf({ read, flags: ['--config', 'b.yaml'] })).toEqual([
    { where: '--config', what: 'there is no file b.yaml' },
  ])
  expect(seen).toEqual(['/var/hp/homeport.yaml', 'a.yaml', 'b.yaml'])
})

test('a named file may set the data directory, one found in it may not', () => {
  const read = () => 'data: /srv'
  expect(load({ read, flags: ['--config', 'x.yaml'] }).settings.data).toBe('/srv')
  expect(mistakesOf({ read })[0]?.what).toContain('cannot name another')
  expect(mistakesOf({ file: 'config: y.yaml' })[0]?.what).toContain('cannot name another')
})

test.each(['a: b: c', '- 1', 'text', 'mqtt: [1]', '"', 'mqtt: {port: 1, port: 2}', 'mqtt: {port: }', '? [a]\n: 1'])(
  'the file %j is a mistake, no crash',
  (file) => {
    expect(mistakesOf({ file })).toHaveLength(1)
  },
)

test('an unreadable file is a mistake', () => {
  const read = () => {
    throw new Error('EACCES')
  }
  expect(mistakesOf({ read })).toEqual([
    { where: 'homeport-data/homeport.yaml', what: 'homeport-data/homeport.yaml cannot be read: EACCES' },
  ])
})

test.each(['', '# nothing', '---\n', 'limits:\n  # batch: 3\n'])('the file %j says nothing', (file) => {
  expect(load({ file }).settings).toEqual(load().settings)
})

test('variables that Kubernetes makes for a service called homeport are none of ours', () => {
  const variables = {
    HOMEPORT_PORT: 'tcp://10.0.0.1:1883',
    HOMEPORT_SERVICE_HOST: 'x',
    HOMEPORT_SERVICE_PORT_MQTT: '1',
    HOMEPORT_PORT_1883_TCP_ADDR: 'x',
  }
  expect(mistakesOf({ variables })).toEqual([])
})

test('no two settings share a flag or variable', () => {
  expect(new Set(allSettings.map((row) => flagOf(row.key))).size).toBe(allSettings.length)
  expect(new Set(allSettings.map((row) => variableOf(row.key))).size).toBe(allSettings.length)
})
