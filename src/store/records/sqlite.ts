import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { migrations } from './migrations/list.ts'
import { nodeSqliteDialect } from './sqlite-dialect.ts'

/** SQL text comes from kysely, for the dialect in use; the hot statements are prepared once. */
export type Sql = Kysely<Record<string, Record<string, unknown>>>

export interface Sqlite {
  readonly database: DatabaseSync
  readonly sql: Sql
}

/** Milliseconds that the start waits for a lock; after it the main thread never does. */
const START_LOCK_MS = 2000

/** Opens the database, bringing its tables up to date. Throws where it was made by a later version, or is no database. */
export async function openSqlite(path: string, durability: 'process' | 'power'): Promise<Sqlite> {
  const database = new DatabaseSync(path, { timeout: START_LOCK_MS })
  try {
    database.exec('PRAGMA journal_mode = WAL')
    database.exec(`PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`)
    const sql: Sql = new Kysely({ dialect: nodeSqliteDialect(database) })
    const migrator = new Migrator({ db: sql, provider: { getMigrations: async () => migrations } })
    const { error } = await migrator.migrateToLatest()
    if (error) throw new Error(`${path} cannot be brought up to date: ${(error as Error).message}`, { cause: error })
    database.exec('PRAGMA busy_timeout = 0')
    return { database, sql }
  } catch (error) {
    if (database.isOpen) database.close()
    throw error
  }
}

const BUSY = 5
const LOCKED = 6

/** Whether another connection holds the lock, so that the same will work later. */
export function isBusy(error: unknown): boolean {
  const code = (error as { errcode?: number }).errcode
  if (code === undefined) return false
  return (code & 0xff) === BUSY || (code & 0xff) === LOCKED
}

/** Runs `body` in one transaction, all or nothing. Throws what SQLite threw; see {@link isBusy}. */
export class Transactions {
  readonly #database: DatabaseSync
  readonly #begin
  readonly #commit

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#commit = database.prepare('COMMIT')
  }

  run(body: () => void): void {
    this.#begin.run()
    try {
      body()
      this.#commit.run()
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }
}
