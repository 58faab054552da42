/** The messages of one owner that wait, and the window of one link through which they go. Data only; `inbox.ts` has the rules. */
import type { Link } from './host.ts'
import type { KeepRecord } from './keep.ts'

/** A message of QoS 1 on its way to a client. */
export class Message {
  /** Counts up over all owners, unique within the data directory: the order in which messages were queued. */
  readonly id: number
  readonly owner: string
  readonly topic: string
  readonly payload: string | Uint8Array
  readonly auto: boolean
  /** Milliseconds since 1970; `Infinity` for a message that lives in memory only. */
  readonly expiresAt: number
  /** It has a record in the store. */
  durable: boolean
  /** Packet id and session of the last attempt: a second one to the same session uses the same id [MQTT-4.4.0-1]. */
  packetId = 0
  sentTo: PacketIds | null = null

  constructor(
    id: number,
    owner: string,
    topic: string,
    payload: string | Uint8Array,
    auto: boolean,
    expiresAt: number,
    durable: boolean,
  ) {
    this.id = id
    this.owner = owner
    this.topic = topic
    this.payload = payload
    this.auto = auto
    this.expiresAt = expiresAt
    this.durable = durable
  }
}

/** Where packet ids of a session are counted; they go on counting from link to link of the session. */
export interface PacketIds {
  lastPacketId: number
}

/** What the inboxes use of a connection. */
export interface Outlet extends Link {
  /** The first of those whose messages go to this link; the others follow by `Inbox.next`. */
  inboxes: Inbox | null
  /** Made with the first message of QoS 1. */
  window: Window | null
  readonly session: PacketIds | null
  /** QoS 1 messages without PUBACK, at most. */
  readonly windowSize: number
  /** More output waits than the profile allows: nothing more until it drained. */
  readonly congested: boolean
  /** The host's `grants` for this link. */
  grants(owner: string, topic: string, auto: boolean): -1 | 0 | 1 | 2
  /** PUBLISH at QoS 1. False if the packet is larger than the client takes (5.0): then it counts as delivered. */
  sendAcked(packetId: number, topic: string, payload: string | Uint8Array, dup: boolean): boolean
}

/** What waits for one owner. An owner without messages, link and persistence has no inbox. */
export class Inbox {
  readonly owner: string
  persistent = false
  link: Outlet | null = null
  /** The other inboxes of the link: a list costs less than a Set a link. */
  next: Inbox | null = null
  previous: Inbox | null = null
  /** Put into the open group, not stored yet; by id. */
  pending: Map<number, Message> | null = null
  /** To be sent next, by id. */
  waiting: Message[] = []
  /** The link takes no messages of this topic now: not subscribed. By id. */
  refused: Message[] = []
  /** Stands in the queue of its link's window. */
  stalled = false

  constructor(owner: string) {
    this.owner = owner
  }

  /** Its messages go to this link from now on. */
  join(link: Outlet): void {
    this.link = link
    this.next = link.inboxes
    if (this.next !== null) this.next.previous = this
    link.inboxes = this
  }

  /** Its messages no longer go to its link. */
  leave(): void {
    if (this.previous !== null) this.previous.next = this.next
    else if (this.link !== null) this.link.inboxes = this.next
    if (this.next !== null) this.next.previous = this.previous
    this.next = null
    this.previous = null
    this.link = null
  }

  /** Messages that are not under way. */
  get size(): number {
    return this.waiting.length + this.refused.length + (this.pending === null ? 0 : this.pending.size)
  }

  /** Messages that are in the store: on their way, waiting, refused. */
  *stored(): Generator<Message> {
    for (const message of this.link?.window?.sent.values() ?? []) {
      if (message?.durable && message.owner === this.owner) yield message
    }
    yield* this.refused
    yield* this.waiting
  }

  /** Puts messages back to where they were. */
  putBack(messages: readonly Message[]): void {
    if (messages.length === 0) return
    this.waiting = [...messages, ...this.waiting].sort(byId)
  }

  /** Another link, or another filter: what was refused is tried again. */
  reconsider(): void {
    if (this.refused.length === 0) return
    const refused = this.refused
    this.refused = []
    this.putBack(refused)
  }

  /** Whether messages of this topic were refused. */
  hasRefused(topic: string, auto: boolean): boolean {
    return this.refused.some((message) => message.topic === topic && message.auto === auto)
  }

  /** Takes out the message that waits longest, or `null`. */
  takeOldest(): Message | null {
    const waiting = this.waiting[0]
    const refused = this.refused[0]
    if (waiting && (!refused || waiting.id < refused.id)) return this.waiting.shift() ?? null
    if (refused) return this.refused.shift() ?? null
    for (const message of this.pending?.values() ?? []) {
      this.pending?.delete(message.id)
      return message
    }
    return null
  }
}

function byId(a: Message, b: Message): number {
  return a.id - b.id
}

/** What says in the store that the message waits. */
export function queuedRecord({ owner, id, topic, payload, auto, expiresAt }: Message): KeepRecord {
  return { kind: 'queued', owner, id, topic, payload: payload as Uint8Array, qos: 1, auto, expiresAt }
}

/** What is under way on one link, and who waits for room there. */
export class Window {
  /** By packet id. `null`: its owner went elsewhere, and the client has not acknowledged it yet, so the id is taken. */
  readonly sent = new Map<number, Message | null>()
  /** Inboxes with messages that found no room, in turn. */
  readonly stalled: Inbox[] = []
  /** Messages that live in memory only and found no room. */
  readonly volatile = new Inbox('')

  /** The stored messages of one owner that are under way; their ids stay taken. */
  takeBack(owner: string): Message[] {
    const back: Message[] = []
    for (const [packetId, message] of this.sent) {
      if (message === null || !message.durable || message.owner !== owner) continue
      back.push(message)
      this.sent.set(packetId, null)
    }
    return back
  }

  hasRoom(outlet: Outlet): boolean {
    return this.sent.size < outlet.windowSize && !outlet.congested
  }

  /** The packet id of the last attempt if that went to the same session and the id is free, else the next free one. */
  takeId(outlet: Outlet, message: Message): number {
    const ids = outlet.session as PacketIds
    if (message.sentTo === ids && message.packetId !== 0 && !this.sent.get(message.packetId)) return message.packetId
    do {
      ids.lastPacketId = ids.lastPacketId === 0xffff ? 1 : ids.lastPacketId + 1
    } while (this.sent.has(ids.lastPacketId))
    return ids.lastPacketId
  }
}

export function windowOf(outlet: Outlet): Window {
  outlet.window ??= new Window()
  return outlet.window
}
