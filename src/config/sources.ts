/** Where values come from: the YAML file, the variables, the flags. Each reader returns raw values and the mistakes it met. */
import type { Node } from 'yaml'
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import { onOffForm } from './kinds.ts'
import { nearest } from './nearest.ts'
import type { SettingRow } from './setting-row.ts'
import { allSettings, flagOf, variableOf } from './settings.ts'

/** A value as it was found, and where: `homeport.yaml line 3`, `HOMEPORT_HOST`, `--host`. */
export interface Given {
  readonly key: string
  readonly value: unknown
  readonly from: Origin
}

export interface Origin {
  readonly kind: 'default' | 'file' | 'variable' | 'flag'
  /** As it is shown to people: `default`, `homeport.yaml line 3`, `HOMEPORT_MQTT_PORT`, `--mqtt-port`. */
  readonly text: string
}

export interface Mistake {
  /** `--mqtt-port`, `homeport.yaml line 3`, `HOMEPORT_MQTT_PROT`. */
  readonly where: string
  /** What is wrong, and what to do. */
  readonly what: string
}

export interface Found {
  readonly given: Given[]
  readonly mistakes: Mistake[]
}

const byKey = new Map(allSettings.map((row) => [row.key, row]))
const byVariable = new Map(allSettings.map((row) => [variableOf(row.key), row]))
const byFlag = new Map(allSettings.filter((row) => !row.secret).map((row) => [flagOf(row.key), row]))
const fileKeys = allSettings.filter((row) => !row.secret && row.key !== 'config').map((row) => row.key)
const groups = new Set(fileKeys.filter((key) => key.includes('.')).map((key) => key.split('.')[0] as string))

function unknown(what: string, name: string, names: Iterable<string>): string {
  const near = nearest(name, [...names], what === 'variable' ? 'HOMEPORT_' : '')
  return near === undefined
    ? `unknown ${what} ${name}; homeport config lists them all`
    : `unknown ${what} ${name}; did you mean ${near}?`
}

/** Variables that are Homeport's, but no settings: they tell the command line which server to talk to. */
const clientVariables = new Set(['HOMEPORT_ENDPOINT'])

/** What Kubernetes puts into every container beside a service called `homeport`; no setting has such a name. */
const injected = /^HOMEPORT_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)$/

/** Reads the `HOMEPORT_…` variables. An empty one counts as not set, as compose files pass them. */
export function readVariables(variables: Readonly<Record<string, string | undefined>>): Found {
  const found: Found = { given: [], mistakes: [] }
  for (const [name, value] of Object.entries(variables)) {
    if (!name.startsWith('HOMEPORT_') || clientVariables.has(name) || injected.test(name)) continue
    const row = byVariable.get(name)
    if (row === undefined) found.mistakes.push({ where: name, what: unknown('variable', name, byVariable.keys()) })
    else if (value) found.given.push({ key: row.key, value, from: { kind: 'variable', text: name } })
  }
  return found
}

/** Reads `--a-b-c VALUE` and `--a-b-c=VALUE`, of one that is on or off `--a-b-c` alone; given twice, the last one counts. */
export function readFlags(flags: readonly string[]): Found {
  const found: Found = { given: [], mistakes: [] }
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i] as string
    if (!flag.startsWith('-')) {
      found.mistakes.push({
        where: flag,
        what: `unexpected argument ${flag}; settings are flags, like --mqtt-port 1883`,
      })
      continue
    }
    const cut = flag.indexOf('=')
    const name = cut < 0 ? flag : flag.slice(0, cut)
    const next = flags[i + 1]
    const value = cut >= 0 ? flag.slice(cut + 1) : next?.startsWith('--') ? undefined : next
    if (cut < 0 && value !== undefined) i++
    readFlag(found, name, value)
  }
  return found
}

function readFlag(found: Found, name: string, value: string | undefined): void {
  const row = byFlag.get(name)
  const secret = allSettings.find((each) => each.secret && flagOf(each.key) === name)
  if (secret) {
    found.mistakes.push({
      where: name,
      what: `a secret is no flag, other users could see it: set ${variableOf(secret.key)}`,
    })
  } else if (row === undefined) found.mistakes.push({ where: name, what: unknown('flag', name, byFlag.keys()) })
  else if (value === undefined && row.kind.form === onOffForm)
    found.given.push({ key: row.key, value: 'on', from: { kind: 'flag', text: name } })
  else if (value === undefined) found.mistakes.push({ where: name, what: `needs a value: ${row.kind.form}` })
  else found.given.push({ key: row.key, value, from: { kind: 'flag', text: name } })
}

/**
 * Reads the text of a YAML file. `name` stands in messages. Settings may be nested (`mqtt: {port: 1}`) or dotted (`mqtt.port: 1`).
 * `implied`: the file was found in the data directory, so it cannot name another.
 */
export function readFile(source: string, name: string, implied: boolean): Found {
  const found: Found = { given: [], mistakes: [] }
  const lines = new LineCounter()
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number) => `${name} line ${Math.max(1, lines.linePos(offset).line)}`
  for (const error of document.errors)
    found.mistakes.push({ where: place(error.pos[0]), what: `not YAML: ${error.message}` })
  const empty = document.contents === null || (isScalar(document.contents) && document.contents.value === null)
  if (found.mistakes.length > 0 || empty) return found
  walk(document.contents as Node, '', (key, value, offset) => {
    const where = place(offset)
    const wrong = wrongKey(key, value, implied)
    if (wrong) found.mistakes.push({ where, what: wrong })
    else found.given.push({ key, value, from: { kind: 'file', text: where } })
  })
  return found
}

function wrongKey(key: string, value: unknown, implied: boolean): string | undefined {
  if (key === '') return 'expected settings, like "mqtt: { port: 1883 }"'
  const row: SettingRow | undefined = byKey.get(key)
  if (row?.secret) return `a secret does not belong into the file: set ${variableOf(key)}`
  if (key === 'config') return 'a file of settings cannot name another; use --config or HOMEPORT_CONFIG'
  if (key === 'data' && implied)
    return 'this file was found in the data directory, so it cannot name another; use --data, or --config with this file elsewhere'
  if (groups.has(key))
    return `${key} is a group of settings, like "${fileKeys.find((each) => each.startsWith(`${key}.`))}"`
  if (row === undefined) return unknown('setting', key, fileKeys)
  if (value === null) return `${key} has no value; expected ${row.kind.form}`
  return undefined
}

/** Calls `visit` for every leaf; maps are entered only where they are groups of settings. */
function walk(node: Node, prefix: string, visit: (key: string, value: unknown, offset: number) => void): void {
  if (!isMap(node)) {
    visit(prefix, isScalar(node) ? node.value : node.toJSON(), node.range?.[0] ?? 0)
    return
  }
  for (const pair of node.items) {
    const keyNode = pair.key as Node
    const key = `${prefix}${prefix === '' ? '' : '.'}${String(isScalar(keyNode) ? keyNode.value : keyNode)}`
    const offset = keyNode.range?.[0] ?? 0
    const value = pair.value as Node | null
    if (isMap(value) && !byKey.has(key)) walk(value, key, visit)
    else if (value === null || (isScalar(value) && value.value === null)) {
      // `limits:` with all its lines commented out is an empty group, not a mistake.
      if (!groups.has(key)) visit(key, null, offset)
    } else visit(key, isScalar(value) ? value.value : value.toJSON(), offset)
  }
}
