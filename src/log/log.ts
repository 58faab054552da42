/**
 * The log: JSON lines, or text for people, on stderr. Lines carry the machine's time, also under a virtual clock.
 *
 * On the hot path ask `log.debugOn` before making the members of a debug line; then debug costs one comparison when it is off.
 */
import type { DestinationStream, Logger } from 'pino'
import { pino } from 'pino'
import type { Clock } from '../clock/clock.ts'
import { refusalLine, TimeText } from './refusal-line.ts'
import { textLine } from './text.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Something that Homeport did not do, and everything needed to find out why. */
export interface Refusal {
  /** What was refused: `login`, `logout`, `message`, `connect`, `subscribe`, `topo/add`, an OpenAPI action … */
  readonly scenario: string
  /** `productKey/deviceName`, or the access key's id. */
  readonly who: string
  /** The gateway through which it came, `productKey/deviceName`, or the remote address; `''` where that says nothing new. */
  readonly through: string
  /** Name of the check, as in `codes/`. */
  readonly check: string
  readonly code: number | string
  /** In words, with the figures that decided. */
  readonly why: string
  readonly topic?: string
  /** Id of the request. */
  readonly id?: string
}

type Members = Readonly<Record<string, unknown>>

export interface Log {
  /** Whether debug lines are written. */
  readonly debugOn: boolean
  debug(message: string, members?: Members): void
  info(message: string, members?: Members): void
  warn(message: string, members?: Members): void
  error(message: string, members?: Members): void
  /** Every refusal, at level info: who, through whom, which check, why. */
  refusal(refusal: Refusal): void
  /** A log whose lines all carry these members, e.g. `{room: 'store'}`. */
  child(members: Members): Log
  /** Writes what is still buffered, before it returns; for the end of the process. */
  flush(): void
}

class PinoLog implements Log {
  readonly debugOn: boolean
  readonly #pino: Logger
  readonly #flush: () => void
  /** Writes a refusal without pino. */
  readonly #refusals: ((refusal: Refusal) => void) | null

  constructor(logger: Logger, flush: () => void, refusals: ((refusal: Refusal) => void) | null) {
    this.#pino = logger
    this.#flush = flush
    this.#refusals = logger.isLevelEnabled('info') ? refusals : null
    this.debugOn = logger.isLevelEnabled('debug')
  }

  debug(message: string, members: Members = {}): void {
    if (this.debugOn) this.#pino.debug(members, message)
  }

  info(message: string, members: Members = {}): void {
    this.#pino.info(members, message)
  }

  warn(message: string, members: Members = {}): void {
    this.#pino.warn(members, message)
  }

  error(message: string, members: Members = {}): void {
    this.#pino.error(members, message)
  }

  refusal(refusal: Refusal): void {
    if (this.#refusals === null) this.#pino.info(refusal, 'refused')
    else this.#refusals(refusal)
  }

  child(members: Members): Log {
    // Its refusals bear the child's members, which pino knows.
    return new PinoLog(this.#pino.child(members), this.#flush, null)
  }

  flush(): void {
    this.#flush()
  }
}

export interface LogOptions {
  readonly level: LogLevel
  readonly format: 'json' | 'text'
  readonly clock: Pick<Clock, 'real'>
  /** Receives one line, with its line feed, a call. */
  readonly destination: DestinationStream
  readonly flush?: () => void
}

/** Members that must not reach a log, whatever hands them over. */
const secrets = ['deviceSecret', 'productSecret', 'secret', 'password', 'token', 'accessKeySecret']

export function createLog(options: LogOptions): Log {
  const { clock, destination, format } = options
  const target: DestinationStream =
    format === 'json' ? destination : { write: (line) => destination.write(textLine(line)) }
  const times = new TimeText()
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${times.of(clock.real())}"`,
      formatters: { level: (level) => ({ level }) },
      redact: { paths: secrets, censor: '[secret]' },
    },
    target,
  )
  const refusals = (refusal: Refusal) => target.write(refusalLine(refusal, times.of(clock.real())))
  return new PinoLog(logger, options.flush ?? (() => {}), refusals)
}

/**
 * The log of a process, on stderr. Lines that come while a write is under way leave together in the next one, so a storm of
 * refusals is a few large writes. `auto` is text on a terminal, JSON elsewhere.
 */
export function stderrLog(options: {
  level: LogLevel
  format: 'auto' | 'json' | 'text'
  clock: Pick<Clock, 'real'>
}): Log {
  const destination = pino.destination({ dest: 2, sync: false })
  // A reader that went away takes the lines with it, not the server.
  destination.on('error', () => {})
  const flush = () => {
    try {
      destination.flushSync()
    } catch {
      // Nothing was written yet, or nobody reads any more.
    }
  }
  const text = options.format === 'text' || (options.format === 'auto' && process.stderr.isTTY === true)
  return createLog({ level: options.level, format: text ? 'text' : 'json', clock: options.clock, destination, flush })
}

/** Writes nothing. */
export const silentLog: Log = {
  debugOn: false,
  debug() {},
  info() {},
  warn() {},
  error() {},
  refusal() {},
  child: () => silentLog,
  flush() {},
}
