import { makeConnect, makeLogin, makeTopoAdd } from '../../auth/make.ts'
import type { Device } from '../../devices/device.ts'
import type { ApiCall, ApiRoute } from './call.ts'
import { deviceIn, ok } from './call.ts'
import { invalid } from './problem.ts'

/** Parameters that work, for people who compare them with what their device sends. */
export const signRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/sign/connect/{pk}/{dn}',
    summary: 'Client id, user name and password that the device may connect with.',
    handle: (call) => {
      const device = deviceIn(call)
      const { clientId, userName, password } = makeConnect(secretOf(call, device), {
        timestamp: call.context.clock.real(),
      })
      return ok({ clientId, username: userName, password })
    },
  },
  {
    method: 'GET',
    path: '/sign/login/{gwPk}/{gwDn}/{pk}/{dn}',
    summary: 'Topics and payloads by which the gateway adds the sub-device to its topology, and logs it in.',
    handle: (call) => {
      const gateway = deviceIn(call, 'gwPk', 'gwDn')
      if (!gateway.isGateway) throw invalid(`${gateway.key} is no gateway`, 'its product must be of node type gateway')
      const device = secretOf(call, deviceIn(call))
      const options = { timestamp: call.context.clock.real() }
      const names = `${gateway.productKey}/${gateway.deviceName}`
      const add = { id: '1', version: '1.0', params: [makeTopoAdd(device, options)], method: 'thing.topo.add' }
      const login = { id: '2', params: makeLogin(device, { ...options, cleanSession: true }) }
      return ok({
        related: call.context.relations.related(gateway, deviceIn(call)),
        topoAdd: { topic: `/sys/${names}/thing/topo/add`, payload: add },
        login: { topic: `/ext/session/${names}/combine/login`, payload: login },
      })
    },
  },
]

function secretOf(call: ApiCall, device: Device) {
  const { productKey, deviceName } = device
  return { productKey, deviceName, deviceSecret: call.context.secrets.text(device) }
}
