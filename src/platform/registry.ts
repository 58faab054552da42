/** Changes of the registry: stored first, then in memory, one after the other (store.ts, Registry). */
import type { AccessKeys } from '../accounts/keys.ts'
import type { Directory } from '../devices/directory.ts'
import type { RegistryChange } from '../store/records/rows.ts'
import type { Registry } from '../store/store.ts'
import type { Relations } from '../topology/relations.ts'

export interface Outcome {
  stored(): void
  failed(cause: Error): void
}

/** The store could not take it: nothing of it is stored, and nothing is as it would have been. */
export class StoreFailure extends Error {
  constructor(cause: Error) {
    super(`the store could not take the change: ${cause.message}`, { cause })
  }
}

export class RegistryRunner {
  readonly #registry: Registry
  readonly #directory: Directory
  readonly #relations: Relations
  readonly #keys: AccessKeys
  readonly #others: ((change: RegistryChange) => void)[] = []

  constructor(registry: Registry, directory: Directory, relations: Relations, keys: AccessKeys) {
    this.#registry = registry
    this.#directory = directory
    this.#relations = relations
    this.#keys = keys
  }

  /** True while a transaction waits for SQLite: what decides on the registry runs behind it. */
  get busy(): boolean {
    return this.#registry.busy
  }

  /** Runs a step that decides on the registry. */
  whenFree(step: () => void, failed: (cause: Error) => void): void {
    this.#registry.whenFree(step, failed)
  }

  /** Stores the changes, all or nothing; puts them into memory; then `stored`. No changes: stored at once. */
  run(changes: readonly RegistryChange[], outcome: Outcome): void {
    if (changes.length === 0) {
      outcome.stored()
      return
    }
    this.#registry.transact(changes, {
      stored: () => {
        for (const change of changes) this.#apply(change)
        outcome.stored()
      },
      failed: (cause) => outcome.failed(new StoreFailure(cause)),
    })
  }

  /** Tells another part that keeps registry rows in memory of each change that is stored. */
  onChange(listener: (change: RegistryChange) => void): void {
    this.#others.push(listener)
  }

  #apply(change: RegistryChange): void {
    // The relation of a device that is deleted goes before the device does.
    this.#directory.apply(change)
    this.#relations.apply(change)
    this.#keys.apply(change)
    for (const other of this.#others) other(change)
  }
}
