/**
 * Stores what a step recorded, then carries its effects out: one by one, in the order recorded, across links (ARCHITECTURE.md,
 * "Now, or once stored"). Where the store fails, each effect has its other outcome: 500, CONNACK 3, or another try.
 */
import { replyText } from '../alink/envelope.ts'
import { notice } from '../alink/notices.ts'
import { alinkMessage } from '../codes/alink.ts'
import { Reason } from '../codes/mqtt.ts'
import type { AlinkError, Effect, LinkRef } from '../effects/effect.ts'
import type { Turn } from '../effects/turn.ts'
import type { Fact } from '../facts/fact.ts'
import { FactKind } from '../facts/fact.ts'
import type { Properties } from '../mqtt/codec/packets.ts'
import type { Commit, GroupOutcome } from '../store/store.ts'
import type { Deliver } from './deliver.ts'
import { linkOf, waitsOf } from './peer.ts'
import type { Retries } from './retries.ts'
import type { Waiting } from './waiting.ts'

export interface ApplyNeeds {
  readonly deliver: Deliver
  readonly retries: Retries
  /** Decides a pending session; what follows from it is recorded into the turn. */
  readonly settle: (effect: Extract<Effect, { kind: 'settle' }>, stored: boolean, turn: Turn) => void
  readonly attach: (effect: Extract<Effect, { kind: 'attach' | 'detach' }>) => void
  /** What a persistent session will be told is put into the open group: it outlives the process as soon as the login does. */
  readonly promise: (effect: Extract<Effect, { kind: 'attach' | 'connack' }>) => void
  readonly accept: (link: LinkRef) => void
  readonly close: (effect: Extract<Effect, { kind: 'close' }>) => void
  /** The SUBACK or UNSUBACK goes out; `stored` false: what it granted is taken back first. */
  readonly suback: (effect: Extract<Effect, { kind: 'suback' }>, stored: boolean) => void
  /** A login or logout is stored: what readers see of the device changes now. */
  readonly status: (fact: Fact) => void
  readonly publish: (topic: string, payload: Uint8Array) => void
  readonly nextId: () => string
  readonly forcedOfflineTopics: 'both' | 'logout_reply' | 'error'
  /** One effect met a defect: the others go on. */
  readonly defect: (error: unknown) => void
  /** A 200 that went out as 500, for the log and the metrics. */
  readonly storeRefused: (effect: Extract<Effect, { kind: 'reply' }>, cause: Error) => void
  readonly newTurn: () => Turn
}

export class Apply implements GroupOutcome<Waiting> {
  readonly #needs: ApplyNeeds
  #commit: Commit<Waiting> | null = null

  constructor(needs: ApplyNeeds) {
    this.#needs = needs
  }

  /** The store is opened with this object as its outcome, so it is handed over afterwards. */
  bind(commit: Commit<Waiting>): void {
    this.#commit = commit
  }

  /** Something of this link waits for a group. */
  waits(link: LinkRef): boolean {
    const commit = this.#commit
    const peer = waitsOf(link)
    return commit !== null && peer !== null && peer.waitsFor > commit.decided
  }

  /** Stores and sends what the turn recorded; the turn is empty afterwards and can be used again. */
  submit(turn: Turn): void {
    const commit = this.#commit as Commit<Waiting>
    const { facts, stored, now } = turn
    for (const fact of facts) {
      commit.fact(fact)
      if (fact.kind <= FactKind.offline) commit.wait({ kind: 'status', fact })
    }
    if (turn.retry) this.#retry(commit, turn)
    else for (const effect of stored) this.#wait(commit, effect)
    for (const effect of now) this.#now(commit, effect)
    turn.clear()
  }

  /** What cannot be refused any more: the PUBACK waits until the facts are stored at last, all else is true whatever the store does. */
  #retry(commit: Commit<Waiting>, turn: Turn): void {
    if (turn.facts.length > 0) this.#retryFacts(commit, turn)
    for (const effect of turn.stored) this.#ride(commit, effect)
  }

  #retryFacts(commit: Commit<Waiting>, turn: Turn): void {
    const ack = turn.stored.find((effect) => effect.kind === 'ack')
    if (ack) turn.stored.splice(turn.stored.indexOf(ack), 1)
    // The payload is a view of the read buffer: it is kept only until the end of this turn otherwise.
    const facts = turn.facts.map((fact) => ({ ...fact, payload: Uint8Array.from(fact.payload) }))
    const group = commit.wait({ kind: 'retry', facts, link: ack?.link ?? null, packetId: ack?.packetId ?? 0 })
    if (ack) this.#mark(ack.link, group)
  }

  #wait(commit: Commit<Waiting>, effect: Effect): void {
    const waiting = effect.kind === 'downlink' ? this.#needs.deliver.queued(effect) : effect
    if (effect.kind === 'attach' || effect.kind === 'connack') this.#needs.promise(effect)
    const link = linkNamed(waiting)
    const group = commit.wait(waiting)
    if (link) this.#mark(link, group)
  }

  #now(commit: Commit<Waiting>, effect: Effect): void {
    const { deliver } = this.#needs
    const link = effect.kind === 'downlink' ? deliver.linkOf(effect.via ?? effect.owner) : linkNamed(effect)
    const peer = link && waitsOf(link)
    if (peer && peer.waitsFor > commit.decided) peer.waitsFor = commit.wait({ kind: 'ride', effect })
    else this.#perform(effect)
  }

  /** A push rides with its record in the queue, so that a client which has not acknowledged it gets it again [MQTT-4.4.0-1]. */
  #ride(commit: Commit<Waiting>, recorded: Effect): void {
    const effect = recorded.kind === 'downlink' ? this.#needs.deliver.queued(recorded) : recorded
    const group = commit.wait({ kind: 'ride', effect })
    const link = linkNamed(effect)
    if (link) this.#mark(link, group)
  }

  #mark(link: LinkRef, group: number): void {
    const peer = waitsOf(link)
    if (peer) peer.waitsFor = group
  }

  stored(_group: number, waiting: readonly Waiting[]): void {
    const after = this.#needs.newTurn()
    for (const item of waiting) {
      try {
        this.#release(item, after)
      } catch (error) {
        this.#needs.defect(error)
      }
    }
    if (!after.empty) this.submit(after)
  }

  failed(_group: number, waiting: readonly Waiting[], cause: Error): void {
    const after = this.#needs.newTurn()
    for (const item of waiting) {
      try {
        this.#takeBack(item, cause, after)
      } catch (error) {
        this.#needs.defect(error)
      }
    }
    if (!after.empty) this.submit(after)
  }

  #release(item: Waiting, after: Turn): void {
    if (item.kind === 'ride') this.#perform(item.effect)
    else if (item.kind === 'retry') this.#acknowledge(item.link, item.packetId)
    else if (item.kind === 'status') this.#needs.status(item.fact)
    else if (item.kind === 'settle') this.#needs.settle(item, true, after)
    else this.#perform(item)
  }

  #takeBack(item: Waiting, cause: Error, after: Turn): void {
    if (item.kind === 'ride') this.#perform(item.effect)
    else if (item.kind === 'retry') this.#needs.retries.add(item, cause)
    else if (item.kind === 'settle') this.#needs.settle(item, false, after)
    else if (item.kind !== 'status') this.#fail(item, cause)
  }

  #acknowledge(link: LinkRef | null, packetId: number): void {
    if (link && packetId > 0) linkOf(link).ack(packetId, Reason.success)
  }

  #perform(effect: Effect): void {
    const needs = this.#needs
    switch (effect.kind) {
      case 'reply':
        needs.deliver.reply(
          effect.to.link,
          effect.to.owner,
          effect.to.topic,
          replyText(effect.to, effect.code, effect.message, effect.data),
          effect.code === 200 ? null : explained(effect, effect.to.link),
        )
        break
      case 'ack':
        linkOf(effect.link).ack(effect.packetId, effect.reason, inReason(effect.error))
        break
      case 'notice': {
        const { topics, text } = notice(effect, needs.nextId, needs.forcedOfflineTopics)
        const properties = explained(effect, effect.link)
        for (const topic of topics) needs.deliver.reply(effect.link, effect.gateway, topic, text, properties)
        break
      }
      case 'connack':
        needs.accept(effect.link)
        break
      case 'suback':
        needs.suback(effect, true)
        break
      case 'downlink':
        needs.deliver.downlink(effect)
        break
      case 'publish':
        needs.publish(effect.topic, effect.payload)
        break
      case 'close':
        needs.close(effect)
        break
      case 'attach':
      case 'detach':
        needs.attach(effect)
        break
      case 'answer':
        effect.waiter.resolve(effect.value)
        break
      case 'run':
        effect.stored()
        break
      case 'settle':
        throw new Error('a settle effect waits for its group: it never stands in `now`')
    }
  }

  #fail(effect: Exclude<Effect, { kind: 'settle' }>, cause: Error): void {
    switch (effect.kind) {
      case 'reply': {
        if (effect.code !== 200) {
          this.#perform(effect)
          return
        }
        this.#needs.storeRefused(effect, cause)
        this.#perform({ ...effect, code: 500, message: alinkMessage(500), data: effect.to.errorData })
        break
      }
      case 'ack':
        linkOf(effect.link).ack(effect.packetId, Reason.unspecified, inReason(storeError))
        break
      case 'connack':
        linkOf(effect.link).refuse('unavailable')
        break
      case 'suback':
        this.#needs.suback(effect, false)
        break
      case 'downlink':
        this.#needs.deliver.discard(effect)
        break
      case 'answer':
        effect.waiter.reject(cause)
        break
      case 'run':
        effect.failed?.(cause)
        break
      default:
        // notice, close, attach, detach, publish: what they would have told did not happen.
        break
    }
  }
}

const storeError: AlinkError = { code: 500, message: alinkMessage(500) }

/** User properties of an Alink error, for a PUBLISH on MQTT 5; null on 3.x, whose bytes stay as they are. */
function explained({ code, message }: AlinkError, link: LinkRef): Properties | null {
  if (linkOf(link).version !== 5) return null
  return {
    userProperties: [
      ['code', String(code)],
      ['message', message],
    ],
  }
}

/** The same for an acknowledgement, which has a reason string as well; of no effect on 3.x. */
function inReason(error: AlinkError | null): Properties | null {
  if (error === null) return null
  const { code, message } = error
  return {
    reasonString: message,
    userProperties: [
      ['code', String(code)],
      ['message', message],
    ],
  }
}

function linkNamed(effect: Effect): LinkRef | null {
  switch (effect.kind) {
    case 'reply':
      return effect.to.link
    case 'ack':
    case 'notice':
    case 'connack':
    case 'suback':
    case 'close':
      return effect.link
    default:
      return null
  }
}
