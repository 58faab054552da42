import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { temporary } from '../../../test/store/fixture.ts'
import { migrations } from './migrations/list.ts'
import { isBusy, openSqlite, Transactions } from './sqlite.ts'

const path = () => join(temporary(), 'homeport.db')

function rows(database: DatabaseSync, sql: string): unknown[] {
  return database
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }))
}

describe('migrations', () => {
  test('run once, in order, and leave the tables', async () => {
    const file = path()
    const { database } = await openSqlite(file, 'process')
    const tables = rows(database, "select name from sqlite_master where type = 'table' order by name")
    expect(tables.map((row) => (row as { name: string }).name)).toEqual([
      'access_keys',
      'applies',
      'devices',
      'kysely_migration',
      'kysely_migration_lock',
      'named_values',
      'products',
      'relations',
      'tags',
      'tombstones',
      'topic_classes',
    ])
    database.close()
    const again = (await openSqlite(file, 'process')).database
    const applied = rows(again, 'select name from kysely_migration order by name') as { name: string }[]
    expect(applied.map(({ name }) => name)).toEqual(Object.keys(migrations))
    again.close()
  })

  test('a database of a later version is refused', async () => {
    const file = path()
    const { database } = await openSqlite(file, 'process')
    database.exec("insert into kysely_migration values ('9999-later', '2030-01-01')")
    database.close()
    await expect(openSqlite(file, 'process')).rejects.toThrow(/cannot be brought up to date.*9999-later/)
  })

  test('a file that is no database is refused', async () => {
    const file = path()
    writeFileSync(file, 'x'.repeat(4096))
    await expect(openSqlite(file, 'process')).rejects.toThrow('not a database')
  })
})

test.each([
  ['process', 1],
  ['power', 2],
] as const)('durability %s: WAL, synchronous %s, and no waiting for the lock', async (durability, synchronous) => {
  const { database } = await openSqlite(path(), durability)
  expect(rows(database, 'pragma journal_mode')).toEqual([{ journal_mode: 'wal' }])
  expect(rows(database, 'pragma synchronous')).toEqual([{ synchronous }])
  expect(rows(database, 'pragma busy_timeout')).toEqual([{ timeout: 0 }])
  database.close()
})

test('a transaction that throws is rolled back; a lock is told from other errors', async () => {
  const file = path()
  const { database } = await openSqlite(file, 'process')
  const transactions = new Transactions(database)
  const write = () => database.exec("insert into named_values values ('a', 'b')")
  expect(() =>
    transactions.run(() => {
      write()
      throw new Error('broken')
    }),
  ).toThrow('broken')
  expect(rows(database, 'select * from named_values')).toEqual([])
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  let caught: unknown
  try {
    transactions.run(write)
  } catch (error) {
    caught = error
  }
  expect(isBusy(caught)).toBe(true)
  expect(isBusy(new Error('other'))).toBe(false)
  other.close()
  transactions.run(write)
  expect(rows(database, 'select * from named_values')).toHaveLength(1)
  database.close()
})
