/**
 * What the protocol tests hold Homeport to: a row a promise, with where it is promised. Tests name the promises that they try to break:
 *
 *     promise('login.6401', 'a sub-device that is not in the topology', async () => { … })
 *
 * A test of a table names them in each row's member `promise` or `promises`. `promises.test.ts` fails for a promise without a test, and
 * an id that stands in no table throws where the test is defined.
 */
import { test } from 'vitest'
import { errorRows } from '../src/codes/alink.ts'
import { directPromises } from './promises/direct.ts'
import { limitPromises } from './promises/limits.ts'
import { listenerPromises } from './promises/listeners.ts'
import { readingPromises } from './promises/readings.ts'
import { subDevicePromises } from './promises/sub-devices.ts'

export interface PromiseRow {
  readonly id: string
  readonly text: string
  readonly source: string
}

const errorPromises: readonly PromiseRow[] = errorRows.map(({ id, code, message, cause, source }) => ({
  id,
  text: `${code} ${message}: ${cause}`,
  source,
}))

export const promises: readonly PromiseRow[] = [
  ...errorPromises,
  ...readingPromises,
  ...subDevicePromises,
  ...directPromises,
  ...listenerPromises,
  ...limitPromises,
]

const known = new Set(promises.map(({ id }) => id))

/** A test that tries to break these promises. */
export function promise(ids: string | readonly string[], name: string, run: () => Promise<void> | void): void {
  const list = typeof ids === 'string' ? [ids] : ids
  for (const id of list) if (!known.has(id)) throw new Error(`no promise ${id} in test/promises`)
  test(`${name} [${list.join(' ')}]`, run)
}
