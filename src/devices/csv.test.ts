import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine, readCsv } from './csv.ts'

const read = (text: string) => Array.from(readCsv(text), ({ row, fields }) => [row, ...fields])

test.each([
  [
    'a,b\r\n1,2\r\n',
    [
      [1, 'a', 'b'],
      [2, '1', '2'],
    ],
  ],
  [
    'a,b\n1,2',
    [
      [1, 'a', 'b'],
      [2, '1', '2'],
    ],
  ],
  [
    'a\r1\r',
    [
      [1, 'a'],
      [2, '1'],
    ],
  ],
  ['\ufeffa,b', [[1, 'a', 'b']]],
  ['', []],
  ['\n\r\n', []],
  [
    'a\n\n\nb\n',
    [
      [1, 'a'],
      [4, 'b'],
    ],
  ],
  [',\n', [[1, '', '']]],
  ['""\n', [[1, '']]],
  [
    '"a,b","c""d","e\r\nf"\nx,y,z',
    [
      [1, 'a,b', 'c"d', 'e\r\nf'],
      [2, 'x', 'y', 'z'],
    ],
  ],
  ['"a",', [[1, 'a', '']]],
  [' a , b ', [[1, ' a ', ' b ']]],
])('%j', (text, records) => {
  expect(read(text)).toEqual(records)
})

test.each([
  ['a\n"b', 2, 'a quote is not closed'],
  ['a\n\n"b"c', 3, 'text behind a closing quote'],
  ['a"b', 1, 'a quote within a field that is not quoted'],
])('%j is refused', (text, row, message) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ row, message }))
})

test('reads what it writes', () => {
  const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', ' ', '好', '\ufeff') })
  const records = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 })
  fc.assert(
    fc.property(records, (rows) => {
      const back = Array.from(readCsv(`\ufeff${rows.map(csvLine).join('')}`), ({ fields }) => fields)
      expect(back).toEqual(rows)
    }),
  )
})
