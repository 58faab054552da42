/**
 * A stage for sessions alone: gateways, devices, and a store that decides when it is told to. It plays the part of
 * `platform/apply.ts`: groups are decided in order, a failed one takes all behind it along, effects go out one by one.
 */

import { VirtualClock } from '../../src/clock/virtual.ts'
import { alinkMessage } from '../../src/codes/alink.ts'
import type { DeviceRef, Effect, LinkRef, ReplyTo } from '../../src/effects/effect.ts'
import { Turn } from '../../src/effects/turn.ts'
import type { Fact } from '../../src/facts/fact.ts'
import { OfflineCode } from '../../src/facts/fact.ts'
import type { LoginItem } from '../../src/sessions/login.ts'
import { login } from '../../src/sessions/login.ts'
import { logout } from '../../src/sessions/logout.ts'
import { Sessions } from '../../src/sessions/machine.ts'
import type { SessionSlot, Slotted } from '../../src/sessions/session.ts'
import { LoginWindows } from '../../src/sessions/windows.ts'

export class StageDevice implements Slotted {
  readonly productKey = 'sub'
  readonly deviceName: string
  slot: SessionSlot | null = null
  state: 'present' | 'disabled' | 'deleted' = 'present'
  activated = false
  /** Gateways that have it in their topology are all but these. */
  readonly unrelated = new Set<string>()

  constructor(name: string) {
    this.deviceName = name
  }
}

export class StageLink implements LinkRef {
  readonly id: number
  /** `A` for a gateway; the device's own name for a direct connection. */
  readonly name: string
  readonly gateway: DeviceRef | null
  open = true
  /** Devices that the other side believes to be on line through this link. */
  readonly believes = new Set<string>()

  constructor(id: number, name: string, gateway: DeviceRef | null) {
    this.id = id
    this.name = name
    this.gateway = gateway
  }
}

interface Group {
  readonly facts: readonly Fact[]
  readonly effects: readonly Effect[]
  readonly retry: boolean
}

/** What went out, to whom. */
export interface Told {
  readonly link: StageLink
  readonly what: 'login' | 'logout' | 'notice' | 'connack' | 'close' | 'refused' | 'error'
  readonly code: number
  readonly devices: readonly string[]
}

export interface StageOptions {
  readonly subDevicesOnline?: number
  readonly topologyRemoved?: 'sent' | 'off'
}

export class Stage {
  readonly clock = new VirtualClock()
  readonly sessions: Sessions
  readonly windows: LoginWindows
  readonly devices = new Map<string, StageDevice>()
  readonly links = new Map<string, StageLink>()
  /** Turns that wait for the store, oldest first. */
  readonly groups: Group[] = []
  /** Facts that are stored, in the order of the log. */
  readonly log: Fact[] = []
  /** Called for what goes out over a link that is open. */
  onTold: (told: Told) => void = () => {}
  /** Called for each turn that a step recorded. */
  onTurn: (turn: Turn) => void = () => {}
  #links = 0

  constructor(options: StageOptions = {}) {
    const { clock } = this
    const limits = { subDevicesOnline: options.subDevicesOnline ?? 200 }
    this.sessions = new Sessions({ clock, limits, errors: { topologyRemoved: options.topologyRemoved ?? 'sent' } })
    this.windows = new LoginWindows({
      clock,
      limits: { loginsPerMinute: 5, loginRequestsPerSecond: 0, failedLoginsPerMinute: 30 },
    })
  }

  device(name: string): StageDevice {
    const known = this.devices.get(name)
    if (known) return known
    const made = new StageDevice(name)
    this.devices.set(name, made)
    return made
  }

  /** A gateway's connection; a second one of the same name is another link. */
  connect(name: string): StageLink {
    const link = new StageLink(++this.#links, name, { productKey: 'gw', deviceName: name })
    this.links.set(name, link)
    return link
  }

  link(name: string): StageLink {
    const link = this.links.get(name)
    if (!link) throw new Error(`${name} never connected`)
    return link
  }

  /** The device connects by itself. */
  connectDirect(name: string): StageLink {
    const device = this.device(name)
    const link = new StageLink(++this.#links, name, null)
    if (device.state !== 'present') {
      link.open = false
      this.onTold({ link, what: 'refused', code: 5, devices: [name] })
      return link
    }
    this.links.set(name, link)
    const turn = new Turn()
    const how = { link, gateway: null, persistent: false, auto: false, address: '', first: !device.activated }
    this.sessions.takeOver(device, how, this.clock.wall(), turn)
    turn.stored.push({ kind: 'connack', link }, { kind: 'attach', owner: device, link })
    this.#submit(turn)
    return link
  }

  /** @returns the code of a refusal, or 0: it is decided by the store. */
  login(link: StageLink, names: readonly string[], options: { wrong?: boolean; persistent?: boolean } = {}): number {
    const turn = new Turn()
    const to = replyTo(link, 'login', names)
    const items = names.map((name) => this.#item(link, name, options))
    const through = { link, gateway: link.gateway as DeviceRef }
    const outcome = login(this.sessions, this.windows, through, items, this.clock.wall(), turn)
    if ('code' in outcome) turn.refuse(to, outcome.code, alinkMessage(outcome.code), names[outcome.index])
    else {
      turn.succeed(to, names.join(' '))
      for (const session of outcome.sessions) turn.stored.push({ kind: 'attach', owner: session.device, link })
    }
    this.#submit(turn)
    return 'code' in outcome ? outcome.code : 0
  }

  /** @returns 520, or 0: it is decided by the store. */
  logout(link: StageLink, names: readonly string[]): number {
    const turn = new Turn()
    const to = replyTo(link, 'logout', names)
    const devices = names.map((name) => this.devices.get(name) ?? null)
    const refused = logout(this.sessions, link, devices, this.clock.wall(), turn)
    if (refused) turn.refuse(to, refused.code, alinkMessage(refused.code), names[refused.index])
    else turn.succeed(to, names.join(' '))
    this.#submit(turn)
    return refused ? refused.code : 0
  }

  /** A message for the device; 520 goes out now. */
  publish(link: StageLink, name: string): boolean {
    const accepted = this.sessions.heldBy(this.devices.get(name)?.slot ?? null, link)
    if (!accepted) this.#tell(link, 'error', 520, [name])
    return accepted
  }

  close(link: StageLink): void {
    if (!link.open) return
    link.open = false
    link.believes.clear()
    const turn = new Turn()
    this.sessions.linkClosed(link, OfflineCode.linkLost, turn)
    this.#submit(turn)
  }

  force(name: string, code: 427 | 521 | 522 | 6401, gateway?: string): void {
    const device = this.device(name)
    if (code === 521) device.state = 'deleted'
    if (code === 522) device.state = 'disabled'
    if (gateway !== undefined) device.unrelated.add(gateway)
    const turn = new Turn()
    const options = gateway === undefined ? {} : { only: { productKey: 'gw', deviceName: gateway } }
    this.sessions.force(device, code, turn, options)
    this.#submit(turn)
  }

  /** Decides the oldest group. Failed takes all behind it along, as the log does. @returns false if nothing waits. */
  decide(outcome: 'ok' | 'fail'): boolean {
    if (this.groups.length === 0) return false
    if (outcome === 'ok') this.#stored(this.groups.shift() as Group)
    else for (const group of this.groups.splice(0)) this.#failed(group)
    return true
  }

  #item(link: StageLink, name: string, options: { wrong?: boolean; persistent?: boolean }): LoginItem {
    const device = this.devices.get(name)
    const gone = device === undefined || device.state === 'deleted'
    return {
      name: { productKey: 'sub', deviceName: name },
      device: gone ? null : device,
      state: device?.state ?? 'unknown',
      isGateway: false,
      first: device !== undefined && !device.activated,
      persistent: options.persistent === true,
      auto: false,
      address: '',
      related: () => device !== undefined && !device.unrelated.has(link.name),
      signed: () => options.wrong !== true,
    }
  }

  #submit(turn: Turn): void {
    this.onTurn(turn)
    for (const effect of turn.now) this.#perform(effect)
    if (turn.facts.length + turn.stored.length > 0) {
      this.groups.push({ facts: [...turn.facts], effects: [...turn.stored], retry: turn.retry })
    }
  }

  #stored(group: Group): void {
    const after = new Turn()
    this.log.push(...group.facts)
    for (const effect of group.effects) {
      if (effect.kind === 'settle') this.sessions.stored(effect.device, effect.epoch, after)
      else this.#perform(effect)
    }
    for (const fact of group.facts) if (fact.flags & 1) this.device(fact.deviceName).activated = true
    if (!after.empty) this.#submit(after)
  }

  /** What nobody asked for is true although the store failed: it is told, and its facts are written again. */
  #failed(group: Group): void {
    if (group.retry) {
      for (const effect of group.effects) this.#perform(effect)
      this.groups.push({ facts: group.facts, effects: [], retry: true })
      return
    }
    const after = new Turn()
    for (const effect of group.effects) {
      if (effect.kind === 'settle') this.sessions.failed(effect.device, effect.epoch, after)
      else if (effect.kind === 'run') effect.failed?.(new Error('disk full'))
      else if (effect.kind === 'reply') this.#perform({ ...effect, code: 500 })
      else if (effect.kind === 'connack') this.#refuse(effect.link as StageLink)
    }
    if (!after.empty) this.#submit(after)
  }

  #refuse(link: StageLink): void {
    this.#tell(link, 'refused', 3, [link.name])
    this.close(link)
  }

  #perform(effect: Effect): void {
    if (effect.kind === 'reply') {
      const what = effect.to.method === 'login' ? 'login' : 'logout'
      this.#tell(effect.to.link as StageLink, what, effect.code, effect.data.split(' '))
    } else if (effect.kind === 'notice') {
      this.#tell(effect.link as StageLink, 'notice', effect.code, [effect.device.deviceName])
    } else if (effect.kind === 'connack')
      this.#tell(effect.link as StageLink, 'connack', 0, [(effect.link as StageLink).name])
    else if (effect.kind === 'run') effect.stored()
    else if (effect.kind === 'close') {
      const link = effect.link as StageLink
      this.#tell(link, 'close', 0, [link.name])
      this.close(link)
    }
  }

  #tell(link: StageLink, what: Told['what'], code: number, devices: readonly string[]): void {
    if (!link.open) return
    this.onTold({ link, what, code, devices })
    for (const device of devices) {
      if (what === 'connack' || (what === 'login' && code === 200)) link.believes.add(device)
      else if (what === 'notice' || what === 'close' || (what === 'logout' && code === 200))
        link.believes.delete(device)
    }
  }
}

function replyTo(link: StageLink, method: string, names: readonly string[]): ReplyTo {
  const owner = link.gateway as DeviceRef
  return { link, owner, topic: '', form: 'ext', method, id: '1', errorData: names.join(' '), wanted: true }
}
