/**
 * The fuzzer: many connections at once, each playing a script that follows from the seed and its number, against a whole server in a
 * process of its own, beside canaries. In rounds; after each everything is ended, and memory must be back at its level.
 */
import { Canary, others } from './canary.ts'
import { clean } from './cleaner.ts'
import { Player } from './player.ts'
import type { Script } from './script.ts'
import { script } from './script.ts'
import type { Health } from './target-process.ts'
import { TargetProcess } from './target-process.ts'

export interface FuzzOptions {
  readonly seed: number
  /** At least so many are sent. */
  readonly packets: number
  /** Connections at once. */
  readonly connections: number
  /** Packets between two times that everything is ended and measured. */
  readonly round: number
  readonly onRound?: (round: Round) => void
  /** Plays these scripts alone, one after the other: to see a failure again. */
  readonly only?: readonly Part[]
}

/** A script by its number; of its writes those in `writes`, in their order, or all. */
export interface Part {
  readonly index: number
  readonly writes?: readonly number[]
}

export interface Round {
  readonly packets: number
  readonly connections: number
  /** Packets that the server sent. */
  readonly received: number
  /** Slowest round trip of the canaries, in milliseconds. */
  readonly slowest: number
  readonly seconds: number
  readonly health: Health
}

export interface Outcome {
  readonly rounds: readonly Round[]
  /** Null: nothing was found. */
  readonly failure: string | null
  /** The connections that stood or had just ended when it failed, latest first. */
  readonly suspects: readonly Suspect[]
}

export interface Suspect {
  readonly index: number
  /** How many writes its script has. */
  readonly writes: number
}

/** Packets between two songs of the canaries. */
const SONG = 1000
/** The server's event loop may stand still so long, in milliseconds, on a machine that has other work. */
const LAG = 2000
/**
 * Bytes that memory may lie above its level after the first rounds. Of the heap, compiled code is what still grows then: 1.4 MiB in 800,000
 * packets, in which no kind of object became more.
 */
const GROWTH = { heap: 4 * 1024 * 1024, buffers: 4 * 1024 * 1024 }
/** Rounds until caches are filled and code is compiled. */
const WARM_UP = 2
/** Milliseconds that a connection played alone stays, at least. */
const STAY = 30
/** Connections whose packets are shown when something fails. */
const SHOWN = 12

export async function fuzz(options: FuzzOptions): Promise<Outcome> {
  return new Fuzz(options).run()
}

class Fuzz {
  readonly #options: FuzzOptions
  readonly #rounds: Round[] = []
  readonly #began = performance.now()
  readonly #target: TargetProcess
  readonly #live = new Set<Player>()
  /** The last that ended, oldest first. */
  #ended: Player[] = []
  #canary: Canary | null = null
  #failure: string | null = null
  #suspects: readonly Suspect[] = []
  #packets = 0
  #connections = 0
  #received = 0
  #songAt = 0

  constructor(options: FuzzOptions) {
    this.#options = options
    this.#target = new TargetProcess((text) => this.#fail(text))
  }

  async run(): Promise<Outcome> {
    try {
      const { ports, fleet } = await this.#target.started()
      this.#canary = await Canary.start(ports, fleet)
      while (this.#failure === null && !this.#done()) await this.#round()
    } catch (error) {
      this.#fail((error as Error).message)
    } finally {
      this.#canary?.stop()
      await this.#target.stop()
    }
    return { rounds: this.#rounds, failure: this.#failure, suspects: this.#suspects }
  }

  #done(): boolean {
    const { only, packets } = this.#options
    return only === undefined ? this.#packets >= packets : this.#rounds.length > 0
  }

  /** Only the first is told, with the connections that lived by then. */
  #fail(text: string): void {
    if (this.#failure !== null) return
    const lately = [...this.#live, ...this.#ended.slice(-SHOWN)].sort((a, b) => b.script.index - a.script.index)
    this.#suspects = lately.map(({ script: { index, writes } }) => ({ index, writes: writes.length }))
    this.#failure = `seed ${this.#options.seed}: ${text}\n${lately.map((player) => shown(player)).join('\n')}`
  }

  async #round(): Promise<void> {
    const { only, round, packets, connections } = this.#options
    const end = Math.min(this.#packets + round, packets)
    if (only) for (const part of only) await this.#play(part)
    else await Promise.all(Array.from({ length: connections }, () => this.#work(end)))
    if (this.#failure !== null) return
    await this.#canary?.sing()
    const health = await clean(this.#target, this.#target.fleet)
    const done = {
      packets: this.#packets,
      connections: this.#connections,
      received: this.#received,
      slowest: this.#canary?.slowest ?? 0,
      seconds: (performance.now() - this.#began) / 1000,
      health,
    }
    this.#rounds.push(done)
    this.#options.onRound?.(done)
    this.#judge(health)
  }

  async #work(end: number): Promise<void> {
    while (this.#packets < end && this.#failure === null) {
      await this.#play({ index: this.#connections })
      if (this.#packets - this.#songAt >= SONG && this.#failure === null) {
        this.#songAt = this.#packets
        await this.#canary?.sing().catch((error: Error) => this.#fail(error.message))
      }
    }
  }

  async #play(part: Part): Promise<void> {
    this.#connections++
    const player = new Player(this.#script(part), this.#target.ports)
    this.#live.add(player)
    await player.play()
    this.#live.delete(player)
    this.#ended.push(player)
    if (this.#ended.length > 200) this.#ended = this.#ended.slice(-SHOWN)
    this.#packets += player.sent
    this.#received += player.received
    if (player.fault === null) return
    this.#ended = [player]
    this.#live.clear()
    this.#fail(player.fault)
  }

  #script({ index, writes }: Part): Script {
    const whole = script(this.#options.seed, index, others(this.#target.fleet))
    // Alone it is quicker than in the crowd: a reset at once would take away what the server has not read.
    const stays = this.#options.only ? Math.max(whole.stays, STAY) : whole.stays
    const kept = writes === undefined ? whole.writes : writes.flatMap((at) => whole.writes[at] ?? [])
    return { ...whole, stays, writes: kept }
  }

  #judge({ lag, heapUsed, external }: Health): void {
    if (lag > LAG) this.#fail(`the event loop stood still for ${lag} ms`)
    const level = this.#rounds.slice(WARM_UP - 1).map((round) => round.health)
    if (level.length === 0) return
    // V8 throws compiled code away now and then, so the level is the lowest of all rounds.
    const more = {
      heap: heapUsed - Math.min(...level.map((one) => one.heapUsed)),
      buffers: external - Math.min(...level.map((one) => one.external)),
    }
    if (more.heap < GROWTH.heap && more.buffers < GROWTH.buffers) return
    this.#fail(`memory did not return to its level: ${JSON.stringify(more)} bytes more than after an earlier round`)
  }
}

/** What a connection was and sent last. */
function shown({ script: it, written, over }: Player): string {
  const last = it.writes.slice(Math.max(0, written - 6), written).map((bytes) => {
    const hex = bytes.toString('hex')
    return `    ${hex.length > 400 ? `${hex.slice(0, 400)}… (${bytes.length} bytes)` : hex}`
  })
  const what = `${it.listener}, level ${it.version}, reads ${it.reads}, answers ${it.answers}, ends by ${it.ending}`
  return [`  connection ${it.index} (${what}${over ? ', closed' : ''}), its last writes:`, ...last].join('\n')
}
