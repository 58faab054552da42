import type { Registry } from '../store/store.ts'

/**
 * Runs steps that decide on the registry one after another, each when no transaction is under way. A step decides and hands its
 * changes over before its first `await`, so nothing comes between; the next begins when the promise it returned is settled.
 */
export class Exclusive {
  readonly #registry: Pick<Registry, 'whenFree'>
  readonly #failure: (cause: Error) => Error
  #last: Promise<unknown> = Promise.resolve()

  /** @param failure makes the error of a step that could not begin, since what it waited for timed out */
  constructor(registry: Pick<Registry, 'whenFree'>, failure: (cause: Error) => Error) {
    this.#registry = registry
    this.#failure = failure
  }

  run<T>(step: () => T | Promise<T>): Promise<T> {
    const mine = this.#last.then(() => this.#begin(step))
    this.#last = mine.then(nothing, nothing)
    return mine
  }

  #begin<T>(step: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = async () => step()
      this.#registry.whenFree(
        () => run().then(resolve, reject),
        (cause) => reject(this.#failure(cause)),
      )
    })
  }
}

function nothing(): void {}
