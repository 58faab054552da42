import { closeSync, openSync } from 'node:fs'
import { FrameScanner } from './frame-scanner.ts'

/** The records of each whole frame between two places of a file, as a view that is valid during its step. */
export function* readFrames(path: string, from: number, size: number): Generator<Buffer> {
  const file = openSync(path, 'r')
  try {
    const scanner = new FrameScanner(file, from, size)
    while (scanner.next()) yield scanner.records
  } finally {
    closeSync(file)
  }
}
