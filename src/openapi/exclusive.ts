import { StoreFailure } from '../platform/registry.ts'
import type { Registry } from '../store/store.ts'

/**
 * Runs steps that decide on the registry one after another, each when no transaction is under way. A step decides and hands its
 * changes over before its first `await`, so nothing comes between; the next begins when the promise it returned is settled.
 *
 * Where the store fails, all that queue by then fail with it at once, instead of each waiting for its own time-out; the next that
 * comes tries anew.
 */
export class Exclusive {
  readonly #registry: Pick<Registry, 'whenFree'>
  readonly #failure: (cause: Error) => Error
  #last: Promise<unknown> = Promise.resolve()
  #count = 0
  /** Steps up to this one fail by `#cause`. */
  #failedUpTo = 0
  #cause: Error | null = null

  /** @param failure makes the error of a step that could not begin, since what it waited for timed out */
  constructor(registry: Pick<Registry, 'whenFree'>, failure: (cause: Error) => Error) {
    this.#registry = registry
    this.#failure = failure
  }

  run<T>(step: () => T | Promise<T>): Promise<T> {
    const order = ++this.#count
    const mine = this.#last.then(() => this.#begin(order, step))
    this.#last = mine.then(nothing, (error: unknown) => this.#failed(order, error))
    return mine
  }

  #begin<T>(order: number, step: () => T | Promise<T>): Promise<T> {
    if (this.#cause !== null && order <= this.#failedUpTo) return Promise.reject(this.#cause)
    return new Promise((resolve, reject) => {
      const run = async () => step()
      this.#registry.whenFree(
        () => run().then(resolve, reject),
        (cause) => reject(this.#failure(cause)),
      )
    })
  }

  #failed(order: number, error: unknown): void {
    if (!(error instanceof StoreFailure) || order <= this.#failedUpTo) return
    this.#cause = error
    this.#failedUpTo = this.#count
  }
}

function nothing(): void {}
