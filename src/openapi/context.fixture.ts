/** An ApiContext in memory, for the tests of this room: real directory, relations, sessions and keys, messages that are only noted. */

import { AccessKeys } from '../accounts/keys.ts'
import { Secrets } from '../auth/secrets.ts'
import { SystemClock } from '../clock/system.ts'
import type { Settings } from '../config/settings.ts'
import { defaultSettings } from '../config/settings.ts'
import type { Device } from '../devices/device.ts'
import { Directory } from '../devices/directory.ts'
import { deleteDevice, setDisabled } from '../devices/registration.ts'
import { maker, plainSealer } from '../devices/world.fixture.ts'
import { Turn } from '../effects/turn.ts'
import type { Log, Refusal } from '../log/log.ts'
import { silentLog } from '../log/log.ts'
import { Metrics } from '../metrics/metrics.ts'
import { StoreFailure } from '../platform/registry.ts'
import { systemRandom } from '../random/random.ts'
import { Sessions } from '../sessions/machine.ts'
import type { RegistryChange } from '../store/records/rows.ts'
import { planAdd, planRemove } from '../topology/checks.ts'
import { Relations } from '../topology/relations.ts'
import { Applies } from './applies.ts'
import type { ApiContext, Lifecycle, Messages, RrpcResult } from './context.ts'
import { Exclusive } from './exclusive.ts'

export const testKey = { id: 'testAK', secret: 'testsecret' }

export class FakeContext implements ApiContext {
  readonly directory = new Directory()
  readonly relations = new Relations(this.directory)
  readonly clock = new SystemClock()
  readonly settings: Settings
  readonly sessions: Sessions
  readonly applies = new Applies()
  readonly maker = { ...maker(), random: systemRandom }
  readonly keys = new AccessKeys(plainSealer, systemRandom)
  readonly secrets = new Secrets(this.directory, plainSealer)
  readonly metrics = new Metrics({ process: false })
  readonly refusals: Refusal[] = []
  readonly log: Log = { ...silentLog, refusal: (refusal) => this.refusals.push(refusal) }
  /** What was sent: `pub /topic payload qos`. */
  readonly sent: string[] = []
  /** The next RRPC ends so. */
  rrpcResult: Omit<RrpcResult, 'messageId'> = { code: 'OFFLINE' }
  storeFails = false
  readonly lifecycle: Lifecycle
  readonly messages: Messages
  readonly #exclusive = new Exclusive({ whenFree: (step) => step() }, (cause) => cause)
  #id = 1_800_000_000_000_000_000n

  constructor(settings: Parameters<typeof defaultSettings>[0] = {}) {
    this.settings = defaultSettings(settings)
    this.sessions = new Sessions({ clock: this.clock, limits: this.settings.limits })
    const plan = this.keys.create(1, testKey)
    if (plan.ok) for (const change of plan.changes) this.keys.apply(change)
    this.lifecycle = this.#makeLifecycle()
    this.messages = this.#makeMessages()
  }

  exclusive<T>(step: () => T | Promise<T>): Promise<T> {
    return this.#exclusive.run(step)
  }

  async change(changes: readonly RegistryChange[], after?: () => void): Promise<void> {
    if (this.storeFails) throw new StoreFailure(new Error('disk full'))
    for (const change of changes) {
      for (const room of [this.directory, this.relations, this.keys, this.applies]) room.apply(change)
    }
    after?.()
  }

  status() {
    return { version: '0.1.0', startedAt: 1, listeners: { http: 1 }, connections: 0, subDevicesOnline: 0 }
  }

  config() {
    return [{ key: 'http.port', value: 8080, from: 'default' }]
  }

  health() {
    return { ok: !this.storeFails, cause: this.storeFails ? 'disk full' : 'ok' }
  }

  ready(): boolean {
    return true
  }

  /** Puts the device on line: through a gateway, or by a connection of its own. */
  connect(device: Device, gateway: Device | null = null): void {
    const turn = new Turn()
    const how = { link: { id: 7 }, gateway, persistent: false, auto: true, address: '10.0.0.1:5000', first: true }
    const session = this.sessions.takeOver(device, how, this.clock.wall(), turn)
    this.sessions.stored(device, session.epoch, turn)
    const { productKey, deviceName } = device
    const at = session.since
    this.directory.applyStatus({
      productKey,
      deviceName,
      activatedAt: at,
      onlineAt: at,
      offlineAt: 0,
      address: how.address,
    })
  }

  #makeLifecycle(): Lifecycle {
    const now = () => this.clock.wall()
    return {
      disable: (device) => this.change(setDisabled(this.directory, device, true, now())),
      enable: (device) => this.change(setDisabled(this.directory, device, false, now())),
      remove: (device) => this.change([deleteDevice(device, now())]),
      relate: (gateway, subs, { exclusive }) => {
        const items = subs.map((device) => ({ ...nameOf(device), device, signed: () => true }))
        const plan = planAdd(this.relations, gateway, items, { limit: 10_000, exclusive, now: now() })
        return plan.ok ? this.change(plan.changes) : Promise.reject(new Error(String(plan.code)))
      },
      unrelate: (gateway, device) => this.change(planRemove(this.relations, [{ gateway, device }]).changes),
      kick: async (device) => {
        const session = this.sessions.holder(device)
        if (session) this.sessions.linkClosed(session.link, 1005, new Turn())
        return session !== null
      },
    }
  }

  #makeMessages(): Messages {
    const note = async (text: string) => {
      if (this.storeFails) throw new Error('disk full')
      this.sent.push(text)
      return String(this.#id++)
    }
    const names = (devices: readonly Device[]) => devices.map(({ key }) => key).join(',')
    return {
      pub: (_device, topic, payload, qos) => note(`pub ${topic} ${payload} ${qos}`),
      broadcast: (product, payload) => note(`broadcast ${product.productKey} ${payload}`),
      broadcastTopic: (topic, payload) => note(`broadcast ${topic} ${payload}`),
      notifyAdd: (gateway, subs) => note(`notify ${gateway.key} ${names(subs)}`),
      permit: (gateway, seconds, productKey) => note(`permit ${gateway.key} ${seconds} ${productKey}`),
      rrpc: async (device, payload, timeout, topic) => ({
        messageId: await note(`rrpc ${device.key} ${payload} ${timeout} ${topic}`),
        ...this.rrpcResult,
      }),
    }
  }
}

function nameOf(device: Device) {
  return { productKey: device.productKey, deviceName: device.deviceName }
}
