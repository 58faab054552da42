/** The machine that a simulated node runs on: its clock, its disk, its data directory, and the ways in which a process ends on it. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { VirtualClock } from '../../src/clock/virtual.ts'
import type { Settings } from '../../src/config/settings.ts'
import { ByteReader } from '../../src/facts/bytes.ts'
import type { Fact } from '../../src/facts/fact.ts'
import { readFact } from '../../src/facts/fact.ts'
import type { Log } from '../../src/log/log.ts'
import { silentLog } from '../../src/log/log.ts'
import { Metrics } from '../../src/metrics/metrics.ts'
import type { HomeportNode } from '../../src/platform/node.ts'
import { openNode } from '../../src/platform/node.ts'
import type { Random } from '../../src/random/random.ts'
import { readFrames } from '../../src/store/log/frame-reader.ts'
import { listSegments } from '../../src/store/log/segments.ts'
import { SimDisk } from './disk.ts'
import type { Logged } from './trace.ts'

/** Virtual milliseconds in which a stop must be done. */
const STOP_WITHIN = 5000

export interface MachineOptions {
  readonly settings: (data: string) => Settings
  readonly random: Random
  readonly below: (bound: number) => number
  readonly defect: (text: string) => void
}

export class Machine {
  clock = new VirtualClock()
  disk: SimDisk
  readonly #options: MachineOptions
  #data = mkdtempSync(join(tmpdir(), 'homeport-sim-'))
  #node: HomeportNode | null = null
  #lock: DatabaseSync | null = null
  /** Facts in the log that processes before this one left. */
  #known = 0

  constructor(options: MachineOptions) {
    this.#options = options
    this.disk = new SimDisk(this.clock, options.below)
  }

  get node(): HomeportNode {
    if (!this.#node) throw new Error('no node is open')
    return this.#node
  }

  async open(): Promise<void> {
    const { settings, random, defect } = this.#options
    const log: Log = {
      ...silentLog,
      child: () => log,
      error(message, members = {}) {
        if (message.includes('defect')) defect(`${message} ${(members.err as Error).stack}`)
      },
    }
    this.#node = await openNode({
      settings: settings(this.#data),
      clock: this.clock,
      random,
      log,
      metrics: new Metrics({ process: false }),
      secretKey: 'the key of the simulation',
      locked: () => {},
      disk: this.disk,
    })
  }

  /** Lets everything that is under way arrive. */
  async turn(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      this.clock.settle()
      await new Promise(setImmediate)
    }
  }

  async advance(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds)
    await this.turn()
  }

  /** Waits for what cannot be done without time going on. */
  async wait<T>(promise: Promise<T>, within: number): Promise<T> {
    let over = false
    const end = () => {
      over = true
    }
    promise.then(end, end)
    const start = this.clock.mono()
    await this.turn()
    while (!over && this.clock.mono() - start < within) await this.advance(20)
    if (!over) throw new Error(`not done within ${within} ms`)
    return promise
  }

  /** Another process holds SQLite's write lock. */
  lockRegistry(): void {
    if (this.#lock) return
    this.#lock = new DatabaseSync(join(this.#data, 'homeport.db'))
    this.#lock.exec('BEGIN IMMEDIATE')
  }

  unlockRegistry(): void {
    this.#lock?.exec('ROLLBACK')
    this.#lock?.close()
    this.#lock = null
  }

  heal(): void {
    this.disk.heal()
    this.unlockRegistry()
  }

  /** kill -9, or a loss of power: the process is gone as it stands, and another starts on what it left. */
  async crash(power: boolean): Promise<Logged[]> {
    this.unlockRegistry()
    const before = this.#data
    const disk = this.disk
    disk.dead = true
    this.#data = mkdtempSync(join(tmpdir(), 'homeport-sim-'))
    cpSync(before, this.#data, { recursive: true, filter: (path) => !basename(path).startsWith('lock') })
    rmSync(before, { recursive: true })
    if (power) disk.losePower((path) => path.replace(before, this.#data))
    return this.#again()
  }

  /** A clean stop, then another start. */
  async restart(): Promise<Logged[]> {
    await this.stop()
    return this.#again()
  }

  async stop(): Promise<void> {
    this.heal()
    await this.wait(this.node.close(), STOP_WITHIN)
    this.#node = null
  }

  async #again(): Promise<Logged[]> {
    // Time goes on; what the process before asked of its clock never happens.
    this.clock = new VirtualClock({ start: this.clock.wall() + 1 + this.#options.below(2000) })
    this.disk = new SimDisk(this.clock, this.#options.below)
    await this.open()
    return this.newFacts()
  }

  /** What stands in the log behind what was read the last time. */
  newFacts(): Logged[] {
    const facts = [...readFacts(join(this.#data, 'log'))]
    const fresh = facts.slice(this.#known)
    if (facts.length < this.#known) this.#options.defect('the log has lost facts that a process before had found')
    this.#known = facts.length
    return fresh.map(({ kind, productKey, deviceName, gateway, time, epoch, payload }) => {
      return {
        kind,
        device: `${productKey}/${deviceName}`,
        gateway,
        time,
        epoch,
        text: Buffer.from(payload).toString(),
      }
    })
  }

  remove(): void {
    this.unlockRegistry()
    rmSync(this.#data, { recursive: true, force: true })
  }
}

function* readFacts(directory: string): Generator<Fact> {
  for (const { number, size } of listSegments(directory, 'facts')) {
    const path = join(directory, `facts-${String(number).padStart(10, '0')}.log`)
    for (const records of readFrames(path, 0, size)) {
      const reader = new ByteReader(records)
      while (reader.left > 0) yield readFact(reader)
    }
  }
}
