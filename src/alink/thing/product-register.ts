import { verifyRegister } from '../../auth/login.ts'
import { signMethod } from '../../auth/sign.ts'
import type { AlinkCode } from '../../codes/alink.ts'
import { alinkMessage } from '../../codes/alink.ts'
import type { Device } from '../../devices/device.ts'
import type { DeviceRef } from '../../effects/effect.ts'
import { quote } from '../envelope.ts'
import { asMembers, deviceKey, deviceList, text } from '../members.ts'
import { refuse } from '../refuse.ts'
import type { AlinkRow, Request, World } from '../row.ts'
import { secretData } from './sub-register.ts'
import { devicesPerRequest } from './topo-add.ts'

/**
 * Sub-devices that carry only their product's secret ask for their own, through the gateway (sub-devices.md §7.2). The code on top is
 * 200 (460 where the request is malformed); what failed stands in `failures`, item by item.
 */
export const productRegister: AlinkRow = {
  path: 'thing/proxy/provisioning/product_register',
  form: 'sys',
  who: 'gateway',
  errorData: '{}',
  ackable: false,
  exempt: true,
  registry: false,
  handle(request, turn, world) {
    const proxieds = asMembers(request.params)?.proxieds
    const list = deviceList(proxieds, devicesPerRequest)
    if ('why' in list) return refuse(world, turn, request, 460, { check: 'members', why: `proxieds: ${list.why}` })
    const failures: string[] = []
    const successes: string[] = []
    for (const [index, name] of list.devices.entries()) {
      const proxied = asMembers((proxieds as unknown[])[index]) ?? {}
      const random = text(proxied, 'random')
      const sign = text(proxied, 'sign')
      const method = proxied.signMethod ?? proxied.signmethod
      if (!random || !sign || typeof method !== 'string') {
        return refuse(world, turn, request, 460, {
          check: 'members',
          why: `member ${index}: random, sign or signMethod is missing or no string`,
          device: name,
        })
      }
      const outcome = judge(world, name, random, method, sign)
      if (typeof outcome === 'number') failures.push(failure(world, request, name, outcome))
      else successes.push(secretData(world, outcome))
    }
    turn.answer(request, `{"failures":[${failures.join(',')}],"successes":[${successes.join(',')}]}`)
  },
}

function judge(world: World, name: DeviceRef, random: string, method: string, sign: string): Device | AlinkCode {
  const device = world.directory.device(name.productKey, name.deviceName)
  if (!device) return 6100
  if (!device.product.dynamicRegistration) return 6288
  if (device.activatedAt !== 0) return 6289
  if (!signMethod(method)) return 6292
  const { deviceName } = name
  return verifyRegister(world.secrets, device.product, { deviceName, random, signMethod: method, sign }) ? device : 6600
}

function failure(world: World, request: Request, name: DeviceRef, code: AlinkCode): string {
  const message = alinkMessage(code)
  world.report.refusal({
    scenario: request.method,
    code,
    check: 'registration',
    why: message,
    device: deviceKey(name),
    gateway: deviceKey(request.owner),
    link: request.link,
    topic: request.requestTopic,
  })
  return `{"productKey":${quote(name.productKey)},"deviceName":${quote(name.deviceName)},"errorDetail":{"code":${code},"message":"${message}"}}`
}
