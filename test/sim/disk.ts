/**
 * The disk of a simulated machine: real files, but syncs come back by the virtual clock, and writes fail, fall short or are the
 * last of their process when the simulation says so.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, truncateSync, writeSync } from 'node:fs'
import type { Clock } from '../../src/clock/clock.ts'
import type { Disk, LogFile } from '../../src/store/log/disk.ts'

export class SimDisk implements Disk {
  /** Bytes that still find room; what goes beyond is written short. */
  room = Number.POSITIVE_INFINITY
  /** Writes fail with EIO. */
  broken = false
  /** Syncs fail with EIO. */
  syncBroken = false
  /** Syncs don't come back. */
  stalled = false
  /** The process is killed within this write from now, counted down; what it wrote of it stays. */
  killIn = Number.POSITIVE_INFINITY
  /** The process was killed: nothing is written any more, and nobody hears of it. */
  dead = false
  readonly clock: Clock
  /** A whole number below the bound. */
  readonly below: (bound: number) => number
  /** What of each file a loss of power leaves. */
  readonly #synced = new Map<string, number>()
  #stuck: (() => void)[] = []

  constructor(clock: Clock, below: (bound: number) => number) {
    this.clock = clock
    this.below = below
  }

  open(path: string): LogFile {
    this.#mustLive()
    const file = new SimFile(this, path)
    if (!this.#synced.has(path)) this.#synced.set(path, file.size())
    return file
  }

  syncDirectory(_path: string, done: (error: Error | null) => void): void {
    this.later(done)
  }

  /** Everything works again; syncs that were stuck come back. */
  heal(): void {
    this.room = Number.POSITIVE_INFINITY
    this.broken = false
    this.syncBroken = false
    this.stalled = false
    this.killIn = Number.POSITIVE_INFINITY
    const stuck = this.#stuck
    this.#stuck = []
    for (const run of stuck) run()
  }

  /** How many of these bytes are written. Throws where none is. */
  taken(length: number): number {
    this.#mustLive()
    if (--this.killIn <= 0) {
      this.dead = true
      return this.below(length + 1)
    }
    if (this.broken) throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' })
    const taken = Math.min(length, this.room)
    this.room -= taken
    return taken
  }

  /** The answer to a sync, 1 to 8 ms from now. */
  later(done: (error: Error | null) => void): void {
    const run = () => {
      if (this.dead) return
      if (this.stalled) this.#stuck.push(run)
      else done(this.syncBroken ? Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' }) : null)
    }
    this.clock.after(1 + this.below(8), run)
  }

  synced(path: string, size: number): void {
    this.#synced.set(path, size)
  }

  cut(path: string, size: number): void {
    this.#mustLive()
    this.#synced.set(path, Math.min(size, this.#synced.get(path) ?? 0))
  }

  /** Power was lost: of what was not synced, a part is left, or nothing. `moved`: where the file is now. */
  losePower(moved: (path: string) => string): void {
    for (const [path, synced] of this.#synced) {
      const size = sizeOf(moved(path))
      if (size > synced) truncateSync(moved(path), synced + this.below(size - synced + 1))
    }
  }

  #mustLive(): void {
    if (this.dead) throw new Error('the process was killed')
  }
}

class SimFile implements LogFile {
  readonly #disk: SimDisk
  readonly #path: string
  readonly #file: number
  #closed = false

  constructor(disk: SimDisk, path: string) {
    this.#disk = disk
    this.#path = path
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  }

  size(): number {
    return fstatSync(this.#file).size
  }

  write(bytes: Buffer, length: number, offset: number): number {
    const taken = this.#disk.taken(length)
    if (taken > 0) writeSync(this.#file, bytes, 0, taken, offset)
    if (this.#disk.dead) throw new Error('the process was killed')
    return taken
  }

  truncate(size: number): void {
    this.#disk.cut(this.#path, size)
    ftruncateSync(this.#file, size)
  }

  sync(done: (error: Error | null) => void): void {
    const size = this.size()
    this.#disk.later((error) => {
      if (!error) this.#disk.synced(this.#path, size)
      done(error)
    })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    closeSync(this.#file)
  }
}

function sizeOf(path: string): number {
  try {
    const file = openSync(path, 'r')
    const { size } = fstatSync(file)
    closeSync(file)
    return size
  } catch {
    return 0
  }
}
