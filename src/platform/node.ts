/**
 * A node: memory over a data directory, and the MQTT front end for devices on top of it. Listeners open with `listen`, so the command
 * line can work on a stopped directory by the same code.
 */
import { AccessKeys } from '../accounts/keys.ts'
import type { Report, World } from '../alink/row.ts'
import { loadSealKey } from '../auth/seal-key.ts'
import { Secrets } from '../auth/secrets.ts'
import type { Clock } from '../clock/clock.ts'
import { errorRow } from '../codes/alink.ts'
import type { Settings } from '../config/settings.ts'
import { Directory } from '../devices/directory.ts'
import type { Maker } from '../devices/plan.ts'
import { AlinkIds, MessageIds } from '../downlink/ids.ts'
import { PendingDownlinks } from '../downlink/pending.ts'
import type { Effect } from '../effects/effect.ts'
import { Turn } from '../effects/turn.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { Admission } from '../mqtt/admission.ts'
import type { Mqtt } from '../mqtt/mqtt.ts'
import { createMqtt } from '../mqtt/mqtt.ts'
import type { Tls } from '../mqtt/transport/tls.ts'
import type { Random } from '../random/random.ts'
import { Sessions } from '../sessions/machine.ts'
import { LoginWindows } from '../sessions/windows.ts'
import type { Disk } from '../store/log/disk.ts'
import { openStore } from '../store/open.ts'
import type { Store } from '../store/store.ts'
import { Relations } from '../topology/relations.ts'
import { Apply } from './apply.ts'
import { Apps } from './apps.ts'
import { Connects } from './connects.ts'
import { Deliver, keyOf } from './deliver.ts'
import { DeviceFilters } from './filters.ts'
import { Forward } from './forward.ts'
import { Gate } from './gate.ts'
import { compactFrom, Keeper, keptBy } from './keep.ts'
import { Lifecycle } from './lifecycle.ts'
import { measure } from './measure.ts'
import { Messages } from './messages.ts'
import type { OpenFiles } from './open-files.ts'
import { linkOf, peerOf } from './peer.ts'
import type { MqttPorts } from './ports.ts'
import { openPorts } from './ports.ts'
import { deviceProfile } from './profiles.ts'
import { PublishRates } from './rates.ts'
import { RefusedConnections } from './refused.ts'
import { RegistryRunner } from './registry.ts'
import { reporter } from './report.ts'
import { Requests } from './requests.ts'
import { Routes } from './resolve.ts'
import { Retries } from './retries.ts'
import { SlowReaders } from './slow-readers.ts'
import { Statuses } from './statuses.ts'
import { Tallies } from './tallies.ts'
import type { Waiting } from './waiting.ts'

export interface NodeOptions {
  readonly settings: Settings
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly metrics: Metrics
  /** HOMEPORT_SECRET_KEY; without it `secret.key` in the data directory. */
  readonly secretKey: string | undefined
  /** The directory's lock is held. */
  readonly locked: () => void
  /** The limit of open files; without it connections are not bounded by one. */
  readonly files?: OpenFiles | null
  /** What the logs are written to; a simulation gives one that fails. The machine's by default. */
  readonly disk?: Disk
}

export interface HomeportNode {
  readonly world: World
  readonly store: Store<Waiting>
  readonly keys: AccessKeys
  readonly maker: Maker
  readonly registry: RegistryRunner
  readonly lifecycle: Lifecycle
  readonly messages: Messages
  readonly connects: Connects
  readonly mqtt: Mqtt
  /** Opens the MQTT ports that the settings name; their real numbers. `tls`: for those that need it. */
  listen(tls?: Tls | null): Promise<MqttPorts>
  /** Closes connections, stores what is open, releases the directory. */
  close(): Promise<void>
}

export async function openNode(options: NodeOptions): Promise<HomeportNode> {
  const { settings, clock, random, log, metrics } = options
  const holder: { mqtt: Mqtt | null; ids: AlinkIds | null; connects: Connects | null } = {
    mqtt: null,
    ids: null,
    connects: null,
  }
  const mqtt = () => holder.mqtt as Mqtt

  const directory = new Directory()
  const relations = new Relations(directory)
  const sessions = new Sessions({ clock, limits: settings.limits, errors: settings.errors })
  const pending = new PendingDownlinks<Buffer>({ clock })
  const statuses = new Statuses(directory, (device) => {
    pending.lost(device)
  })
  const report = reporter(log, metrics, clock, settings.log.refusalsPerSecond)
  const dropped = (reason: string) => metrics.dropped(reason)
  const deliver = new Deliver({
    directory,
    sessions,
    inboxes: () => mqtt().inboxes,
    autoDelivery: settings.mqtt.autoDelivery,
    dropped,
  })
  const retries = new Retries(clock, settings.store.giveUp, (retry, cause) => {
    log.error('facts were dropped: the store has been failing for too long', {
      facts: retry.facts.length,
      cause: cause.message,
    })
    dropped('store-failed')
  })
  const apply = new Apply({
    deliver,
    retries,
    settle: (effect, stored, turn) => {
      if (stored) sessions.stored(effect.device, effect.epoch, turn)
      else sessions.failed(effect.device, effect.epoch, turn)
    },
    attach: (effect) => attach(effect, sessions, directory, mqtt()),
    promise: (effect) => promise(effect, mqtt()),
    accept: (link) => (holder.connects as Connects).accept(link),
    close: closeLink,
    suback: (effect, stored) => suback(effect, stored, mqtt()),
    status: (fact) => statuses.fold(fact),
    publish: (topic, payload) => {
      mqtt().route({ topic, payload, qos: 0, retain: false, properties: null, from: null })
    },
    nextId: () => (holder.ids as AlinkIds).next(),
    forcedOfflineTopics: settings.errors.forcedOfflineTopics,
    storeRefused: (effect, cause) => {
      const { owner, method, link, topic } = effect.to
      const { check } = errorRow('login.500')
      report.refusal({
        scenario: method,
        code: 500,
        check,
        why: cause.message,
        device: keyOf(owner),
        gateway: '',
        link,
        topic,
      })
    },
    newTurn: () => new Turn(),
    defect: (error) => log.error('an effect met a defect; the others go on', { err: error }),
  })

  const store = await openStore<Waiting>({
    directory: settings.data,
    clock,
    durability: settings.store.durability,
    commitTimeout: settings.store.commitTimeout,
    outcome: apply,
    ...(options.disk === undefined ? {} : { disk: options.disk }),
    log: (level, message, fields) => log[level](message, fields),
  })
  try {
    options.locked()
    apply.bind(store.commit)
    retries.bind(store.commit)
    const { values } = store
    const sealer = loadSealKey({ directory: settings.data, given: options.secretKey, values, random })
    const keys = new AccessKeys(sealer, random)
    const secrets = new Secrets(directory, sealer)
    directory.load(store.read)
    relations.load(store.read)
    keys.load(store.read)
    for (const fact of store.factsSinceCheckpoint()) statuses.fold(fact)
    store.onCheckpoint(() => statuses.takeChanged())
    store.onCommitTime((milliseconds) => metrics.committed(milliseconds))

    const ids = openIds(store)
    holder.ids = ids
    const windows = new LoginWindows({ clock, limits: settings.limits })
    const world: World = { clock, settings, directory, relations, sessions, windows, secrets, ids, pending, report }
    const connects = new Connects(world, apply)
    holder.connects = connects
    const registry = new RegistryRunner(store.registry, directory, relations, keys)
    const tallies = new Tallies(metrics)
    const routes = new Routes(directory)
    const gate = new Gate({
      world,
      apply,
      routes,
      connects,
      deliver,
      filters: new DeviceFilters(directory, sessions, settings),
      requests: new Requests(world, apply, registry),
      rates: new PublishRates(clock, settings.limits),
      retries,
      forward: new Forward(mqtt, settings.mqtt.deviceProfile === 'standard'),
      tallies,
    })
    const keep = new Keeper(store.commit, clock)
    const slow = new SlowReaders(log)
    const front = createMqtt({
      clock,
      keep,
      host: gate,
      profile: deviceProfile(settings),
      limits: settings.limits,
      outputTotal: settings.limits.outputTotal,
      admission: admission(options),
      onSlow: slow.report,
      onDropped: (_owner, why) => dropped(why),
      beforeFlush: () => store.commit.flush(),
      onDefect: (error) => log.error('a packet met a defect; its connection is closed', { err: error }),
    })
    front.restore(keptBy(store))
    // A process that was killed between the two engines left the queue of a device that is gone.
    for (const owner of [...front.inboxes.owners()]) {
      const [productKey = '', deviceName = ''] = owner.split('/')
      if (!owner.startsWith('a:') && !directory.device(productKey, deviceName)) front.forget(`d:${owner}`, owner)
    }
    keep.bind(front)
    compactFrom(store, front)
    holder.mqtt = front
    // Nothing of a device that is deleted may reach one of the same name that is created later.
    registry.onChange((change) => {
      if (change.kind === 'device-delete') front.forget(`d:${keyOf(change.row)}`, keyOf(change.row))
    })
    const apps = new Apps({ world, keys, apply, routes, mqtt, report, anonymous: settings.app.anonymous })
    metrics.connections = () => connects.count + apps.count
    metrics.subDevicesOnline = () => countSubDevices(sessions)
    measure(front, slow, metrics)
    return {
      world,
      store,
      keys,
      maker: { random, sealer },
      registry,
      lifecycle: new Lifecycle(world, apply, registry),
      messages: new Messages(world, apply, connects, new MessageIds(clock)),
      connects,
      mqtt: front,
      listen: (tls = null) => openPorts(front, settings, tls, apps),
      async close() {
        await front.close()
        report.sum()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

function admission({ settings, clock, log, metrics, files }: NodeOptions): Admission {
  const { connectionsPerSecond: perSecond, connectionsPerAddress: perAddress } = settings.limits
  const limits = { perSecond, perAddress, files: files?.forConnections ?? Number.POSITIVE_INFINITY }
  const refused = new RefusedConnections(clock, log, metrics)
  return new Admission(clock, limits, (why, remote) => {
    if (why === 'open-files') files?.look()
    refused.refuse(why, remote)
  })
}

function openIds(store: Store<Waiting>): AlinkIds {
  const name = 'alink-id-mark'
  const mark = store.values.get(name)
  return new AlinkIds({
    mark: mark === undefined ? undefined : Number(mark),
    reserve: (next) => store.values.set(name, String(next), true),
  })
}

/** What a persistent session keeps is stored with the login that makes it. */
function promise(effect: Extract<Effect, { kind: 'attach' | 'connack' }>, mqtt: Mqtt): void {
  if (effect.kind === 'attach') {
    if (effect.persistent) mqtt.inboxes.promise(keyOf(effect.owner))
    return
  }
  const peer = peerOf(effect.link)
  if (peer) mqtt.promise(peer.link, { key: `d:${peer.device.key}`, owner: peer.device.key })
}

/** The device's messages go to the link of its session; whether they wait while it is off line, its last login said. */
function attach(
  effect: Extract<Effect, { kind: 'attach' | 'detach' }>,
  sessions: Sessions,
  directory: Directory,
  mqtt: Mqtt,
): void {
  const owner = keyOf(effect.owner)
  if (effect.kind === 'detach') {
    mqtt.inboxes.detach(owner, linkOf(effect.link))
    return
  }
  const device = directory.device(effect.owner.productKey, effect.owner.deviceName)
  const session = device ? sessions.holder(device) : null
  if (session === null || session.link !== effect.link) return
  // Of a direct connection the MQTT session decides, when it is accepted.
  if (session.gateway !== null) mqtt.inboxes.setPersistent(owner, session.persistent)
  mqtt.inboxes.attach(owner, linkOf(effect.link))
}

function closeLink(effect: Extract<Effect, { kind: 'close' }>): void {
  const link = linkOf(effect.link)
  const wantsNotify = ((peerOf(link)?.ext ?? 0) & 2) !== 0
  // direct.md §1.7: one with `ext` bit 1 is told why, unasked, before its connection closes.
  if (effect.reason === 'taken-over' && wantsNotify && link.open) {
    link.send('/ext/notify', '{"title":"kick","content":"Kicked by the same device"}')
  }
  link.close(effect.reason)
}

/** Where the filters could not be stored, what was granted is taken back; a client whose UNSUBSCRIBE could not be comes again. */
function suback(effect: Extract<Effect, { kind: 'suback' }>, stored: boolean, mqtt: Mqtt): void {
  const link = linkOf(effect.link)
  const { packetId, codes, filters, unsubscribe } = effect
  if (stored) {
    link.suback(packetId, codes, unsubscribe)
    if (!unsubscribe) mqtt.inboxes.flush(link)
    return
  }
  if (unsubscribe) {
    link.close('store-failed')
    return
  }
  for (const [index, filter] of filters.entries()) if ((codes[index] as number) < 0x80) link.filters.remove(filter)
  link.suback(
    packetId,
    codes.map((code) => Math.max(code, 0x80)),
    false,
  )
}

function countSubDevices(sessions: Sessions): number {
  let count = 0
  for (const session of sessions.all()) if (session.gateway !== null) count++
  return count
}

export type { Report }
