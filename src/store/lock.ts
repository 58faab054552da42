import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Who holds a data directory. `started` is the process's start as the kernel counts it, `''` where it does not say. */
interface Holder {
  readonly pid: number
  readonly started: string
}

/** Another server uses the data directory. */
export class DirectoryInUse extends Error {
  readonly pid: number

  constructor(directory: string, pid: number) {
    super(
      pid === process.pid
        ? `the data directory ${directory} is open in this process already`
        : `the data directory ${directory} is in use by the server with process id ${pid}: stop it, or choose another directory`,
    )
    this.name = 'DirectoryInUse'
    this.pid = pid
  }
}

/**
 * Takes the file `lock` in a data directory; the lock of a dead process is replaced, and so is that of one whose id was given to
 * another since. Throws {@link DirectoryInUse}. Returns what gives it back.
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'lock')
  const own = `${path}.${process.pid}`
  const text = `${JSON.stringify({ pid: process.pid, started: startOf(process.pid) })}\n`
  writeFileSync(own, text, { mode: 0o600 })
  try {
    while (!take(own, path)) clearDead(directory, path, `${own}.old`)
  } finally {
    rmSync(own, { force: true })
  }
  return () => {
    if (read(path) === text) rmSync(path, { force: true })
  }
}

function take(own: string, path: string): boolean {
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Moves the lock of a dead process away. If another starter was faster, and its lock was moved, that one is put back. */
function clearDead(directory: string, path: string, aside: string): void {
  const text = read(path)
  if (text === undefined) return
  const holder = parse(text)
  if (holder && startOf(holder.pid) === holder.started && isAlive(holder.pid))
    throw new DirectoryInUse(directory, holder.pid)
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (read(aside) !== text) take(aside, path)
  rmSync(aside, { force: true })
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, started } = JSON.parse(text) as Partial<Holder>
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Field 22 of /proc/PID/stat (the name in field 2 may hold blanks and brackets); `''` where there is no such file. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
