import type { DeviceRef } from '../../effects/effect.ts'
import type { Call, CommandRow, OptionRow, Options } from '../command.ts'
import type { Connect } from '../mosquitto.ts'
import { publishLine, requestLine } from '../mosquitto.ts'
import { devicePath, parseDevice, parseDevices, query } from '../names.ts'
import { pairs } from '../output.ts'

const options: readonly OptionRow[] = [
  {
    flags: '--method <method>',
    about: 'signature',
    choices: ['hmacsha256', 'hmacsha1', 'hmacmd5'],
    default: 'hmacsha256',
  },
  { flags: '--timestamp <text>', about: 'signed as it is; never checked against the clock' },
  { flags: '--mosquitto', about: 'print the mosquitto_pub line alone, to pipe into sh' },
]

type Members = Readonly<Record<string, unknown>>

const signQuery = ({ method, timestamp }: Options) => query({ method, timestamp })

/** Where MQTT listens: as the server says it, else as the settings of the stopped directory have it. */
async function listener(call: Call): Promise<{ host: string; port: number }> {
  const { mqttHost, mqttPort } = await call.backend()
  if (mqttPort !== undefined) return { host: mqttHost, port: mqttPort }
  const status = (await call.get('/status')) as { listeners?: { mqtt?: unknown } }
  return { host: mqttHost, port: Number(status.listeners?.mqtt ?? 1883) }
}

async function connectOf(call: Call, device: DeviceRef, chosen: Options): Promise<Connect> {
  const signed = (await call.get(`/sign/connect/${devicePath(device)}${signQuery(chosen)}`)) as Members
  const { host, port } = await listener(call)
  const text = (member: string) => String(signed[member] ?? '')
  return { host, port, clientId: text('clientId'), userName: text('userName'), password: text('password') }
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

async function signConnect(call: Call, words: readonly string[], chosen: Options) {
  const device = parseDevice(words)
  const connect = await connectOf(call, device, chosen)
  const topic = `/sys/${device.productKey}/${device.deviceName}/thing/event/property/post`
  const payload = JSON.stringify({ id: '1', version: '1.0', params: {}, method: 'thing.event.property.post' })
  const mosquittoPub = publishLine(connect, topic, payload)
  const mosquittoRr = requestLine(connect, topic, payload, `${topic}_reply`)
  const text = `CONNECT of ${device.productKey}/${device.deviceName} (MQTT 3.1.1):
${connectText(connect)}
Connect and post something:
${mosquittoPub}

The same, and print the answer:
${mosquittoRr}
`
  return { json: { ...connect, mosquittoPub, mosquittoRr }, text: chosen.mosquitto ? `${mosquittoPub}\n` : text }
}

async function signLogin(call: Call, words: readonly string[], chosen: Options) {
  const [gateway, sub] = parseDevices(words, ['GATEWAY', 'SUB_DEVICE']) as [DeviceRef, DeviceRef]
  const connect = await connectOf(call, gateway, chosen)
  const body = await call.get(`/sign/login/${devicePath(gateway)}/${devicePath(sub)}${signQuery(chosen)}`)
  const params = (body as { params?: Members }).params ?? body
  const topic = `/ext/session/${gateway.productKey}/${gateway.deviceName}/combine/login`
  const payload = JSON.stringify({ id: '1', params })
  const mosquittoPub = publishLine(connect, topic, payload)
  const mosquittoRr = requestLine(connect, topic, payload, `${topic}_reply`)
  const text = `CONNECT of the gateway ${gateway.productKey}/${gateway.deviceName} (MQTT 3.1.1):
${connectText(connect)}
Login of ${sub.productKey}/${sub.deviceName}, to publish on that connection:
${pairs([
  ['topic', topic],
  ['payload', payload],
])}
Connect and log in:
${mosquittoPub}

The same, and print the answer:
${mosquittoRr}
`
  return {
    json: { connect, topic, payload, params, mosquittoPub, mosquittoRr },
    text: chosen.mosquitto ? `${mosquittoPub}\n` : text,
  }
}

export const signCommands: readonly CommandRow[] = [
  {
    name: 'sign connect',
    args: ['<device...>'],
    about: 'working parameters of an MQTT CONNECT, and a mosquitto_pub line to copy',
    options,
    examples: ['sign connect a1B2c3D4e5F/gw1', 'sign connect a1B2c3D4e5F gw1 --method hmacsha1 --mosquitto | sh'],
    without: 'existing',
    run: signConnect,
  },
  {
    name: 'sign login',
    args: ['<gateway-and-sub-device...>'],
    about: 'working parameters of a sub-device login through a gateway, and a mosquitto_pub line to copy',
    options,
    examples: ['sign login gwPk/gw1 subPk/sensor1', 'sign login gwPk/gw1 subPk/sensor1 --mosquitto | sh'],
    without: 'existing',
    run: signLogin,
  },
]
