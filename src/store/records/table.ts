import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { Sqlite } from './sqlite.ts'

/** How a member of a row stands in its column: flags as 0 and 1, all else as it is. */
export type Column = readonly [name: string, as: 'text' | 'number' | 'flag' | 'bytes']

export interface TableShape<Row> {
  readonly name: string
  /** Each member of the row, in the order of its columns. */
  readonly columns: { readonly [Member in keyof Row & string]: Column }
  readonly key: readonly (keyof Row & string)[]
  /** What a column becomes where the row is there already; without an entry, the new value. */
  readonly merge?: { readonly [Member in keyof Row & string]?: Merge }
}

/** `largest`: the larger of the two. `filled`: the new value unless it is empty. */
type Merge = 'largest' | 'filled'

/** One table: puts a row, or reads all of them. Rows are found in memory, so nothing else is asked. */
export class Table<Row> {
  protected readonly sqlite: Sqlite
  protected readonly shape: TableShape<Row>
  readonly #members: (keyof Row & string)[]
  readonly #columns: Column[]
  readonly #put: StatementSync
  readonly #values: SQLInputValue[]

  constructor(sqlite: Sqlite, shape: TableShape<Row>) {
    this.sqlite = sqlite
    this.shape = shape
    this.#members = Object.keys(shape.columns) as (keyof Row & string)[]
    this.#columns = this.#members.map((member) => shape.columns[member])
    this.#values = this.#columns.map(() => null)
    this.#put = this.#preparePut()
  }

  /** Inserts the row, or replaces the one with its key. */
  put(row: Row): void {
    const values = this.#values
    for (let i = 0; i < values.length; i++) {
      const value = row[this.#members[i] as keyof Row]
      values[i] = (this.#columns[i] as Column)[1] === 'flag' ? Number(value) : (value as SQLInputValue)
    }
    this.#put.run(...values)
  }

  /** Every row, in the order of the keys. */
  *all(): Generator<Row> {
    for (const values of this.rows()) {
      const row: Record<string, unknown> = {}
      for (let i = 0; i < this.#members.length; i++) {
        row[this.#members[i] as string] = (this.#columns[i] as Column)[1] === 'flag' ? values[i] === 1 : values[i]
      }
      yield row as Row
    }
  }

  /** The columns of every row as an array, in the order of the shape. */
  protected rows(): Iterable<SQLOutputValue[]> {
    let query = this.sqlite.sql.selectFrom(this.shape.name).select(this.#columns.map(([name]) => name))
    for (const member of this.shape.key) query = query.orderBy(this.shape.columns[member][0])
    const statement = this.sqlite.database.prepare(query.compile().sql)
    statement.setReturnArrays(true)
    return statement.iterate() as unknown as Iterable<SQLOutputValue[]>
  }

  /** A statement that deletes the rows whose columns have the values that are given to it, in this order. */
  protected prepareDelete(members: readonly (keyof Row & string)[]): StatementSync {
    let query = this.sqlite.sql.deleteFrom(this.shape.name)
    for (const member of members) query = query.where(this.shape.columns[member][0], '=', '')
    return this.sqlite.database.prepare(query.compile().sql)
  }

  #preparePut(): StatementSync {
    const blank = Object.fromEntries(this.#columns.map(([name]) => [name, '']))
    const keys = this.shape.key.map((member) => this.shape.columns[member][0])
    const rest = this.#members.filter((member) => !this.shape.key.includes(member))
    const query = this.sqlite.sql
      .insertInto(this.shape.name)
      .values(blank)
      .onConflict((conflict) => {
        const on = conflict.columns(keys)
        if (rest.length === 0) return on.doNothing()
        return on.doUpdateSet(Object.fromEntries(rest.map((member) => this.#merged(member))))
      })
    return this.sqlite.database.prepare(query.compile().sql)
  }

  /** The column of a member and what it becomes where the row is there already. */
  #merged(member: keyof Row & string): [string, RawBuilder<unknown>] {
    const name = this.shape.columns[member][0]
    const old = sql.ref(`${this.shape.name}.${name}`)
    const given = sql.ref(`excluded.${name}`)
    switch (this.shape.merge?.[member]) {
      case 'largest':
        return [name, sql`case when ${old} > ${given} then ${old} else ${given} end`]
      case 'filled':
        return [name, sql`case when ${given} = '' then ${old} else ${given} end`]
      default:
        return [name, given]
    }
  }
}
