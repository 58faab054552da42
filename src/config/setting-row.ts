/** One setting: a row of the table in `settings.ts`. */
import type { Kind } from './kinds.ts'

export interface SettingRow<K extends string = string, T = unknown> {
  readonly key: K
  readonly kind: Kind<T>
  readonly default: T
  /** Default under `limits.profile: vendor`, where it is another; an explicit value wins. */
  readonly vendor: T
  readonly description: string
  /** Where it is specified. */
  readonly source: string
  /** By variable alone: neither in the file nor as a flag, and never shown. */
  readonly secret: boolean
}

interface Extra<T> {
  readonly vendor?: T
  readonly secret?: boolean
}

export function setting<const K extends string, T>(
  key: K,
  kind: Kind<T>,
  value: NoInfer<T>,
  description: string,
  source: string,
  extra: Extra<NoInfer<T>> = {},
): SettingRow<K, T> {
  const vendor = extra.vendor === undefined ? value : extra.vendor
  return { key, kind, default: value, vendor, description, source, secret: extra.secret === true }
}
