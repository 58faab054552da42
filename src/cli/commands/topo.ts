import type { DeviceRef } from '../../effects/effect.ts'
import type { Call, CommandRow, OptionRow } from '../command.ts'
import { given } from '../command.ts'
import { CliFailure, ExitCode, usage } from '../failure.ts'
import { devicePath, parseDevice, parseDevices } from '../names.ts'
import type { Column } from '../output.ts'
import { rowsOf, table } from '../output.ts'

const columns: readonly Column[] = [
  { title: 'product key', member: 'productKey' },
  { title: 'device name', member: 'deviceName' },
  { title: 'status', member: 'status' },
  { title: 'on line through', member: 'through' },
]

const name = (device: DeviceRef) => `${device.productKey}/${device.deviceName}`

const create: OptionRow = {
  flags: '--create',
  about: 'make the gateway, the sub-device and their products where they are missing',
}

/** Makes what is not there yet; what is there is left as it is. */
async function ensure(call: Call, device: DeviceRef, nodeType: 'gateway' | 'device'): Promise<string[]> {
  const made: string[] = []
  const { productKey } = device
  if (await missing(call, `/products/${encodeURIComponent(productKey)}`)) {
    await call.post('/products', { productName: `product-${productKey}`, productKey, nodeType })
    made.push(`made ${nodeType} product ${productKey}\n`)
  }
  if (await missing(call, `/devices/${devicePath(device)}`)) {
    await call.post('/devices', { ...device })
    made.push(`made ${nodeType} ${name(device)}\n`)
  }
  return made
}

async function missing(call: Call, path: string): Promise<boolean> {
  try {
    await call.get(path)
    return false
  } catch (error) {
    if (error instanceof CliFailure && error.exit === ExitCode.notFound) return true
    throw error
  }
}

function seconds(value: unknown): number {
  if (!/^[1-9]\d{0,5}$/.test(String(value)))
    throw usage(`--time ${value} is no number of seconds`, 'give it like --time 60')
  return Number(value)
}

export const topoCommands: readonly CommandRow[] = [
  {
    name: 'topo add',
    args: ['<gateway-and-sub-device...>'],
    about: "add a sub-device to a gateway's topology, so that it may log in there",
    options: [create],
    examples: ['topo add gwPk/gateway1 subPk/sensor1', 'topo add gwPk/gateway1 subPk/sensor1 --create'],
    without: 'existing',
    async run(call, words, options) {
      const [gateway, sub] = parseDevices(words, ['GATEWAY', 'SUB_DEVICE']) as [DeviceRef, DeviceRef]
      const made = options.create
        ? [...(await ensure(call, gateway, 'gateway')), ...(await ensure(call, sub, 'device'))]
        : []
      const json = (await call.post(`/topo/${devicePath(gateway)}/${devicePath(sub)}`)) ?? { gateway, device: sub }
      return { json, text: `${made.join('')}${name(sub)} is in the topology of ${name(gateway)}\n` }
    },
  },
  {
    name: 'topo remove',
    args: ['<gateway-and-sub-device...>'],
    about: "remove a sub-device from a gateway's topology; if it is on line there, its session ends (6401)",
    examples: ['topo remove gwPk/gateway1 subPk/sensor1'],
    without: 'existing',
    async run(call, words) {
      const [gateway, sub] = parseDevices(words, ['GATEWAY', 'SUB_DEVICE']) as [DeviceRef, DeviceRef]
      const json = (await call.delete(`/topo/${devicePath(gateway)}/${devicePath(sub)}`)) ?? { gateway, device: sub }
      return { json, text: `${name(sub)} left the topology of ${name(gateway)}\n` }
    },
  },
  {
    name: 'topo list',
    args: ['<gateway...>'],
    about: "the sub-devices in a gateway's topology",
    examples: ['topo list gwPk/gateway1'],
    without: 'existing',
    async run(call, words) {
      const gateway = parseDevice(words)
      const json = await call.all(`/topo/${devicePath(gateway)}`, 'subDevices')
      const none = `no sub-devices: ${call.host.program} topo add ${name(gateway)} SUB_DEVICE`
      return { json, text: table(rowsOf(json), columns, none) }
    },
  },
  {
    name: 'topo permit',
    args: ['<gateway...>'],
    about: 'let a gateway that is on line take in new sub-devices for a while (thing/gateway/permit)',
    options: [
      { flags: '--product <product-key>', about: 'only sub-devices of this product' },
      { flags: '--time <seconds>', about: 'for how long', default: '60' },
    ],
    examples: ['topo permit gwPk/gateway1 --product subPk --time 120'],
    without: 'never',
    async run(call, words, options) {
      const gateway = parseDevice(words)
      const time = seconds(options.time)
      const json = await call.post(`/topo/${devicePath(gateway)}/permit`, given({ productKey: options.product, time }))
      return { json, text: `${name(gateway)} was asked to take in new sub-devices for ${time} s\n` }
    },
  },
]
