import type { CommandRow, OptionRow } from '../command.ts'
import { given } from '../command.ts'
import { usage } from '../failure.ts'
import { query } from '../names.ts'
import type { Column } from '../output.ts'
import { members, rowsOf, table } from '../output.ts'

const dynamicRegistration: OptionRow = {
  flags: '--dynamic-registration <on|off>',
  about: 'devices that carry only the product secret may register: sub/register, product_register (off unless said)',
  choices: ['on', 'off'],
}

function onOff(value: unknown): boolean | undefined {
  return value === undefined ? undefined : value === 'on'
}

const columns: readonly Column[] = [
  { title: 'product key', member: 'productKey' },
  { title: 'node type', member: 'nodeType' },
  { title: 'dynamic registration', member: 'dynamicRegistration' },
  { title: 'devices', member: 'devices' },
  { title: 'name', member: 'productName' },
]

const topicColumns: readonly Column[] = [
  { title: 'id', member: 'id' },
  { title: 'operation', member: 'operation' },
  { title: 'topic', member: 'fullTopic' },
  { title: 'description', member: 'description' },
]

const at = (productKey: string | undefined) => `/products/${encodeURIComponent(productKey ?? '')}`

export const productCommands: readonly CommandRow[] = [
  {
    name: 'product create',
    args: ['<name>'],
    about: 'make a product; a key and secret that a fleet already carries are kept',
    options: [
      {
        flags: '--node-type <type>',
        about: 'what its devices are; a sub-device is a device',
        choices: ['device', 'gateway'],
        default: 'device',
      },
      { flags: '--product-key <key>', about: 'key to keep; a new one is made without it' },
      { flags: '--product-secret <secret>', about: 'secret to keep; a new one is made without it' },
      dynamicRegistration,
    ],
    examples: [
      'product create "Hall-gateway" --node-type gateway',
      'product create Sensor --product-key a1B2c3D4e5F --dynamic-registration on',
    ],
    without: 'create',
    async run(call, [name], options) {
      const body = given({
        productName: name,
        nodeType: options.nodeType,
        productKey: options.productKey,
        productSecret: options.productSecret,
        dynamicRegistration: onOff(options.dynamicRegistration),
      })
      const json = await call.post('/products', body)
      return { json, text: members(json) }
    },
  },
  {
    name: 'product update',
    args: ['<product-key>'],
    about: 'change the name of a product, or whether devices may register themselves',
    options: [{ flags: '--name <name>', about: 'new name' }, dynamicRegistration],
    examples: ['product update a1B2c3D4e5F --dynamic-registration on'],
    without: 'existing',
    async run(call, [productKey], options) {
      const body = given({ productName: options.name, dynamicRegistration: onOff(options.dynamicRegistration) })
      if (Object.keys(body).length === 0)
        throw usage('nothing to change', 'give --name or --dynamic-registration on|off')
      const json = await call.patch(at(productKey), body)
      return { json, text: members(json) || `${productKey} changed\n` }
    },
  },
  {
    name: 'product list',
    args: [],
    about: 'all products',
    examples: ['product list', 'product list --json'],
    without: 'existing',
    async run(call) {
      const json = await call.all('/products', 'products')
      return { json, text: table(rowsOf(json), columns, `no products yet: ${call.host.program} product create NAME`) }
    },
  },
  {
    name: 'product show',
    args: ['<product-key>'],
    about: 'one product',
    options: [{ flags: '--secret', about: 'with its secret' }],
    examples: ['product show a1B2c3D4e5F --secret'],
    without: 'existing',
    async run(call, [productKey], options) {
      const json = await call.get(`${at(productKey)}${query({ secret: options.secret })}`)
      return { json, text: members(json) }
    },
  },
  {
    name: 'product delete',
    args: ['<product-key>'],
    about: 'delete a product that has no devices',
    examples: ['product delete a1B2c3D4e5F'],
    without: 'existing',
    async run(call, [productKey]) {
      const json = (await call.delete(at(productKey))) ?? { productKey, deleted: true }
      return { json, text: `${productKey} deleted\n` }
    },
  },
  {
    name: 'product topic add',
    args: ['<product-key>', '<name>'],
    about: 'define a custom topic /PRODUCT_KEY/DEVICE_NAME/user/NAME for all devices of a product',
    options: [
      {
        flags: '--operation <PUB|SUB|ALL>',
        about: 'what a device may do with it',
        choices: ['PUB', 'SUB', 'ALL'],
        default: 'ALL',
      },
      { flags: '--description <text>', about: 'for people' },
    ],
    examples: ['product topic add a1B2c3D4e5F update --operation PUB'],
    without: 'existing',
    async run(call, [productKey, name], options) {
      const topic = (name as string).replace(/^\/?user\//, '')
      const body = given({ topic, operation: options.operation, description: options.description })
      const json = await call.post(`${at(productKey)}/topics`, body)
      return { json, text: members(json) }
    },
  },
  {
    name: 'product topic list',
    args: ['<product-key>'],
    about: 'the custom topics of a product',
    examples: ['product topic list a1B2c3D4e5F'],
    without: 'existing',
    async run(call, [productKey]) {
      const json = await call.get(`${at(productKey)}/topics`)
      return { json, text: table(rowsOf(json), topicColumns, 'no custom topics') }
    },
  },
  {
    name: 'product topic delete',
    args: ['<product-key>', '<id>'],
    about: 'delete a custom topic; product topic list shows the ids',
    examples: ['product topic delete a1B2c3D4e5F 10001'],
    without: 'existing',
    async run(call, [productKey, id]) {
      const json = (await call.delete(`${at(productKey)}/topics/${encodeURIComponent(id ?? '')}`)) ?? {
        id,
        deleted: true,
      }
      return { json, text: `topic ${id} deleted\n` }
    },
  },
]
