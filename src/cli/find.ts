/** Finds what a command works on: the server at --endpoint, the one that runs on the data directory, or the directory itself. */
import { join } from 'node:path'
import { loadSettings, SettingsError } from '../config/load.ts'
import { createLog } from '../log/log.ts'
import { DirectoryInUse } from '../store/lock.ts'
import type { Backend } from './backend.ts'
import { CliFailure, ExitCode, usage } from './failure.ts'
import type { CliHost } from './host.ts'
import { HttpBackend } from './http-backend.ts'
import { LocalBackend } from './local-backend.ts'

/** The options that every command takes. */
export interface GlobalOptions {
  readonly data?: string
  readonly config?: string
  readonly endpoint?: string
  readonly accessKeyId?: string
  readonly accessKeySecret?: string
  readonly json?: boolean
}

/**
 * What a command may do where no server runs: nothing (`never`), work on the directory if it is there (`existing`), or make
 * it (`create`).
 */
export type WithoutServer = 'never' | 'existing' | 'create'

/** Where the data directory is unless somebody says otherwise. */
export const DEFAULT_DATA = './homeport-data'

/** How long a server that runs on this machine may take to say that it is there, milliseconds. */
const PROBE_TIME_OUT = 3000

export async function findBackend(host: CliHost, options: GlobalOptions, without: WithoutServer): Promise<Backend> {
  const endpoint = options.endpoint ?? (options.data === undefined ? host.variables.HOMEPORT_ENDPOINT : undefined)
  if (endpoint) return atEndpoint(host, options, endpoint)
  const data = dataDirectory(host, options)
  return (await runningOn(host, data)) ?? openDirectory(host, options, data, without)
}

/** --data, HOMEPORT_DATA, the `data` of a file named by --config or HOMEPORT_CONFIG, else ./homeport-data. */
export function dataDirectory(host: CliHost, options: GlobalOptions): string {
  const known = options.data ?? host.variables.HOMEPORT_DATA
  if (known) return known
  if (!options.config && !host.variables.HOMEPORT_CONFIG) return DEFAULT_DATA
  return localSettings(host, options).settings.data
}

function localSettings(host: CliHost, options: GlobalOptions) {
  const flags = [
    ...(options.data ? ['--data', options.data] : []),
    ...(options.config ? ['--config', options.config] : []),
  ]
  return loadSettings({ flags, variables: host.variables, read: (path) => host.readFile(path) })
}

function atEndpoint(host: CliHost, options: GlobalOptions, endpoint: string): Backend {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw usage(`--endpoint ${endpoint} is no URL`, 'give it like http://192.0.2.10:8080')
  }
  const id = options.accessKeyId ?? host.variables.HOMEPORT_ACCESS_KEY_ID
  const secret = options.accessKeySecret ?? host.variables.HOMEPORT_ACCESS_KEY_SECRET
  if (!id || !secret) {
    throw usage(
      'an endpoint needs an access key',
      'set HOMEPORT_ACCESS_KEY_ID and HOMEPORT_ACCESS_KEY_SECRET, or give --access-key-id and --access-key-secret; the server printed its key at first start',
    )
  }
  return new HttpBackend(endpoint.replace(/\/+$/, ''), { kind: 'key', id, secret }, host.fetch)
}

/** Whether a server runs on the directory. */
export async function serverRuns(host: CliHost, data: string): Promise<boolean> {
  return (await runningOn(host, data)) !== undefined
}

/** The server whose `local.json` lies in the directory, if it still answers: kill -9 leaves the file behind. */
async function runningOn(host: CliHost, data: string): Promise<Backend | undefined> {
  const path = join(data, 'local.json')
  const text = host.readFile(path)
  if (text === undefined) return undefined
  const local = parseLocal(text)
  if (local === undefined) return undefined
  try {
    const response = await host.fetch(`${local.url}/healthz`, { signal: AbortSignal.timeout(PROBE_TIME_OUT) })
    await response.arrayBuffer()
  } catch {
    return undefined
  }
  return new HttpBackend(local.url, { kind: 'token', token: local.token }, host.fetch)
}

function parseLocal(text: string): { url: string; token: string } | undefined {
  try {
    const { url, token } = JSON.parse(text) as { url?: unknown; token?: unknown }
    return typeof url === 'string' && typeof token === 'string' ? { url, token } : undefined
  } catch {
    return undefined
  }
}

async function openDirectory(
  host: CliHost,
  options: GlobalOptions,
  data: string,
  without: WithoutServer,
): Promise<Backend> {
  if (without === 'never') {
    throw new CliFailure(
      ExitCode.unreachable,
      'no-server',
      `no server runs on ${data}`,
      `start one: ${host.program} serve --data ${data}; or name another with --data DIR or --endpoint URL`,
    )
  }
  // A directory of something else is none either: a typo must not leave a database and a key in it.
  if (without === 'existing' && !host.exists(join(data, 'homeport.db'))) {
    throw new CliFailure(
      ExitCode.unreachable,
      'no-data',
      `there is no data of Homeport in ${data}`,
      `name another with --data DIR or --endpoint URL; ${host.program} serve --data ${data} makes it`,
    )
  }
  const loaded = localSettings(host, options)
  const log = createLog({
    level: 'warn',
    format: 'text',
    clock: host.clock,
    destination: { write: (line) => host.stderr.write(line) },
  })
  try {
    const api = await host.openLocalApi({ loaded, log, clock: host.clock, random: host.random, version: host.version })
    return new LocalBackend(api, loaded.settings)
  } catch (error) {
    if (error instanceof SettingsError || error instanceof CliFailure) throw error
    throw cannotOpen(data, error as Error & { code?: string; hint?: string })
  }
}

function cannotOpen(data: string, error: Error & { code?: string; hint?: string }): CliFailure {
  if (error instanceof DirectoryInUse) {
    const hint = 'a server is starting or stopping on it, or another command works on it: try again in a moment'
    return new CliFailure(ExitCode.unreachable, 'data-in-use', error.message, hint)
  }
  return new CliFailure(
    ExitCode.failed,
    'data',
    `the data directory ${data} cannot be opened: ${error.message}`,
    error.hint ?? 'check that this user may read and write it',
  )
}
