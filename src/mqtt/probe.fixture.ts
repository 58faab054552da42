/** A front end on a virtual clock, and clients without sockets that speak through another codec than ours (npm mqtt-packet). */
import type { IConnectPacket, Packet } from 'mqtt-packet'
import { generate, parser } from 'mqtt-packet'
import { VirtualClock } from '../clock/virtual.ts'
import { deviceProfile, TestHost, TestKeep } from './host.fixture.ts'
import type { Profile } from './host.ts'
import type { KeepRecord } from './keep.ts'
import type { Mqtt } from './mqtt.ts'
import { createMqtt } from './mqtt.ts'
import type { MemoryWire } from './transport/memory.ts'
import type { WireUser } from './transport/transport.ts'

type Version = 3 | 4 | 5

export class Probe implements WireUser {
  readonly packets: Packet[] = []
  /** The server ended the connection. */
  over = false
  drainedCount = 0
  readonly wire: MemoryWire
  readonly #world: { readonly clock: VirtualClock }
  readonly #version: Version
  readonly #parser: ReturnType<typeof parser>

  constructor(world: { readonly clock: VirtualClock }, wire: MemoryWire, version: Version) {
    this.wire = wire
    this.#world = world
    this.#version = version
    this.#parser = parser({ protocolVersion: version } as IConnectPacket)
    this.#parser.on('packet', (packet: Packet) => this.packets.push(packet))
    wire.user = this
  }

  received(buffer: Buffer, length: number): void {
    this.#parser.parse(Buffer.from(buffer.subarray(0, length)))
  }

  drained(): void {
    this.drainedCount++
  }

  ended(): void {
    this.over = true
  }

  /** Writes packets at once, as one read of the server; nothing happens before `settle`. */
  write(...packets: (Packet | Uint8Array)[]): void {
    this.wire.write(Buffer.concat(packets.map((packet) => this.bytes(packet))))
  }

  bytes(packet: Packet | Uint8Array): Uint8Array {
    return packet instanceof Uint8Array ? packet : generate(packet, { protocolVersion: this.#version })
  }

  /** Writes packets and lets everything happen that they cause. Returns the answers, each as a short text. */
  send(...packets: (Packet | Uint8Array)[]): string[] {
    this.take()
    this.write(...packets)
    this.#world.clock.settle()
    return this.take()
  }

  connect(options: Partial<IConnectPacket> = {}): string[] {
    return this.send(connectOf({ protocolVersion: this.#version, ...options } as Partial<IConnectPacket>))
  }

  /** What came since the last look, each packet as a short text. */
  take(): string[] {
    const texts = this.packets.map(short)
    this.packets.length = 0
    if (this.over) texts.push('end')
    return texts
  }
}

export function connectOf(options: Partial<IConnectPacket> = {}): IConnectPacket {
  const protocolVersion = options.protocolVersion ?? 4
  return {
    cmd: 'connect',
    clientId: 'dn',
    clean: true,
    keepalive: 60,
    protocolId: protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
    ...options,
    protocolVersion,
  }
}

export function publishOf(topic: string, payload: string, qos: 0 | 1 | 2 = 0, messageId = 0, dup = false): Packet {
  return { cmd: 'publish', topic, payload, qos, messageId, dup, retain: false } as Packet
}

export function subscribeOf(messageId: number, ...filters: string[]): Packet {
  return { cmd: 'subscribe', messageId, subscriptions: filters.map((topic) => ({ topic, qos: 1 as const })) }
}

export function pubackOf(messageId: number): Packet {
  return { cmd: 'puback', messageId }
}

/** `connack 0`, `connack 0 present`, `publish /t #1 dup: payload`, `puback 7`, `suback 1: 1,128`, … */
function short(packet: Packet): string {
  switch (packet.cmd) {
    case 'connack':
      return `connack ${packet.returnCode ?? packet.reasonCode}${packet.sessionPresent ? ' present' : ''}`
    case 'publish': {
      const id = packet.qos > 0 ? ` #${packet.messageId}` : ''
      return `publish ${packet.topic}${id}${packet.dup ? ' dup' : ''}: ${packet.payload}`
    }
    case 'suback':
      return `suback ${packet.messageId}: ${packet.granted}`
    case 'disconnect':
      return `disconnect ${packet.reasonCode}`
    case 'puback':
      return `puback ${packet.messageId}${packet.reasonCode ? ` reason ${packet.reasonCode}` : ''}`
    default:
      return packet.messageId === undefined ? packet.cmd : `${packet.cmd} ${packet.messageId}`
  }
}

export class TestWorld {
  readonly clock: VirtualClock
  readonly host = new TestHost()
  readonly keep = new TestKeep()
  readonly dropped: string[] = []
  readonly mqtt: Mqtt

  constructor(options: { profile?: Partial<Profile>; clock?: VirtualClock; offlineMessages?: number } = {}) {
    this.clock = options.clock ?? new VirtualClock()
    this.mqtt = createMqtt({
      clock: this.clock,
      keep: this.keep,
      host: this.host,
      profile: { ...deviceProfile, ...options.profile },
      limits: { offlineTime: 3_600_000, offlineMessages: options.offlineMessages ?? 100 },
      onDropped: (owner, why) => this.dropped.push(`${owner} ${why}`),
    })
  }

  probe(version: Version = 4, capacity?: number): Probe {
    return new Probe(this, this.mqtt.connect(capacity), version)
  }

  /** A client that is let in. */
  connected(options: Partial<IConnectPacket> = {}): Probe {
    const probe = this.probe((options.protocolVersion ?? 4) as Version)
    probe.connect(options)
    return probe
  }

  /** Queues a message as the platform does, with its group stored at once. */
  queue(owner: string, topic: string, payload: string): void {
    const id = this.mqtt.inboxes.queue(owner, topic, Buffer.from(payload), 1, true)
    this.mqtt.inboxes.deliver(owner, id)
    this.clock.settle()
  }

  /** Another front end that starts from what this one kept: its records, or its snapshot. */
  restarted(records: Iterable<KeepRecord> = this.keep.records): TestWorld {
    const next = new TestWorld({ clock: this.clock })
    next.mqtt.restore(records)
    return next
  }
}
