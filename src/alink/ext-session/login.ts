/** What single and batch login share: facts about each sub-device for `sessions/login.ts`, then the outcome. */
import { verifyLogin } from '../../auth/login.ts'
import { alinkMessage } from '../../codes/alink.ts'
import type { Turn } from '../../effects/turn.ts'
import type { LoginItem } from '../../sessions/login.ts'
import { login } from '../../sessions/login.ts'
import { deviceData, devicesData } from '../envelope.ts'
import { asMembers, deviceKey } from '../members.ts'
import { refuse } from '../refuse.ts'
import type { Request, World } from '../row.ts'
import type { LoginMembers, LoginProblem } from './login-members.ts'
import { loginMembers } from './login-members.ts'

export function loginOne(request: Request, turn: Turn, world: World): undefined {
  const members = loginMembers(request.params)
  if ('why' in members) {
    return refuse(world, turn, request, 460, {
      check: 'members',
      why: members.why,
      device: members.device,
      data: members.device ? deviceData(members.device) : '{}',
    })
  }
  request.errorData = deviceData(members.device)
  decide(request, [members], turn, world, () => deviceData(members.device))
}

/** `params` is `{signMethod?, deviceList: […]}`; 1 to limits.batch items, all or nothing (sub-devices.md §3). */
export function loginBatch(request: Request, turn: Turn, world: World): undefined {
  const items = batchItems(request.params, world.settings.limits.batch)
  if ('why' in items) {
    return refuse(world, turn, request, 460, {
      check: 'members',
      why: items.why,
      device: items.device,
      data: items.device ? devicesData([items.device]) : '[]',
    })
  }
  request.errorData = '[]'
  decide(request, items, turn, world, (some) => devicesData(some.map((item) => item.device)))
}

function batchItems(params: unknown, limit: number): LoginMembers[] | LoginProblem {
  const shared = asMembers(params)
  const list = shared?.deviceList
  if (!shared || !Array.isArray(list)) return { why: 'params.deviceList is no array', device: null }
  if (list.length === 0) return { why: 'params.deviceList is empty', device: null }
  if (list.length > limit)
    return { why: `params.deviceList has ${list.length} members, limits.batch is ${limit}`, device: null }
  const items: LoginMembers[] = []
  const seen = new Set<string>()
  for (const [index, value] of list.entries()) {
    const item = loginMembers(value, shared)
    if ('why' in item) return { why: `member ${index}: ${item.why}`, device: item.device }
    const key = deviceKey(item.device)
    if (seen.has(key)) return { why: `${key} stands in the batch twice`, device: item.device }
    seen.add(key)
    items.push(item)
  }
  return items
}

function decide(
  request: Request,
  items: readonly LoginMembers[],
  turn: Turn,
  world: World,
  data: (items: readonly LoginMembers[]) => string,
): void {
  const outcome = login(
    world.sessions,
    world.windows,
    { link: request.link, gateway: request.owner },
    items.map((item) => factsOf(item, request, world)),
    request.now,
    turn,
  )
  if ('code' in outcome) {
    const failed = items[outcome.index] as LoginMembers
    request.errorData = data([failed])
    turn.refuse(request, outcome.code, alinkMessage(outcome.code), request.errorData)
    world.report.refusal({
      scenario: 'login',
      code: outcome.code,
      check: outcome.check,
      why: outcome.why,
      device: deviceKey(failed.device),
      gateway: deviceKey(request.owner),
      link: request.link,
      topic: request.requestTopic,
    })
    return
  }
  turn.succeed(request, data(items))
  for (const [index, { device, link }] of outcome.sessions.entries())
    turn.stored.push({ kind: 'attach', owner: device, link, persistent: (items[index] as LoginMembers).persistent })
}

function factsOf(item: LoginMembers, request: Request, world: World): LoginItem {
  const { productKey, deviceName } = item.device
  const device = world.directory.device(productKey, deviceName) ?? null
  const state = device
    ? device.disabled
      ? 'disabled'
      : 'present'
    : world.directory.tombstone(productKey, deviceName)
      ? 'deleted'
      : 'unknown'
  return {
    name: item.device,
    device,
    state,
    isGateway: device?.product.nodeType === 1,
    first: device !== null && device.activatedAt === 0,
    persistent: item.persistent,
    auto: item.selfSubscribing,
    address: '',
    related: () => device !== null && world.relations.related(request.owner, device),
    signed: () => device !== null && verifyLogin(world.secrets, device, item),
  }
}
