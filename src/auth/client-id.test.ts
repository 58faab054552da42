import fc from 'fast-check'
import { expect, test } from 'vitest'
import { intParameter, parseClientId } from './client-id.ts'

/** direct-vectors.md §7 and the client strings of direct.md §1.2. */
const cases: [text: string, id: string, parameters: Record<string, string>][] = [
  ['x|securemode=3,signmethod=hmacmd5|', 'x', { securemode: '3', signmethod: 'hmacmd5' }],
  [
    'x|securemode=3,signMethod=HmacSHA1,timestamp=1,|',
    'x',
    { securemode: '3', signmethod: 'HmacSHA1', timestamp: '1' },
  ],
  [
    '|timestamp=2524608000000,_ss=1,securemode=3,signmethod=hmacsha256,ext=3|',
    '',
    { timestamp: '2524608000000', _ss: '1', securemode: '3', signmethod: 'hmacsha256', ext: '3' },
  ],
  [
    'pk&dn|securemode=3,signmethod=hmacsha1,timestamp=1,lan=JS|Broswer ,_v=1.2.8|',
    'pk&dn',
    { securemode: '3', signmethod: 'hmacsha1', timestamp: '1', lan: 'JS', _v: '1.2.8' },
  ],
  [
    'pk&dn|securemode=3,signmethod=hmacsha1,timestamp=1|,ext=1',
    'pk&dn',
    { securemode: '3', signmethod: 'hmacsha1', timestamp: '1', ext: '1' },
  ],
  [
    'pk&dn_js|securemode=3,\n        signmethod=hmacsha1,\n        timestamp=1|',
    'pk&dn_js',
    { securemode: '3', signmethod: 'hmacsha1', timestamp: '1' },
  ],
  [
    'pk&dn|securemode=3,signmethod=hmacsha1,_v=sdk-golang-0.0.1 Beta,timestamp=1|',
    'pk&dn',
    { securemode: '3', signmethod: 'hmacsha1', _v: 'sdk-golang-0.0.1 Beta', timestamp: '1' },
  ],
  ['x|a=1,A=2,a =3|', 'x', { a: '3' }],
  ['x|a=b=c,=d,e,,f=|', 'x', { a: 'b=c', f: '' }],
  ['x|a=1', 'x', { a: '1' }],
  ['x|', 'x', {}],
  ['x| \r\n\t|', 'x', {}],
  [' x |a=1|', ' x ', { a: '1' }],
  [
    'd|authType=register,random=567345,securemode=-2|',
    'd',
    { authtype: 'register', random: '567345', securemode: '-2' },
  ],
]

test.each(cases)('%j', (text, id, parameters) => {
  const parsed = parseClientId(text)
  expect(parsed.hasBlock).toBe(true)
  expect(parsed.id).toBe(id)
  expect(Object.fromEntries(parsed.parameters)).toEqual(parameters)
})

test('without a bar it has no parameters', () => {
  expect(parseClientId('x,a=1')).toMatchObject({ id: 'x,a=1', hasBlock: false })
  expect(parseClientId('').hasBlock).toBe(false)
})

test('agrees with splitting, whatever comes', () => {
  const text = fc.string({ unit: fc.constantFrom('|', ',', '=', ' ', '\n', 'a', 'B', '1', '好') })
  fc.assert(
    fc.property(text, (input) => {
      const [id, ...rest] = input.split('|')
      const expected = new Map<string, string>()
      for (const item of rest.join('|').split(/[|,]/)) {
        const [key, ...value] = item.split('=')
        if (value.length > 0 && key?.trim()) expected.set(key.trim().toLowerCase(), value.join('=').trim())
      }
      const parsed = parseClientId(input)
      expect([parsed.id, [...parsed.parameters]]).toEqual([id, [...expected]])
    }),
  )
})

test.each([
  ['1', 1],
  ['-2', -2],
  ['3x', 0],
  ['', 0],
  ['99999999999', 0],
])('number %j', (value, number) => {
  expect(intParameter(parseClientId(`x|ext=${value}|`), 'ext')).toBe(number)
})
