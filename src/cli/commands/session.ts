import type { CommandRow } from '../command.ts'
import { devicePath, parseDevice } from '../names.ts'
import type { Column } from '../output.ts'
import { members, rowsOf, table, time } from '../output.ts'

const columns: readonly Column[] = [
  { title: 'product key', member: 'productKey' },
  { title: 'device name', member: 'deviceName' },
  { title: 'through', member: 'gateway', show: (value) => (value ? String(value) : 'its own connection') },
  { title: 'since', member: 'since', show: time },
  { title: 'link', member: 'link' },
  { title: 'address', member: 'address' },
]

export const sessionCommands: readonly CommandRow[] = [
  {
    name: 'session list',
    args: [],
    about: 'who is on line, and through whom',
    examples: ['session list', 'session list --json'],
    without: 'never',
    async run(call) {
      const json = await call.all('/sessions', 'sessions')
      return { json, text: table(rowsOf(json), columns, 'nobody is on line') }
    },
  },
  {
    name: 'session kick',
    args: ['<device...>'],
    about: "end a device's session: a direct connection is closed, a gateway takes its sub-devices along",
    examples: ['session kick a1B2c3D4e5F/gateway1'],
    without: 'never',
    async run(call, words) {
      const device = parseDevice(words)
      const json = (await call.delete(`/sessions/${devicePath(device)}`)) ?? { ...device, kicked: true }
      return { json, text: `${device.productKey}/${device.deviceName} kicked\n` }
    },
  },
  {
    name: 'status',
    args: [],
    about: 'the running server: version, listeners, connections',
    examples: ['status', 'status --endpoint http://192.0.2.10:8080'],
    without: 'never',
    async run(call) {
      const json = await call.get('/status')
      return { json, text: members(json) }
    },
  },
]
