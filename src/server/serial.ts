import { StoreFailure } from '../platform/registry.ts'

/**
 * Steps that decide on the registry, one after the other: the next begins when the one before it has stored what it decided. Where
 * the store fails, all that queue by then fail with it at once, instead of each waiting for its own time-out; the next tries anew.
 */
export class Serial {
  readonly #whenFree: (step: () => void, failed: (cause: Error) => void) => void
  #last: Promise<unknown> = Promise.resolve()
  #count = 0
  #failedUpTo = 0
  #cause: StoreFailure | null = null

  /** @param whenFree waits until no transaction is under way. */
  constructor(whenFree: (step: () => void, failed: (cause: Error) => void) => void) {
    this.#whenFree = whenFree
  }

  run<T>(step: () => T | Promise<T>): Promise<T> {
    const order = ++this.#count
    const result = this.#last.then(() => this.#turn(order)).then(step)
    this.#last = result.catch((error: unknown) => {
      if (!(error instanceof StoreFailure) || order <= this.#failedUpTo) return
      this.#cause = error
      this.#failedUpTo = this.#count
    })
    return result
  }

  #turn(order: number): Promise<void> {
    if (this.#cause !== null && order <= this.#failedUpTo) return Promise.reject(this.#cause)
    return new Promise((resolve, reject) => {
      this.#whenFree(resolve, (cause) => reject(cause instanceof StoreFailure ? cause : new StoreFailure(cause)))
    })
  }
}
