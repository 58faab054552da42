/** The settings as people read them: for `homeport config`, `GET /api/v1/config` and the documentation. */
import type { LoadedSettings } from './load.ts'
import type { SettingRow } from './setting-row.ts'
import { allSettings, flagOf, variableOf } from './settings.ts'

export interface SettingShown {
  readonly key: string
  /** As a person would write it; of secrets only `set` or `not set`. */
  readonly value: string
  /** `default`, `homeport.yaml line 3`, `HOMEPORT_MQTT_PORT`, `--mqtt-port`. */
  readonly origin: string
  readonly default: string
  readonly expected: string
  readonly description: string
  readonly source: string
  /** Empty where there is none: secrets are variables alone. */
  readonly flag: string
  readonly variable: string
}

function settingAt(row: SettingRow, { settings }: LoadedSettings): unknown {
  return row.key.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown>)[part], settings)
}

/** One row a setting, in the order of the table. */
export function describeSettings(loaded: LoadedSettings): SettingShown[] {
  return allSettings.map((row) => {
    const value = settingAt(row, loaded)
    return {
      key: row.key,
      value: row.secret ? (value ? 'set' : 'not set') : row.kind.show(value),
      origin: loaded.origins.get(row.key)?.text ?? 'default',
      default: row.secret ? 'not set' : row.kind.show(row.default),
      expected: row.kind.form,
      description: row.description,
      source: row.source,
      flag: row.secret ? '' : flagOf(row.key),
      variable: variableOf(row.key),
    }
  })
}
