/** The store on a disk that writes short, fails, does not cut and does not answer, by a seed. */
import { expect, test } from 'vitest'
import type { Random } from '../../src/random/random.ts'
import { seededRandom } from '../../src/random/random.ts'
import type { Disk, LogFile } from '../../src/store/log/disk.ts'
import { realDisk } from '../../src/store/log/disk.ts'
import { crashed, kept, names, online, openTest } from '../store/fixture.ts'

class Dice {
  readonly #random: Random

  constructor(seed: number) {
    this.#random = seededRandom(seed * 7919 + 1)
    this.#random.bytes(64)
  }

  /** A number below `limit`. */
  below(limit: number): number {
    return this.#random.bytes(4).readUInt32LE() % limit
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0
  }
}

/** The real files, with faults thrown in while `faulty`. */
class BadDisk implements Disk {
  faulty = false
  syncs: ((error: Error | null) => void)[] = []
  readonly #dice: Dice

  constructor(dice: Dice) {
    this.#dice = dice
  }

  open(path: string): LogFile {
    if (this.#fault(20)) throw new Error('EMFILE')
    const file = realDisk.open(path)
    return {
      size: () => file.size(),
      write: (bytes, length, offset) => {
        if (!this.#fault(6)) return file.write(bytes, length, offset)
        const taken = file.write(bytes, this.#dice.below(length) + 1, offset)
        if (taken === length || this.#dice.oneIn(2)) throw new Error('EIO')
        return taken
      },
      truncate: (size) => {
        if (this.#fault(4)) throw new Error('EIO')
        file.truncate(size)
      },
      sync: (done) => void this.syncs.push(done),
      close: () => file.close(),
    }
  }

  syncDirectory(_path: string, done: (error: Error | null) => void): void {
    this.syncs.push(done)
  }

  /** Lets what waits come back. */
  answer(): void {
    const syncs = this.syncs
    this.syncs = []
    const error = this.#fault(5) ? new Error('EIO') : null
    for (const done of syncs) done(error)
  }

  #fault(oneIn: number): boolean {
    return this.faulty && this.#dice.oneIn(oneIn)
  }
}

const seeds = Array.from({ length: 25 }, (_, seed) => seed + 1)
const cases = (['process', 'power'] as const).flatMap((durability) => seeds.map((seed) => [durability, seed] as const))

test.each(cases)('durability %s, seed %i: stored is there, failed is not, told in order', async (durability, seed) => {
  const dice = new Dice(seed)
  const disk = new BadDisk(dice)
  const stored: string[] = []
  const told: number[] = []
  const { store, clock, directory } = await openTest({
    durability,
    disk,
    segmentBytes: 300,
    commitTimeout: 50,
    outcome: {
      stored(group, waiting) {
        told.push(group)
        stored.push(...waiting)
      },
      failed: (group) => void told.push(group),
    },
  })
  const add = (name: string) => {
    const which = dice.below(3)
    if (which !== 0) store.commit.fact(online(`f${name}`))
    if (which !== 1) store.commit.keep((out) => out.text(`k${name}`))
    if (which !== 0) store.commit.wait(`f${name}`)
    if (which !== 1) store.commit.wait(`k${name}`)
  }
  const of = (letter: string) => stored.filter((name) => name.startsWith(letter))
  for (let step = 0; step < 120; step++) {
    disk.faulty = dice.oneIn(2)
    for (let left = dice.below(4); left > 0; left--) add(`${step}.${left}`)
    clock.advance(dice.below(20))
    if (dice.oneIn(2)) disk.answer()
    if (!dice.oneIn(30)) continue
    const after = await openTest({ directory: crashed(directory) })
    expect(names(after.store)).toEqual(expect.arrayContaining(of('f')))
    expect(kept(after.store)).toEqual(expect.arrayContaining(of('k')))
    await after.store.close()
  }
  disk.faulty = false
  for (let end = 0; end < 6; end++) {
    store.commit.fact(online(`fend${end}`))
    store.commit.keep((out) => out.text(`kend${end}`))
    store.commit.wait(`fend${end}`)
    store.commit.wait(`kend${end}`)
    clock.advance(2)
    disk.answer()
    clock.advance(2)
    disk.answer()
  }
  expect(stored).toContain('fend5')
  expect(told).toEqual(told.map((_, index) => index + 1))
  expect(store.health().ok).toBe(true)
  const closed = store.close()
  for (let turns = 0; turns < 20; turns++) {
    disk.answer()
    await new Promise<void>((done) => setImmediate(done))
  }
  await closed
  const again = (await openTest({ directory })).store
  expect(names(again)).toEqual(of('f'))
  expect(kept(again)).toEqual(of('k'))
})
