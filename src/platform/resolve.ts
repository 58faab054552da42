/** From a topic to what it means: whose it is, and which handler it has (direct.md §4.1). Decided once a topic, not a message. */
import { findRow } from '../alink/routes.ts'
import type { AlinkRow } from '../alink/row.ts'
import type { Device } from '../devices/device.ts'
import type { Directory } from '../devices/directory.ts'
import type { TopicName } from '../mqtt/topics/names.ts'

export type RouteKind =
  /** A message of the Alink protocol with a handler. */
  | 'alink'
  /** `/{pk}/{dn}/user/…` of a class that the device may publish to. */
  | 'custom'
  /** Answer to a system or custom RRPC. */
  | 'rrpc'
  | 'ntp'
  /** A system topic whose capability comes later: PUBACK, recorded. */
  | 'unsupported'
  /** Not defined, or not to be published to: dropped and recorded. */
  | 'undefined'

export interface Route {
  readonly topic: string
  readonly kind: RouteKind
  /** The device that the topic names, whether or not it exists; `''` where it names none. */
  readonly productKey: string
  readonly deviceName: string
  readonly device: Device | null
  readonly row: AlinkRow | null
  readonly parts: readonly string[]
  readonly replyTopic: string
  readonly method: string
  /** Of an RRPC answer. */
  readonly rrpcId: string
  /** Of the product's topic classes, when this was resolved. */
  readonly generation: number
}

/** Topics remembered; beyond, the cache starts anew. A gateway with 2,000 sub-devices uses some ten thousand. */
const cacheLimit = 500_000

export class Routes {
  readonly #directory: Directory
  readonly #cache = new Map<string, Route>()

  constructor(directory: Directory) {
    this.#directory = directory
  }

  /** The route of a name that was published to; it stays on the name. */
  named(name: TopicName): Route {
    const known = name.meaning as Route | null
    if (known !== null && isFresh(known)) return known
    const route = this.of(name.text)
    if (route.device !== null) name.meaning = route
    return route
  }

  of(topic: string): Route {
    const known = this.#cache.get(topic)
    if (known && isFresh(known)) return known
    const route = this.#resolve(topic)
    // Topics of devices that do not exist are not remembered: nobody could fill the cache with them.
    if (route.device) {
      if (this.#cache.size >= cacheLimit) this.#cache.clear()
      this.#cache.set(topic, route)
    }
    return route
  }

  #resolve(topic: string): Route {
    const levels = topic.split('/')
    const name = deviceIn(levels)
    const device = name ? (this.#directory.device(name.productKey, name.deviceName) ?? null) : null
    const base = {
      topic,
      productKey: name?.productKey ?? '',
      deviceName: name?.deviceName ?? '',
      device,
      row: null,
      parts: [],
      replyTopic: '',
      method: '',
      rrpcId: '',
      generation: device?.product.generation ?? 0,
    } satisfies Omit<Route, 'kind'>
    return { ...base, ...meaning(levels, device, topic) }
  }
}

function isFresh(route: Route): boolean {
  const { device } = route
  return device !== null && !device.deleted && device.product.generation === route.generation
}

type Meaning = Pick<Route, 'kind'> & Partial<Route>

function meaning(levels: readonly string[], device: Device | null, topic: string): Meaning {
  const [, family, second] = levels
  switch (family) {
    case 'sys':
      return systemTopic(levels.slice(4).join('/'), topic)
    case 'ext':
      if (second === 'session') return withRow('ext', levels.slice(5).join('/'), topic) ?? { kind: 'undefined' }
      if (second === 'ntp') return { kind: levels[5] === 'request' && levels.length === 6 ? 'ntp' : 'undefined' }
      if (second === 'rrpc' && levels[3]) return { kind: 'rrpc', rrpcId: levels[3] }
      return { kind: 'undefined' }
    case 'shadow':
    case 'ota':
      return { kind: device ? 'unsupported' : 'undefined' }
    default:
      return { kind: device && isCustom(levels, device) ? 'custom' : 'undefined' }
  }
}

function systemTopic(path: string, topic: string): Meaning {
  const row = withRow('sys', path, topic)
  if (row) return row
  const rrpc = /^rrpc\/response\/([^/]+)$/.exec(path)
  if (rrpc) return { kind: 'rrpc', rrpcId: rrpc[1] as string }
  return { kind: path.startsWith('thing/') || path.startsWith('_thing/') ? 'unsupported' : 'undefined' }
}

function withRow(form: 'ext' | 'sys', path: string, topic: string): Meaning | null {
  const found = findRow(form, path)
  if (!found) return null
  // `thing/event/alarm/post` → `thing.event.alarm.post`: the reply's method comes from the topic, since clients leave theirs out.
  return {
    kind: 'alink',
    row: found.row,
    parts: found.parts,
    replyTopic: `${topic}_reply`,
    method: path.replaceAll('/', '.'),
  }
}

/** The suffix `?_sn=default` is no part of the class (direct.md §4.2). */
function isCustom(levels: readonly string[], device: Device): boolean {
  if (levels[3] !== 'user' || levels.length < 5) return false
  const suffix = levels.slice(4).join('/')
  const mark = suffix.indexOf('?')
  return device.product.match(mark < 0 ? suffix : suffix.slice(0, mark), 'PUB') !== undefined
}

/** The device that a topic or filter names, by its shape; `null` where it names none. Names may hold wildcards in a filter. */
export function deviceIn(levels: readonly string[]): { productKey: string; deviceName: string } | null {
  const at = namePlace(levels)
  if (at === 0) return null
  const productKey = levels[at]
  const deviceName = levels[at + 1]
  return productKey && deviceName ? { productKey, deviceName } : null
}

function namePlace(levels: readonly string[]): number {
  if (levels[0] !== '' || levels.length < 4) return 0
  switch (levels[1]) {
    case 'sys':
      return 2
    case 'ext':
      return extPlace(levels)
    case 'shadow':
    case 'ota':
      return levels[1] === 'ota' ? 4 : 3
    case 'broadcast':
    case 'as':
      return 0
    default:
      return 1
  }
}

/** `/ext/session|ntp|error/{pk}/{dn}`; `/ext/rrpc/{id}/{topic}`, whose inner topic names the device. */
function extPlace(levels: readonly string[]): number {
  if (levels[2] === 'session' || levels[2] === 'ntp' || levels[2] === 'error') return 3
  if (levels[2] !== 'rrpc') return 0
  const inner = namePlace(['', ...levels.slice(4)])
  return inner === 0 ? 0 : inner + 3
}
