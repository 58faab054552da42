/** `homeport serve`: starts the server, says where it listens, and stops it cleanly on a signal. */
import type { Timer } from '../../clock/clock.ts'
import type { LoadedSettings } from '../../config/load.ts'
import type { Settings } from '../../config/settings.ts'
import { flagOf } from '../../config/settings.ts'
import type { Log } from '../../log/log.ts'
import { stderrLog } from '../../log/log.ts'
import { Metrics } from '../../metrics/metrics.ts'
import { letters } from '../../random/random.ts'
import { DirectoryInUse } from '../../store/lock.ts'
import { CliFailure, ExitCode } from '../failure.ts'
import type { CliHost, RunningServer } from '../host.ts'
import { accessKeyLines, firstContact, readyLine } from './first-contact.ts'
import { ReadyFiles } from './ready.ts'

/** A stop that takes longer is cut off: the store survives it. A stop is promised within 5 s. */
const STOP_WITHIN = 4500

/**
 * A second signal this soon is the same wish on another way (a terminal signals the whole process group, npm forwards too);
 * later it is an impatient person, and the process ends at once.
 */
const SAME_WISH = 1000

export interface ServeOptions {
  readonly loaded: LoadedSettings
  readonly json: boolean
  /** For tests; stderr by default. */
  readonly log?: Log
}

export async function serve(host: CliHost, options: ServeOptions): Promise<ExitCode> {
  const { settings } = options.loaded
  const { clock, random } = host
  const log = options.log ?? stderrLog({ ...settings.log, clock })
  const files = new ReadyFiles(host, settings.data)
  const stopping = new Stopping(host, files, log)
  const token = letters(random, 40)
  const metrics = new Metrics({ process: true })
  const locked = () => files.locked()
  let server: RunningServer
  try {
    server = await host.startServer({
      loaded: options.loaded,
      log,
      metrics,
      clock,
      random,
      token,
      version: host.version,
      locked,
    })
  } catch (error) {
    stopping.done()
    files.remove()
    log.flush()
    throw startFailure(options.loaded, error as StartError)
  }
  if (!host.terminal) stopping.reload = server.reload ?? null
  if (!stopping.asked) announce(host, options, files, server, token)
  await stopping.wish
  files.remove()
  try {
    await server.stop()
  } catch (error) {
    log.error('stopped with an error', { err: error })
    return ExitCode.failed
  } finally {
    stopping.done()
    log.flush()
  }
  return ExitCode.ok
}

function announce(host: CliHost, options: ServeOptions, files: ReadyFiles, server: RunningServer, token: string): void {
  const { settings, origins } = options.loaded
  const { ports, accessKey } = server
  files.write(settings, ports, token)
  if (options.json) {
    host.stdout.write(
      `${JSON.stringify({ ready: true, ...ports, host: settings.host, data: settings.data, pid: host.pid, accessKey })}\n`,
    )
    return
  }
  const key = accessKey ? accessKeyLines(accessKey) : ''
  const defaultData = origins.get('data')?.kind === 'default'
  const contact = server.empty ? firstContact(host.program, settings, ports, defaultData) : ''
  host.stdout.write(readyLine(settings, ports, host.pid) + key + contact)
}

/** Waits for the wish to end, and bounds how long the end may take. */
class Stopping {
  /** Settled by the first signal. */
  readonly wish: Promise<void>
  asked = false
  /** What SIGHUP is for instead, if anything. */
  reload: (() => void) | null = null
  readonly #host: CliHost
  readonly #files: ReadyFiles
  readonly #log: Log
  #askedAt = 0
  #timer: Timer | null = null
  #settle: () => void = () => {}

  constructor(host: CliHost, files: ReadyFiles, log: Log) {
    this.#host = host
    this.#files = files
    this.#log = log
    this.wish = new Promise((resolve) => {
      this.#settle = resolve
    })
    // For the rest of the process: a forwarded signal must not kill it between the clean stop and the exit.
    host.onSignal((signal) => this.#on(signal))
  }

  #on(signal: string): void {
    if (signal === 'SIGHUP' && this.reload !== null) {
      this.reload()
      return
    }
    const now = this.#host.clock.mono()
    if (this.asked) {
      if (now - this.#askedAt > SAME_WISH) this.#cut(`second ${signal}`)
      return
    }
    this.asked = true
    this.#askedAt = now
    this.#log.info('stopping', { signal })
    this.#timer = this.#host.clock.after(STOP_WITHIN, () => this.#cut('the stop took too long'))
    this.#settle()
  }

  #cut(why: string): void {
    this.#log.warn('ending at once', { why })
    this.#files.remove()
    this.#log.flush()
    this.#host.exit(ExitCode.failed)
  }

  done(): void {
    this.#timer?.cancel()
  }
}

const portSettings = ['mqtt.port', 'mqtt.tlsPort', 'mqtt.wsPort', 'mqtt.wssPort', 'http.port', 'app.port'] as const

function portAt({ mqtt, http, app }: Settings, key: (typeof portSettings)[number]): number | null {
  return {
    'app.port': app.port,
    'http.port': http.port,
    'mqtt.port': mqtt.port,
    'mqtt.tlsPort': mqtt.tlsPort,
    'mqtt.wsPort': mqtt.wsPort,
    'mqtt.wssPort': mqtt.wssPort,
  }[key]
}

interface StartError extends Error {
  readonly code?: string
  readonly syscall?: string
  readonly port?: number
  readonly address?: string
  readonly hint?: string
}

function startFailure({ settings }: LoadedSettings, error: StartError): Error {
  if (error instanceof CliFailure) return error
  const { code, port } = error
  const flag = flagOf(portSettings.find((key) => port === portAt(settings, key)) ?? 'mqtt.port')
  const where = `${error.address ?? settings.host} port ${port}`
  if (code === 'EADDRINUSE')
    return failure(
      'port-in-use',
      `${where} is in use`,
      `stop the program that uses it, or choose another: ${flag} N (0 picks a free one)`,
    )
  if (code === 'EACCES' && error.syscall === 'listen')
    return failure('port-forbidden', `this user may not listen on ${where}`, `choose one above 1023: ${flag} N`)
  if (code === 'EADDRNOTAVAIL')
    return failure(
      'no-such-address',
      `${error.address ?? settings.host} is no address of this machine`,
      'choose another: --host 127.0.0.1 or --host 0.0.0.0',
    )
  if (error instanceof DirectoryInUse) {
    return new CliFailure(
      ExitCode.unreachable,
      'data-in-use',
      error.message,
      'choose another directory with --data DIR',
    )
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOSPC' || code === 'ENOTDIR' || code === 'ENOENT')
    return failure(
      'data',
      `the data directory ${settings.data} cannot be used: ${error.message}`,
      'check its permissions and free space, or choose another: --data DIR',
    )
  return error.hint === undefined ? error : failure(code ?? 'start', error.message, error.hint)
}

function failure(code: string, message: string, hint: string): CliFailure {
  return new CliFailure(ExitCode.failed, code, message, hint)
}
