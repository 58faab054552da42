import {
  copyFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporary } from '../../../test/store/fixture.ts'
import { ByteWriter } from '../../facts/bytes.ts'
import type { Disk, LogFile } from './disk.ts'
import { realDisk } from './disk.ts'
import { beginFrame, FRAME_HEADER, sealFrame } from './frame.ts'
import { SegmentLog } from './segment-log.ts'

function open(directory: string, more: { segmentBytes?: number; disk?: Disk } = {}) {
  const lines: string[] = []
  const log = new SegmentLog({
    directory,
    name: 'facts',
    segmentBytes: 1 << 20,
    disk: realDisk,
    log: (level, message) => lines.push(`${level} ${message}`),
    ...more,
  })
  return { log, lines }
}

function frame(group: number, text: string): ByteWriter {
  const out = new ByteWriter(256)
  beginFrame(out)
  out.text(text)
  sealFrame(out, group, 1000 + group, 0)
  return out
}

function append(log: SegmentLog, group: number, text = `record ${group}`): void {
  log.append(frame(group, text), 1000 + group)
}

function texts(log: SegmentLog): string[] {
  return [...log.read()].map((records) => records.text())
}

const first = 'facts-0000000001.log'
const second = 'facts-0000000002.log'

describe('frames', () => {
  test('come back in order after closing, and the log goes on where it ended', () => {
    const directory = temporary()
    const { log } = open(directory)
    for (let group = 1; group <= 3; group++) append(log, group)
    log.close()
    const again = open(directory).log
    expect(again.lastGroup).toBe(3)
    append(again, 4)
    expect(texts(again)).toEqual(['record 1', 'record 2', 'record 3', 'record 4'])
  })

  test('larger than what is read at once come back whole', () => {
    const directory = temporary()
    const { log } = open(directory, { segmentBytes: 1 << 24 })
    const large = new ByteWriter()
    beginFrame(large)
    large.blob(Buffer.alloc(5 << 20, 7))
    sealFrame(large, 2, 0, 0)
    append(log, 1)
    log.append(large, 0)
    append(log, 3)
    expect([...log.read()].map(({ left }) => left)).toEqual([10, (5 << 20) + 4, 10])
    log.close()
    expect(open(directory).log.lastGroup).toBe(3)
  })

  test('a file is made by the first frame, and no space is set aside', () => {
    const directory = temporary()
    const { log } = open(directory)
    expect(readdirSync(directory)).toEqual([])
    append(log, 1)
    expect(lstatSync(join(directory, first)).size).toBe(FRAME_HEADER + 10)
  })
})

describe('a torn tail', () => {
  test('is cut, at whatever byte it was torn', () => {
    const directory = temporary()
    const { log } = open(directory)
    const ends: number[] = []
    for (let group = 1; group <= 3; group++) {
      append(log, group)
      ends.push(log.position().offset)
    }
    log.close()
    const whole = readFileSync(join(directory, first))
    for (let size = 0; size <= whole.length; size++) {
      writeFileSync(join(directory, first), whole.subarray(0, size))
      const { log: cut, lines } = open(directory)
      const frames = ends.filter((end) => end <= size).length
      expect(texts(cut)).toHaveLength(frames)
      expect(cut.position().offset).toBe(ends[frames - 1] ?? 0)
      expect(lines).toHaveLength(size === (ends[frames - 1] ?? 0) ? 0 : 1)
      append(cut, 9, 'next')
      expect(texts(cut).at(-1)).toBe('next')
      cut.close()
    }
  })

  test('of zeros, as a loss of power leaves it, is cut', () => {
    const directory = temporary()
    const { log } = open(directory)
    append(log, 1)
    log.close()
    truncateSync(join(directory, first), 4096)
    expect(texts(open(directory).log)).toEqual(['record 1'])
    expect(lstatSync(join(directory, first)).size).toBe(FRAME_HEADER + 10)
  })
})

test('a damaged frame: what stands before it is kept, the rest is set aside, later segments are read', () => {
  const directory = temporary()
  const { log } = open(directory)
  for (let group = 1; group <= 3; group++) append(log, group)
  log.next(1)
  append(log, 4)
  log.close()
  const path = join(directory, first)
  copyFileSync(path, `${path}.whole`)
  const size = FRAME_HEADER + 10
  for (let at = size; at < 2 * size; at++) {
    copyFileSync(`${path}.whole`, path)
    const bytes = readFileSync(path)
    bytes[at] = (bytes[at] as number) ^ 0x5a
    writeFileSync(path, bytes)
    const { log: opened, lines } = open(directory)
    expect(texts(opened)).toEqual(['record 1', 'record 4'])
    expect(lines).toEqual([expect.stringContaining('error damaged log segment')])
    const aside = `${path}.damaged-${size}`
    expect(readFileSync(aside).equals(bytes)).toBe(true)
    rmSync(aside)
    opened.close()
  }
})

describe('a log that cannot be written', () => {
  test('the next segment is a link to /dev/full: nothing is left, and it works as soon as the link is gone', () => {
    const directory = temporary()
    const { log } = open(directory, { segmentBytes: 100 })
    append(log, 1)
    append(log, 2)
    symlinkSync('/dev/full', join(directory, second))
    for (let group = 3; group < 6; group++) expect(() => append(log, group)).toThrow('ENOSPC')
    expect(lstatSync(join(directory, second)).isSymbolicLink()).toBe(true)
    rmSync(join(directory, second))
    append(log, 6)
    expect(texts(log)).toEqual(['record 1', 'record 2', 'record 6'])
    expect(readdirSync(directory).sort()).toEqual([first, second])
  })

  test('the link is there at the start already', () => {
    const directory = temporary()
    symlinkSync('/dev/full', join(directory, first))
    const { log } = open(directory)
    expect(() => append(log, 1)).toThrow('ENOSPC')
    rmSync(join(directory, first))
    append(log, 2)
    expect(texts(log)).toEqual(['record 2'])
  })

  test('the next segment is a link to nowhere', () => {
    const directory = temporary()
    const { log } = open(directory, { segmentBytes: 10 })
    append(log, 1)
    symlinkSync(join(directory, 'none', 'file'), join(directory, second))
    expect(() => append(log, 2)).toThrow('ENOENT')
    rmSync(join(directory, second))
    append(log, 3)
    expect(texts(log)).toEqual(['record 1', 'record 3'])
  })

  test.each([
    ['short', 5, undefined],
    ['failing', 0, new Error('EIO')],
  ])('a %s write is taken back', (_, taken, error) => {
    const directory = temporary()
    const disk = new FaultyDisk()
    const { log } = open(directory, { disk })
    append(log, 1)
    const { offset } = log.position()
    disk.next = { taken, error, truncates: true }
    expect(() => append(log, 2)).toThrow(error ? 'EIO' : 'short write: 5 of 42')
    expect(lstatSync(join(directory, first)).size).toBe(offset)
    append(log, 3)
    expect(texts(log)).toEqual(['record 1', 'record 3'])
  })

  test('where it cannot be cut at once, it is cut before the next frame', () => {
    const directory = temporary()
    const disk = new FaultyDisk()
    const { log, lines } = open(directory, { disk })
    append(log, 1)
    disk.next = { taken: 5, error: undefined, truncates: false }
    expect(() => append(log, 2)).toThrow('short write')
    expect(lines).toEqual(['warn log could not be cut back yet'])
    append(log, 3)
    expect(texts(log)).toEqual(['record 1', 'record 3'])
  })

  test('a first frame that fails leaves no file behind', () => {
    const directory = temporary()
    const disk = new FaultyDisk()
    const { log } = open(directory, { disk })
    disk.next = { taken: 3, error: undefined, truncates: true }
    expect(() => append(log, 1)).toThrow('short write')
    expect(existsSync(join(directory, first))).toBe(false)
  })
})

describe('cutBack', () => {
  test('removes frames and segments behind a place', () => {
    const directory = temporary()
    const { log } = open(directory, { segmentBytes: 100 })
    append(log, 1)
    const place = log.position()
    for (let group = 2; group < 8; group++) append(log, group)
    expect(readdirSync(directory)).toHaveLength(4)
    log.cutBack(place)
    expect(texts(log)).toEqual(['record 1'])
    expect(readdirSync(directory)).toEqual([first])
    append(log, 8)
    log.close()
    expect(texts(open(directory).log)).toEqual(['record 1', 'record 8'])
  })

  test('to the very start', () => {
    const directory = temporary()
    const { log } = open(directory)
    const place = log.position()
    append(log, 1)
    log.cutBack(place)
    expect(readdirSync(directory)).toEqual([])
    append(log, 2)
    expect(texts(log)).toEqual(['record 2'])
  })
})

test('the log goes on behind a checked place, also where bytes before it were lost', () => {
  const directory = temporary()
  const { log } = open(directory)
  append(log, 1)
  append(log, 2)
  const checkedUpTo = { ...log.position(), group: 2 }
  log.close()
  truncateSync(join(directory, first), FRAME_HEADER + 10)
  const reopened = () =>
    new SegmentLog({ directory, name: 'facts', segmentBytes: 1 << 20, disk: realDisk, log: () => {}, checkedUpTo })
  const again = reopened()
  expect(again.lastGroup).toBe(2)
  append(again, 3)
  again.close()
  expect([...reopened().read(checkedUpTo)].map((records) => records.text())).toEqual(['record 3'])
  rmSync(join(directory, first))
  rmSync(join(directory, second))
  const empty = reopened()
  append(empty, 4)
  expect(empty.position().segment).toBe(2)
})

interface Fault {
  readonly taken: number
  readonly error: Error | undefined
  readonly truncates: boolean
}

/** The real disk, except for the next write (and the cut after it). */
class FaultyDisk implements Disk {
  next: Fault | undefined

  open(path: string): LogFile {
    const file = realDisk.open(path)
    let truncates = true
    return {
      size: () => file.size(),
      write: (bytes, length, offset) => {
        const fault = this.next
        this.next = undefined
        if (!fault) return file.write(bytes, length, offset)
        truncates = fault.truncates
        file.write(bytes, Math.max(fault.taken, 2), offset)
        if (fault.error) throw fault.error
        return fault.taken
      },
      truncate: (size) => {
        if (!truncates) throw new Error('EIO')
        file.truncate(size)
      },
      sync: (done) => file.sync(done),
      close: () => file.close(),
    }
  }

  syncDirectory(path: string, done: (error: Error | null) => void): void {
    realDisk.syncDirectory(path, done)
  }
}
