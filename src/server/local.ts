/** The JSON API over a data directory that no server uses: the command line works on it by the same code. */

import type { Clock } from '../clock/clock.ts'
import type { LoadedSettings } from '../config/load.ts'
import type { Log } from '../log/log.ts'
import { Metrics } from '../metrics/metrics.ts'
import { dispatch } from '../openapi/api/dispatch.ts'
import { openNode } from '../platform/node.ts'
import type { Random } from '../random/random.ts'
import { apiContext } from './context.ts'

export interface LocalOptions {
  readonly loaded: LoadedSettings
  readonly log: Log
  readonly clock: Clock
  readonly random: Random
  readonly version: string
}

/** Opens the directory. An error with `code: 'LOCKED'` says that another process holds it. */
export async function openLocalApi(options: LocalOptions) {
  const { loaded, log, clock, random, version } = options
  const metrics = new Metrics({ process: false })
  const { settings } = loaded
  const node = await openNode({
    settings,
    clock,
    random,
    log,
    metrics,
    secretKey: settings.secretKey,
    locked: () => {},
  })
  const context = apiContext({ node, loaded, log, metrics, version, listeners: () => ({}) })
  return {
    async dispatch(method: string, target: string, body?: unknown) {
      const { pathname, searchParams } = new URL(target, 'http://localhost')
      return await dispatch(method, pathname.slice('/api/v1'.length), searchParams, body, context)
    },
    close: () => node.close(),
  }
}
