/** What must hold in every trace. Each checker returns what it found wrong, in words. */
import { FactKind } from '../../src/facts/fact.ts'
import type { Happened, Listed, Logged, Trace } from './trace.ts'

export type Checker = (trace: Trace) => string[]

type Of<W extends Happened['what']> = Extract<Happened, { what: W }>

/** Who believes what, followed along a trace. */
class Beliefs {
  /** Connections that live, and the devices that each believes to be on line through it. */
  readonly conns = new Map<string, Set<string>>()
  readonly #asked = new Map<string, Of<'asked'>>()

  see(event: Happened): void {
    switch (event.what) {
      case 'open':
        this.conns.set(event.conn, new Set([event.device]))
        break
      case 'closed':
        this.conns.delete(event.conn)
        break
      case 'asked':
        this.#asked.set(event.id, event)
        break
      case 'told':
        this.#told(event)
        break
      case 'notice':
        this.conns.get(event.conn)?.delete(event.device)
        break
    }
  }

  #told({ conn, id, method, code }: Of<'told'>): void {
    const believed = this.conns.get(conn)
    if (code !== 200 || !believed) return
    for (const device of this.#asked.get(id)?.devices ?? []) {
      if (method === 'login') believed.add(device)
      else if (method === 'logout') believed.delete(device)
    }
  }

  *of(device: string): Generator<string> {
    for (const [conn, devices] of this.conns) if (devices.has(device)) yield conn
  }
}

/** A device has one session at most, by the server's list and in the belief of those who are connected. */
export const oneSession: Checker = (trace) => {
  const found: string[] = []
  const beliefs = new Beliefs()
  for (const event of trace) {
    beliefs.see(event)
    if (event.what !== 'turn' && event.what !== 'quiet') continue
    const listed = new Set<string>()
    for (const { device } of event.sessions) {
      if (listed.has(device)) found.push(`the server lists two sessions of ${device}`)
      listed.add(device)
    }
    const believed = new Map<string, string>()
    for (const [conn, devices] of beliefs.conns) {
      for (const device of devices) {
        const other = believed.get(device)
        if (other) found.push(`${other} and ${conn} both believe that they have ${device}`)
        believed.set(device, conn)
      }
    }
  }
  return found
}

/** When all is quiet, each connection believes what the server lists for it. */
export const agreed: Checker = (trace) => {
  const found: string[] = []
  const beliefs = new Beliefs()
  for (const event of trace) {
    beliefs.see(event)
    if (event.what !== 'quiet') continue
    for (const [conn, devices] of beliefs.conns) {
      const listed = new Set(devicesOf(event.sessions, conn))
      for (const device of devices)
        if (!listed.has(device)) found.push(`${conn} believes it has ${device}, and has not`)
      for (const device of listed) if (!devices.has(device)) found.push(`${conn} has ${device}, and does not know it`)
    }
  }
  return found
}

function* devicesOf(sessions: readonly Listed[], conn: string): Generator<string> {
  for (const session of sessions) if (session.conn === conn) yield session.device
}

/** Every request is answered once; by the time that all is quiet, every one of a connection that still stands. */
export const answeredOnce: Checker = (trace) => {
  const found: string[] = []
  const open = new Map<string, Of<'asked'>>()
  for (const event of trace) {
    if (event.what === 'asked') open.set(event.id, event)
    else if (event.what === 'closed') dropOf(open, event.conn)
    else if (event.what === 'told' && event.method !== 'post') {
      if (open.get(event.id)?.conn === event.conn) open.delete(event.id)
      else
        found.push(
          `${event.conn} got a reply ${event.method} ${event.code} with id ${event.id} that it did not wait for`,
        )
    } else if (event.what === 'quiet') {
      for (const { conn, id, method } of open.values()) found.push(`${conn} has no answer to its ${method} ${id}`)
    }
  }
  return found
}

function dropOf(open: Map<string, { conn: string }>, conn: string): void {
  for (const [id, asked] of open) if (asked.conn === conn) open.delete(id)
}

/** The end of a session is told to who had it, once, on both topics with one id. */
export const noticedOnce: Checker = (trace) => {
  const found: string[] = []
  const beliefs = new Beliefs()
  const half = new Map<string, Of<'notice'>>()
  for (const event of trace) {
    if (event.what === 'notice' && event.topic === 'logout_reply') {
      if (!beliefs.conns.get(event.conn)?.has(event.device))
        found.push(`${event.conn} heard ${event.code} of ${event.device}, which it did not have`)
      half.set(event.id, event)
    } else if (event.what === 'notice') {
      const first = half.get(event.id)
      if (first?.conn === event.conn && first.device === event.device && first.code === event.code)
        half.delete(event.id)
      else found.push(`${event.conn} heard ${event.code} of ${event.device} on /ext/error alone`)
    } else if (event.what === 'closed') dropOf(half, event.conn)
    else if (event.what === 'turn')
      for (const { conn, code, device } of half.values())
        found.push(`${conn} heard ${code} of ${device} on logout_reply alone`)
    beliefs.see(event)
  }
  return found
}

/** Each message of QoS 1 is acknowledged once; each post is answered, or refused, once. */
export const messagesOnce: Checker = (trace) => {
  const found: string[] = []
  const acks = new Map<string, Of<'sent'>>()
  const posts = new Map<string, Of<'sent'>>()
  const all = new Map<string, Of<'sent'>>()
  for (const event of trace) {
    switch (event.what) {
      case 'sent':
        all.set(event.id, event)
        if (event.packetId > 0) acks.set(`${event.conn} ${event.packetId}`, event)
        if (event.kind === 'post') posts.set(event.id, event)
        break
      case 'puback':
        if (!acks.delete(`${event.conn} ${event.packetId}`))
          found.push(`${event.conn} got a PUBACK ${event.packetId} that it did not wait for`)
        break
      case 'told':
        if (event.method === 'post' && !posts.delete(event.id))
          found.push(`${event.conn} got ${event.code} for the post ${event.id} once too often`)
        break
      case 'error':
        if (all.get(event.id)?.device !== event.device || all.get(event.id)?.conn !== event.conn)
          found.push(`${event.conn} got ${event.code} for ${event.id} of ${event.device}, which it did not send`)
        if (all.get(event.id)?.kind === 'post' && !posts.delete(event.id))
          found.push(`${event.conn} got ${event.code} for the post ${event.id} once too often`)
        break
      case 'closed':
        dropOf(acks, event.conn)
        dropOf(posts, event.conn)
        break
      case 'quiet':
        for (const { conn, packetId } of acks.values()) found.push(`${conn} has no PUBACK for ${packetId}`)
        for (const { conn, id } of posts.values()) found.push(`${conn} has no answer to its post ${id}`)
        break
    }
  }
  return found
}

/**
 * A device that was made anew gets nothing that was sent to the one before it; unless the store failed all the time from the deletion
 * to the making, and the process was killed then: the registry has both, and the log neither.
 */
export const nothingInherited: Checker = (trace) => {
  const found: string[] = []
  const sent = new Map<string, number[]>()
  const doomed = new Map<string, readonly number[]>()
  const forbidden = new Set<number>()
  let fresh: number[] = []
  for (const event of trace) {
    if (event.what === 'pub') sent.set(event.owner, [...(sent.get(event.owner) ?? []), event.n])
    else if (event.what === 'deleted' && !event.done) doomed.set(event.device, sent.get(event.device) ?? [])
    else if (event.what === 'made') fresh.push(...(doomed.get(event.device) ?? []))
    else if (event.what === 'quiet' || event.what === 'end') {
      if (event.what === 'quiet' || event.clean) for (const n of fresh) forbidden.add(n)
      fresh = []
    } else if (event.what === 'delivered' && (forbidden.has(event.n) || fresh.includes(event.n)))
      found.push(`${event.owner} got message ${event.n} of a device that was deleted`)
  }
  return found
}

/**
 * A message to a persistent owner that was said to be stored arrives, in the order in which they were sent; one that was said not to
 * be never does, unless the process was killed before the disk answered: what was given up may be in the log then. Holds at the end of the trace: the simulation brings every such owner on line before.
 */
export const nothingLost: Checker = (trace) => {
  const found: string[] = []
  const sent = new Map<number, Of<'pub'>>()
  const refused = new Set<number>()
  /** The disk may not have answered yet. */
  let maybe: number[] = []
  const due = new Map<number, Of<'pub'>>()
  const arrived = new Set<number>()
  const last = new Map<string, number>()
  for (const event of trace) {
    if (event.what === 'pub') sent.set(event.n, event)
    else if (event.what === 'pubbed') {
      const pub = sent.get(event.n) as Of<'pub'>
      if (!event.stored) maybe.push(event.n)
      else if (pub.kept && !arrived.has(event.n)) due.set(event.n, pub)
    } else if (event.what === 'quiet' || event.what === 'end') {
      if (event.what === 'quiet' || event.clean) for (const n of maybe) refused.add(n)
      maybe = []
    } else if (event.what === 'deleted') {
      for (const [n, pub] of due) if (pub.owner === event.device) due.delete(n)
      for (const [n, pub] of sent) if (pub.owner === event.device) sent.set(n, { ...pub, kept: false })
    } else if (event.what === 'delivered') {
      const { n, owner } = event
      if (sent.get(n)?.owner !== owner) found.push(`${owner} got message ${n}, which nobody sent to it`)
      if (refused.has(n) || maybe.includes(n)) found.push(`${owner} got message ${n}, which was not stored`)
      due.delete(n)
      if (arrived.has(n)) continue
      arrived.add(n)
      if (n < (last.get(owner) ?? 0)) found.push(`${owner} got message ${n} behind ${last.get(owner)}`)
      last.set(owner, Math.max(n, last.get(owner) ?? 0))
    }
  }
  for (const { n, owner } of due.values()) found.push(`message ${n} to ${owner} was acknowledged, and is lost`)
  return found
}

/** What was acknowledged is in the log that the next process reads; what was answered 500 is not, with the same exception. */
export const logged: Checker = (trace) => {
  const found: string[] = []
  const sent = new Map<string, Of<'sent'>>()
  const byPacket = new Map<string, Of<'sent'>>()
  const asked = new Map<string, Of<'asked'>>()
  let must = new Map<string, string>()
  let mustNot = new Set<string>()
  let maybe: string[] = []
  let logins = new Map<string, number>()
  const gateways = new Map<string, string>()
  for (const event of trace) {
    switch (event.what) {
      case 'open':
        gateways.set(event.conn, event.gateway ? event.device : '')
        if (!event.gateway) count(logins, `${event.device} `)
        break
      case 'asked':
        asked.set(event.id, event)
        break
      case 'sent':
        sent.set(event.id, event)
        if (event.packetId > 0) byPacket.set(`${event.conn} ${event.packetId}`, event)
        break
      case 'told':
        if (event.method === 'post' && event.code === 200) must.set(event.id, 'answered 200')
        else if (event.method === 'post' && event.code === 500) maybe.push(event.id)
        else if (event.method === 'login' && event.code === 200)
          for (const device of asked.get(event.id)?.devices ?? [])
            count(logins, `${device} ${gateways.get(event.conn)}`)
        break
      case 'error':
        byPacket.delete(`${event.conn} ${sent.get(event.id)?.packetId}`)
        break
      case 'puback': {
        const message = byPacket.get(`${event.conn} ${event.packetId}`)
        if (message?.kind === 'custom') must.set(message.id, 'acknowledged')
        break
      }
      case 'quiet':
        for (const id of maybe.splice(0)) mustNot.add(id)
        break
      case 'end': {
        if (event.clean) for (const id of maybe) mustNot.add(id)
        const ids = new Set<string>()
        const online = new Map<string, number>()
        for (const fact of event.facts) {
          const id = /"id":"(\w+)"/.exec(fact.text)?.[1]
          if (id !== undefined) ids.add(id)
          if (fact.kind === FactKind.online) count(online, `${fact.device} ${fact.gateway}`)
        }
        for (const [id, why] of must) if (!ids.has(id)) found.push(`${id} was ${why}, and is not in the log`)
        for (const id of mustNot) if (ids.has(id)) found.push(`${id} was answered 500, and is in the log`)
        for (const [who, times] of logins) {
          const stored = online.get(who) ?? 0
          if (stored < times) found.push(`${times} logins of ${who} were answered 200, ${stored} are in the log`)
        }
        must = new Map()
        mustNot = new Set()
        maybe = []
        logins = new Map()
        break
      }
    }
  }
  return found
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** Changes of status: times strictly increase per device for ever, epochs never fall; where a process was stopped, each session ended once. */
export const statusInOrder: Checker = (trace) => {
  const found: string[] = []
  const last = new Map<string, number>()
  // A device that was deleted and made anew begins anew.
  const anew = new Set<string>()
  for (const event of trace) {
    if (event.what === 'deleted') anew.add(event.device)
    if (event.what !== 'end') continue
    for (const [device, facts] of byDevice(event.facts)) {
      const before = last.get(device) ?? 0
      if (anew.has(device)) continue
      found.push(...statusFaults(device, before, facts, event.clean))
      last.set(device, facts.at(-1)?.time ?? before)
    }
  }
  return found
}

function byDevice(facts: readonly Logged[]): Map<string, Logged[]> {
  const devices = new Map<string, Logged[]>()
  for (const fact of facts) {
    if (fact.kind !== FactKind.online && fact.kind !== FactKind.offline) continue
    const list = devices.get(fact.device)
    if (list) list.push(fact)
    else devices.set(fact.device, [fact])
  }
  for (const list of devices.values()) list.sort((a, b) => a.time - b.time)
  return devices
}

function statusFaults(device: string, before: number, facts: readonly Logged[], clean: boolean): string[] {
  const found: string[] = []
  let time = before
  let highest = 0
  let online = 0
  for (const fact of facts) {
    if (fact.time <= time) found.push(`${device}: two changes of status at ${fact.time}`)
    time = fact.time
    if (fact.epoch < highest) found.push(`${device}: epoch ${fact.epoch} behind ${highest}`)
    highest = fact.epoch
    if (!clean) continue
    if (fact.kind === FactKind.offline && online !== fact.epoch)
      found.push(`${device}: epoch ${fact.epoch} ended, and had not begun`)
    if (fact.kind === FactKind.online && online !== 0 && online !== fact.epoch)
      found.push(`${device}: epoch ${fact.epoch} began, and ${online} had not ended`)
    online = fact.kind === FactKind.online ? fact.epoch : 0
  }
  if (clean && online !== 0) found.push(`${device}: epoch ${online} never ended`)
  return found
}

/**
 * Ids that the platform makes are never given twice, whatever ends and starts. A push may come again, as it was, to a gateway that
 * did not acknowledge it.
 */
export const idsUnique: Checker = (trace) => {
  const found: string[] = []
  const seen = new Map<string, string>()
  const see = (id: string, what: string, again = false) => {
    const other = seen.get(id)
    if (other && !(again && other === what)) found.push(`id ${id} is that of ${other} and of ${what}`)
    seen.set(id, what)
  }
  for (const event of trace) {
    if (event.what === 'notice' && event.topic === 'logout_reply') see(event.id, `a notice to ${event.conn}`)
    else if (event.what === 'push') see(event.id, `${event.text} to ${event.to}`, true)
    else if (event.what === 'pubbed' && event.stored) see(event.id, `message ${event.n}`)
  }
  return found
}

export const noDefects: Checker = (trace) =>
  trace.flatMap((event) => (event.what === 'defect' ? [`a defect was met: ${event.text}`] : []))

export const checkers: Readonly<Record<string, Checker>> = {
  oneSession,
  agreed,
  answeredOnce,
  noticedOnce,
  messagesOnce,
  nothingInherited,
  nothingLost,
  logged,
  statusInOrder,
  idsUnique,
  noDefects,
}

/** Everything that is wrong, at most so many lines. */
export function check(trace: Trace, limit = 12): string[] {
  const found = Object.entries(checkers).flatMap(([name, checker]) => checker(trace).map((text) => `${name}: ${text}`))
  return found.length > limit ? [...found.slice(0, limit), `… and ${found.length - limit} more`] : found
}
