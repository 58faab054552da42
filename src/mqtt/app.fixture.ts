/** A front end for applications whose host permits everything, and clients of it that speak through npm mqtt-packet. */
import type { IConnectPacket, IPublishPacket, ISubscribePacket, Packet } from 'mqtt-packet'
import { VirtualClock } from '../clock/virtual.ts'
import { TestHost, TestKeep } from './host.fixture.ts'
import type { Link, Profile, PublishView } from './host.ts'
import type { KeepRecord } from './keep.ts'
import type { Mqtt, MqttOptions } from './mqtt.ts'
import { createMqtt } from './mqtt.ts'
import { connectOf, Probe } from './probe.fixture.ts'

export const appProfile: Profile = {
  name: 'app',
  maximumQos: 2,
  maximumPacketSize: 16 * 1024 * 1024,
  subscriptionIdentifiers: true,
  sendWindow: 1000,
  receiveMaximum: 1000,
  topicAliasMaximum: 20,
  outputLimit: 256 * 1024,
  keepAlive: null,
}

/** Lets everybody in, routes everything, and waits for the store where something must be stored. */
export class AppHost extends TestHost {
  readonly #mqtt: () => Mqtt
  readonly #keep: TestKeep

  constructor(mqtt: () => Mqtt, keep: TestKeep) {
    super()
    this.#mqtt = mqtt
    this.#keep = keep
  }

  override let(link: Link): void {
    const key = `a:${link.clientId}`
    link.accept({ key, owner: key })
  }

  override publish(link: Link, view: PublishView): void {
    const { topic, qos, packetId, dup } = view
    this.published.push({ link, topic, payload: view.payload.toString(), qos, packetId, dup })
    const mqtt = this.#mqtt()
    const delivery = mqtt.route(view)
    const reason = mqtt.routed
    if (reason < 0) return
    const ack = (code: number) => {
      if (qos > 0) link.ack(packetId, code)
    }
    if (delivery === null) {
      ack(reason)
      return
    }
    this.#keep.wait(
      () => {
        delivery.release()
        ack(reason)
      },
      () => {
        delivery.discard()
        ack(0x80)
      },
    )
  }

  override subscribe(_link: Link, filter: { readonly qos: 0 | 1 | 2; readonly filter: string }): number {
    return filter.filter.startsWith('no/') ? 0x87 : filter.qos
  }
}

type Options = Partial<Pick<MqttOptions, 'outputTotal' | 'queuedTotal' | 'retained'>> & {
  readonly profile?: Partial<Profile>
  readonly clock?: VirtualClock
}

export class AppWorld {
  readonly clock: VirtualClock
  readonly keep = new TestKeep()
  readonly host: AppHost
  readonly dropped: string[] = []
  readonly mqtt: Mqtt

  constructor(options: Options = {}) {
    this.clock = options.clock ?? new VirtualClock()
    this.host = new AppHost(() => this.mqtt, this.keep)
    this.mqtt = createMqtt({
      clock: this.clock,
      keep: this.keep,
      host: this.host,
      profile: { ...appProfile, ...options.profile },
      limits: { offlineTime: 3_600_000, offlineMessages: 100 },
      onDropped: (owner, why) => this.dropped.push(`${owner} ${why}`),
      ...(options.outputTotal === undefined ? {} : { outputTotal: options.outputTotal }),
      ...(options.queuedTotal === undefined ? {} : { queuedTotal: options.queuedTotal }),
      ...(options.retained === undefined ? {} : { retained: options.retained }),
    })
  }

  client(version: 3 | 4 | 5 = 5, capacity?: number): AppClient {
    return new AppClient(this, this.mqtt.connect(capacity), version)
  }

  /** A client that is let in; `clean` as in CONNECT, `expiry` for 5.0. */
  connected(clientId: string, options: Connected = {}): AppClient {
    const client = this.client(options.version ?? 5, options.capacity)
    client.hello(clientId, options)
    return client
  }

  /** Another front end that starts from what this one kept: its records, or its snapshot. */
  restarted(records: Iterable<KeepRecord> = this.keep.records, options: Options = {}): AppWorld {
    const next = new AppWorld({ ...options, clock: this.clock })
    const kept = [...records]
    for (const record of kept) next.keep.keep(record)
    next.mqtt.restore(kept)
    return next
  }
}

export interface Connected {
  readonly version?: 3 | 4 | 5
  readonly clean?: boolean
  readonly properties?: IConnectPacket['properties']
  readonly will?: IConnectPacket['will']
  readonly keepalive?: number
  readonly capacity?: number
}

type SubscribeOptions = Partial<ISubscribePacket['subscriptions'][number]> & { readonly id?: number }

export class AppClient extends Probe {
  #lastId = 100

  hello(clientId: string, options: Connected = {}): string[] {
    const { version: _version, capacity: _capacity, ...rest } = options
    return this.connect({ clientId, clean: true, ...rest } as Partial<IConnectPacket>)
  }

  subscribe(topic: string, qos: 0 | 1 | 2 = 0, { id, ...options }: SubscribeOptions = {}): string[] {
    const packet = { cmd: 'subscribe', messageId: ++this.#lastId, subscriptions: [{ topic, qos, ...options }] }
    return this.send((id === undefined ? packet : { ...packet, properties: { subscriptionIdentifier: id } }) as Packet)
  }

  publish(topic: string, payload: string, more: Partial<IPublishPacket> = {}): string[] {
    return this.send(publish(topic, payload, more))
  }

  /** Cuts the connection as a cable that breaks. */
  cut(clock: VirtualClock): void {
    this.wire.destroy()
    clock.settle()
  }

  override take(): string[] {
    const texts = this.packets.map(long)
    this.packets.length = 0
    if (this.over) texts.push('end')
    return texts
  }
}

export function publish(topic: string, payload: string, more: Partial<IPublishPacket> = {}): Packet {
  const qos = more.qos ?? 0
  return {
    cmd: 'publish',
    topic,
    payload,
    qos,
    dup: false,
    retain: false,
    ...(qos > 0 ? { messageId: 1 } : {}),
    ...more,
  }
}

export function ack(cmd: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp', messageId: number, reasonCode?: number): Packet {
  return (reasonCode === undefined ? { cmd, messageId } : { cmd, messageId, reasonCode }) as Packet
}

/** `publish t q1 #1 dup retain: payload {"…":…}`, `puback 1 0x10`, `suback 1: 1,128`, `connack 0 present`, … */
function long(packet: Packet): string {
  const properties = packet as { readonly properties?: object }
  const more =
    properties.properties && Object.keys(properties.properties).length > 0 ? plain(properties.properties) : ''
  switch (packet.cmd) {
    case 'connack':
      return `connack ${packet.returnCode ?? packet.reasonCode}${packet.sessionPresent ? ' present' : ''}`
    case 'publish': {
      const flags = `${packet.qos > 0 ? ` q${packet.qos} #${packet.messageId}` : ''}${packet.dup ? ' dup' : ''}${packet.retain ? ' retain' : ''}`
      return `publish ${packet.topic}${flags}: ${packet.payload}${more}`
    }
    case 'suback':
      return `suback: ${packet.granted}`
    case 'unsuback':
      return `unsuback: ${(packet as { granted?: number[] }).granted ?? ''}`
    case 'disconnect':
      return `disconnect ${hex(packet.reasonCode)}`
    default: {
      const reason = (packet as { reasonCode?: number }).reasonCode
      return `${packet.cmd}${packet.messageId === undefined ? '' : ` #${packet.messageId}`}${reason ? ` ${hex(reason)}` : ''}`
    }
  }
}

function hex(code: number | undefined): string {
  return `0x${(code ?? 0).toString(16).padStart(2, '0')}`
}

function plain(properties: object): string {
  return ` ${JSON.stringify(properties, (_key, value) => (value?.type === 'Buffer' ? Buffer.from(value.data).toString() : value))}`
}

export { connectOf }
