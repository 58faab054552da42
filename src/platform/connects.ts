/** Direct CONNECTs: a login like any other, pending until its fact is stored (direct.md §1.2–1.7). */

import type { World } from '../alink/row.ts'
import type { ConnectRefused } from '../auth/connect.ts'
import { isCertified, isNobody, judgeConnect, namedBy } from '../auth/connect.ts'
import type { ConnectRefusal } from '../codes/mqtt.ts'
import { connectRefusals } from '../codes/mqtt.ts'
import type { SettingKey } from '../config/settings.ts'
import type { Device } from '../devices/device.ts'
import type { LinkRef } from '../effects/effect.ts'
import { Turn } from '../effects/turn.ts'
import { addressOf } from '../mqtt/admission.ts'
import type { ConnectPacket } from '../mqtt/codec/packets.ts'
import type { ClosedBy, Link } from '../mqtt/host.ts'
import type { Apply } from './apply.ts'
import { FailedConnects } from './failures.ts'
import { DevicePeer, linkOf, peerOf } from './peer.ts'

/** The window of limits.connectsPerMinute, in milliseconds. */
const minute = 60_000

export class Connects {
  readonly #world: World
  readonly #apply: Apply
  readonly #peers = new Set<DevicePeer>()
  readonly #failures: FailedConnects
  /** Accepted CONNECTs of a device, monotonic times; only where limits.connectsPerMinute is set. */
  readonly #times = new WeakMap<Device, number[]>()
  /** Until when a device whose link broke counts as half connected (direct.md §6.2, HALFCONN). */
  readonly #half = new WeakMap<Device, number>()

  constructor(world: World, apply: Apply) {
    this.#world = world
    this.#apply = apply
    this.#failures = new FailedConnects(world.clock, world.settings.limits)
  }

  /** Connections that were let in. */
  get count(): number {
    return this.#peers.size
  }

  connect(link: Link, packet: ConnectPacket): void {
    const { mqtt } = this.#world.settings
    const { keepAlive } = packet
    const userName = packet.userName ?? ''
    // As the log names it.
    const who = isNobody(userName) ? (link.certificate ?? '') : userName
    const within = keepAlive >= mqtt.keepAliveMin && keepAlive <= mqtt.keepAliveMax
    if (!within && mqtt.deviceProfile === 'vendor') {
      this.#refuse(
        link,
        'keep-alive',
        who,
        `keep-alive ${keepAlive} s, ${mqtt.keepAliveMin} to ${mqtt.keepAliveMax} are taken`,
      )
      return
    }
    const signed = this.#failures.on && !isCertified(link.certificate ?? '', userName)
    if (signed && this.#hasFailed(link, userName)) return
    const password = packet.password?.toString('utf8') ?? ''
    const judged = judgeConnect(this.#world.directory, this.#world.secrets, {
      clientId: packet.clientId,
      userName,
      password,
      certificate: link.certificate,
    })
    if (!judged.ok) {
      if (signed) this.#failed(link, judged)
      this.#refuse(link, judged.refusal, who, connectRefusals[judged.refusal].text, judged.check)
      return
    }
    if (this.#tooOften(judged.device)) {
      this.#refuse(link, 'rate', who, connectRefusals.rate.text, 'rate', 'limits.connectsPerMinute')
      return
    }
    const { ss, ext, device } = judged
    this.#login(
      new DevicePeer(link, device, {
        selfSubscribing: ss,
        ext,
        persistent: !packet.cleanStart,
        since: this.#world.clock.wall(),
        asksWhoItIs: isNobody(userName),
      }),
    )
  }

  #login(peer: DevicePeer): void {
    const { link, device } = peer
    link.peer = peer
    const turn = new Turn()
    const session = {
      link,
      gateway: null,
      persistent: peer.persistent,
      auto: peer.selfSubscribing,
      address: link.remote,
      first: device.activatedAt === 0,
    }
    this.#world.sessions.takeOver(device, session, peer.since, turn)
    turn.stored.push({ kind: 'connack', link }, { kind: 'attach', owner: device, link })
    this.#apply.submit(turn)
  }

  /** The login is stored: CONNACK 0. */
  accept(ref: LinkRef): void {
    const peer = peerOf(ref)
    if (!peer) return
    const { key, productKey, deviceName } = peer.device
    const link = linkOf(ref)
    link.accept({ key: `d:${key}`, owner: key })
    // It was closed while its login was on its way to the store, and `closed` has been called.
    if (!link.open) return
    this.#peers.add(peer)
    this.#half.delete(peer.device)
    if (peer.asksWhoItIs) link.send('/ext/auth/identity/response', JSON.stringify({ productKey, deviceName }))
  }

  closed(peer: DevicePeer, by: ClosedBy): void {
    this.#peers.delete(peer)
    if (by === 'network' || by === 'keep-alive') {
      this.#half.set(peer.device, this.#world.clock.mono() + peer.link.keepAlive * 1000)
    }
  }

  /** The device's link broke less than one keep-alive ago, and it has not come back. */
  isHalfConnected(device: Device): boolean {
    const until = this.#half.get(device)
    return until !== undefined && until > this.#world.clock.mono()
  }

  /** Refuses a CONNECT of whom, or from where, too many failed. */
  #hasFailed(link: Link, userName: string): boolean {
    const reached = this.#failures.reached(namedBy(userName), addressOf(link.remote))
    if (reached === null) return false
    const why = `${reached.limit} CONNECTs of ${reached.who} failed within 60 s: ${reached.setting}`
    this.#refuse(link, 'failures', userName, why, 'failures', reached.setting)
    return true
  }

  #failed(link: Link, judged: ConnectRefused): void {
    const { refusal } = judged
    if (refusal !== 'sign' && refusal !== 'unknown-device' && refusal !== 'user-name') return
    this.#failures.add(judged, refusal === 'sign', addressOf(link.remote))
  }

  #tooOften(device: Device): boolean {
    const limit = this.#world.settings.limits.connectsPerMinute
    if (limit === 0) return false
    const now = this.#world.clock.mono()
    const recent = (this.#times.get(device) ?? []).filter((time) => time > now - minute)
    if (recent.length >= limit) return true
    recent.push(now)
    this.#times.set(device, recent)
    return false
  }

  #refuse(
    link: Link,
    cause: ConnectRefusal,
    userName: string,
    why: string,
    check: string = cause,
    limit?: SettingKey,
  ): void {
    const code = link.version === 5 ? connectRefusals[cause].v5 : connectRefusals[cause].v3
    this.#world.report.refusal({
      scenario: 'connect',
      code,
      check,
      why,
      device: userName,
      gateway: '',
      link,
      topic: '',
      ...(limit === undefined ? {} : { limit }),
    })
    link.refuse(cause)
  }
}
