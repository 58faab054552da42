/** What the demo prints: each row of the table of errors, what was sent, what came back, and what it means. */
import type { CodeRow } from '../../codes/alink.ts'
import { errorRows } from '../../codes/alink.ts'
import type { Output } from '../host.ts'
import type { Message } from './gateway.ts'

export interface Shown {
  readonly id: string
  readonly gateway: string
  readonly sent: Message | null
  readonly received: Message
}

const WIDTH = 160

/** A payload on one line; long values are cut, so that the line can be read. */
function shortened(text: string): string {
  return text.length <= WIDTH * 2 ? text : `${text.slice(0, WIDTH)} … (${text.length} characters)`
}

export class Transcript {
  readonly shown = new Map<string, Shown>()
  readonly #out: Output
  readonly #quiet: boolean

  constructor(out: Output, quiet: boolean) {
    this.#out = out
    this.#quiet = quiet
  }

  say(text = ''): void {
    if (!this.#quiet) this.#out.write(`${text}\n`)
  }

  title(row: CodeRow): void {
    this.say(`\n── ${row.id} ${'─'.repeat(Math.max(2, 66 - row.id.length))}`)
  }

  sent(gateway: string, { topic, text }: Message): void {
    this.say(`  ${gateway} → ${topic}\n      ${shortened(text)}`)
  }

  received(gateway: string, { topic, text }: Message): void {
    this.say(`  ${gateway} ← ${topic}\n      ${shortened(text)}`)
  }

  /** The row was met: it counts in the tally. */
  met(row: CodeRow, shown: Shown): void {
    this.received(shown.gateway, shown.received)
    this.say(`  ${row.code} ${row.message}: ${row.cause}.\n  What to do: ${row.cure}.`)
    this.shown.set(row.id, shown)
  }

  /** Says how many rows were met; returns the ids of those that were not. */
  tally(): string[] {
    const missing = errorRows.filter((row) => !this.shown.has(row.id)).map((row) => row.id)
    this.say(`\n${'━'.repeat(72)}`)
    this.say(`${this.shown.size} of ${errorRows.length} errors were met by their natural cause.`)
    if (missing.length > 0) this.say(`Missing: ${missing.join(', ')}`)
    return missing
  }
}
