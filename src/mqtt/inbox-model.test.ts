/** Random histories of owners, links and acknowledgements: what an inbox promises holds in each of them. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VirtualClock } from '../clock/virtual.ts'
import { TestKeep } from './host.fixture.ts'
import { Inboxes } from './inbox.ts'
import type { Inbox, Outlet, PacketIds, Window } from './inbox-queue.ts'
import { MqttStats } from './stats.ts'
import { Filters } from './topics/filters.ts'

const OWNERS = ['pk/a', 'pk/b', 'pk/c']
const LINKS = 2
const WINDOW = 3

/** A link that only writes down what it is given. */
class FakeOutlet implements Outlet {
  readonly id = 0
  readonly version = 4
  readonly clientId = ''
  readonly remote = ''
  readonly keepAlive = 0
  readonly cleanStart = true
  readonly filters = new Filters()
  readonly windowSize = WINDOW
  peer = null
  open = true
  inboxes: Inbox | null = null
  window: Window | null = null
  congested = false
  readonly session: PacketIds
  /** Sent and not acknowledged, by packet id. */
  readonly sent = new Map<number, string>()
  readonly log: string[]
  /** Through which link each owner is on line. */
  readonly through: Map<string, FakeOutlet>

  constructor(session: PacketIds, log: string[], through: Map<string, FakeOutlet>) {
    this.session = session
    this.log = log
    this.through = through
  }

  sendAcked(packetId: number, _topic: string, payload: string | Uint8Array, dup: boolean): boolean {
    const text = Buffer.from(payload as Uint8Array).toString()
    if (this.through.get(text.split('#')[0] as string) !== this) throw new Error(`${text} on a link of another`)
    const before = this.sent.get(packetId)
    if (before !== undefined && before !== text) throw new Error(`packet id ${packetId} is taken by another message`)
    if (dup !== this.log.includes(text)) throw new Error(`${text} was sent with DUP ${dup}`)
    this.sent.set(packetId, text)
    this.log.push(text)
    if (this.sent.size > WINDOW) throw new Error('more than the window')
    return true
  }

  grants(): 1 {
    return 1
  }

  accept(): void {}
  refuse(): void {}
  ack(): void {}
  suback(): void {}
  send(): void {}
  close(): void {}
  hold(): void {}
  release(): void {}
}

const owner = fc.integer({ min: 0, max: OWNERS.length - 1 })
const link = fc.integer({ min: 0, max: LINKS - 1 })
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('queue' as const), owner }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('stored' as const) }) },
  fc.record({ do: fc.constant('failed' as const) }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('attach' as const), owner, link }) },
  fc.record({ do: fc.constant('detach' as const), owner, link }),
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ack' as const), link, which: fc.nat(5) }) },
  fc.record({ do: fc.constant('reconnect' as const), link }),
  fc.record({ do: fc.constant('congest' as const), link, on: fc.boolean() }),
  fc.record({ do: fc.constant('restart' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

class History {
  readonly clock = new VirtualClock()
  readonly keep = new TestKeep()
  readonly sessions: PacketIds[] = Array.from({ length: LINKS }, () => ({ lastPacketId: 0 }))
  /** Every sending since the last start, in order. */
  log: string[] = []
  readonly through = new Map<string, FakeOutlet>()
  inboxes = this.#make()
  links = this.sessions.map((session) => new FakeOutlet(session, this.log, this.through))
  /** Messages whose group is open. */
  open: { owner: string; id: number; text: string }[] = []
  /** Stored, by owner, in order. */
  readonly stored = new Map<string, string[]>(OWNERS.map((name) => [name, []]))
  readonly acknowledged = new Set<string>()
  readonly everSent = new Set<string>()
  #count = 0

  constructor() {
    for (const name of OWNERS) this.inboxes.setPersistent(name, true)
  }

  #make(): Inboxes {
    return new Inboxes({
      clock: this.clock,
      keep: this.keep,
      limits: { offlineTime: 3_600_000, offlineMessages: 1000 },
      stats: new MqttStats(),
      onDropped: (name, why) => {
        throw new Error(`dropped for ${name}: ${why}`)
      },
    })
  }

  run(now: Step): void {
    switch (now.do) {
      case 'queue': {
        const name = OWNERS[now.owner] as string
        const text = `${name}#${++this.#count}`
        this.open.push({ owner: name, id: this.inboxes.queue(name, '/t', Buffer.from(text), 1, true), text })
        break
      }
      case 'stored':
        for (const message of this.open) {
          this.inboxes.deliver(message.owner, message.id)
          this.stored.get(message.owner)?.push(message.text)
        }
        this.open = []
        break
      case 'failed':
        for (const message of this.open) this.inboxes.discard(message.owner, message.id)
        this.#forget()
        break
      case 'attach':
        this.#attach(OWNERS[now.owner] as string, this.links[now.link] as FakeOutlet)
        break
      case 'detach': {
        const name = OWNERS[now.owner] as string
        const outlet = this.links[now.link] as FakeOutlet
        if (this.through.get(name) === outlet) this.through.delete(name)
        this.inboxes.detach(name, outlet)
        break
      }
      case 'ack':
        this.#ack(this.links[now.link] as FakeOutlet, now.which)
        break
      case 'reconnect':
        this.#reconnect(now.link)
        break
      case 'congest': {
        const outlet = this.links[now.link] as FakeOutlet
        outlet.congested = now.on
        if (!now.on) this.inboxes.resume(outlet)
        break
      }
      case 'restart':
        this.#restart()
    }
    for (const text of this.log) this.everSent.add(text)
  }

  #attach(name: string, outlet: FakeOutlet): void {
    this.through.set(name, outlet)
    this.inboxes.attach(name, outlet)
  }

  #ack(outlet: FakeOutlet, which: number): void {
    const [packetId, text] = [...outlet.sent][which % Math.max(1, outlet.sent.size)] ?? [0, '']
    if (packetId === 0) return
    const before = this.keep.records.length
    outlet.sent.delete(packetId)
    this.inboxes.acked(outlet, packetId)
    if (this.keep.records.length > before) this.acknowledged.add(text)
  }

  #reconnect(at: number): void {
    const outlet = this.links[at] as FakeOutlet
    outlet.open = false
    this.inboxes.closed(outlet)
    for (const [name, through] of this.through) if (through === outlet) this.through.delete(name)
    this.links[at] = new FakeOutlet(this.sessions[at] as PacketIds, this.log, this.through)
  }

  /** The records of an open group are not in the store. */
  #forget(): void {
    for (const message of this.open) {
      const at = this.keep.records.findIndex((record) => record.kind === 'queued' && record.id === message.id)
      this.keep.records.splice(at, 1)
    }
    this.open = []
  }

  #restart(): void {
    this.#forget()
    this.log = []
    this.inboxes = this.#make()
    for (const record of [...this.keep.records]) this.inboxes.restore(record)
    this.inboxes.restored()
    for (const session of this.sessions) session.lastPacketId = 0
    this.through.clear()
    this.links = this.sessions.map((session) => new FakeOutlet(session, this.log, this.through))
  }

  /** Everybody comes back and acknowledges all that comes. */
  drain(): void {
    for (let at = 0; at < LINKS; at++) this.#reconnect(at)
    const outlet = this.links[0] as FakeOutlet
    this.run({ do: 'stored' })
    for (const name of OWNERS) this.#attach(name, outlet)
    for (let i = 0; i < 10_000 && outlet.sent.size > 0; i++) this.#ack(outlet, 0)
    for (const text of this.log) this.everSent.add(text)
  }
}

test('nothing stored is lost, nothing acknowledged comes again, order and window are kept', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 40, maxLength: 150, size: 'max' }), (steps) => {
      const history = new History()
      for (const now of steps) history.run(now)
      const done = new Set(history.acknowledged)
      const mark = history.log.length
      history.drain()
      for (const name of OWNERS) {
        const stored = history.stored.get(name) as string[]
        for (const text of stored) expect(history.everSent, text).toContain(text)
        // At the end each owner gets what it had not acknowledged, all of it, in the order in which it was stored.
        const last = history.log.slice(mark).filter((text) => text.startsWith(`${name}#`))
        expect(last).toEqual(stored.filter((text) => !done.has(text)))
        expect(history.inboxes.size(name)).toBe(0)
      }
      expect([...history.inboxes.snapshot()].filter(({ kind }) => kind === 'queued')).toEqual([])
    }),
    { numRuns: 400 },
  )
})
