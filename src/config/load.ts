/** Puts the settings together: defaults < YAML file < variables < flags. Validated whole: every mistake is named at once. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SettingRow } from './setting-row.ts'
import type { SettingKey, Settings } from './settings.ts'
import { allSettings, nest } from './settings.ts'
import type { Found, Given, Mistake, Origin } from './sources.ts'
import { readFile, readFlags, readVariables } from './sources.ts'

export interface LoadedSettings {
  readonly settings: Settings
  /** Where the value of each setting came from. */
  readonly origins: ReadonlyMap<string, Origin>
}

/** Everything that is wrong with the settings, in one error. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(({ where, what }) => `${where}: ${what}`).join('\n'))
    this.mistakes = mistakes
  }
}

export interface Sources {
  /** `--a-b-c VALUE …`, as they stand on the command line. */
  readonly flags?: readonly string[]
  readonly variables?: Readonly<Record<string, string | undefined>>
  /** Text of a file; undefined where there is none. Reads the disk unless given. */
  readonly read?: (path: string) => string | undefined
}

function readDisk(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** @throws SettingsError naming every mistake. */
export function loadSettings(sources: Sources = {}): LoadedSettings {
  const variables = readVariables(sources.variables ?? {})
  const flags = readFlags(sources.flags ?? [])
  const above = [...variables.given, ...flags.given]
  const file = findFile(above, sources.read ?? readDisk)
  const mistakes = [...file.mistakes, ...variables.mistakes, ...flags.mistakes]
  const loaded = merge([...file.given, ...above], mistakes)
  mistakes.push(...crossChecks(loaded))
  if (mistakes.length > 0) throw new SettingsError(mistakes)
  return loaded
}

/** The file that `--config` or HOMEPORT_CONFIG names must be there; `homeport.yaml` in the data directory may be. */
function findFile(above: readonly Given[], read: (path: string) => string | undefined): Found {
  const last = (key: SettingKey) => above.findLast((given) => given.key === key)
  const named = last('config')
  const data = String(last('data')?.value ?? './homeport-data')
  const path = named?.value ? String(named.value) : join(data, 'homeport.yaml')
  const nothing: Found = { given: [], mistakes: [] }
  try {
    const source = read(path)
    if (source !== undefined) return readFile(source, path, !named?.value)
    if (!named?.value) return nothing
    return { given: [], mistakes: [{ where: named.from.text, what: `there is no file ${path}` }] }
  } catch (error) {
    return {
      given: [],
      mistakes: [{ where: named?.from.text ?? path, what: `${path} cannot be read: ${(error as Error).message}` }],
    }
  }
}

/** `given` in rising order of precedence. Every value is validated, also one that a later one overrides. */
function merge(given: readonly Given[], mistakes: Mistake[]): LoadedSettings {
  const chosen = new Map<string, { value: unknown; from: Origin }>()
  const rows = new Map(allSettings.map((row) => [row.key, row]))
  for (const { key, value, from } of given) {
    const row = rows.get(key) as SettingRow
    const parsed = row.kind.schema.safeParse(value)
    if (parsed.success) chosen.set(key, { value: parsed.data, from })
    else mistakes.push({ where: from.text, what: complaint(row, value, parsed.error.issues[0]?.message ?? '') })
  }
  const vendor = chosen.get('limits.profile')?.value === 'vendor'
  const values = new Map<string, unknown>()
  const origins = new Map<string, Origin>()
  for (const row of allSettings) {
    const choice = chosen.get(row.key)
    const byProfile = vendor && row.vendor !== row.default
    const text = byProfile ? 'default of limits.profile: vendor' : 'default'
    values.set(row.key, choice ? choice.value : vendor ? row.vendor : row.default)
    origins.set(row.key, choice?.from ?? { kind: 'default', text })
  }
  return { settings: nest(values), origins }
}

function complaint(row: SettingRow, value: unknown, expected: string): string {
  if (row.secret) return expected
  return `${row.key} cannot be ${JSON.stringify(value)}: ${expected}`
}

/** What no single value shows. */
function crossChecks({ settings, origins }: LoadedSettings): Mistake[] {
  const found: Mistake[] = []
  const check: Check = (wrong, key, what) => {
    if (wrong) found.push({ where: origins.get(key)?.text ?? key, what })
  }
  const { mqtt, store, http, app } = settings
  check(
    mqtt.keepAliveMin > mqtt.keepAliveMax,
    'mqtt.keepAliveMin',
    `mqtt.keepAliveMin (${mqtt.keepAliveMin}) is above mqtt.keepAliveMax (${mqtt.keepAliveMax})`,
  )
  check(
    store.giveUp < store.commitTimeout,
    'store.giveUp',
    'store.giveUp is shorter than store.commitTimeout, so no write would be tried again',
  )
  const ports = [
    ['mqtt.port', mqtt.port],
    ['mqtt.tlsPort', mqtt.tlsPort],
    ['mqtt.wsPort', mqtt.wsPort],
    ['mqtt.wssPort', mqtt.wssPort],
    ['http.port', http.port],
    ['app.port', app.port],
  ] as const
  for (const [i, [key, port]] of ports.entries()) {
    const other = port === 0 || port === null ? undefined : ports.slice(0, i).find(([, it]) => it === port)
    check(other !== undefined, key, `${other?.[0]} and ${key} are both ${port}`)
  }
  checkTls(settings, check)
  check(
    app.anonymous && !isLoopback(settings.host),
    'app.anonymous',
    `anyone could publish anything: it is taken on a loopback address alone, and host is ${settings.host}`,
  )
  check(
    settings.accessKeyId !== '' && settings.accessKeySecret === '',
    'accessKeyId',
    'needs HOMEPORT_ACCESS_KEY_SECRET beside it',
  )
  check(
    settings.accessKeyId === '' && settings.accessKeySecret !== '',
    'accessKeySecret',
    'needs HOMEPORT_ACCESS_KEY_ID beside it',
  )
  return found
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

type Check = (wrong: boolean, key: SettingKey, what: string) => void

/** One mistake, whatever else of TLS is missing with it. */
function checkTls({ mqtt, tls }: Settings, check: Check): void {
  if (tls.cert !== '' && tls.key !== '') {
    check(tls.crl !== '' && tls.ca === '', 'tls.crl', 'tls.crl revokes device certificates: it needs tls.ca')
    return
  }
  const missing = tls.cert === '' ? (tls.key === '' ? 'tls.cert and tls.key' : 'tls.cert') : 'tls.key'
  const dev = 'homeport tls dev makes them for development'
  const needy = [
    ['mqtt.tlsPort', mqtt.tlsPort !== null],
    ['mqtt.wssPort', mqtt.wssPort !== null],
    ['tls.cert', tls.cert !== ''],
    ['tls.key', tls.key !== ''],
    ['tls.sni', tls.sni !== ''],
    ['tls.ca', tls.ca !== ''],
    ['tls.crl', tls.crl !== ''],
  ] as const
  const first = needy.find(([, is]) => is)?.[0]
  if (first !== undefined) check(true, first, `${first} needs ${missing} beside it; ${dev}`)
}
