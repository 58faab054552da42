/** All orders of a few events over one sub-device, each with every outcome of the store, and what must hold after each step. */
import type { Fact } from '../../src/facts/fact.ts'
import { FactKind } from '../../src/facts/fact.ts'
import type { SessionSlot } from '../../src/sessions/session.ts'
import { Session } from '../../src/sessions/session.ts'
import type { StageDevice, StageLink, Told } from '../scenarios/stage.ts'
import { Stage } from '../scenarios/stage.ts'

export type Event = (run: Run) => void

/** Each order of the items; equal items are not told apart. */
export function* orders<T>(items: readonly T[]): Generator<readonly T[]> {
  const counts = new Map<T, number>()
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1)
  const chosen: T[] = []
  function* walk(): Generator<readonly T[]> {
    if (chosen.length === items.length) yield chosen
    for (const [item, count] of counts) {
      if (count === 0) continue
      counts.set(item, count - 1)
      chosen.push(item)
      yield* walk()
      chosen.pop()
      counts.set(item, count)
    }
  }
  yield* walk()
}

export const events = {
  login: (name: string): Event => {
    return (run) => run.login(name)
  },
  logout: (name: string): Event => {
    return (run) => run.logout(name)
  },
  close: (name: string): Event => {
    return (run) => run.stage.close(run.stage.link(name))
  },
  connect: ((run) => run.stage.connectDirect('d')) as Event,
  disconnect: ((run) => {
    const link = run.stage.links.get('d')
    if (link) run.stage.close(link)
  }) as Event,
  disable: ((run) => run.stage.force('d', 522)) as Event,
  enable: ((run) => {
    if (run.device.state === 'disabled') run.device.state = 'present'
  }) as Event,
  remove: ((run) => run.stage.force('d', 521)) as Event,
  unrelate: (name: string): Event => {
    return (run) => run.stage.force('d', 6401, name)
  },
  stored: ((run) => run.stage.decide('ok')) as Event,
  failed: ((run) => run.fail()) as Event,
}

/** One order, played on a stage of its own. Throws where something does not hold. */
export class Run {
  readonly stage = new Stage()
  readonly device: StageDevice
  /** Links that heard anything but a refusal of the store in this step. */
  #heard = 0

  constructor(gateways: readonly string[]) {
    this.device = this.stage.device('d')
    for (const name of gateways) this.stage.connect(name)
    this.stage.onTold = (told) => this.#told(told)
  }

  play(order: readonly Event[]): void {
    for (const event of order) {
      event(this)
      this.#holds()
    }
    while (this.stage.decide('ok')) this.#holds()
    this.#settled()
  }

  login(name: string): void {
    const link = this.stage.link(name)
    if (!link.open) return
    const before = this.#snapshot()
    const code = this.stage.login(link, ['d'])
    if (code !== 0) assert(this.#snapshot() === before, `login refused with ${code} changed the session`)
  }

  logout(name: string): void {
    const link = this.stage.link(name)
    if (!link.open) return
    const before = this.#snapshot()
    const code = this.stage.logout(link, ['d'])
    if (code !== 0) assert(this.#snapshot() === before, 'a refused logout changed the session')
  }

  /** What was there stays, unless it must end for another reason; nobody hears anything but that his own request failed. */
  fail(): void {
    const holder = this.device.slot?.holder ?? null
    const doomed = holder !== null && holder.end !== null
    const rides = this.stage.groups.some((group) => group.retry)
    this.#heard = 0
    this.stage.decide('fail')
    assert(this.device.slot?.pending == null, 'a failed change still pends')
    if (!doomed) assert((this.device.slot?.holder ?? null) === holder, 'a failed change changed the holder')
    if (!rides) assert(this.#heard === 0, 'somebody heard of a change that failed')
  }

  #told({ link, what, code, devices }: Told): void {
    if (devices[0] !== 'd') return
    const believed = link.believes.has('d')
    if (what === 'notice' || what === 'close' || (what === 'logout' && code === 200)) {
      assert(believed, `${link.name} heard the end of a session that it did not have: ${what} ${code}`)
    }
    if (what === 'login' && code === 200) this.#onlyBeliever(link)
    if (what === 'connack') this.#onlyBeliever(link)
    if (code !== 500 && what !== 'refused') this.#heard++
  }

  #onlyBeliever(link: StageLink): void {
    for (const other of this.stage.links.values()) {
      assert(
        other === link || !other.believes.has('d'),
        `${link.name} and ${other.name} both believe that they have it`,
      )
    }
  }

  #snapshot(): string {
    const { slot } = this.device
    if (slot === null) return ''
    const entries = (slot.pending ?? []).map((it) => `${it.epoch} ${it instanceof Session ? it.state : ''}`)
    return `${slot.holder?.epoch} ${slot.holder?.state} ${slot.current?.epoch} ${slot.epoch} ${entries.join()} ${slot.logins?.length}`
  }

  #holds(): void {
    const { slot } = this.device
    if (slot === null) return
    const sessions = sessionsOf(slot)
    let last = 0
    for (const entry of [...(slot.holder === null ? [] : [slot.holder]), ...(slot.pending ?? [])]) {
      assert(entry.epoch > last, 'epochs are out of order')
      last = entry.epoch
    }
    assert(slot.pending === null || slot.pending.length > 0, 'an empty queue is kept')
    assert(slot.holder === null || slot.holder.state === 'holder', 'the holder does not know it')
    assert(slot.holder === null || slot.pending !== null || slot.holder.end === null, 'a marked holder stays')
    for (const link of this.stage.links.values()) {
      const here = sessions.filter((it) => it.link === link && it.gateway !== null)
      const indexed = new Set(this.stage.sessions.ofLink(link))
      if (link.open)
        assert(indexed.size === here.length && here.every((it) => indexed.has(it)), 'the index of links is wrong')
      else assert(indexed.size === 0, 'a closed link has sessions')
      const current = slot.current !== null && slot.current.gateway !== null && slot.current.link === link
      assert(this.stage.sessions.countOf(link) === (current ? 1 : 0), 'the count of a link is wrong')
    }
  }

  /** Everything is decided: who believes it has the device does, the log tells the same. */
  #settled(): void {
    const { slot, state } = this.device
    const holder = slot?.holder ?? null
    assert(slot?.pending == null, 'something pends for ever')
    assert(holder === (slot?.current ?? null), 'current is not the holder')
    assert(state === 'present' || holder === null, `on line although ${state}`)
    for (const link of this.stage.links.values()) {
      const has = holder !== null && holder.link === link
      assert(link.believes.has('d') === has, `${link.name} ${has ? 'has it and does not know' : 'believes it has it'}`)
      assert(this.stage.sessions.heldBy(slot, link) === has, `${link.name}: messages are judged wrongly`)
    }
    assert([...this.stage.sessions.all()].length === (holder === null ? 0 : 1), 'the list of sessions is wrong')
    assert(replay(this.stage.log) === (holder?.epoch ?? 0), 'the log tells another state')
  }
}

/** Follows the log by time: each session begins, is perhaps refreshed, and ends once. Returns the epoch on line, 0 for none. */
function replay(log: readonly Fact[]): number {
  const facts = [...log].sort((a, b) => a.time - b.time)
  let epoch = 0
  let time = 0
  for (const fact of facts) {
    assert(fact.time > time, 'two changes of status at one time')
    time = fact.time
    if (fact.kind === FactKind.online) assert(epoch === 0 || epoch === fact.epoch, 'on line twice')
    else assert(epoch === fact.epoch, 'off line without having been on line')
    epoch = fact.kind === FactKind.online ? fact.epoch : 0
  }
  return epoch
}

function sessionsOf(slot: SessionSlot): Session[] {
  const pending = (slot.pending ?? []).filter((it) => it instanceof Session)
  return slot.holder === null ? pending : [slot.holder, ...pending]
}

function assert(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}
