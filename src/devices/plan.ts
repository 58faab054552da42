import type { Random } from '../random/random.ts'
import type { RegistryChange } from '../store/records/rows.ts'

/** A domain function said no: nothing is to be stored. */
export interface Refused<R extends string> {
  readonly ok: false
  readonly reason: R
  /** The name, key or row that it is about, for texts; `''` where the reason says it all. */
  readonly about: string
}

/** What has to be stored, in one transaction, before anybody may believe in `value`. Empty where all is so already. */
export interface Planned<T> {
  readonly ok: true
  readonly changes: readonly RegistryChange[]
  readonly value: T
}

/**
 * How domain functions answer. They check against memory and change nothing: the caller stores `changes` by
 * `store.registry.transact` and, once stored, applies each to memory (`Directory.apply`, `Relations.apply`, …).
 */
export type Plan<R extends string, T> = Refused<R> | Planned<T>

export function refused<R extends string>(reason: R, about = ''): Refused<R> {
  return { ok: false, reason, about }
}

export function planned<T>(changes: readonly RegistryChange[], value: T): Planned<T> {
  return { ok: true, changes, value }
}

/** Seals what must not stand readable in the database; `auth/seal.ts` is the one that does. */
export interface Sealer {
  seal(text: string): Uint8Array
  /** Throws if the bytes were not sealed by this key. */
  open(sealed: Uint8Array): string
}

/** What makes new records: randomness, and the key that seals their secrets. */
export interface Maker {
  readonly random: Random
  readonly sealer: Sealer
}
