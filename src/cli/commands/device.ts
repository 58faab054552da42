import type { DeviceRef } from '../../effects/effect.ts'
import type { Call, CommandRow } from '../command.ts'
import { given } from '../command.ts'
import { CliFailure, ExitCode, usage } from '../failure.ts'
import { devicePath, parseDevice, query } from '../names.ts'
import type { Answer, Column } from '../output.ts'
import { members, rowsOf, table, time } from '../output.ts'

const columns: readonly Column[] = [
  { title: 'product key', member: 'productKey' },
  { title: 'device name', member: 'deviceName' },
  { title: 'status', member: 'status' },
  { title: 'last on line', member: 'onlineAt', show: time },
  { title: 'address', member: 'address' },
]

async function act(call: Call, device: DeviceRef, verb: 'enable' | 'disable' | 'delete'): Promise<Answer> {
  const path = `/devices/${devicePath(device)}`
  const body = verb === 'delete' ? await call.delete(path) : await call.post(`${path}/${verb}`)
  return {
    json: body ?? { ...device, [`${verb}d`]: true },
    text: `${device.productKey}/${device.deviceName} ${verb}d\n`,
  }
}

/** A count of rows from an option, so that a typing error is not sent. */
function wholeNumber(value: unknown, flag: string): number | undefined {
  if (value === undefined) return undefined
  if (!/^[1-9]\d{0,8}$/.test(String(value)))
    throw usage(`${flag} ${value} is no whole number`, `give it like ${flag} 100`)
  return Number(value)
}

/** `json` or `csv`, by --format, else by the file's name, else by its first character. */
function formatOf(file: string, text: string, format: unknown): string {
  if (typeof format === 'string') return format
  if (/\.csv$/i.test(file)) return 'csv'
  if (/\.json$/i.test(file)) return 'json'
  return /^\s*[[{]/.test(text) ? 'json' : 'csv'
}

const importWords: Readonly<Record<string, string>> = {
  created: 'devices made',
  unchanged: 'unchanged',
  createdProducts: 'products made',
}

/** One line of an import's answer: what was made. */
function imported(body: unknown): string {
  const counts = Object.entries((body ?? {}) as Record<string, unknown>).filter(
    ([, value]) => typeof value === 'number',
  )
  if (counts.length > 0 && counts.every(([, count]) => count === 0)) return '0 devices in the file: nothing to import\n'
  return `imported${counts.map(([name, count], i) => `${i === 0 ? ': ' : ', '}${count} ${importWords[name] ?? name}`).join('')}\n`
}

/** Devices of all products, a page of them at most: the API lists one product at a time. */
async function listAll(call: Call, size: number): Promise<unknown> {
  const { products } = await call.all('/products', 'products')
  const devices: unknown[] = []
  let total = 0
  for (const { productKey } of products as { productKey: string }[]) {
    const left = size - devices.length
    const body = (await call.get(`/devices${query({ productKey, page: 1, pageSize: Math.max(1, left) })}`)) as {
      total?: number
    }
    devices.push(...rowsOf(body).slice(0, left))
    total += body.total ?? 0
  }
  return { devices, total }
}

export const deviceCommands: readonly CommandRow[] = [
  {
    name: 'device create',
    args: ['<device...>'],
    about: 'make a device; a secret that it already carries is kept',
    options: [
      { flags: '--device-secret <secret>', about: 'secret to keep; a new one is made without it' },
      { flags: '--nickname <text>', about: 'for people' },
    ],
    examples: [
      'device create a1B2c3D4e5F sensor1',
      'device create a1B2c3D4e5F/sensor1 --device-secret 0123456789abcdef',
    ],
    without: 'existing',
    async run(call, words, options) {
      const device = parseDevice(words)
      const body = given({ ...device, deviceSecret: options.deviceSecret, nickname: options.nickname })
      const json = await call.post('/devices', body)
      return { json, text: members(json) }
    },
  },
  {
    name: 'device show',
    args: ['<device...>'],
    about: 'one device: status, times, tags',
    options: [{ flags: '--secret', about: 'with its secret' }],
    examples: ['device show a1B2c3D4e5F/sensor1 --secret'],
    without: 'existing',
    async run(call, words, options) {
      const json = await call.get(`/devices/${devicePath(parseDevice(words))}${query({ secret: options.secret })}`)
      return { json, text: members(json) }
    },
  },
  {
    name: 'device list',
    args: ['[product-key]'],
    about: 'devices, of one product or all',
    options: [
      { flags: '--page <n>', about: 'which page, from 1' },
      { flags: '--page-size <n>', about: 'devices on a page' },
    ],
    examples: ['device list', 'device list a1B2c3D4e5F --page 2'],
    without: 'existing',
    async run(call, [productKey], options) {
      const page = wholeNumber(options.page, '--page')
      const pageSize = wholeNumber(options.pageSize, '--page-size')
      if (productKey === undefined && page !== undefined) {
        throw usage('--page needs a product', 'give its key: device list PRODUCT_KEY --page 2')
      }
      const json =
        productKey === undefined
          ? await listAll(call, pageSize ?? 1000)
          : await call.get(`/devices${query({ productKey, page, pageSize })}`)
      const rows = rowsOf(json)
      const total = (json as { total?: unknown } | null)?.total
      const more =
        typeof total === 'number' && total > rows.length
          ? `${rows.length} of ${total}; more with --page and --page-size\n`
          : ''
      return { json, text: table(rows, columns, 'no devices') + more }
    },
  },
  {
    name: 'device enable',
    args: ['<device...>'],
    about: 'let a disabled device come on line again',
    examples: ['device enable a1B2c3D4e5F/sensor1'],
    without: 'existing',
    run: (call, words) => act(call, parseDevice(words), 'enable'),
  },
  {
    name: 'device disable',
    args: ['<device...>'],
    about: 'disable a device: its session ends (its gateway is told 522), and it cannot come on line',
    examples: ['device disable a1B2c3D4e5F/sensor1'],
    without: 'existing',
    run: (call, words) => act(call, parseDevice(words), 'disable'),
  },
  {
    name: 'device delete',
    args: ['<device...>'],
    about: 'delete a device for good: its session ends (its gateway is told 521)',
    examples: ['device delete a1B2c3D4e5F/sensor1'],
    without: 'existing',
    run: (call, words) => act(call, parseDevice(words), 'delete'),
  },
  {
    name: 'device import',
    args: ['<file>'],
    about: 'take over a fleet with its keys and secrets from JSON or CSV; all or nothing, twice is once; - reads stdin',
    options: [{ flags: '--format <format>', about: "by the file's name unless said", choices: ['json', 'csv'] }],
    examples: ['device import fleet.json', 'device import fleet.csv --data /srv/homeport'],
    without: 'create',
    async run(call, [file = ''], options) {
      const text = file === '-' ? await call.host.readStdin() : read(call, file)
      const json = await call.post('/devices/import', { format: formatOf(file, text, options.format), text })
      return { json, text: imported(json) }
    },
  },
  {
    name: 'device export',
    args: [],
    about: 'print every device, in the form that import reads',
    options: [
      { flags: '--secrets', about: 'with device and product secrets' },
      { flags: '--format <format>', about: 'of the output', choices: ['json', 'csv'], default: 'json' },
    ],
    examples: ['device export --secrets > fleet.json', 'device export --format csv > fleet.csv'],
    without: 'existing',
    async run(call, _, options) {
      const json = await call.get(
        `/devices/export${query({ format: options.format as string, secrets: options.secrets })}`,
      )
      const text = typeof json === 'string' ? json : JSON.stringify(json, null, 2)
      return { json: exportJson(text, json), text: text.endsWith('\n') ? text : `${text}\n` }
    },
  },
]

/** The rows, where they are JSON; a CSV as `{format, text}`. */
function exportJson(text: string, body: unknown): unknown {
  if (typeof body !== 'string') return body
  try {
    return JSON.parse(text) as unknown
  } catch {
    return { format: 'csv', text }
  }
}

function read(call: Call, file: string): string {
  let text: string | undefined
  try {
    text = call.host.readFile(file)
  } catch (error) {
    throw new CliFailure(
      ExitCode.failed,
      'file',
      `${file} cannot be read: ${(error as Error).message}`,
      'check its permissions',
    )
  }
  if (text === undefined) throw usage(`there is no file ${file}`, 'give the path of a JSON or CSV file, or - for stdin')
  return text
}
