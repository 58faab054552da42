import type { Random } from '../random/random.ts'
import { letters } from '../random/random.ts'
import type { AccessKeyRow, RegistryChange } from '../store/records/rows.ts'
import type { RegistryReader } from '../store/store.ts'

/** Access keys at most. */
export const accessKeyLimit = 1000

/** What seals and opens the secrets of access keys; `auth/seal.ts` does. */
export interface KeySealer {
  seal(text: string): Uint8Array
  open(sealed: Uint8Array): string
}

/** A key by which somebody signs calls of the OpenAPI. */
export interface AccessKey {
  readonly id: string
  readonly active: boolean
  readonly createdAt: number
}

/** A key with its secret in clear: shown once, when it is made. */
export interface AccessKeySecret {
  readonly id: string
  readonly secret: string
}

export type AccessKeyReason = 'key unknown' | 'key exists' | 'key id' | 'key secret' | 'too many keys'

export type AccessKeyPlan<T> =
  | { readonly ok: true; readonly changes: readonly RegistryChange[]; readonly value: T }
  | { readonly ok: false; readonly reason: AccessKeyReason; readonly about: string }

/** Access keys in memory. Only `load` and `apply` change them, by what is stored. */
export class AccessKeys {
  readonly #sealer: KeySealer
  readonly #random: Random
  readonly #rows = new Map<string, AccessKeyRow>()
  /** Secrets that were asked for; never more than there are keys. */
  readonly #opened = new Map<string, string>()

  constructor(sealer: KeySealer, random: Random) {
    this.#sealer = sealer
    this.#random = random
  }

  load(reader: RegistryReader): void {
    for (const row of reader.accessKeys()) this.#rows.set(row.id, row)
  }

  /** Puts a stored change into memory. Changes of other rooms' records are not looked at. */
  apply(change: RegistryChange): void {
    if (change.kind !== 'access-key-put') return
    this.#rows.set(change.row.id, change.row)
    this.#opened.delete(change.row.id)
  }

  /** In the order of creation. */
  list(): readonly AccessKey[] {
    return [...this.#rows.values()].sort((a, b) => a.createdAt - b.createdAt)
  }

  find(id: string): AccessKey | undefined {
    return this.#rows.get(id)
  }

  /** The secret of a key that is active, as text; `undefined` for all others. */
  secret(id: string): string | undefined {
    const row = this.#rows.get(id)
    if (!row?.active) return undefined
    let secret = this.#opened.get(id)
    if (secret === undefined) {
      secret = this.#sealer.open(row.secret)
      this.#opened.set(id, secret)
    }
    return secret
  }

  /** A new key; id (24 letters and digits, `HP` first) and secret (30) are made where they are not given. */
  create(now: number, given: Partial<AccessKeySecret> = {}): AccessKeyPlan<AccessKeySecret> {
    const { id = `HP${letters(this.#random, 22)}`, secret = letters(this.#random, 30) } = given
    if (this.#rows.has(id)) return { ok: false, reason: 'key exists', about: id }
    if (this.#rows.size >= accessKeyLimit) return { ok: false, reason: 'too many keys', about: String(accessKeyLimit) }
    return this.#put(id, secret, true, now)
  }

  /**
   * What the first start needs: the key given by the settings, made or brought up to date, else one made at random where there is
   * none yet. No change, and no value, where all is so already.
   */
  ensure(now: number, given?: AccessKeySecret): AccessKeyPlan<AccessKeySecret | null> {
    const nothing = { ok: true, changes: [], value: null } as const
    if (!given) return this.#rows.size > 0 ? nothing : this.create(now)
    const row = this.#rows.get(given.id)
    if (row?.active && this.secret(given.id) === given.secret) return nothing
    return this.#put(given.id, given.secret, true, row?.createdAt ?? now)
  }

  setActive(id: string, active: boolean): AccessKeyPlan<void> {
    const row = this.#rows.get(id)
    if (!row) return { ok: false, reason: 'key unknown', about: id }
    const changes = row.active === active ? [] : [{ kind: 'access-key-put', row: { ...row, active } } as const]
    return { ok: true, changes, value: undefined }
  }

  #put(id: string, secret: string, active: boolean, createdAt: number): AccessKeyPlan<AccessKeySecret> {
    if (!/^[A-Za-z0-9._-]{4,64}$/.test(id)) return { ok: false, reason: 'key id', about: id }
    if (!/^[\x21-\x7e]{8,128}$/.test(secret)) return { ok: false, reason: 'key secret', about: id }
    const row: AccessKeyRow = { id, secret: this.#sealer.seal(secret), active, createdAt }
    return { ok: true, changes: [{ kind: 'access-key-put', row }], value: { id, secret } }
  }
}
