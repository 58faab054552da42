import { join } from 'node:path'
import type { Clock } from '../clock/clock.ts'
import { loadCheckpoint } from './checkpoint.ts'
import { makeDirectory } from './directory.ts'
import { FileStore } from './file-store.ts'
import { lockDirectory } from './lock.ts'
import type { Disk } from './log/disk.ts'
import { realDisk } from './log/disk.ts'
import { SegmentLog } from './log/segment-log.ts'
import type { LogLine } from './log/segments.ts'
import { Records } from './records/records.ts'
import { openSqlite } from './records/sqlite.ts'
import type { GroupOutcome, Store } from './store.ts'

const MEBIBYTE = 1024 * 1024
const DAY_MS = 86_400_000

export interface StoreOptions<E> {
  /** Made, for its owner alone, where it is not. */
  readonly directory: string
  readonly clock: Clock
  /** `process`: stored is written, which survives kill -9. `power`: stored is synced. */
  readonly durability: 'process' | 'power'
  /** Milliseconds; what takes longer has failed. */
  readonly commitTimeout: number
  readonly outcome: GroupOutcome<E>
  /** A segment that has frames takes no frame that would make it larger; default 64 MiB. */
  readonly segmentBytes?: number
  /** Milliseconds after which a segment of facts is deleted, once the registry has what it says of status; default 30 days. */
  readonly factsRetention?: number
  readonly log?: LogLine
  readonly disk?: Disk
}

/**
 * Opens a data directory: `homeport.db`, `log/` and `lock`. Brings its tables up to date, cuts torn tails, sets damaged parts
 * aside. Throws `DirectoryInUse` where another server has it, and whatever the disk or SQLite throws.
 */
export async function openStore<E>(options: StoreOptions<E>): Promise<Store<E>> {
  const { directory, clock } = options
  const logDirectory = join(directory, 'log')
  makeDirectory(directory)
  const unlock = lockDirectory(directory)
  try {
    makeDirectory(logDirectory)
    const log: LogLine = options.log ?? (() => {})
    const sqlite = await openSqlite(join(directory, 'homeport.db'), options.durability)
    try {
      const records = new Records(sqlite)
      const disk = options.disk ?? realDisk
      const segmentBytes = options.segmentBytes ?? 64 * MEBIBYTE
      const shared = { directory: logDirectory, segmentBytes, disk, log }
      const facts = new SegmentLog({ ...shared, name: 'facts', checkedUpTo: loadCheckpoint(records) })
      const keep = new SegmentLog({ ...shared, name: 'keep' })
      const { durability, commitTimeout, outcome } = options
      const factsRetention = options.factsRetention ?? 30 * DAY_MS
      return new FileStore({
        clock,
        durability,
        commitTimeout,
        outcome,
        log,
        facts,
        keep,
        records,
        factsRetention,
        sqlite,
        unlock,
      })
    } catch (error) {
      sqlite.database.close()
      throw error
    }
  } catch (error) {
    unlock()
    throw error
  }
}
