import {
  closeSync,
  copyFileSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs'
import { join } from 'node:path'
import { FRAME_HEADER, FrameFlag, findFrame, readHead } from './frame.ts'
import { FrameScanner } from './frame-scanner.ts'

/** A place in a log: bytes into a segment. */
export interface Position {
  readonly segment: number
  readonly offset: number
}

/** A segment as it lies on the disk. */
export interface Segment {
  readonly number: number
  size: number
  /** When its first frame was written, milliseconds since 1970; 0 while it has none. */
  firstTime: number
  /** Written by a compaction: older segments say nothing more. */
  readonly snapshot: boolean
}

export type LogLine = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Record<string, unknown>,
) => void

export function segmentPath(directory: string, name: string, number: number): string {
  return join(directory, `${name}-${String(number).padStart(10, '0')}.log`)
}

/** The segments of a log, oldest first. Anything that is not a plain file (a link, say) is none. */
export function listSegments(directory: string, name: string): Segment[] {
  const pattern = new RegExp(`^${name}-(\\d{10})\\.log$`)
  const segments: Segment[] = []
  for (const entry of readdirSync(directory)) {
    const match = pattern.exec(entry)
    if (!match) continue
    const path = join(directory, entry)
    const stat = lstatSync(path)
    if (!stat.isFile()) continue
    const first = firstHead(path)
    const snapshot = first !== undefined && (first.flags & FrameFlag.snapshot) !== 0
    segments.push({ number: Number(match[1]), size: stat.size, firstTime: first?.time ?? 0, snapshot })
  }
  return segments.sort((a, b) => a.number - b.number)
}

function firstHead(path: string) {
  const file = openSync(path, 'r')
  try {
    const head = Buffer.alloc(FRAME_HEADER)
    return readHead(head, 0, readSync(file, head, 0, FRAME_HEADER, 0))
  } finally {
    closeSync(file)
  }
}

/** What {@link recoverSegment} found. */
export interface Recovered {
  /** Bytes of whole frames. */
  readonly size: number
  /** Group, flags and start of the last whole frame behind `from`; undefined where there is none. */
  readonly last: { readonly group: number; readonly flags: number; readonly offset: number } | undefined
}

/**
 * Checks a segment from `from` on. A torn tail is cut. Where whole frames follow a damaged one, what stood from the damage on is
 * set aside as `….damaged-OFFSET` beside it before it is cut, so that somebody can look.
 */
export function recoverSegment(path: string, from: number, log: LogLine): Recovered {
  const size = lstatSync(path).size
  const file = openSync(path, 'r')
  let last: Recovered['last']
  let rest: Buffer
  let end: number
  try {
    const scanner = new FrameScanner(file, Math.min(from, size), size)
    for (let offset = scanner.offset; scanner.next(); offset = scanner.offset) {
      last = { group: scanner.head.group, flags: scanner.head.flags, offset }
    }
    end = scanner.offset
    if (end === size) return { size, last }
    rest = Buffer.alloc(size - end)
    readSync(file, rest, 0, rest.length, end)
  } finally {
    closeSync(file)
  }
  const damaged = findFrame(rest, 1) >= 0
  if (damaged) setAside(path, end, log, size)
  else log('warn', 'torn tail of a log cut', { path, offset: end, bytes: size - end })
  truncateSync(path, end)
  return { size: end, last }
}

function setAside(path: string, offset: number, log: LogLine, size: number): void {
  const aside = `${path}.damaged-${offset}`
  const partial = `${aside}.tmp`
  copyFileSync(path, partial)
  renameSync(partial, aside)
  log('error', 'damaged log segment: what stands behind the damage is set aside', {
    path,
    aside,
    offset,
    bytes: size - offset,
  })
}

/** Removes what a crash left of a snapshot that was being written. */
export function removeTemporary(directory: string, name: string): void {
  for (const entry of readdirSync(directory)) {
    if (entry.startsWith(`${name}-`) && entry.endsWith('.tmp')) rmSync(join(directory, entry), { force: true })
  }
}
