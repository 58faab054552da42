import { describe, expect, it } from 'vitest'
import { cookie, local, parseStamp, utc } from './times.ts'

/** One moment in every form of openapi.md §6. */
const at = Date.parse('2019-02-20T02:16:09.000Z')

describe('times', () => {
  it.each([
    [utc(at), '2019-02-20T02:16:09.000Z'],
    [local(at, '+08:00'), '2019-02-20 10:16:09'],
    [local(at, '-05:30'), '2019-02-19 20:46:09'],
    [cookie(at), 'Wed, 20-Feb-2019 02:16:09 GMT'],
    [utc(0), ''],
    [local(0, '+08:00'), ''],
    [cookie(0), ''],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected)
  })

  it.each([
    ['2017-10-02T09:39:41Z', Date.UTC(2017, 9, 2, 9, 39, 41)],
    ['2017-02-30T09:39:41Z', Number.NaN],
    ['2017-10-02T25:39:41Z', Number.NaN],
    ['2017-10-02 09:39:41', Number.NaN],
    ['2017-10-02T09:39:41.000Z', Number.NaN],
    ['', Number.NaN],
  ])('reads %j', (text, time) => {
    expect(parseStamp(text)).toBe(time)
  })
})
