/** `homeport config`: every setting, its value and where it came from; of the flags given, or of the running server. */
import { describeSettings } from '../../config/describe.ts'
import type { LoadedSettings } from '../../config/load.ts'
import { nearest } from '../../config/nearest.ts'
import { allSettings, defaultSettings } from '../../config/settings.ts'
import type { Call } from '../command.ts'
import { CliFailure, ExitCode } from '../failure.ts'
import type { Answer, Column } from '../output.ts'
import { pairs, rowsOf, table } from '../output.ts'

const columns: readonly Column[] = [
  { title: 'setting', member: 'key' },
  { title: 'value', member: 'value' },
  { title: 'from', member: 'origin' },
]

interface ConfigOptions {
  /** One setting, in full. */
  readonly key?: string
  /** Only those that are no defaults. */
  readonly changed: boolean
}

function known(key: string): string {
  if (allSettings.some((row) => row.key === key)) return key
  const keys = allSettings.map((row) => row.key)
  const near = nearest(key, keys)
  const hint = near === undefined ? 'homeport config lists them all' : `did you mean ${near}?`
  throw new CliFailure(ExitCode.notFound, 'unknown-setting', `there is no setting ${key}`, hint)
}

/** What `serve` would use, started with the same flags and variables. */
export function showConfig(loaded: LoadedSettings, { key, changed }: ConfigOptions): Answer {
  const all = describeSettings(loaded)
  if (key !== undefined) {
    const row = all.find((each) => each.key === known(key))
    const entries = Object.entries(row ?? {}).filter(([name, value]) => name !== 'flag' || value !== '')
    return { json: row, text: pairs(entries) }
  }
  const rows = all.filter((row) => !changed || row.origin !== 'default')
  return { json: rows, text: table(rows, columns, 'every setting has its default') }
}

/** What the running server uses. */
export async function showRunningConfig(call: Call, { key, changed }: ConfigOptions): Promise<Answer> {
  const all = rowsOf(await call.get('/config')).map(
    ({ from, ...row }) => ({ origin: from, ...row }) as { key?: unknown; origin?: unknown },
  )
  const wanted = key === undefined ? undefined : known(key)
  const rows = all.filter(
    (row) => (wanted === undefined || row.key === wanted) && (!changed || row.origin !== 'default'),
  )
  return { json: rows, text: table(rows as Record<string, unknown>[], columns, 'every setting has its default') }
}

/** The flags of `serve` and `config`, for --help. */
export function settingsHelp(): string {
  const entries = describeSettings({ settings: defaultSettings(), origins: new Map() }).filter((row) => row.flag !== '')
  const lines = entries.map(
    (row) => `  ${row.flag} VALUE\n      ${row.description}.\n      ${row.expected}; default ${row.default || 'none'}`,
  )
  return `\nSettings (a flag wins over the variable HOMEPORT_…, that over homeport.yaml):\n${lines.join('\n')}\n`
}
