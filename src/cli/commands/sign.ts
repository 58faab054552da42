import { makeConnect, makeLogin } from '../../auth/make.ts'
import { signMethod } from '../../auth/sign.ts'
import type { DeviceRef } from '../../effects/effect.ts'
import type { Call, CommandRow, OptionRow, Options } from '../command.ts'
import { CliFailure, ExitCode } from '../failure.ts'
import type { Connect } from '../mosquitto.ts'
import { holdLine, listenLine, publishLine, quoted, requestLine } from '../mosquitto.ts'
import { devicePath, parseDevice, parseDevices } from '../names.ts'
import { pairs } from '../output.ts'

const options: readonly OptionRow[] = [
  {
    flags: '--method <method>',
    about: 'signature',
    choices: ['hmacsha256', 'hmacsha1', 'hmacmd5'],
    default: 'hmacsha256',
  },
  {
    flags: '--timestamp <text>',
    about: 'signed as it is, and never checked against the clock; the time of day without it',
  },
  { flags: '--mosquitto', about: 'print the mosquitto_rr line alone, which prints the answer: to pipe into sh' },
  {
    flags: '--hold',
    about: 'print the line alone that stays on line (of a device, it prints all that comes): to pipe into sh',
  },
]

/** How long a login is held on line, seconds. */
const HOLD = 600

interface Known extends DeviceRef {
  readonly deviceSecret: string
  readonly nodeType: string
  /** Keys of the gateways in whose topology it is. */
  readonly gateways?: readonly string[]
}

async function known(call: Call, device: DeviceRef): Promise<Known> {
  return (await call.get(`/devices/${devicePath(device)}?secret=true`)) as Known
}

/** Where MQTT listens: as the server says it, else as the settings of the stopped directory have it; then it says so, too. */
async function listener(call: Call): Promise<{ host: string; port: number }> {
  const { kind, mqttHost, mqttPort } = await call.backend()
  if (kind === 'local') {
    const start = `${call.host.program} serve${call.dataIsDefault ? '' : ` --data ${quoted(call.data)}`}`
    call.host.stderr.write(
      `homeport: no server runs on ${call.data}, so nothing answers these yet\n  → start it: ${start}\n`,
    )
  }
  if (mqttPort !== undefined) return { host: mqttHost, port: mqttPort }
  const status = (await call.get('/status')) as { listeners?: { mqtt?: unknown } }
  return { host: mqttHost, port: Number(status.listeners?.mqtt ?? 1883) }
}

function signing(call: Call, { method, timestamp }: Options) {
  return {
    method: signMethod(String(method)) ?? 'sha256',
    timestamp: String(timestamp ?? call.host.clock.real()),
  } as const
}

async function connectOf(call: Call, device: Known, chosen: Options): Promise<Connect> {
  return { ...(await listener(call)), ...makeConnect(device, signing(call, chosen)) }
}

function connectText(connect: Connect): string {
  return pairs([
    ['host', connect.host],
    ['port', String(connect.port)],
    ['client id', connect.clientId],
    ['user name', connect.userName],
    ['password', connect.password],
  ])
}

/** The line that was asked for alone. */
function picked({ mosquitto, hold }: Options, request: string, held: string): string | undefined {
  if (hold) return `${held}\n`
  return mosquitto ? `${request}\n` : undefined
}

async function signConnect(call: Call, words: readonly string[], chosen: Options) {
  const device = parseDevice(words)
  const connect = await connectOf(call, await known(call, device), chosen)
  const topic = `/sys/${device.productKey}/${device.deviceName}/thing/event/property/post`
  const payload = JSON.stringify({ id: '1', version: '1.0', params: {}, method: 'thing.event.property.post' })
  const mosquittoPub = publishLine(connect, topic, payload)
  const mosquittoRr = requestLine(connect, topic, payload, `${topic}_reply`)
  const name = `${device.productKey}/${device.deviceName}`
  const mosquittoSub = listenLine(connect, [`/sys/${name}/#`, `/ext/session/${name}/#`, `/ext/error/${name}`])
  const text = `CONNECT of ${device.productKey}/${device.deviceName} (MQTT 3.1.1):
${connectText(connect)}
Connect and post something:
${mosquittoPub}

The same, and print the answer:
${mosquittoRr}

Stay on line, and print all that comes:
${mosquittoSub}
`
  return {
    json: { ...connect, mosquittoPub, mosquittoRr, hold: mosquittoSub },
    text: picked(chosen, mosquittoRr, mosquittoSub) ?? text,
  }
}

async function signLogin(call: Call, words: readonly string[], chosen: Options) {
  const [gateway, sub] = parseDevices(words, ['GATEWAY', 'SUB_DEVICE']) as [DeviceRef, DeviceRef]
  const gatewayName = `${gateway.productKey}/${gateway.deviceName}`
  const subName = `${sub.productKey}/${sub.deviceName}`
  const [gatewayKnown, subKnown] = [await known(call, gateway), await known(call, sub)]
  if (gatewayKnown.nodeType !== 'gateway') {
    throw new CliFailure(
      ExitCode.refused,
      'no-gateway',
      `${gatewayName} is no gateway`,
      'its product must be of --node-type gateway',
    )
  }
  const related = subKnown.gateways?.includes(gatewayName) === true
  const connect = await connectOf(call, gatewayKnown, chosen)
  const params = makeLogin(subKnown, signing(call, chosen))
  const topic = `/ext/session/${gatewayName}/combine/login`
  const payload = JSON.stringify({ id: '1', params })
  const mosquittoPub = publishLine(connect, topic, payload)
  const mosquittoRr = requestLine(connect, topic, payload, `${topic}_reply`)
  const hold = holdLine(connect, topic, payload, HOLD)
  const first = `Not in its topology yet, so the login would end in 6401: ${call.host.program} topo add ${gatewayName} ${subName}`
  const text = `CONNECT of the gateway ${gatewayName} (MQTT 3.1.1):
${connectText(connect)}
Login of ${subName}, to publish on that connection:
${pairs([
  ['topic', topic],
  ['payload', payload],
])}${related ? '' : `${first}\n`}
Connect and log in:
${mosquittoPub}

The same, and print the answer:
${mosquittoRr}

Connect, log in, and stay on line for ${HOLD / 60} minutes:
${hold}
`
  return {
    json: { connect, topic, payload, params, related, mosquittoPub, mosquittoRr, hold },
    text: picked(chosen, mosquittoRr, hold) ?? text,
  }
}

export const signCommands: readonly CommandRow[] = [
  {
    name: 'sign connect',
    args: ['<device...>'],
    about: 'working parameters of an MQTT CONNECT, and mosquitto lines to copy',
    options,
    examples: [
      'sign connect a1B2c3D4e5F/gateway1',
      'sign connect a1B2c3D4e5F gateway1 --method hmacsha1 --mosquitto | sh',
      'sign connect a1B2c3D4e5F/gateway1 --hold | sh',
    ],
    without: 'existing',
    run: signConnect,
  },
  {
    name: 'sign login',
    args: ['<gateway-and-sub-device...>'],
    about: 'working parameters of a sub-device login through a gateway, and mosquitto lines to copy',
    options,
    examples: [
      'sign login gwPk/gateway1 subPk/sensor1',
      'sign login gwPk/gateway1 subPk/sensor1 --mosquitto | sh',
      'sign login gwPk/gateway1 subPk/sensor1 --hold | sh',
    ],
    without: 'existing',
    run: signLogin,
  },
]
