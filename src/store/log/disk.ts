import {
  close,
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsync,
  ftruncateSync,
  open,
  openSync,
  writeSync,
} from 'node:fs'

/** An open file of a log. */
export interface LogFile {
  /** Bytes in it now. */
  size(): number
  /** Writes at `offset`; returns how many bytes were taken, which is less than asked on a full disk. Throws on other errors. */
  write(bytes: Buffer, length: number, offset: number): number
  truncate(size: number): void
  /** Asks the disk to keep what was written; `done` is called in a later turn. */
  sync(done: (error: Error | null) => void): void
  /** Closes it, once the syncs that are under way have come back. */
  close(): void
}

/** Where the logs are written to. Tests give one that stalls, fails or writes short. */
export interface Disk {
  /** Opens a file for writing, making it where it is not. */
  open(path: string): LogFile
  /** Makes the names of new files in a directory outlive a loss of power. */
  syncDirectory(path: string, done: (error: Error | null) => void): void
}

class RealFile implements LogFile {
  readonly #file: number
  #syncing = 0
  #closed = false

  constructor(path: string) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  }

  size(): number {
    return fstatSync(this.#file).size
  }

  write(bytes: Buffer, length: number, offset: number): number {
    return writeSync(this.#file, bytes, 0, length, offset)
  }

  truncate(size: number): void {
    ftruncateSync(this.#file, size)
  }

  sync(done: (error: Error | null) => void): void {
    this.#syncing++
    fdatasync(this.#file, (error) => {
      this.#syncing--
      if (this.#closed && this.#syncing === 0) closeSync(this.#file)
      done(error)
    })
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#syncing === 0) closeSync(this.#file)
  }
}

export const realDisk: Disk = {
  open: (path) => new RealFile(path),
  syncDirectory(path, done) {
    open(path, constants.O_RDONLY, (cannotOpen, directory) => {
      if (cannotOpen) return done(cannotOpen)
      fsync(directory, (error) => close(directory, () => done(error)))
    })
  },
}
