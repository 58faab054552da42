/** The program `homeport`, made from the rows of its commands. */
import { Command, Option } from 'commander'
import type { CommandRow, Options } from './command.ts'
import { settingsHelp } from './commands/config.ts'
import { deviceCommands } from './commands/device.ts'
import { productCommands } from './commands/product.ts'
import { sessionCommands } from './commands/session.ts'
import { signCommands } from './commands/sign.ts'
import { tlsCommands } from './commands/tls.ts'
import { topoCommands } from './commands/topo.ts'
import { exitCodeHelp } from './failure.ts'
import type { GlobalOptions } from './find.ts'
import type { CliHost } from './host.ts'

export const commandRows: readonly CommandRow[] = [
  ...productCommands,
  ...deviceCommands,
  ...topoCommands,
  ...sessionCommands,
  ...signCommands,
  ...tlsCommands,
]

const groups: Readonly<Record<string, string>> = {
  product: 'products, their keys and custom topics',
  'product topic': 'custom topics of a product',
  device: 'devices, their secrets and status',
  topo: "gateways' topologies: which sub-devices may log in where",
  session: 'who is on line',
  sign: 'working MQTT and login parameters',
  tls: 'certificates',
}

const argumentHelp: Readonly<Record<string, string>> = {
  '<device...>': 'PRODUCT_KEY/DEVICE_NAME or PRODUCT_KEY DEVICE_NAME',
  '<gateway...>': 'PRODUCT_KEY/DEVICE_NAME or PRODUCT_KEY DEVICE_NAME',
  '<gateway-and-sub-device...>':
    'the gateway, then the sub-device, each PRODUCT_KEY/DEVICE_NAME or PRODUCT_KEY DEVICE_NAME',
  '<file>': 'path of a JSON or CSV file, or - for stdin',
}

/** What the program does with a command that was understood. */
export interface Actions {
  row(row: CommandRow, args: string[], options: Options, all: GlobalOptions): Promise<void>
  /** `flags`: the settings as they stand on the command line. */
  serve(flags: string[], all: GlobalOptions): Promise<void>
  config(flags: string[], options: { running?: boolean; changed?: boolean }, all: GlobalOptions): Promise<void>
  demo(all: GlobalOptions): Promise<void>
}

function examples(host: CliHost, lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${host.program} ${line}`).join('\n')}`
}

export function buildProgram(host: CliHost, actions: Actions): Command {
  const program = new Command('homeport')
    .description(
      'Homeport: a self-hosted IoT platform for gateways, their sub-devices, and errors that reach whoever can act.',
    )
    .version(host.version, '-V, --version', 'print the version')
    .option(
      '--data <dir>',
      'data directory; the server that runs on it is found by it (HOMEPORT_DATA; ./homeport-data)',
    )
    .option(
      '--endpoint <url>',
      'a server elsewhere, like http://192.0.2.10:8080 (HOMEPORT_ENDPOINT); needs an access key',
    )
    .option('--access-key-id <id>', 'access key for --endpoint (HOMEPORT_ACCESS_KEY_ID)')
    .option(
      '--access-key-secret <secret>',
      'its secret (HOMEPORT_ACCESS_KEY_SECRET keeps it out of the list of processes)',
    )
    .option('--config <file>', 'YAML file of settings (HOMEPORT_CONFIG; homeport.yaml in the data directory)')
    .option('--json', 'print JSON')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      `${examples(host, ['serve', 'topo add gwPk/gateway1 subPk/sensor1 --create', 'sign login gwPk/gateway1 subPk/sensor1', 'device import fleet.csv'])}`,
    )
    .addHelpText('after', `\nA device is named PRODUCT_KEY/DEVICE_NAME or PRODUCT_KEY DEVICE_NAME.\n\n${exitCodeHelp}`)
  settle(program, host)
  addServe(program, host, actions)
  for (const row of commandRows) addRow(program, host, row, actions)
  addConfig(program, host, actions)
  addDemo(program, host, actions)
  return program
}

/** Commander prints and exits by itself unless told otherwise; sub-commands inherit it. */
function settle(program: Command, host: CliHost): void {
  program.exitOverride().showHelpAfterError(`(${host.program} --help shows how)`)
  program.configureOutput({
    writeOut: (text) => host.stdout.write(text),
    writeErr: (text) => host.stderr.write(text),
    getOutHelpWidth: () => 110,
    getErrHelpWidth: () => 110,
  })
}

function addServe(program: Command, host: CliHost, actions: Actions): void {
  const serve = program
    .command('serve')
    .description('run the server')
    .usage('[settings]')
    .allowUnknownOption()
    .allowExcessArguments()
  serve.addHelpText('after', () => settingsHelp())
  serve.addHelpText(
    'after',
    examples(host, ['serve', 'serve --data /srv/homeport --host 0.0.0.0', 'serve --mqtt-port 0 --http-port 0 --json']),
  )
  serve.action(() => actions.serve(serve.args, serve.optsWithGlobals()))
}

function addConfig(program: Command, host: CliHost, actions: Actions): void {
  const config = program
    .command('config')
    .description('every setting: its value and where it came from')
    .usage('[setting] [options] [settings]')
  config
    .option('--running', 'of the server that runs, not of one started with these flags')
    .option('--changed', 'only those that are no defaults')
  config
    .allowUnknownOption()
    .allowExcessArguments()
    .addHelpText('after', () => settingsHelp())
  config.addHelpText(
    'after',
    examples(host, ['config', 'config limits.batch', 'config --mqtt-port 0 --changed', 'config --running --json']),
  )
  config.action(() => actions.config(config.args, config.opts(), config.optsWithGlobals()))
}

function addDemo(program: Command, host: CliHost, actions: Actions): void {
  const demo = program.command('demo').description('walk through every error a gateway can meet, on a temporary server')
  demo.addHelpText('after', examples(host, ['demo', 'demo --json']))
  demo.action(() => actions.demo(demo.optsWithGlobals()))
}

function group(program: Command, host: CliHost, words: readonly string[]): Command {
  let parent = program
  words.forEach((word, i) => {
    const known = parent.commands.find((each) => each.name() === word)
    if (known) {
      parent = known
      return
    }
    const name = words.slice(0, i + 1).join(' ')
    parent = parent.command(word).description(groups[name] ?? '')
    parent.showHelpAfterError(`(${host.program} ${name} --help shows how)`)
  })
  return parent
}

function addRow(program: Command, host: CliHost, row: CommandRow, actions: Actions): void {
  const words = row.name.split(' ')
  const command = group(program, host, words.slice(0, -1))
    .command(words.at(-1) as string)
    .description(row.about)
  for (const argument of row.args) command.argument(argument, argumentHelp[argument] ?? '')
  for (const { flags, about, choices, several, default: value } of row.options ?? []) {
    const option = new Option(flags, about)
    if (several) option.argParser((value, before) => (before === undefined ? value : `${before},${value}`))
    if (choices) option.choices(choices)
    if (value !== undefined) option.default(value)
    command.addOption(option)
  }
  command.showHelpAfterError(`(${host.program} ${row.name} --help shows how)`)
  command.addHelpText('after', examples(host, row.examples))
  command.action(() => actions.row(row, command.args, command.opts(), command.optsWithGlobals()))
}
