/** Runs one command line and says with which code the process should end. */
import { CommanderError } from 'commander'
import { loadSettings, SettingsError } from '../config/load.ts'
import type { CommandRow, Options } from './command.ts'
import { Call } from './command.ts'
import { showConfig, showRunningConfig } from './commands/config.ts'
import { CliFailure, detailLine, ExitCode, usage } from './failure.ts'
import type { GlobalOptions, WithoutServer } from './find.ts'
import { dataDirectory, findBackend, serverRuns } from './find.ts'
import type { CliHost } from './host.ts'
import type { Answer } from './output.ts'
import type { Actions } from './program.ts'
import { buildProgram } from './program.ts'
import { serve } from './serve/serve.ts'

/** `argv` without the program itself. */
export async function run(host: CliHost, argv: readonly string[]): Promise<ExitCode> {
  const json = argv.includes('--json')
  const runner = new Runner(host, json)
  // What Commander says of a wrong command line comes as an error, too: with --json it is said once, as JSON.
  let said = ''
  const stderr = {
    write: (text: string) => {
      said += text
    },
  }
  try {
    await buildProgram(json ? { ...host, stderr } : host, runner).parseAsync([...argv], { from: 'user' })
    return runner.exit
  } catch (error) {
    return report(host, json ? asFailure(error as Error, said) : (error as Error), json)
  }
}

class Runner implements Actions {
  exit: ExitCode = ExitCode.ok
  readonly #host: CliHost
  readonly #json: boolean

  constructor(host: CliHost, json: boolean) {
    this.#host = host
    this.#json = json
  }

  async row(row: CommandRow, args: string[], options: Options, all: GlobalOptions): Promise<void> {
    await this.#withBackend(all, row.without, (call) => row.run(call, args, options))
  }

  async serve(flags: string[], all: GlobalOptions): Promise<void> {
    const loaded = this.#load(flags, all)
    this.exit = await serve(this.#host, { loaded, json: this.#json })
  }

  async config(words: string[], options: { running?: boolean; changed?: boolean }, all: GlobalOptions): Promise<void> {
    const named = words[0] !== undefined && !words[0].startsWith('-')
    const wanted = { ...(named ? { key: words[0] } : {}), changed: options.changed === true }
    const flags = named ? words.slice(1) : words
    if (options.running || all.endpoint) {
      await this.#withBackend(all, 'never', (call) => showRunningConfig(call, wanted))
      return
    }
    const loaded = this.#load(flags, all)
    const answer = showConfig(loaded, wanted)
    const runs = !this.#json && (await serverRuns(this.#host, loaded.settings.data))
    const more = `\nThese are for the next start; what the server that runs uses: ${this.#host.program} config --running\n`
    this.#print(runs ? { ...answer, text: answer.text + more } : answer)
  }

  async demo(): Promise<void> {
    this.exit = await this.#host.demo(this.#json)
  }

  #load(flags: readonly string[], all: GlobalOptions) {
    const { data, config, accessKeyId, accessKeySecret } = all
    const known = {
      '--data': data,
      '--config': config,
      '--access-key-id': accessKeyId,
      '--access-key-secret': accessKeySecret,
    }
    const given = Object.entries(known).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]))
    const host = this.#host
    return loadSettings({ flags: [...given, ...flags], variables: host.variables, read: (path) => host.readFile(path) })
  }

  async #withBackend(all: GlobalOptions, without: WithoutServer, work: (call: Call) => Promise<Answer>): Promise<void> {
    const call = new Call(this.#host, () => findBackend(this.#host, all, without), dataDirectory(this.#host, all))
    try {
      this.#print(await work(call))
    } finally {
      await call.close()
    }
  }

  #print(answer: Answer): void {
    this.#host.stdout.write(this.#json ? `${JSON.stringify(answer.json, null, 2)}\n` : answer.text)
  }
}

/** A mistake that Commander found, as a failure like all others: its first line, and as a hint the others. */
function asFailure(error: Error, said: string): Error {
  if (!(error instanceof CommanderError) || error.exitCode === 0) return error
  const [message = '', ...hints] = said.trimEnd().split('\n')
  if (error.code === 'commander.help') return usage('a command is missing', 'homeport --help lists them')
  return usage(message.replace(/^error: /, ''), hints.map((line) => line.replace(/^\((.*)\)$/, '$1')).join('; '))
}

/** Says what went wrong and what to do next, on stderr. */
function report(host: CliHost, error: Error, json: boolean): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has printed its message; help and version are no mistakes.
    return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage
  }
  const { exit, code, message, hint, details } = described(error)
  const list = details.map((detail) => `  ${detailLine(detail)}\n`).join('')
  if (json) host.stderr.write(`${JSON.stringify({ error: { code, message, hint, exit, details } })}\n`)
  else host.stderr.write(`homeport: ${message}\n${list}${hint === '' ? '' : `  → ${hint}\n`}`)
  return exit
}

interface Described {
  readonly exit: ExitCode
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly details: readonly unknown[]
}

function described(error: Error): Described {
  if (error instanceof CliFailure) return error
  if (error instanceof SettingsError) {
    const { mistakes } = error
    const message = `${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`} in the settings:`
    const details = mistakes.map(({ where, what }) => `${where}: ${what}`)
    const hint = 'homeport config and homeport serve --help explain every setting'
    return { exit: ExitCode.usage, code: 'settings', message, hint, details }
  }
  const hint = 'this is not expected: please report it with the lines below'
  return {
    exit: ExitCode.failed,
    code: 'internal',
    message: error.message,
    hint: `${hint}\n${error.stack ?? ''}`,
    details: [],
  }
}
