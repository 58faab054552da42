import type { Fact } from '../facts/fact.ts'
import type { Effect, ReplyTo } from './effect.ts'

const SHORT = 8

/** Keeps the room of a short list for the next turn; setting its `length` would let go of it, and costs a way into native code. */
function empty(list: unknown[]): void {
  if (list.length > SHORT) list.length = 0
  else while (list.length > 0) list.pop()
}

/**
 * The recorder that a step writes into. Two lists of effects: `now` goes out at once (refusals, answers to queries: nothing
 * changed), `stored` once the facts and records of this turn are stored (all that lets somebody believe in a change).
 */
export class Turn {
  readonly now: Effect[] = []
  readonly stored: Effect[] = []
  readonly facts: Fact[] = []
  /** A message without a reply: if the store fails, its facts are written again and its PUBACK waits (ARCHITECTURE.md, When the store fails). */
  retry = false

  get empty(): boolean {
    return this.now.length === 0 && this.stored.length === 0 && this.facts.length === 0
  }

  clear(): void {
    empty(this.now)
    empty(this.stored)
    empty(this.facts)
    this.retry = false
  }

  fact(fact: Fact): void {
    this.facts.push(fact)
  }

  /** Refuses a request: nothing changed, so it goes out now. */
  refuse(to: ReplyTo, code: number, message: string, data: string = to.errorData): void {
    if (to.wanted) this.now.push({ kind: 'reply', to, code, data, message })
  }

  /** Answers a query: nothing changed. */
  answer(to: ReplyTo, data: string): void {
    if (to.wanted) this.now.push({ kind: 'reply', to, code: 200, data, message: 'success' })
  }

  /** Answers a change: 200 once it is stored, 500 if it cannot be. */
  succeed(to: ReplyTo, data: string): void {
    if (to.wanted) this.stored.push({ kind: 'reply', to, code: 200, data, message: 'success' })
  }
}
