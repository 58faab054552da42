/** `homeport tls dev`: certificates for development, in the data directory. */
import { join } from 'node:path'
import type { DeviceRef } from '../../effects/effect.ts'
import type { Call, CommandRow, Options } from '../command.ts'
import { CliFailure, ExitCode } from '../failure.ts'
import { quoted } from '../mosquitto.ts'
import { parseDevice } from '../names.ts'
import type { DevelopmentCa, IssueNeeds } from '../tls/certificates.ts'

const HOSTS = ['localhost', '127.0.0.1', '::1']

interface Paths {
  readonly cert: string
  readonly key: string
}

/** Writes the key first: who finds the certificate finds its key, too. */
function write(call: Call, { cert, key }: Paths, issued: Paths): void {
  call.host.writeFile(key, issued.key, 0o600)
  call.host.writeFile(cert, issued.cert, 0o644)
}

/** The CA of an earlier call is kept, so that whoever trusts it goes on to. */
async function authority(call: Call, paths: Paths): Promise<{ ca: DevelopmentCa; made: boolean }> {
  const { DevelopmentCa } = await import('../tls/certificates.ts')
  const { host } = call
  const needs: IssueNeeds = { random: host.random, now: host.clock.real() }
  const [cert, key] = [host.readFile(paths.cert), host.readFile(paths.key)]
  if (cert !== undefined && key !== undefined) {
    try {
      return { ca: await DevelopmentCa.load({ cert, key }, needs), made: false }
    } catch (error) {
      throw new CliFailure(
        ExitCode.failed,
        'certificate',
        `${paths.cert} and ${paths.key} are no CA that this command made: ${(error as Error).message}`,
        'move them away to make a new one; who trusts the old one will not trust it',
      )
    }
  }
  const ca = await DevelopmentCa.create(needs)
  write(call, paths, ca)
  return { ca, made: true }
}

async function dev(call: Call, _words: readonly string[], options: Options) {
  const directory = join(call.data, 'tls')
  const at = (name: string): Paths => ({ cert: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) })
  const hosts = [
    ...new Set([
      ...HOSTS,
      ...String(options.host ?? '')
        .split(',')
        .filter(Boolean),
    ]),
  ]
  const device = typeof options.device === 'string' ? parseDevice([options.device]) : null
  const caPaths = at('ca')
  const { ca, made } = await authority(call, caPaths)
  const server = at('server')
  write(call, server, await ca.server(hosts))
  const client = device === null ? null : at(`${device.productKey}_${device.deviceName}`)
  if (device !== null && client !== null) {
    write(call, client, await ca.client(`${device.deviceName}&${device.productKey}`))
  }
  const settings = {
    'tls-cert': server.cert,
    'tls-key': server.key,
    'tls-ca': caPaths.cert,
    'mqtt-tls-port': '8883',
    'mqtt-wss-port': '8084',
  }
  const flags = Object.entries(settings).map(([name, value]) => `--${name} ${quoted(value)}`)
  const where = call.dataIsDefault ? '' : ` --data ${quoted(call.data)}`
  const serve = `${call.host.program} serve${where} ${flags.join(' ')}`
  const text = `${made ? 'A development CA' : 'The development CA of before'}: ${caPaths.cert} (its key signs for everybody who trusts it: not for production)
The server's certificate, for ${hosts.join(', ')}: ${server.cert}
${client === null ? '' : `A certificate of ${nameOf(device as DeviceRef)}: ${client.cert}, ${client.key}\n`}
Start with TLS (a server that runs with these files takes a new certificate by itself):
  ${serve}

Then clients trust ${caPaths.cert}, as in:
  ${example(caPaths, device, client)}
`
  return { json: { ca: caPaths.cert, server, client, hosts, made, serve }, text }
}

function nameOf({ productKey, deviceName }: DeviceRef): string {
  return `${productKey}/${deviceName}`
}

function example(ca: Paths, device: DeviceRef | null, client: Paths | null): string {
  const start = `mosquitto_sub -h localhost -p 8883 --cafile ${quoted(ca.cert)}`
  if (device === null || client === null) return `${start} -i CLIENT_ID -u USER_NAME -P PASSWORD -t TOPIC`
  const topic = quoted(`/${nameOf(device)}/user/get`)
  return `${start} --cert ${quoted(client.cert)} --key ${quoted(client.key)} -t ${topic} -t /ext/auth/identity/response -v`
}

export const tlsCommands: readonly CommandRow[] = [
  {
    name: 'tls dev',
    args: [],
    about: 'make a development CA and certificates, in the data directory',
    options: [
      {
        flags: '--host <name>',
        about: 'a further name or address of the server, beside localhost, 127.0.0.1 and ::1; may be given again',
        several: true,
      },
      {
        flags: '--device <device>',
        about: 'a certificate by which PRODUCT_KEY/DEVICE_NAME connects without a password',
      },
    ],
    examples: ['tls dev', 'tls dev --host iot.example.com --device gwPk/gateway1'],
    without: 'create',
    run: dev,
  },
]
