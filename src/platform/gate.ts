/**
 * The MQTT room's host for devices: whose topic is it, may it, is it on line (ARCHITECTURE.md, The road a message takes). What the
 * gate decides, it records in a Turn; `apply.ts` stores and sends.
 */

import { parseEnvelope } from '../alink/envelope.ts'
import { ntpResponse } from '../alink/ntp.ts'
import type { World } from '../alink/row.ts'
import { errorRow } from '../codes/alink.ts'
import type { CloseReason } from '../codes/mqtt.ts'
import { Reason } from '../codes/mqtt.ts'
import { Turn } from '../effects/turn.ts'
import { FactKind, fact, OfflineCode } from '../facts/fact.ts'
import type { ConnectPacket, SubscribeFilter } from '../mqtt/codec/packets.ts'
import type { ClosedBy, Host, Link, PublishView } from '../mqtt/host.ts'
import type { Apply } from './apply.ts'
import type { Connects } from './connects.ts'
import type { Deliver } from './deliver.ts'
import type { DeviceFilters } from './filters.ts'
import { finish, refusalOf } from './finish.ts'
import type { Forward } from './forward.ts'
import type { DevicePeer } from './peer.ts'
import { peerOf } from './peer.ts'
import type { PublishRates } from './rates.ts'
import type { Requests } from './requests.ts'
import type { Route, Routes } from './resolve.ts'
import type { Retries } from './retries.ts'
import type { Tallies } from './tallies.ts'

export interface GateNeeds {
  readonly world: World
  readonly apply: Apply
  readonly routes: Routes
  readonly connects: Connects
  readonly deliver: Deliver
  readonly filters: DeviceFilters
  readonly requests: Requests
  readonly rates: PublishRates
  readonly retries: Retries
  readonly forward: Forward
  readonly tallies: Tallies
}

export class Gate implements Host {
  readonly #needs: GateNeeds
  readonly #world: World
  readonly #apply: Apply
  readonly #turn = new Turn()

  constructor(needs: GateNeeds) {
    this.#needs = needs
    this.#world = needs.world
    this.#apply = needs.apply
  }

  connect(link: Link, packet: ConnectPacket): void {
    this.#needs.connects.connect(link, packet)
  }

  publish(link: Link, view: PublishView): void {
    try {
      this.#publish(link, view)
    } catch (error) {
      // The turn is used for all links: what a defect left in it must not go out with the next message of another.
      this.#turn.clear()
      throw error
    }
  }

  #publish(link: Link, view: PublishView): void {
    const peer = peerOf(link) as DevicePeer
    const route = this.#needs.routes.named(view.name)
    const turn = this.#turn
    this.#needs.tallies.received(route.kind)
    const reason = this.#judge(peer, route, view)
    if (reason === Reason.success) {
      this.#needs.forward.route(view, turn)
      if (this.#handle(peer, route, view, turn)) {
        if (!turn.empty) this.#apply.submit(turn)
        return
      }
    }
    finish(this.#apply, link, view.qos, view.packetId, turn, reason)
  }

  /** What every publish must pass: success, or the reason why it is refused or dropped, which is told to whom it concerns. */
  #judge(peer: DevicePeer, route: Route, view: PublishView): number {
    if (route.device !== peer.device) {
      const reason = this.#judgeOwner(peer, route, view)
      if (reason !== Reason.success) return reason
    }
    const { payload } = this.#world.settings.limits
    if (view.payload.length > payload) {
      return this.#drop(
        peer,
        route,
        'payload-size',
        `payload of ${view.payload.length} bytes, limits.payload is ${payload}`,
        Reason.quotaExceeded,
      )
    }
    if (this.#needs.rates.on && !route.row?.exempt) {
      const over = this.#needs.rates.exceeded(peer, route.device?.key ?? '', view.qos)
      if (over)
        return this.#drop(
          peer,
          route,
          'rate',
          `Rate limit:${over.limit},current qps:${over.count}`,
          Reason.quotaExceeded,
        )
    }
    if (route.kind === 'undefined') {
      return this.#drop(
        peer,
        route,
        'topic',
        'the topic is not defined, or not to be published to',
        Reason.topicNameInvalid,
      )
    }
    return Reason.success
  }

  /** The topic is another device's: it must be on line through this link (errors.md, message.520a and b). */
  #judgeOwner(peer: DevicePeer, route: Route, view: PublishView): number {
    const { sessions } = this.#world
    if (route.device !== null && sessions.heldBy(route.device.slot, peer.link)) return Reason.success
    if (route.deviceName === '')
      return this.#drop(peer, route, 'topic', 'the topic names no device', Reason.topicNameInvalid)
    if (!peer.isGateway)
      return this.#drop(peer, route, 'foreign-topic', 'the topic is of another device', Reason.notAuthorised)
    const row = errorRow(route.device !== null && sessions.newest(route.device) ? 'message.520b' : 'message.520a')
    this.#turn.now.push({
      kind: 'notice',
      link: peer.link,
      gateway: peer.device,
      scenario: 'message',
      code: row.code,
      message: row.message,
      device: { productKey: route.productKey, deviceName: route.deviceName },
      id: parseEnvelope(view.payload)?.id ?? null,
    })
    this.#report(peer, route, 'message', row.code, row.check, row.cause)
    return Reason.notAuthorised
  }

  #drop(peer: DevicePeer, route: Route, check: string, why: string, reason: number): number {
    this.#report(peer, route, 'publish', reason, check, why)
    this.#needs.tallies.dropped(check)
    return reason
  }

  #report(peer: DevicePeer, route: Route, scenario: string, code: number, check: string, why: string): void {
    this.#world.report.refusal(refusalOf(peer, route, scenario, code, check, why))
  }

  /** True: the link is held, and what is left of this publish happens when the registry is free. */
  #handle(peer: DevicePeer, route: Route, view: PublishView, turn: Turn): boolean {
    switch (route.kind) {
      case 'alink':
        return this.#needs.requests.handle(peer, route, view, turn)
      case 'custom':
        return this.#record(route, view, turn, FactKind.message)
      case 'unsupported':
        this.#report(peer, route, 'unsupported', 0, 'capability', 'not supported yet: acknowledged and recorded')
        return this.#record(route, view, turn, FactKind.unsupported)
      case 'rrpc':
        this.#rrpc(peer, route, view)
        return false
      case 'ntp':
        this.#ntp(peer, route, view, turn)
        return false
      default:
        return false
    }
  }

  #record(route: Route, view: PublishView, turn: Turn, kind: FactKind): false {
    const { productKey, deviceName, topic } = route
    turn.fact(fact({ kind, productKey, deviceName, time: this.#world.clock.wall(), topic, payload: view.payload }))
    turn.retry = view.qos > 0
    return false
  }

  #rrpc(peer: DevicePeer, route: Route, view: PublishView): void {
    const verdict = this.#world.pending.answer(route.device ?? peer.device, route.rrpcId, Buffer.from(view.payload))
    if (verdict === 'answered') return
    const why = verdict === 'late' ? 'the answer came after the time-out' : 'nobody asked, or it was answered already'
    // 1904 of the vendor's run log: an answer without a request (direct.md §8.6).
    this.#report(peer, route, 'rrpc', 1904, verdict, why)
  }

  #ntp(peer: DevicePeer, route: Route, view: PublishView, turn: Turn): void {
    const payload = ntpResponse(view.payload, this.#world.clock.wall())
    if (payload === null) {
      this.#report(peer, route, 'ntp', 460, 'members', 'deviceSendTime is missing, or neither string nor number')
      return
    }
    const topic = `/ext/ntp/${route.productKey}/${route.deviceName}/response`
    const owner = route.device ?? peer.device
    turn.now.push({ kind: 'downlink', owner, via: null, topic, payload, qos: 0, auto: true, queued: 0 })
  }

  subscribe(link: Link, filter: SubscribeFilter, index: number): number {
    const peer = peerOf(link) as DevicePeer
    const verdict = this.#needs.filters.judge(peer, filter, index)
    if (verdict.check === '') return verdict.code
    this.#world.report.refusal({
      scenario: 'subscribe',
      code: verdict.code,
      check: verdict.check,
      why: verdict.why,
      device: peer.device.key,
      gateway: '',
      link,
      topic: filter.filter,
    })
    return link.version === 5 ? verdict.code : Reason.unspecified
  }

  subscribed(link: Link, packetId: number, filters: readonly SubscribeFilter[], codes: Uint8Array): void {
    const names = filters.map((asked) => asked.filter)
    this.#suback(link, packetId, names, codes, false)
  }

  unsubscribed(link: Link, packetId: number, filters: readonly string[], codes: Uint8Array): void {
    const peer = peerOf(link) as DevicePeer
    for (const [index, filter] of filters.entries())
      if (codes[index] === Reason.success) this.#needs.filters.forget(peer, filter)
    this.#suback(link, packetId, filters, codes, true)
  }

  /** A persistent session's filters are stored first; else nothing has to be. */
  #suback(link: Link, packetId: number, filters: readonly string[], codes: Uint8Array, unsubscribe: boolean): void {
    const turn = new Turn()
    const effect = { kind: 'suback', link, packetId, codes, filters, unsubscribe } as const
    const peer = peerOf(link) as DevicePeer
    if (peer.persistent && codes.some((code) => code < 0x80)) turn.stored.push(effect)
    else turn.now.push(effect)
    this.#apply.submit(turn)
  }

  grants(link: Link, owner: string, topic: string, auto: boolean): -1 | 0 | 1 | 2 {
    const slash = owner.indexOf('/')
    const device = { productKey: owner.slice(0, slash), deviceName: owner.slice(slash + 1) }
    return this.#needs.deliver.grants(link, device, topic, auto)
  }

  closed(link: Link, by: ClosedBy): void {
    const peer = peerOf(link)
    this.#needs.retries.forget(link)
    if (!peer) return
    const turn = new Turn()
    this.#world.sessions.linkClosed(link, offlineCode(by), turn)
    this.#needs.connects.closed(peer, by)
    turn.retry = true
    this.#apply.submit(turn)
  }

  waits(link: Link): boolean {
    return this.#apply.waits(link)
  }

  violated(link: Link, reason: CloseReason, detail: string): void {
    const peer = peerOf(link)
    const device = peer?.device.key ?? ''
    this.#world.report.refusal({
      scenario: 'packet',
      code: 0,
      check: reason,
      why: detail,
      device,
      gateway: '',
      link,
      topic: '',
    })
  }
}

function offlineCode(by: ClosedBy): number {
  switch (by) {
    case 'disconnect':
      return OfflineCode.disconnect
    case 'network':
      return OfflineCode.linkLost
    case 'keep-alive':
      return OfflineCode.keepAlive
    case 'kicked':
      return OfflineCode.kicked
    case 'taken-over':
      return 427
    case 'disabled':
      return 522
    case 'deleted':
      return 521
    case 'server-stops':
      return OfflineCode.serverStopped
    default:
      return OfflineCode.protocolError
  }
}
