import { z } from 'zod'
import type { Device } from '../../devices/device.ts'
import { createDevice } from '../../devices/registration.ts'
import { userTags } from '../../devices/tags.ts'
import type { ApiContext } from '../context.ts'
import type { ApiCall, ApiReply, ApiRoute } from './call.ts'
import { bodyOf, created, deviceIn, flagIn, knownProduct, ok, pageIn, pageQuery } from './call.ts'
import { carryOut } from './decide.ts'
import { invalid } from './problem.ts'
import { present } from './products.ts'

const newDevice = z.strictObject({
  productKey: z.string().describe('of a product that exists'),
  deviceName: z.string().optional().describe('4 to 32 letters, digits, - _ @ . :; made where it is missing'),
  deviceSecret: z.string().optional().describe('1 to 64 printable characters without blanks; made where it is missing'),
  nickname: z.string().optional().describe('4 to 64 letters, digits, _ or Chinese characters'),
})

export const deviceRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/devices',
    summary: 'The devices of one product, newest first.',
    query: { productKey: 'required', ...pageQuery },
    handle: list,
  },
  {
    method: 'POST',
    path: '/devices',
    summary: 'Makes a device; answers with its secret.',
    body: newDevice,
    handle: create,
  },
  {
    method: 'GET',
    path: '/devices/{pk}/{dn}',
    summary: 'One device: its status, times, address, gateways, number of sub-devices and tags.',
    query: { secret: 'true: with its secret' },
    handle: (call) => {
      const device = deviceIn(call)
      const whole = { ...view(device), ...more(call.context, device) }
      if (!flagIn(call, 'secret')) return ok(whole)
      return ok({ ...whole, deviceSecret: call.context.secrets.text(device) })
    },
  },
  {
    method: 'DELETE',
    path: '/devices/{pk}/{dn}',
    summary: 'Deletes a device; who carries it is told 521.',
    handle: async (call) => {
      await call.context.exclusive(() => call.context.lifecycle.remove(deviceIn(call)))
      return ok({ deleted: true })
    },
  },
  {
    method: 'POST',
    path: '/devices/{pk}/{dn}/enable',
    summary: 'Lets a disabled device in again.',
    handle: async (call) => {
      await call.context.exclusive(() => call.context.lifecycle.enable(deviceIn(call)))
      return ok(view(deviceIn(call)))
    },
  },
  {
    method: 'POST',
    path: '/devices/{pk}/{dn}/disable',
    summary: 'Shuts a device out and ends its session; who carries it is told 522.',
    handle: async (call) => {
      await call.context.exclusive(() => call.context.lifecycle.disable(deviceIn(call)))
      return ok(view(deviceIn(call)))
    },
  },
]

/** Newest first, of one product. */
function list(call: ApiCall): ApiReply {
  const productKey = call.query.get('productKey')
  if (productKey === null) throw invalid('productKey is missing', 'name the product: ?productKey=…')
  const product = knownProduct(call.context, productKey)
  const { page, size } = pageIn(call)
  const devices = call.context.directory.newest(productKey, (page - 1) * size, size)
  return ok({ devices: devices.map(view), page, pageSize: size, total: product.devices.size })
}

async function create(call: ApiCall): Promise<ApiReply> {
  const { context } = call
  const { productKey, ...rest } = bodyOf(call, newDevice)
  const { row, deviceSecret } = await carryOut(context, () =>
    createDevice(context.directory, context.maker, productKey, present(rest), context.clock.wall()),
  )
  const device = context.directory.device(productKey, row.deviceName) as Device
  return created({ ...view(device), deviceSecret })
}

function view(device: Device) {
  return {
    productKey: device.productKey,
    deviceName: device.deviceName,
    iotId: device.iotId,
    nodeType: device.isGateway ? 'gateway' : 'device',
    status: device.status,
    nickname: device.nickname,
    createdAt: time(device.createdAt),
    activatedAt: time(device.activatedAt),
    onlineAt: time(device.onlineAt),
    offlineAt: time(device.offlineAt),
    address: device.address,
  }
}

function more(context: ApiContext, device: Device) {
  const gateways = context.relations.gatewaysOf(device).map((gateway) => gateway.key)
  const tags = Object.fromEntries(userTags(device).map(({ key, value }) => [key, value]))
  return { gateways, subDevices: context.relations.subCount(device), tags }
}

function time(at: number): string | null {
  return at === 0 ? null : new Date(at).toISOString()
}
