import { z } from 'zod'
import type { Device } from '../../devices/device.ts'
import { planAdd } from '../../topology/checks.ts'
import { slice } from '../pages.ts'
import { sent } from '../sent.ts'
import type { ApiCall, ApiReply, ApiRoute } from './call.ts'
import { bodyOf, created, deviceIn, flagIn, knownProduct, ok, pageIn, pageQuery } from './call.ts'
import { invalid, notFound, Problem } from './problem.ts'

/** Seconds for which a gateway may let sub-devices join. */
const permit = z.strictObject({
  productKey: z.string().optional().describe('sub-devices of this product alone'),
  time: z.int().min(1).max(3600).default(60).describe('seconds, 1 to 3600; 60 where it is missing'),
})

export const topoRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/topo/{pk}/{dn}',
    summary: 'Of a gateway its sub-devices, of any device its gateways.',
    query: pageQuery,
    handle: show,
  },
  {
    method: 'POST',
    path: '/topo/{gwPk}/{gwDn}/permit',
    summary: 'Asks a gateway on line to let sub-devices join (thing/gateway/permit).',
    body: permit,
    handle: permitJoin,
  },
  {
    method: 'POST',
    path: '/topo/{gwPk}/{gwDn}/{pk}/{dn}',
    summary: 'Adds the sub-device to the topology of the gateway; needs no signature.',
    query: { exclusive: 'true: takes it from all other gateways' },
    handle: add,
  },
  {
    method: 'DELETE',
    path: '/topo/{gwPk}/{gwDn}/{pk}/{dn}',
    summary: 'Takes the sub-device out of the topology of the gateway, which is told 6401 if it carries it.',
    handle: remove,
  },
]

/** Of a gateway its sub-devices, in the order added; of any device its gateways. */
function show(call: ApiCall): ApiReply {
  const device = deviceIn(call)
  const { relations, sessions } = call.context
  const { page, size } = pageIn(call)
  const subs = slice(relations.subsOf(device), { page, size })
  return ok({
    productKey: device.productKey,
    deviceName: device.deviceName,
    subDevices: subs.map((sub) => ({
      productKey: sub.productKey,
      deviceName: sub.deviceName,
      status: sub.status,
      /** The gateway through which it is on line, if it is. */
      through: nameOf(sessions.holder(sub)?.gateway ?? null),
    })),
    gateways: relations.gatewaysOf(device).map(nameOf),
    page,
    pageSize: size,
    total: relations.subCount(device),
  })
}

function nameOf(ref: { readonly productKey: string; readonly deviceName: string } | null): string | null {
  return ref ? `${ref.productKey}/${ref.deviceName}` : null
}

function gatewayIn(call: ApiCall): Device {
  const gateway = deviceIn(call, 'gwPk', 'gwDn')
  if (!gateway.isGateway) throw invalid(`${gateway.key} is no gateway`, 'its product must be of node type gateway')
  return gateway
}

/** Whoever administers Homeport needs no signature of the sub-device. `?exclusive=true` takes it from all other gateways. */
async function add(call: ApiCall): Promise<ApiReply> {
  const { context } = call
  const exclusive = flagIn(call, 'exclusive') || context.settings.topology.exclusive
  await context.exclusive(async () => {
    const gateway = gatewayIn(call)
    const device = deviceIn(call)
    const item = { productKey: device.productKey, deviceName: device.deviceName, device, signed: () => true }
    const limit = context.settings.limits.topology
    const plan = planAdd(context.relations, gateway, [item], { limit, exclusive, now: context.clock.wall() })
    if (!plan.ok) throw refusal(plan.code, limit)
    await context.lifecycle.relate(gateway, [device], { exclusive })
  })
  return created({ added: true })
}

function refusal(code: number, limit: number): Problem {
  if (code === 6402) return invalid('a gateway cannot be added to itself', 'name another device')
  if (code === 6204) return new Problem(409, 'DeviceDisabled', 'the sub-device is disabled', 'enable it first')
  return new Problem(
    409,
    'TopologyFull',
    `the gateway has ${limit} sub-devices`,
    'remove some, or raise limits.topology',
  )
}

async function remove(call: ApiCall): Promise<ApiReply> {
  const { context } = call
  await context.exclusive(async () => {
    const gateway = gatewayIn(call)
    const device = deviceIn(call)
    if (!context.relations.related(gateway, device)) {
      throw notFound(`${device.key} in the topology of ${gateway.key}`, `homeport topo list ${gateway.key} shows it`)
    }
    await context.lifecycle.unrelate(gateway, device)
  })
  return ok({ deleted: true })
}

/** Asks the gateway to let sub-devices join (thing/gateway/permit). */
async function permitJoin(call: ApiCall): Promise<ApiReply> {
  const { context } = call
  const gateway = gatewayIn(call)
  const { productKey, time } = bodyOf(call, permit)
  if (productKey !== undefined) knownProduct(context, productKey)
  if (!context.sessions.holder(gateway)) {
    throw new Problem(409, 'GatewayOffline', `${gateway.key} is off line`, 'wait until it is connected')
  }
  return ok({ messageId: await sent(context.messages.permit(gateway, time, productKey ?? null)) })
}
