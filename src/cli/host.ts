/** What the command line needs from the world; `main.ts` hands in the real one, tests a made-up one. */
import type { Clock } from '../clock/clock.ts'
import type { LoadedSettings } from '../config/load.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Random } from '../random/random.ts'
import type { ExitCode } from './failure.ts'
import type { Fetch } from './http-backend.ts'
import type { LocalApi } from './local-backend.ts'

export interface ServerOptions {
  readonly loaded: LoadedSettings
  readonly log: Log
  readonly metrics: Metrics
  readonly clock: Clock
  readonly random: Random
  /** This run's token: `Authorization: Bearer TOKEN` is let into `/api/v1`. */
  readonly token: string
  /** Homeport's version, for `GET /api/v1/status`. */
  readonly version: string
  /** To be called once the data directory's lock is held: what an earlier run left there may go. */
  readonly locked: () => void
}

export interface RunningServer {
  /** Real port by listener: `{mqtt: 1883, http: 8080}`; all accept connections. */
  readonly ports: Readonly<Record<string, number>>
  /** The access key, if this start made it: it is shown this once. */
  readonly accessKey: { readonly id: string; readonly secret: string } | null
  /** Whether the registry has no product yet. */
  readonly empty: boolean
  /** Reads the certificates again; only where there are any. */
  readonly reload?: () => void
  /** Closes listeners and connections, writes what is open, releases the directory. */
  stop(): Promise<void>
}

export type StartServer = (options: ServerOptions) => Promise<RunningServer>

export interface LocalOptions {
  readonly loaded: LoadedSettings
  readonly log: Log
  readonly clock: Clock
  readonly random: Random
  readonly version: string
}

/** Opens a stopped data directory. @throws DirectoryInUse where another process holds it. */
export type OpenLocalApi = (options: LocalOptions) => Promise<LocalApi>

export interface Output {
  /** Whether a person reads along; absent: no. */
  readonly isTTY?: boolean
  write(text: string): unknown
}

export interface CliHost {
  readonly stdout: Output
  readonly stderr: Output
  readonly variables: Readonly<Record<string, string | undefined>>
  /** How the user calls the command line: `homeport`, `./bin/homeport`. */
  readonly program: string
  readonly version: string
  readonly clock: Clock
  readonly random: Random
  readonly pid: number
  readonly fetch: Fetch
  /** Undefined where there is no such file. */
  readFile(path: string): string | undefined
  readStdin(): Promise<string>
  /** Atomically, with the mode given. */
  writeFile(path: string, text: string, mode: number): void
  removeFile(path: string): void
  exists(path: string): boolean
  /** Whether a person's terminal is at the other end, so that SIGHUP says that it was closed. */
  readonly terminal?: boolean
  /** Calls `run` on every signal that asks the process to end, from now on. */
  onSignal(run: (signal: string) => void): void
  /** Ends the process at once, for a stop that hangs. */
  exit(code: number): void
  readonly startServer: StartServer
  readonly openLocalApi: OpenLocalApi
  /** `homeport demo`; returns the exit code. */
  demo(json: boolean): Promise<ExitCode>
}
