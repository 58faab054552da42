/** What the demo prints: scenes, every message as it leaves and comes, what it means, and how many rows of the table were met. */
import type { Clock } from '../../clock/clock.ts'
import type { CodeRow, Scenario } from '../../codes/alink.ts'
import { errorRows, scenarioTopics } from '../../codes/alink.ts'
import type { Output } from '../host.ts'
import type { Message } from './firmware.ts'
import type { Paint, Style } from './layout.ts'
import { folded, paintFor, WIDTH, wrapped } from './layout.ts'

export interface Shown {
  readonly id: string
  readonly gateway: string
  /** What made the gateway hear of it; null where something else than its own message did. */
  readonly sent: Message | null
  readonly received: Message
}

/** The column of time, and the columns under it. */
const GUTTER = 8
const PAYLOAD = GUTTER + 8

export interface TranscriptOptions {
  readonly clock: Clock
  readonly colours: boolean
  /** Prints nothing; the tally counts all the same. */
  readonly quiet: boolean
}

export class Transcript {
  readonly shown = new Map<string, Shown>()
  readonly #out: Output
  readonly #paint: Paint
  readonly #clock: Clock
  readonly #start: number
  #quiet: boolean
  #scenes = 0
  /** An explanation was printed last: what happens next stands apart from it. */
  #explained = false

  constructor(out: Output, { clock, colours, quiet }: TranscriptOptions) {
    this.#out = out
    this.#paint = paintFor(colours)
    this.#clock = clock
    this.#start = clock.mono()
    this.#quiet = quiet
  }

  /** Prints nothing from now on. */
  mute(): void {
    this.#quiet = true
  }

  line(text = '', style: Style | null = null): void {
    if (!this.#quiet) this.#out.write(`${style === null || text === '' ? text : this.#paint(style, text)}\n`)
  }

  paragraph(text: string, indent: number, style: Style | null = null): void {
    for (const line of wrapped(text, WIDTH - indent)) this.line(' '.repeat(indent) + this.#styled(line, style))
  }

  /** `label` and text beside it. */
  labelled(label: string, text: string, indent = GUTTER, style: Style = 'dim'): void {
    const column = indent + 10
    wrapped(text, WIDTH - column).forEach((line, i) => {
      const head = i === 0 ? ' '.repeat(indent) + this.#paint(style, label.padEnd(10)) : ' '.repeat(column)
      this.line(head + line)
    })
  }

  rule(text: string): void {
    this.line(
      `\n${this.#paint('dim', '━━')} ${this.#paint('bold', text)} ${this.#paint('dim', '━'.repeat(WIDTH - 4 - text.length))}`,
    )
  }

  scene(title: string, ids: readonly string[], story: string): void {
    this.#explained = false
    const head = `${String(++this.#scenes).padStart(2)}  ${title}`
    const tail = ids.join(' · ')
    const line = '─'.repeat(Math.max(2, WIDTH - head.length - tail.length - 2))
    this.line(`\n${this.#paint('bold', head)} ${this.#paint('dim', line)} ${this.#paint('yellow', tail)}`.trimEnd())
    this.paragraph(story, 4)
    this.line()
  }

  /** What someone beside the gateways does. */
  does(what: string): void {
    const [first = '', ...more] = wrapped(what, WIDTH - GUTTER)
    this.#event(first)
    for (const line of more) this.line(' '.repeat(GUTTER) + line)
  }

  operator(command: string): void {
    this.#event(`${this.#paint('magenta', '$')} homeport ${command}`)
  }

  sent(gateway: string, message: Message): void {
    this.#message(gateway, '→', message)
  }

  received(gateway: string, message: Message): void {
    this.#message(gateway, '←', message)
  }

  /** The row was met: it counts in the tally. */
  met(row: CodeRow, shown: Shown): void {
    this.shown.set(row.id, shown)
    this.line()
    this.line(
      `${' '.repeat(GUTTER)}${this.#paint(['bold', 'yellow'], String(row.code).padEnd(10))}${this.#paint('bold', row.message)}`,
    )
    this.labelled('Cause', sentence(row.cause))
    this.labelled('Cure', sentence(row.cure))
    this.#explained = true
  }

  /** Says how many rows were met, in the table's order; returns the ids of those that were not. */
  tally(): string[] {
    this.rule('Tally')
    const missing = errorRows.filter((row) => !this.shown.has(row.id)).map((row) => row.id)
    for (const scenario of Object.keys(scenarioTopics) as Scenario[]) this.#count(scenario)
    const verdict = `${errorRows.length - missing.length} of ${errorRows.length} errors of the table were met by their natural cause.`
    this.line(`\n    ${this.#paint(missing.length === 0 ? ['bold', 'green'] : ['bold', 'red'], verdict)}`)
    if (missing.length > 0) this.paragraph(`Missing: ${missing.join(', ')}`, 4, 'red')
    return missing
  }

  #count(scenario: Scenario): void {
    const rows = errorRows.filter((row) => row.scenario === scenario)
    const met = rows.filter((row) => this.shown.has(row.id))
    const codes = rows.map((row) => (this.shown.has(row.id) ? String(row.code) : `(${row.code})`)).join(' ')
    this.line(`    ${this.#paint('dim', scenario.padEnd(10))}${codes.padEnd(44)}${met.length} of ${rows.length}`)
  }

  #message(gateway: string, arrow: string, { topic, text }: Message): void {
    const lines = folded(shortened(text), WIDTH - PAYLOAD)
    this.#event(`${this.#paint('bold', gateway)} ${arrow} ${this.#paint('cyan', topic)}`)
    for (const line of lines) this.line(' '.repeat(PAYLOAD) + this.#coded(line))
  }

  /** The code of a reply stands out. */
  #coded(line: string): string {
    return line.replace(/"code":(\d+)/, (member, code) => this.#paint(code === '200' ? 'green' : 'yellow', member))
  }

  #styled(text: string, style: Style | null): string {
    return style === null ? text : this.#paint(style, text)
  }

  /** A line with the seconds since the start. */
  #event(text: string): void {
    if (this.#explained) this.line()
    this.#explained = false
    this.line(this.#time() + text)
  }

  #time(): string {
    return this.#paint('dim', `${((this.#clock.mono() - this.#start) / 1000).toFixed(2).padStart(6)}  `)
  }
}

/** Signatures say nothing to a reader. */
function shortened(text: string): string {
  return text.replace(/\b([0-9a-f]{8})[0-9a-f]{24,}\b/gi, '$1…')
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
