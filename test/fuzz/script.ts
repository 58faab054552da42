/** What one connection does, all of it following from the seed and its number. */
import type { DeviceSecret } from '../../src/auth/make.ts'
import { makeConnect, makeLogin, makeTopoAdd } from '../../src/auth/make.ts'
import type { Version } from '../../src/mqtt/codec/packets.ts'
import { Chance } from './chance.ts'
import { mutate } from './mutate.ts'
import type { Credentials, Maker } from './packets.ts'
import { anyPacket, connect, disconnect } from './packets.ts'

export interface Fleet {
  readonly gateways: readonly DeviceSecret[]
  /** In the topology of each gateway. */
  readonly subs: readonly DeviceSecret[]
}

export interface Script {
  readonly index: number
  readonly listener: 'app' | 'device'
  readonly version: Version
  /** One write each. */
  readonly writes: readonly Buffer[]
  readonly packets: number
  /** Its CONNECT is as it should be, so that what the server answers must be packets of `version`. */
  readonly sound: boolean
  /** `none`: the socket is never read. */
  readonly reads: 'all' | 'none'
  /** How it answers PUBLISH, PUBREC and PUBREL. */
  readonly answers: 'right' | 'none' | 'wrong'
  readonly ending: 'disconnect' | 'end' | 'reset'
  /** Milliseconds that it stays when all is sent. */
  readonly stays: number
}

export function script(seed: number, index: number, fleet: Fleet): Script {
  const chance = Chance.of(seed, index)
  const device = chance.oneIn(4)
  const version = device ? chance.pick([4, 4, 5] as const) : chance.pick([3, 4, 5, 5] as const)
  const maker = device ? deviceMaker(chance, version, fleet) : appMaker(chance, version, fleet)
  // Most keep the rules, or nothing but the first packets of each would be looked at.
  chance.wild = chance.oneIn(3)
  /** One packet in so many is spoiled. */
  const spoils = chance.wild ? chance.pick([0, 40, 10, 2]) : chance.oneIn(4) ? 60 : 0
  const packets: Buffer[] = []
  const spoil = (bytes: Buffer) => (spoils > 0 && chance.oneIn(spoils) ? mutate(bytes, chance) : bytes)
  const hello = connect(maker)
  const first = chance.odd(30) ? anyPacket(maker) : chance.odd(6) ? mutate(hello, chance) : hello
  packets.push(first)
  for (let left = chance.oneIn(20) ? chance.between(60, 300) : chance.between(1, 40); left > 0; left--) {
    packets.push(spoil(anyPacket(maker)))
  }
  const ending = chance.pick(['disconnect', 'end', 'reset'] as const)
  if (ending === 'disconnect') packets.push(spoil(disconnect(maker)))
  return {
    index,
    listener: device ? 'device' : 'app',
    version,
    writes: cut(packets, chance),
    packets: packets.length,
    sound: first === hello,
    reads: chance.oneIn(12) ? 'none' : 'all',
    answers: chance.odd(2) ? 'wrong' : chance.oneIn(4) ? 'none' : 'right',
    ending,
    stays: chance.oneIn(10) ? chance.between(1, 30) : chance.below(2),
  }
}

/** A packet a write, several in one, or one in pieces. */
function cut(packets: readonly Buffer[], chance: Chance): Buffer[] {
  const writes: Buffer[] = []
  const style = chance.pick(['each', 'together', 'pieces'] as const)
  let group: Buffer[] = []
  for (const packet of packets) {
    if (style === 'together') {
      group.push(packet)
      if (!chance.oneIn(4)) continue
      writes.push(Buffer.concat(group))
      group = []
    } else if (style === 'pieces' && packet.length > 1 && chance.oneIn(4)) {
      const at = chance.between(1, packet.length - 1)
      writes.push(packet.subarray(0, at), packet.subarray(at))
    } else writes.push(packet)
  }
  if (group.length > 0) writes.push(Buffer.concat(group))
  return writes
}

/** What it publishes for devices is JSON, and not. */
function appMaker(chance: Chance, version: Version, { gateways, subs }: Fleet): Maker {
  const to = () => chance.pick([...gateways, ...subs])
  const named = (path: (key: string) => string) => (): [string, string] => {
    const { productKey, deviceName } = to()
    return [path(`${productKey}/${deviceName}`), chance.oneIn(2) ? '{"id":"1","params":{}}' : 'x']
  }
  const requests = [
    named((key) => `/${key}/user/get`),
    named((key) => `/sys/${key}/thing/service/property/set`),
    named((key) => `/sys/${key}/thing/event/property/post_reply`),
    named((key) => `/ext/session/${key}/combine/logout_reply`),
    named((key) => `/${key}/user/update`),
  ]
  return { chance, version, device: null, requests, filters: [] }
}

function deviceMaker(chance: Chance, version: Version, { gateways, subs }: Fleet): Maker {
  const own = chance.pick([...gateways, ...subs])
  const device: Credentials = makeConnect(own)
  const key = `${own.productKey}/${own.deviceName}`
  const session = (path: string) => `/ext/session/${key}/combine/${path}`
  const body = (params: unknown) => JSON.stringify({ id: String(chance.below(1000)), version: '1.0', params })
  const sub = () => chance.pick(subs)
  const about = () => {
    const { productKey, deviceName } = sub()
    return { productKey, deviceName }
  }
  const posts = (name: string) => `/sys/${name}/thing/event/property/post`
  const requests: Maker['requests'] = [
    () => [`/ext/ntp/${key}/request`, '{"deviceSendTime":"1"}'],
    () => [posts(key), body({ power: chance.below(100) })],
    () => [posts(`${subs[0]?.productKey}/${sub().deviceName}`), body({ power: chance.below(100) })],
    () => [session('login'), body(makeLogin(sub()))],
    () => [session('batch_login'), body({ deviceList: [makeLogin(sub()), makeLogin(sub())] })],
    () => [session('logout'), body(about())],
    () => [session('batch_logout'), body([about(), about()])],
    () => [`/sys/${key}/thing/topo/get`, body({})],
    () => [`/sys/${key}/thing/topo/add`, body([makeTopoAdd(sub())])],
    () => [`/${key}/user/update`, 'anything'],
    () => [session('login'), body(chance.pick([null, [], {}, 1, 'x', { productKey: 1 }]))],
  ]
  const filters = [`/${key}/user/get`, `/sys/${key}/#`, `/ext/session/${key}/+/+`, `/broadcast/${own.productKey}/x`]
  return { chance, version, device, requests, filters }
}
