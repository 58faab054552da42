/** MQTT clients for tests over sockets. They wait for events only, each with a deadline, and never send by themselves. */
import type { DeviceSecret, ConnectOptions as SignOptions } from '../../src/auth/make.ts'
import { makeConnect } from '../../src/auth/make.ts'
import type { ConnectOptions, End, Received } from '../../src/mqtt/client.ts'
import { MqttClient } from '../../src/mqtt/client.ts'
import { PacketType } from '../../src/mqtt/codec/fixed-header.ts'
import type { ConnackPacket } from '../../src/mqtt/codec/packets.ts'
import { decodePublish, emptyOffsets, topicText } from '../../src/mqtt/codec/publish.ts'
import type { Wire } from '../../src/mqtt/transport/transport.ts'
import { formFault } from './form.ts'

export interface ClientOptions
  extends SignOptions,
    Omit<ConnectOptions, 'clientId' | 'userName' | 'password' | 'clock'> {
  /** Instead of what the device's secret gives. */
  readonly credentials?: Partial<Pick<ConnectOptions, 'clientId' | 'userName' | 'password'>>
}

/** Collects what clients saw, across all connections of one node. */
export interface Witness {
  /** `name: topic` of every PUBLISH, in the order in which the sockets brought them. */
  readonly arrivals: string[]
  /** Messages that do not have the form that all of their kind must have. */
  readonly faults: string[]
}

const offsets = emptyOffsets()

/** The connection of one device. */
export class DeviceClient extends MqttClient {
  readonly device: DeviceSecret
  /** Every PUBACK, SUBACK and PUBLISH as `puback 1`, `suback`, `publish TOPIC`, in the order of arrival. */
  readonly frames: string[] = []
  connackPacket: ConnackPacket | null = null
  #lastMark = 0
  /** Who waits for the answer to a time request that marks a point. */
  readonly #marks = new Map<string, (before: Received[]) => void>()
  readonly #witness: Witness

  constructor(wire: Wire, device: DeviceSecret, options: ClientOptions, witness: Witness) {
    super(wire, options)
    this.device = device
    this.#witness = witness
  }

  /** Sends CONNECT with the device's credentials and waits for CONNACK 0. */
  async open(options: ClientOptions = {}): Promise<this> {
    const signed = { ...makeConnect(this.device, options), ...options.credentials }
    this.connackPacket = await this.connect({ ...options, ...signed })
    return this
  }

  get name(): string {
    return `${this.device.productKey}/${this.device.deviceName}`
  }

  override packet(type: number, flags: number, buffer: Buffer, start: number, end: number): void {
    if (type === PacketType.publish) {
      decodePublish(buffer, start, end, flags, this.version, offsets, true)
      const topic = topicText(buffer, offsets.topicStart, offsets.topicEnd)
      const text = buffer.toString('utf8', offsets.payloadStart, offsets.payloadEnd)
      this.frames.push(`publish ${topic}`)
      this.#witness.arrivals.push(`${this.name}: ${topic}`)
      const fault = formFault(topic, text)
      if (fault) this.#witness.faults.push(`${topic} ${text}: ${fault}`)
    } else if (type === PacketType.puback) this.frames.push(`puback ${buffer.readUInt16BE(start)}`)
    else if (type === PacketType.suback) this.frames.push('suback')
    super.packet(type, flags, buffer, start, end)
    if (type === PacketType.publish) this.#marked()
  }

  /** A topic of this device: `thing/…` and `rrpc/…` under /sys, `combine/…` under /ext/session, `user/…` as custom topic. */
  topic(path: string): string {
    if (path.startsWith('combine/')) return `/ext/session/${this.name}/${path}`
    if (path.startsWith('user/')) return `/${this.name}/${path}`
    return `/sys/${this.name}/${path}`
  }

  /** Where the platform tells this gateway that a publish was refused. */
  get errorTopic(): string {
    return `/ext/error/${this.name}`
  }

  /**
   * All that arrived and was not taken, up to now: a time request is sent behind it, and what stands before its answer has come.
   * So this also shows that nothing came.
   */
  async rest(): Promise<Received[]> {
    const mark = `mark-${++this.#lastMark}`
    const before = new Promise<Received[]>((resolve) => this.#marks.set(mark, resolve))
    await this.publish(`/ext/ntp/${this.name}/request`, `{"deviceSendTime":"${mark}"}`)
    return this.within(before, 'the answer to a time request')
  }

  #marked(): void {
    const last = this.unread.at(-1)
    if (!last?.topic.startsWith('/ext/ntp/')) return
    const mark = /"(mark-\d+)"/.exec(last.payload.toString())?.[1]
    const resolve = mark === undefined ? undefined : this.#marks.get(mark)
    if (mark === undefined || !resolve) return
    this.#marks.delete(mark)
    this.unread.pop()
    resolve(this.unread.splice(0))
  }

  /** The same as `topic payload`. */
  async texts(): Promise<string[]> {
    return (await this.rest()).map(show)
  }

  /** The next message on a topic, as text. */
  async text(topic: string): Promise<string> {
    return (await this.next(topic)).payload.toString()
  }

  /** The answer to a PINGREQ: the connection lives, and has handled all that was sent before. */
  async alive(): Promise<boolean> {
    await this.ping()
    return true
  }

  /** Settles when the server has closed the connection; fails if it does not. */
  async cut(): Promise<End> {
    const end = await this.within(this.closed, 'the end of the connection')
    if (end.by !== 'server') throw new Error(`the connection was ended by the ${end.by}`)
    return end
  }

  /** Rejects if the promise takes longer than tests have patience. */
  async within<T>(promise: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what} did not come`)), 5000)
    })
    try {
      return await Promise.race([promise, late])
    } finally {
      clearTimeout(timer)
    }
  }
}

export function show(message: Received): string {
  return `${message.topic} ${message.payload.toString()}`
}
