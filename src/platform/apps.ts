/**
 * The MQTT room's host for applications: they sign in with an access key, and may publish and subscribe whatever it grants. What
 * they publish on a device's downlink topic reaches the device wherever it is on line; all else goes through the tree.
 */
import { timingSafeEqual } from 'node:crypto'
import type { AccessKeys } from '../accounts/keys.ts'
import type { Report, World } from '../alink/row.ts'
import type { CloseReason, ConnectRefusal } from '../codes/mqtt.ts'
import { connectRefusals, Reason } from '../codes/mqtt.ts'
import type { SettingKey } from '../config/settings.ts'
import type { Effect } from '../effects/effect.ts'
import { Turn } from '../effects/turn.ts'
import { addressOf } from '../mqtt/admission.ts'
import type { ConnectPacket, SubscribeFilter } from '../mqtt/codec/packets.ts'
import type { ClosedBy, Host, Link, PublishView, RouteMessage, WillMessage } from '../mqtt/host.ts'
import type { Mqtt } from '../mqtt/mqtt.ts'
import type { Apply } from './apply.ts'
import { Failures } from './failures.ts'
import type { Waits } from './peer.ts'
import type { Route, Routes } from './resolve.ts'

/** An application's connection. */
class AppPeer implements Waits {
  /** Id of its access key; `''` where none was asked for. */
  readonly account: string
  waitsFor = 0

  constructor(account: string) {
    this.account = account
  }
}

export interface AppNeeds {
  readonly world: World
  readonly keys: AccessKeys
  readonly apply: Apply
  readonly routes: Routes
  readonly mqtt: () => Mqtt
  readonly report: Report
  /** `app.anonymous`: nobody is asked for a key. */
  readonly anonymous: boolean
}

export class Apps implements Host {
  readonly #needs: AppNeeds
  readonly #turn = new Turn()
  readonly #failures: Failures
  #links = 0

  constructor(needs: AppNeeds) {
    this.#needs = needs
    const { clock, settings } = needs.world
    this.#failures = new Failures(clock, settings.limits.failedSignInsPerMinute)
  }

  /** Connections that were let in. */
  get count(): number {
    return this.#links
  }

  connect(link: Link, packet: ConnectPacket): void {
    const account = this.#needs.anonymous ? '' : this.#signIn(link, packet)
    if (account === null) return
    link.peer = new AppPeer(account)
    this.#links++
    const key = `a:${link.clientId}`
    link.accept({ key, owner: key })
  }

  /** Its access key's id; null: it was refused. */
  #signIn(link: Link, packet: ConnectPacket): string | null {
    const id = packet.userName ?? ''
    const address = addressOf(link.remote)
    if (this.#failures.reached(address)) {
      const why = `${this.#failures.limit} sign-ins from ${address} failed within 60 s: limits.failedSignInsPerMinute`
      this.#refuse(link, 'failures', id, why, { limit: 'limits.failedSignInsPerMinute' })
      return null
    }
    if (this.#isKey(id, packet)) return id
    this.#failures.add(address)
    this.#refuse(link, 'app-sign-in', id, connectRefusals['app-sign-in'].text)
    return null
  }

  /** User name and password are an access key's id and secret. */
  #isKey(id: string, packet: ConnectPacket): boolean {
    const secret = this.#needs.keys.secret(id)
    const given = packet.password
    if (secret === undefined || given === null) return false
    const expected = Buffer.from(secret)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }

  #refuse(link: Link, cause: ConnectRefusal, who: string, why: string, more: { limit?: SettingKey } = {}): void {
    const { v3, v5 } = connectRefusals[cause]
    this.#needs.report.refusal({
      scenario: 'app-connect',
      code: link.version === 5 ? v5 : v3,
      check: cause,
      why,
      device: who,
      gateway: '',
      link,
      topic: '',
      ...more,
    })
    link.refuse(cause)
  }

  publish(link: Link, view: PublishView): void {
    const { qos } = view
    if (isServers(view.topic)) {
      // 3.x has no answer for it but the usual one [MQTT-3.3.5-2].
      if (qos > 0) this.#ack(link, view.packetId, link.version === 5 ? Reason.notAuthorised : Reason.success)
      return
    }
    const mqtt = this.#needs.mqtt()
    const delivery = mqtt.route(view)
    const { routed } = mqtt
    // On 3.x it waits for room: this is called again. On 5.0 it is refused, so the device does not get it either.
    if (routed === -1) return
    const downlink = routed < 0x80 ? this.#downlink(view) : null
    const reason = downlink === null ? routed : Reason.success
    if (delivery === null && downlink === null) {
      if (qos > 0) this.#ack(link, view.packetId, reason)
      return
    }
    const turn = new Turn()
    if (downlink) turn.stored.push(downlink)
    if (delivery) {
      turn.stored.push({ kind: 'run', stored: () => delivery.release(), failed: () => delivery.discard() })
    }
    if (qos > 0) turn.stored.push({ kind: 'ack', link, packetId: view.packetId, reason, error: null })
    this.#needs.apply.submit(turn)
  }

  /** Nothing waits, unless an acknowledgement of this link before it does [MQTT-4.6.0-2]. */
  #ack(link: Link, packetId: number, reason: number): void {
    this.#turn.now.push({ kind: 'ack', link, packetId, reason, error: null })
    this.#needs.apply.submit(this.#turn)
  }

  /** A will goes where its publisher could have published it. */
  will(will: WillMessage): void {
    if (isServers(will.topic)) return
    const delivery = this.#needs.mqtt().route(will)
    const downlink = this.#downlink(will)
    if (delivery === null && downlink === null) return
    const turn = new Turn()
    if (downlink) turn.stored.push(downlink)
    if (delivery) turn.stored.push({ kind: 'run', stored: () => delivery.release(), failed: () => delivery.discard() })
    this.#needs.apply.submit(turn)
  }

  /** The message for the device that the topic names, if it is one that devices receive. */
  #downlink(view: RouteMessage): Effect | null {
    if (view.topic.charCodeAt(0) !== 0x2f) return null
    const route = this.#needs.routes.of(view.topic)
    if (route.device === null || isUplink(route)) return null
    const payload = Uint8Array.from(view.payload)
    const auto = !isCustom(view.topic)
    const qos = view.qos === 0 ? 0 : 1
    return { kind: 'downlink', owner: route.device, via: null, topic: view.topic, payload, qos, auto, queued: 0 }
  }

  /** Every access key grants every topic. */
  subscribe(_link: Link, filter: SubscribeFilter): number {
    return filter.qos
  }

  subscribed(link: Link, packetId: number, filters: readonly SubscribeFilter[], codes: Uint8Array): void {
    const names = filters.map(({ filter }) => filter)
    this.#suback({ kind: 'suback', link, packetId, codes, filters: names, unsubscribe: false })
  }

  unsubscribed(link: Link, packetId: number, filters: readonly string[], codes: Uint8Array): void {
    this.#suback({ kind: 'suback', link, packetId, codes, filters, unsubscribe: true })
  }

  /** Waits for the group that what a persistent session keeps is in; of others nothing is, and it is decided at once. */
  #suback(effect: Extract<Effect, { kind: 'suback' }>): void {
    const turn = new Turn()
    turn.stored.push(effect)
    this.#needs.apply.submit(turn)
  }

  grants(link: Link, _owner: string, topic: string): -1 | 0 | 1 | 2 {
    return link.filters.match(topic) as -1 | 0 | 1 | 2
  }

  closed(link: Link, _by: ClosedBy): void {
    if (link.peer !== null) this.#links--
  }

  waits(link: Link): boolean {
    return this.#needs.apply.waits(link)
  }

  violated(link: Link, reason: CloseReason, detail: string): void {
    const device = (link.peer as AppPeer | null)?.account ?? ''
    this.#needs.report.refusal({
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

/** What the server alone publishes (§4.7.2: clients are kept from exchanging messages there). */
function isServers(topic: string): boolean {
  return topic.charCodeAt(0) === 0x24 && topic.startsWith('$SYS/')
}

/** A topic that devices publish to; an application's message there is for other applications. */
function isUplink(route: Route): boolean {
  return route.kind === 'alink' || route.kind === 'ntp' || (route.kind === 'rrpc' && route.topic.startsWith('/sys/'))
}

/** Custom topics are delivered to who subscribed them; what the platform sends is delivered unasked (direct.md §4.4). */
function isCustom(topic: string): boolean {
  return !/^\/(?:sys|ext|shadow|ota)\//.test(topic)
}
