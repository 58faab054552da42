/**
 * Every setting of Homeport, defined once. Flags, variables, the YAML file, `homeport config`, --help and the documentation
 * read this table. A setting `a.bC` is the variable `HOMEPORT_A_B_C` and the flag `--a-b-c`.
 */
import { duration, integer, oneOf, onOff, port, portOrOff, text } from './kinds.ts'
import { limitRows } from './limits-table.ts'
import type { SettingRow } from './setting-row.ts'
import { setting } from './setting-row.ts'

const path = text('a path', 'PATH', /^[^\0]+$/)
const pathOrNothing = text('a path, or nothing', 'PATH', /^[^\0]*$/)
const secondsOfKeepAlive = { min: 0, max: 65535, unit: 'seconds' }

export const settingRows = [
  setting('data', path, './homeport-data', 'directory of everything that Homeport stores', 'design.md'),
  setting(
    'host',
    text('a host name or address', 'ADDRESS', /^[^\s/]+$/),
    '127.0.0.1',
    'address to listen on; 0.0.0.0 and :: are open to the network',
    'design.md',
  ),
  setting(
    'config',
    text('a path', 'FILE', /^[^\0]*$/),
    '',
    'YAML file of settings; without it, homeport.yaml in the data directory, if it is there',
    'design.md',
  ),

  setting(
    'mqtt.port',
    port(),
    1883,
    'MQTT over TCP; where tls.cert is set, over TLS too: the first byte decides',
    'direct.md §1.1',
  ),
  setting('mqtt.tlsPort', portOrOff(), null, 'MQTT over TLS alone', 'direct.md §1.1'),
  setting('mqtt.wsPort', portOrOff(), null, 'MQTT over WebSocket; with tls.cert, secure too', 'direct.md §3.2'),
  setting('mqtt.wssPort', portOrOff(), null, 'MQTT over secure WebSocket alone', 'direct.md §3.2'),
  setting(
    'mqtt.proxyProtocol',
    onOff(),
    false,
    'every connection of the MQTT ports begins with a header of the PROXY protocol (1 or 2), which names the client; one without is closed',
    'docs/tls.md',
  ),
  setting(
    'mqtt.autoDelivery',
    oneOf(['always', 'requested']),
    'always',
    'replies, errors and system downlinks reach a connection that has not subscribed to them: always, or only with _ss=1 in its client id',
    'direct.md §4.4',
  ),
  setting(
    'mqtt.deviceProfile',
    oneOf(['vendor', 'standard']),
    'vendor',
    "what device listeners offer: the vendor's platform (QoS 1 at most, no subscription identifiers, retain and will of 3.x ignored, keep-alive range), or all of MQTT (messages to devices are granted QoS 1 at most)",
    'direct.md §1.3',
  ),
  setting(
    'mqtt.keepAliveMin',
    integer(secondsOfKeepAlive),
    30,
    'shortest keep-alive of a CONNECT; one outside the range is refused with CONNACK 2',
    'direct.md §1.4',
  ),
  setting('mqtt.keepAliveMax', integer(secondsOfKeepAlive), 1200, 'longest keep-alive of a CONNECT', 'direct.md §1.4'),

  setting(
    'tls.cert',
    pathOrNothing,
    '',
    'certificate of the server with its chain, PEM; read again when it changes',
    'docs/tls.md',
  ),
  setting('tls.key', pathOrNothing, '', 'its private key, PEM', 'docs/tls.md'),
  setting(
    'tls.sni',
    pathOrNothing,
    '',
    'directory of further certificates NAME.crt, each with NAME.key, for the host names that stand in them',
    'docs/tls.md',
  ),
  setting('tls.ca', pathOrNothing, '', 'CA of device certificates, PEM: they stand for a password', 'direct.md §1.8'),
  setting('tls.crl', pathOrNothing, '', 'revoked device certificates (CRLs), PEM', 'docs/tls.md'),
  setting('tls.minVersion', oneOf(['1.2', '1.3']), '1.2', 'lowest version of TLS', 'docs/tls.md'),

  setting(
    'app.port',
    portOrOff(),
    null,
    'MQTT for applications: any topic, QoS 2, retained messages, wildcards',
    'design.md',
  ),
  setting('app.anonymous', onOff(), false, 'applications need no access key; on loopback alone', 'design.md'),

  setting('http.port', port(), 8080, 'HTTP: OpenAPI, /api/v1, health and metrics', 'design.md'),

  setting(
    'errors.forcedOfflineTopics',
    oneOf(['both', 'logout_reply', 'error']),
    'both',
    'where forced-offline notices go: combine/logout_reply first, then /ext/error; or one of them',
    'errors.md',
  ),
  setting(
    'errors.topologyRemoved',
    oneOf(['sent', 'off']),
    'sent',
    '6401 as a forced-offline notice when the relation is removed while on line',
    'errors.md',
  ),

  ...limitRows,

  setting(
    'topology.exclusive',
    onOff(),
    false,
    'adding a sub-device to a gateway removes it from all others',
    'sub-devices.md §6.1',
  ),

  setting(
    'store.durability',
    oneOf(['process', 'power']),
    'process',
    'what an acknowledgement survives: kill -9, or loss of power too',
    'design.md',
  ),
  setting(
    'store.commitTimeout',
    duration({ min: 10, max: 600_000 }),
    2000,
    'a write that takes longer has failed: 500',
    'errors.md',
  ),
  setting(
    'store.giveUp',
    duration({ min: 10, max: 3_600_000 }),
    30_000,
    'a connection whose message cannot be stored for this long is closed',
    'design.md',
  ),

  setting(
    'openapi.instanceId',
    text('letters, digits, - and _ (128 at most), or nothing', 'ID', /^[A-Za-z0-9_-]{0,128}$/),
    '',
    'IotInstanceId that callers may name; absent or empty is always fine',
    'openapi.md §1.6',
  ),
  setting(
    'openapi.timeZone',
    text('an offset from UTC, like +08:00', 'OFFSET', /^[+-](0\d|1[0-4]):[0-5]\d$/),
    '+08:00',
    'zone of times in answers',
    'openapi.md §3',
  ),
  setting(
    'openapi.businessErrorStatus',
    oneOf(['200', '400']),
    '200',
    'HTTP status of answers with an iot.… code',
    'openapi.md §2',
  ),

  setting(
    'log.level',
    oneOf(['debug', 'info', 'warn', 'error', 'silent']),
    'info',
    'least important lines that are written',
    'design.md',
  ),
  setting(
    'log.format',
    oneOf(['auto', 'json', 'text']),
    'auto',
    'JSON lines, or text for people; auto: text on a terminal',
    'design.md',
  ),

  setting(
    'log.refusalsPerSecond',
    integer({ off: true }),
    100,
    'lines a second for refusals of the same scenario, check and code through one gateway (or of one device); a line says how many came beyond; off: a line for each',
    'docs/operations.md',
  ),

  setting(
    'accessKeyId',
    text('letters, digits, . _ and - (128 at most)', 'ID', /^[A-Za-z0-9._-]{1,128}$/),
    '',
    'access key of the OpenAPI, instead of the one made at first start',
    'openapi.md',
    { secret: true },
  ),
  setting(
    'accessKeySecret',
    text('8 to 128 characters without blanks', 'SECRET', /^[\x21-\x7e]{8,128}$/),
    '',
    'secret of that access key',
    'openapi.md',
    { secret: true },
  ),
  setting(
    'secretKey',
    text('16 characters at least', 'KEY', /^.{16,}$/),
    '',
    'key that seals secrets at rest, instead of secret.key in the data directory',
    'design.md',
    { secret: true },
  ),
] as const

type Row = (typeof settingRows)[number]
export type SettingKey = Row['key']
type ValueOf<K extends SettingKey> = Extract<Row, { readonly key: K }> extends SettingRow<K, infer T> ? T : never
type GroupOf<K> = K extends `${infer G}.${string}` ? G : never
type Plain = Exclude<SettingKey, `${string}.${string}`>

/**
 * The settings in force: `settings.mqtt.port`, `settings.limits.subDevicesOnline`. Durations are milliseconds, sizes bytes,
 * keep-alives seconds; a limit that is off is 0.
 */
export type Settings = { readonly [K in Plain]: ValueOf<K> } & {
  readonly [G in GroupOf<SettingKey>]: {
    readonly [K in SettingKey as K extends `${G}.${infer Leaf}` ? Leaf : never]: ValueOf<K>
  }
}

/** The rows without their single types, to walk over. */
export const allSettings: readonly SettingRow[] = settingRows as unknown as readonly SettingRow[]

function words(key: string): string[] {
  return key.split('.').flatMap((part) => part.split(/(?=[A-Z])/))
}

/** `limits.subDevicesOnline` → `HOMEPORT_LIMITS_SUB_DEVICES_ONLINE`. */
export function variableOf(key: string): string {
  return `HOMEPORT_${words(key).join('_').toUpperCase()}`
}

/** `limits.subDevicesOnline` → `--limits-sub-devices-online`. */
export function flagOf(key: string): string {
  return `--${words(key).join('-').toLowerCase()}`
}

/** Values by key, nested as {@link Settings}. */
export function nest(values: ReadonlyMap<string, unknown>): Settings {
  const out: Record<string, unknown> = {}
  for (const [key, value] of values) {
    const [group, leaf] = key.split('.')
    if (leaf === undefined) out[key] = value
    else {
      out[group as string] ??= {}
      ;(out[group as string] as Record<string, unknown>)[leaf] = value
    }
  }
  return out as unknown as Settings
}

type DeepPartial<T> = { readonly [K in keyof T]?: T[K] extends object ? DeepPartial<T[K]> : T[K] }

/** The defaults, with some values changed: for tests and for programs that embed Homeport. Values are taken as they are. */
export function defaultSettings(changes: DeepPartial<Settings> = {}): Settings {
  const values = new Map<string, unknown>(allSettings.map((row) => [row.key, row.default]))
  for (const [name, value] of Object.entries(changes)) {
    if (typeof value !== 'object' || value === null) values.set(name, value)
    else for (const [leaf, inner] of Object.entries(value)) values.set(`${name}.${leaf}`, inner)
  }
  return nest(values)
}
