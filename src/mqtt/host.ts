/**
 * What the MQTT front end asks of the rest, and what it offers to it. `platform/gate.ts` implements {@link Host} for devices;
 * applications get an implementation of their own behind the same interface: the listener chooses.
 *
 * A host answers by the methods of {@link Link}, at once or later (once the group that holds the change is stored).
 */
import type { CloseReason, ConnectRefusal } from '../codes/mqtt.ts'
import type { LinkRef } from '../effects/effect.ts'
import type { ConnectPacket, Properties, PublishProperties, SubscribeFilter } from './codec/packets.ts'
import type { Filters } from './topics/filters.ts'
import type { TopicName } from './topics/names.ts'

/** The host's own state of a link; the MQTT room never looks into it. */
export type Peer = object

/** A message for the tree (`Mqtt.route`). Nothing of it is kept without being copied. */
export interface RouteMessage {
  /** Decoded, without wildcards, aliases resolved. */
  readonly topic: string
  /** May be a view of the read buffer. */
  readonly payload: Uint8Array
  readonly qos: 0 | 1 | 2
  /** Is kept as the topic's retained message, or deletes it if the payload is empty. */
  readonly retain: boolean
  /** MQTT 5 only. Topic alias and subscription identifiers in it are not looked at. */
  readonly properties: PublishProperties | null
  /** Who published it, for no-local; null for a message of the server's own. */
  readonly from: Link | null
}

/**
 * A PUBLISH that arrived. The object and `payload` are valid during `Host.publish` only: copy what must live longer. Handed to
 * `Mqtt.route` as it is, its bytes go from the read buffer straight into the output of those who subscribed.
 */
export interface PublishView extends RouteMessage {
  /** Of `topic`: mostly the same object for the same topic, so what the host makes of it can hang on it. */
  readonly name: TopicName
  readonly payload: Buffer
  /** 0 at QoS 0. */
  readonly packetId: number
  readonly dup: boolean
  readonly from: Link
}

/**
 * What of a routed message waits for the group that is open when `Mqtt.route` returns: copies for persistent sessions, the
 * retained message, the packet id of a QoS 2 PUBLISH. Ends in one of these calls; the PUBACK or PUBREC goes out behind `release`.
 */
export interface Delivery {
  /** The group is stored: the copies go out, the retained message is what others see. */
  release(): void
  /** The group failed: nothing of it is stored, and nothing goes out. What needed no store went out all the same. */
  discard(): void
}

/** A will that is due. */
export interface WillMessage extends RouteMessage {
  /** Of the session whose will it is, {@link Accept.key}. */
  readonly key: string
  readonly clientId: string
}

export interface Accept {
  /** Key of the MQTT session: `d:productKey/deviceName` for devices, `a:clientId` for applications. One link a key. */
  readonly key: string
  /** Owner whose queue this link drains from the start, `productKey/deviceName`; `''` for none. */
  readonly owner: string
}

/** Why a link ended, as the host is told and the log shows. */
export type ClosedBy =
  /** DISCONNECT packet of the client. */
  | 'disconnect'
  /** The client's TCP connection ended or was reset. */
  | 'network'
  /** `Link.refuse`. */
  | 'refused'
  | CloseReason

/** One connection. Everything a host may do with it; implemented by `connection.ts`. */
export interface Link extends LinkRef {
  readonly id: number
  /** Protocol level: 3 (MQTT 3.1), 4 (3.1.1), 5. */
  readonly version: 3 | 4 | 5
  readonly clientId: string
  /** `address:port` of the other side. */
  readonly remote: string
  /** Common Name of the client's certificate, if it showed one; TLS has verified it. */
  readonly certificate?: string | undefined
  /** Seconds; 0 = off. */
  readonly keepAlive: number
  /** True from accept until the link is closed from either side. */
  readonly open: boolean
  readonly cleanStart: boolean
  /** Set by the host, in `Host.connect`. */
  peer: Peer | null
  /** What the MQTT session of this link subscribed; survives with the session. */
  readonly filters: Filters

  /** Lets a CONNECT in: restores or makes the session, sends CONNACK 0, then lets the packets pipelined behind it through. */
  accept(how: Accept): void
  /** CONNACK with the code of this cause, then closes the connection. */
  refuse(cause: ConnectRefusal): void
  /**
   * PUBACK (QoS 1) or PUBREC (QoS 2). Reason and properties (reason string, user properties) are sent on MQTT 5 only, the
   * properties only if the client did not turn them off. On application links a failure without properties gets the reason's text.
   */
  ack(packetId: number, reason: number, properties?: Properties | null): void
  /** SUBACK or UNSUBACK with one code a filter (UNSUBACK of 3.x has none). */
  suback(packetId: number, codes: Uint8Array, unsubscribe: boolean): void
  /**
   * PUBLISH at QoS 0. Never blocks; bytes leave at the end of the loop turn. A string payload is UTF-8. Properties are sent on
   * MQTT 5 only.
   */
  send(topic: string, payload: string | Uint8Array, properties?: Properties | null): void
  /** 5.0: DISCONNECT with the reason, 3.x: just closes. What was sent before still goes out. `Host.closed` is called before this returns. */
  close(reason: CloseReason): void
  /** Stops handling packets that arrive behind the current one, until `release` was called as often. Keep-alive stands still meanwhile. */
  hold(): void
  release(): void
}

export interface Host {
  /** A CONNECT that is well formed. Ends in `link.accept` or `link.refuse`, maybe later; packets behind it wait. */
  connect(link: Link, packet: ConnectPacket): void
  /**
   * A PUBLISH of an accepted link. QoS 1 and 2 must end in `link.ack`, maybe later, unless `Mqtt.routed` is -1. The retain flag is
   * the host's to judge.
   */
  publish(link: Link, view: PublishView): void
  /**
   * Judges one filter of a SUBSCRIBE: the granted QoS 0, 1 or 2, or a failure 0x80 and above. `index` counts within the packet.
   * The MQTT room then adds the granted ones to `link.filters`, keeps them if the session is persistent, and calls `subscribed`.
   */
  subscribe(link: Link, filter: SubscribeFilter, index: number): number
  /** All filters of the packet are in place. The host sends the SUBACK (`link.suback`), now or once its group is stored. */
  subscribed(link: Link, packetId: number, filters: readonly SubscribeFilter[], codes: Uint8Array): void
  /** The filters are gone. The host sends the UNSUBACK. `codes`: 0 or 0x11 (no such subscription) for each. */
  unsubscribed(link: Link, packetId: number, filters: readonly string[], codes: Uint8Array): void
  /**
   * May a message on `topic` go to this link, and at which QoS at most? -1: not now; it stays queued if it is. `auto`: a system
   * downlink, delivered without SUBSCRIBE (direct.md §4.4). `owner`: `productKey/deviceName` whose message it is.
   */
  grants(link: Link, owner: string, topic: string, auto: boolean): -1 | 0 | 1 | 2
  /** A link that `connect` was called for ended. Called exactly once. */
  closed(link: Link, by: ClosedBy): void
  /**
   * A will is due (`Profile.wills`): the host judges it again and routes it. The object is valid during the call. A host without
   * this method has its wills routed as they are.
   */
  will?(will: WillMessage): void
  /** Whether an acknowledgement of the link waits for the store: a PINGRESP then goes out at the end of the turn, behind it. */
  waits?(link: Link): boolean
  /** A packet of the link broke the protocol, or a limit of the listener; it is closed right after. For the log. */
  violated(link: Link, reason: CloseReason, detail: string): void
}

/** What a listener offers. */
export interface Profile {
  readonly name: 'device' | 'app'
  readonly maximumQos: 0 | 1 | 2
  /** Bytes of a whole packet; a larger one closes the connection (5.0: 0x95). */
  readonly maximumPacketSize: number
  readonly subscriptionIdentifiers: boolean
  /** QoS 1 and 2 messages under way to one link without acknowledgement, at most; the client's Receive Maximum may be lower. */
  readonly sendWindow: number
  /** What the server announces for the other direction (5.0). */
  readonly receiveMaximum: number
  readonly topicAliasMaximum: number
  /** Bytes of output waiting for a slow reader; beyond, QoS 0 is dropped and counted, QoS 1 waits in its queue. */
  readonly outputLimit: number
  readonly keepAlive: { readonly min: number; readonly max: number } | null
  /** Wills are published; without it they are accepted and ignored. Applications' listeners: true by their name. */
  readonly wills?: boolean
  /**
   * Bytes of QoS 1 and 2 messages that wait for one application session, at most; 256 MiB by default. At the limit of a persistent
   * session a publish that it would get is not accepted (`Mqtt.routed`); of one that ends with its link the copy is dropped.
   */
  readonly queueLimit?: number
}
