import { readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { crashed, kept, names, online, openTest } from '../../test/store/fixture.ts'
import { VirtualClock } from '../clock/virtual.ts'
import type { Disk, LogFile } from './log/disk.ts'
import { realDisk } from './log/disk.ts'

describe('durability process', () => {
  test('what an outcome records comes in the next turn, flush or not', async () => {
    const seen: string[] = []
    const clock = new VirtualClock()
    const { store } = await openTest({
      clock,
      outcome: {
        stored(group, waiting) {
          seen.push(`${group}: ${waiting.join(' ')}`)
          if (group > 2) return
          store.commit.wait(`from ${group}`)
          store.commit.flush()
          seen.push(`end ${group}`)
        },
        failed() {},
      },
    })
    store.commit.wait('first')
    clock.settle()
    expect(seen).toEqual(['1: first', 'end 1', '2: from 1', 'end 2', '3: from 2'])
  })

  test('flush decides at once', async () => {
    const { store, events } = await openTest()
    store.commit.fact(online('a'))
    store.commit.wait('x')
    store.commit.flush()
    expect(events).toEqual(['stored 1: x'])
    expect(store.commit.decided).toBe(1)
  })

  test.each(['facts', 'keep'])(
    'the next segment of %s is a link to /dev/full: 500 until it is removed',
    async (name) => {
      const { store, clock, events, directory, lines } = await openTest({ segmentBytes: 64 })
      const both = (text: string) => {
        store.commit.fact(online(text))
        store.commit.keep((out) => out.text(text))
        store.commit.wait(text)
        clock.settle()
      }
      both('a')
      const link = join(directory, 'log', `${name}-0000000002.log`)
      symlinkSync('/dev/full', link)
      both('b')
      both('c')
      expect(events).toEqual(['stored 1: a', 'failed 2: b', 'failed 3: c'])
      expect(store.health()).toEqual({ ok: false, cause: expect.stringContaining('log: ENOSPC') })
      store.commit.wait('nothing to store')
      clock.settle()
      expect(events.at(-1)).toBe('stored 4: nothing to store')
      rmSync(link)
      both('d')
      expect(events.at(-1)).toBe('stored 5: d')
      expect(store.health().ok).toBe(true)
      expect([names(store), kept(store)]).toEqual([
        ['a', 'd'],
        ['a', 'd'],
      ])
      expect(lines).toEqual(['error the store failed', 'info the store works again'])
      expect(readdirSync(join(directory, 'log'))).toHaveLength(4)
    },
  )

  test('the health comes back by itself, once a group like the one that failed would go in', async () => {
    const { store, clock, directory } = await openTest({ segmentBytes: 200 })
    const link = join(directory, 'log', 'facts-0000000002.log')
    symlinkSync('/dev/full', link)
    store.commit.fact(online('a'))
    clock.settle()
    store.commit.fact(online('b'.repeat(150)))
    clock.settle()
    clock.advance(5000)
    expect(store.health().ok).toBe(false)
    rmSync(link)
    clock.advance(1000)
    expect(store.health().ok).toBe(true)
    expect(names(store)).toEqual(['a'])
    expect(readdirSync(join(directory, 'log'))).toEqual(['facts-0000000001.log'])
  })

  test('half a group, as kill -9 between the two writes leaves it, is dropped', async () => {
    const { store, clock, directory } = await openTest()
    store.commit.keep((out) => out.text('alone'))
    clock.settle()
    store.commit.fact(online('a'))
    store.commit.keep((out) => out.text('a'))
    clock.settle()
    const copy = crashed(directory)
    rmSync(join(copy, 'log', 'facts-0000000001.log'))
    const again = (await openTest({ directory: copy })).store
    expect(kept(again)).toEqual(['alone'])
  })

  test('a paired frame whose other half is behind the checkpoint is whole', async () => {
    const { store, clock, directory } = await openTest()
    store.onCheckpoint(() => [])
    store.commit.fact(online('a'))
    store.commit.keep((out) => out.text('a'))
    clock.settle()
    clock.advance(30_000)
    const again = (await openTest({ directory: crashed(directory) })).store
    expect(names(again)).toEqual([])
    expect(kept(again)).toEqual(['a'])
    expect(again.commit.open).toBe(2)
  })

  test('how long commits take is told', async () => {
    const { store, clock } = await openTest()
    const times: number[] = []
    store.onCommitTime((milliseconds) => times.push(milliseconds))
    store.commit.wait('x')
    clock.settle()
    store.registry.transact([], { stored() {}, failed() {} })
    expect(times).toEqual([0, 0])
  })
})

/** Syncs come back when the test says so. */
class StallingDisk implements Disk {
  waiting: ((error: Error | null) => void)[] = []
  stalls = true

  open(path: string): LogFile {
    const file = realDisk.open(path)
    return {
      size: () => file.size(),
      write: (bytes, length, offset) => file.write(bytes, length, offset),
      truncate: (size) => file.truncate(size),
      sync: (done) => (this.stalls ? void this.waiting.push(done) : done(null)),
      close: () => file.close(),
    }
  }

  syncDirectory(_path: string, done: (error: Error | null) => void): void {
    done(null)
  }

  answer(error: Error | null = null): void {
    const waiting = this.waiting
    this.waiting = []
    for (const done of waiting) done(error)
  }
}

async function stalling(segmentBytes = 1 << 20) {
  const disk = new StallingDisk()
  const opened = await openTest({ disk, segmentBytes, durability: 'power', commitTimeout: 100 })
  const { store, clock } = opened
  const add = (text: string) => {
    store.commit.fact(online(text))
    store.commit.wait(text)
    clock.settle()
  }
  const end = () => {
    disk.stalls = false
    disk.answer()
  }
  return { ...opened, disk, add, end }
}

describe('durability power', () => {
  test('groups wait for the sync that covers them, in order', async () => {
    const { store, clock, events, disk, add, end } = await stalling()
    add('a')
    clock.advance(1)
    add('b')
    store.commit.wait('nothing')
    clock.settle()
    expect(events).toEqual([])
    disk.answer()
    expect(events).toEqual(['stored 1: a'])
    expect(store.commit.decided).toBe(1)
    clock.advance(1)
    disk.answer()
    expect(events).toEqual(['stored 1: a', 'stored 2: b', 'stored 3: nothing'])
    end()
  })

  test('a sync that fails takes along what the turn under way has recorded: it was decided against that', async () => {
    const { store, clock, events, disk, add, end } = await stalling()
    add('a')
    clock.advance(1)
    store.commit.fact(online('b'))
    store.commit.wait('b')
    disk.answer(new Error('EIO'))
    clock.settle()
    expect(events).toEqual(['failed 1: a', 'failed 2: b'])
    expect(names(store)).toEqual([])
    end()
  })

  test('a sync that fails takes all groups that wait along, and the next is tried anew', async () => {
    const { store, clock, events, disk, add, end } = await stalling()
    add('a')
    clock.advance(1)
    disk.answer()
    add('b')
    clock.advance(1)
    add('c')
    disk.answer(new Error('EIO'))
    expect(events).toEqual(['stored 1: a', 'failed 2: b', 'failed 3: c'])
    expect(names(store)).toEqual(['a'])
    expect(store.health()).toEqual({ ok: false, cause: 'sync: EIO' })
    add('d')
    clock.advance(1)
    disk.answer()
    clock.advance(1)
    disk.answer()
    expect(events.at(-1)).toBe('stored 4: d')
    expect(names(store)).toEqual(['a', 'd'])
    expect(store.health().ok).toBe(true)
    end()
  })

  test('a sync that hangs: the groups fail after the time-out, others are refused until it comes back', async () => {
    const { store, clock, events, disk, add, end } = await stalling()
    add('a')
    clock.advance(50)
    add('b')
    clock.advance(49)
    expect(events).toEqual([])
    clock.advance(1)
    expect(events).toEqual(['failed 1: a', 'failed 2: b'])
    add('c')
    expect(events.at(-1)).toBe('failed 3: c')
    disk.answer()
    expect(names(store)).toEqual([])
    add('d')
    clock.advance(1)
    disk.answer()
    clock.advance(1)
    disk.answer()
    expect(events.at(-1)).toBe('stored 4: d')
    expect(names(store)).toEqual(['d'])
    end()
  })

  test('what a failure makes others record is told behind it', async () => {
    const { store, clock, disk, end } = await stalling()
    const seen: string[] = []
    const again = await openTest({
      disk,
      durability: 'power',
      commitTimeout: 100,
      clock,
      outcome: {
        stored: (group) => seen.push(`stored ${group}`),
        failed(group) {
          seen.push(`failed ${group}`)
          if (group === 1) again.store.commit.fact(online('again'))
          if (group === 1) again.store.commit.flush()
        },
      },
    })
    for (const name of ['a', 'b']) {
      again.store.commit.fact(online(name))
      clock.settle()
    }
    clock.advance(100)
    expect(seen).toEqual(['failed 1', 'failed 2', 'failed 3'])
    expect(store.commit.decided).toBe(0)
    end()
  })

  test('a write that fails is told behind the groups before it', async () => {
    const { clock, events, disk, directory, add, end } = await stalling(64)
    add('a')
    clock.advance(1)
    symlinkSync('/dev/full', join(directory, 'log', 'facts-0000000002.log'))
    add('b')
    expect(events).toEqual([])
    disk.answer()
    expect(events).toEqual(['stored 1: a', 'failed 2: b'])
    end()
  })

  test('a write that fails takes along what was decided against it, also where the disk works again', async () => {
    const { store, clock, events, disk, directory, add, end } = await stalling(64)
    add('a')
    clock.advance(1)
    const full = join(directory, 'log', 'facts-0000000002.log')
    symlinkSync('/dev/full', full)
    add('b')
    rmSync(full)
    add('c')
    store.commit.fact(online('d'))
    store.commit.wait('d')
    expect(events).toEqual([])
    disk.answer()
    expect(events).toEqual(['stored 1: a', 'failed 2: b', 'failed 3: c', 'failed 4: d'])
    end()
    add('e')
    clock.advance(1)
    disk.answer()
    expect(events.at(-1)).toBe('stored 5: e')
    expect(names(store)).toEqual(['a', 'e'])
  })
})
