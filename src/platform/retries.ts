/**
 * Messages without a reply whose group failed: they are written again, their PUBACK waits, their link is not read meanwhile, and
 * after `store.giveUp` it is closed, since only then does its client send again (ARCHITECTURE.md, When the store fails).
 */
import type { Clock, Timer } from '../clock/clock.ts'
import type { LinkRef } from '../effects/effect.ts'
import type { Commit } from '../store/store.ts'
import { linkOf } from './peer.ts'
import type { Waiting } from './waiting.ts'

export type Retry = Extract<Waiting, { kind: 'retry' }>

/** Milliseconds between two tries while the store fails. */
const pause = 100

/** Facts of links that are gone wait here too, at most so many; beyond, the oldest are dropped and logged. */
const limit = 100_000

export class Retries {
  readonly #clock: Clock
  readonly #giveUp: number
  readonly #dropped: (retry: Retry, cause: Error) => void
  readonly #held = new Map<LinkRef, number>()
  #waiting: Retry[] = []
  #timer: Timer | null = null
  #commit: Commit<Waiting> | null = null
  #cause: Error = new Error('the store failed')

  constructor(clock: Clock, giveUp: number, dropped: (retry: Retry, cause: Error) => void) {
    this.#clock = clock
    this.#giveUp = giveUp
    this.#dropped = dropped
  }

  bind(commit: Commit<Waiting>): void {
    this.#commit = commit
  }

  get size(): number {
    return this.#waiting.length
  }

  add(retry: Retry, cause: Error): void {
    this.#cause = cause
    if (retry.link) this.#hold(retry.link)
    if (this.#waiting.length >= limit) this.#drop(this.#waiting.shift() as Retry)
    this.#waiting.push(retry)
    this.#timer ??= this.#clock.after(pause, () => this.#again())
  }

  /** The link is gone: its message is still written, nobody waits for the PUBACK. */
  forget(link: LinkRef): void {
    this.#held.delete(link)
  }

  #hold(link: LinkRef): void {
    if (this.#held.has(link)) return
    this.#held.set(link, this.#clock.mono())
    linkOf(link).hold()
  }

  #again(): void {
    this.#timer = null
    const now = this.#clock.mono()
    for (const [link, since] of this.#held) {
      if (now - since < this.#giveUp) continue
      this.#held.delete(link)
      this.#waiting = this.#waiting.filter((retry) => retry.link !== link)
      linkOf(link).close('store-failed')
    }
    const waiting = this.#waiting
    this.#waiting = []
    const commit = this.#commit as Commit<Waiting>
    for (const retry of waiting) {
      for (const fact of retry.facts) commit.fact(fact)
      commit.wait(retry)
    }
    // Released by the outcome: those that fail again are held again before their link is read.
    commit.wait({ kind: 'run', stored: () => this.#release(), failed: null })
  }

  #release(): void {
    if (this.#waiting.length > 0) return
    const held = [...this.#held.keys()]
    this.#held.clear()
    for (const link of held) linkOf(link).release()
  }

  #drop(retry: Retry): void {
    this.#dropped(retry, this.#cause)
  }
}
